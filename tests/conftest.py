"""What several tests share: copies of the project for workflows, and both engines' commands."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stages.jobs import machine, store
from stages.workflow.use import whole

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "tiny.yaml"
PROJECT = [
    "Snakefile",
    "dvc.yaml",
    ".dvc",
    ".dvcignore",
    ".gitignore",
    "params.yaml",
    "profiles",
    "stages",
    "studies",
    "reports",
    "environment.yaml",
    "tests/same_bytes.sh",
]

# Each process of the tests has a core to itself: with a thread for each core in every one of them,
# most would spin while they wait for others. What `run` starts has as many as a person gives it.
GIVEN_THREADS = os.environ.get("OMP_NUM_THREADS")
os.environ["OMP_NUM_THREADS"] = GIVEN_THREADS or "1"

# `make test` starts one by a relative name, and tests run it in other folders.
sys.executable = os.path.abspath(sys.executable)

# Git sets these in hooks and aliases: a test's commits would go into the repository that they name.
for variable in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[variable]


def copy_project(folder: Path, study: Path) -> Path:
    """A git repository in `folder` with this project's files, nothing run yet.

    Its params.yaml is `study`, whole.
    """
    for name in _own_files():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "params.yaml").write_text(whole(study.read_text(encoding="utf-8")), encoding="utf-8")
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "start"],
    ):
        subprocess.run(
            ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *command],
            cwd=folder,
            check=True,
        )
    return folder


def _own_files() -> list[str]:
    """The files of PROJECT that no run has made; in a ZIP download, without git, by their names."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-co", "--exclude-standard", *PROJECT]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    found = [path for name in PROJECT for path in [ROOT / name, *(ROOT / name).rglob("*")]]
    names = [path.relative_to(ROOT).as_posix() for path in found if path.is_file()]
    made = r"^reports/(.*/|index)|__pycache__|^.dvc/(cache|tmp|config.local)"
    return [name for name in names if not re.search(made, name)]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess:
    """Run a program of this Python's environment in `folder`; its stderr is in `stdout`, too."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if GIVEN_THREADS is None:
        del environment["OMP_NUM_THREADS"]
    return subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment,
        stdin=subprocess.DEVNULL,
    )


class Trained:
    """Which rungs' jobs have run since it was last asked, to train them or to take what was trained
    before: those whose log is a new one."""

    def __init__(self, project: Path):
        self.project, self.logs = project, {}
        self.rungs()

    def rungs(self) -> set[str]:
        """The rungs trained since the last call."""
        logs = {
            log.stem: log.stat().st_mtime_ns
            for log in (self.project / "logs").glob("*/train/*/*.log")
        }
        new = {rung for rung, date in logs.items() if self.logs.get(rung) != date}
        self.logs = logs
        return new


def pytest_xdist_auto_num_workers() -> int:
    """As many workers as jobs may run at once: a container may give fewer cores than there are, or
    too little memory for all of them."""
    return machine.jobs()[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the files that run workflows, which take minutes each: one that came last would keep
    one worker busy while the others have nothing left to do."""
    long = {"Engines", "copy_project", "run", "torture"}
    items.sort(key=lambda item: not vars(item.module).keys() & long)


@pytest.fixture(scope="session", autouse=True)
def everything_is_trained():
    """A job in this process takes nothing from the store of the folder that the tests run in, and
    keeps nothing there; each copy of the project has a store of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "settings", lambda: (False, 0))
        yield


@pytest.fixture
def tiny(tmp_path) -> Path:
    """A copy of the project whose params.yaml is the tiny study."""
    return copy_project(tmp_path / "project", ROOT / "tests" / "tiny.yaml")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """The tiny study, run by Snakemake once for all processes of the tests, in a folder named with
    spaces and foreign letters; not to be changed."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "finished"
    shared.mkdir(exist_ok=True)
    folder = shared / "Ordner mit Übung 한글"
    with open(shared / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            assert_ok(run(copy_project(folder, TINY), "snakemake", "--cores", "2"))
            (shared / "done").touch()
    return folder


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory) -> Path:
    """A copy of the finished tiny study, for a module to change."""
    folder = tmp_path_factory.mktemp("run") / finished.name
    return shutil.copytree(finished, folder, symlinks=True)


def assert_ok(said: subprocess.CompletedProcess) -> str:
    assert said.returncode == 0, said.stdout
    return said.stdout


def assert_nothing_to_do(project: Path) -> None:
    """Neither engine has anything left to do."""
    assert "Nothing to be done" in assert_ok(run(project, "snakemake", "--dry-run"))
    assert "Data and pipelines are up to date" in assert_ok(run(project, "dvc", "repro"))


def edit(project: Path, old: str, new: str) -> None:
    params = project / "params.yaml"
    assert old in params.read_text(encoding="utf-8")
    params.write_text(params.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def metrics(project: Path, rung: str) -> dict:
    return json.loads(
        (project / "runs" / "tiny" / "digits" / rung / "metrics.json").read_text(encoding="utf-8")
    )


@pytest.fixture
def serve():
    """Start a server of mirror_server.GOOD, spoilt where asked for; `serve.servers` run."""
    from mirror_server import Server

    servers = []

    def start(spoil=None) -> str:
        servers.append(Server(spoil))
        return servers[-1].url

    start.servers = servers
    yield start
    for server in servers:
        server.closing.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def mirror(tmp_path, monkeypatch) -> Path:
    """A folder with the good files, named as the mirror; who waits for a server waits a second."""
    from mirror_server import GOOD

    from stages import files
    from stages.datasets import web

    monkeypatch.setattr(web, "PATIENCE", 1)
    monkeypatch.setattr(web, "WAITS", (0, 0))
    for path, content in GOOD.items():
        files.write(tmp_path / "mirror" / path, content)
    monkeypatch.setenv("RUNGS_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"
