"""`make` alone lists its targets, and .venv is made by the newest Python that runs."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RUNS, SHIM = f'exec "{sys.executable}" "$@"', 'echo "pyenv: command not found" >&2; exit 127'


def make(folder, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run this project's Makefile in `folder`, without what a `make` around the tests has set."""
    shutil.copy(ROOT / "Makefile", folder)
    if not (folder / "requirements.lock").exists():
        (folder / "requirements.lock").touch()
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON"}
    inherited = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=inherited | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def pythons(tmp_path):
    """Put `python3.N` for N = 11, 12, 13 first on the path, each a shell script with that line."""

    def put(*lines: str) -> str:
        for minor, line in enumerate(lines, start=11):
            program = tmp_path / "bin" / f"python3.{minor}"
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
            program.chmod(0o755)
        return f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"

    return put


def test_make_alone_lists_all_targets(tmp_path):
    said = make(tmp_path)
    assert said.returncode == 0, said.stderr
    [targets] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE.replace("\\\n", ""), re.MULTILINE)
    listed = [line.split()[1] for line in said.stdout.splitlines()]
    assert sorted([*listed, "moved"]) == sorted(targets.split())
    assert len({re.match(r"make \S+ +", line).end() for line in said.stdout.splitlines()}) == 1
    assert textwrap.indent(said.stdout, "    ") in (ROOT / "README.md").read_text(encoding="utf-8")


def test_clean_removes_what_was_made_and_says_what_is_kept(tmp_path):
    kept = tmp_path / ".dvc" / "cache" / "rungs" / ("1" * 64) / "weights.safetensors"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for file in (kept, tmp_path / "runs" / "study.json"):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"0" * 10**6)
    said = make(tmp_path, "clean", PATH=path)
    assert (said.returncode, said.stderr) == (0, ""), "without an environment, nothing is asked"
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "installed").touch()
    (tmp_path / "stages").symlink_to(ROOT / "stages")
    said = make(tmp_path, "clean", PATH=path)
    assert said.returncode == 0
    assert said.stderr.startswith("kept: 1 trained rungs, 1.0 MB, in .dvc/cache/rungs; ")
    assert kept.exists()
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ((RUNS, RUNS, RUNS), "python3.13"),
        ((RUNS, RUNS, SHIM), "python3.12"),
        ((RUNS, SHIM, SHIM), "python3.11"),
    ],
)
def test_the_newest_python_that_runs_makes_the_environment(tmp_path, pythons, lines, taken):
    said = make(tmp_path, "--dry-run", ".venv/installed", PATH=pythons(*lines))
    assert f"{taken} -c 'import os, venv; venv.main(" in said.stdout, said.stderr


@pytest.mark.parametrize("lacks", ["ensurepip", "ssl", "sqlite3", "lzma", "bz2", "ctypes"])
def test_a_python_that_was_built_without_a_module_is_none(tmp_path, pythons, lacks):
    """As one that was built where the headers of a library are missing: pip, DVC or torchvision
    would fail later."""
    without = f'case "$2" in *{lacks}*) exit 1;; esac; {RUNS}'
    said = make(tmp_path, "--dry-run", ".venv/installed", PATH=pythons(RUNS, without, SHIM))
    assert "python3.11 -c 'import os, venv; venv.main(" in said.stdout, said.stderr
    said = make(tmp_path, "--dry-run", ".venv/installed", PATH=pythons(*[without] * 3))
    assert re.search(r"with its modules venv, .*ssl.*; install one", said.stderr)


def test_a_python_named_to_make_is_taken_instead(tmp_path, pythons):
    path, mine = pythons(RUNS, RUNS, RUNS), tmp_path / "bin" / "python3.11"
    said = make(tmp_path, "--dry-run", ".venv/installed", f"PYTHON={mine}", PATH=path)
    assert f"{mine} -c 'import os, venv; venv.main(" in said.stdout, said.stderr


@pytest.mark.parametrize("name", ["PYTHON", "CORES", "STUDY", "RUN", "PYTHONPATH", "PIP_USER"])
def test_what_the_environment_calls_by_our_names_changes_nothing(tmp_path, pythons, name):
    """Build systems, schedulers and shells export such names for purposes of their own."""
    path, targets = pythons(RUNS, RUNS, RUNS), ("report", "use", "verify")
    expected = make(tmp_path, "--dry-run", *targets, PATH=path).stdout
    assert make(tmp_path, "--dry-run", *targets, PATH=path, **{name: "theirs"}).stdout == expected
    if name.startswith(("PYTHONP", "PIP")):
        assert shown(tmp_path, name, f"{name}=theirs") == ""


@pytest.mark.parametrize("setting", ["user = true", "user = yes", "user = 1"])
def test_pip_s_settings_lead_uv_to_no_other_place(tmp_path, setting):
    """As some systems had it for all: pip refuses then to install into .venv."""
    (tmp_path / "pip.conf").write_text(f"[install]\n{setting}\n", encoding="utf-8")
    [words] = re.findall(r'-m (pip install [^"]*)"', MAKEFILE)
    command = [sys.executable, "-m", *words.split(), "--no-index", "no-such-package"]
    settings = os.environ | {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    said = subprocess.run(command, env=settings, capture_output=True, text=True).stderr
    assert "No matching distribution found for no-such-package" in said


def installed(folder: Path, place: Path) -> Path:
    """A project in `folder` whose .venv says that it was made in `place`."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    program = folder / ".venv" / "bin" / "python"
    program.write_text(f"#!/bin/sh\n{RUNS}\n", encoding="utf-8")
    program.chmod(0o755)
    (folder / "requirements.lock").touch()
    (folder / ".venv" / "installed").write_text(f"{place}\n", encoding="utf-8")
    return folder


def made(folder: Path, path: str) -> str:
    """Where `make setup` in `folder` would make .venv anew; nothing where it would not."""
    said = make(folder, "--dry-run", "setup", PATH=path)
    assert said.returncode == 0, said.stderr
    return "".join(re.findall(r".*venv\.main.*", said.stdout, re.MULTILINE))


@pytest.mark.parametrize("name", ["moved", "with spaces and 한글", "copied/deeper"])
def test_a_folder_that_was_moved_or_copied_gets_a_venv_of_its_own(tmp_path, pythons, name):
    path, folder = pythons(RUNS, RUNS, RUNS), tmp_path / name
    assert made(installed(folder, tmp_path / "before" / ".venv"), path)
    (folder / ".venv" / "installed").write_text(f"{folder / '.venv'}\n", encoding="utf-8")
    assert made(folder, path) == ""


def test_a_link_to_the_folder_is_the_same_place(tmp_path, pythons):
    path, folder = pythons(RUNS, RUNS, RUNS), tmp_path / "project"
    installed(folder, folder / ".venv")
    (tmp_path / "link").symlink_to(folder)
    assert made(tmp_path / "link", path) == ""


def test_venv_may_be_a_link_to_another_disk(tmp_path, pythons):
    """Python's module venv refuses to make one at a link, so it is made where that leads."""
    path, folder, disk = pythons(RUNS, RUNS, RUNS), tmp_path / "project", tmp_path / "scratch disk"
    folder.mkdir()
    (folder / ".venv").symlink_to(disk / "venv")
    said = make(folder, ".venv/installed", PATH=path)
    assert said.returncode != 0, "there is nothing to install"
    assert (disk / "venv" / "pyvenv.cfg").is_file(), said.stderr


@pytest.mark.parametrize("variables", [{}, {"PYTHON": "python3.9"}])
def test_no_usable_python_is_one_line(tmp_path, pythons, variables):
    said = make(tmp_path, "report", PATH=pythons(SHIM, SHIM, SHIM), **variables)
    assert said.returncode != 0
    [line] = said.stderr.splitlines()
    assert re.search(r'none of "python3\..*" runs and is Python 3\.11, 3\.12 or 3\.13', line)
    assert not (tmp_path / ".venv").exists()


def test_a_link_to_what_is_not_ours_is_left_alone(tmp_path, pythons):
    """It may be an environment that others use."""
    folder, theirs = tmp_path / "project", tmp_path / "theirs"
    folder.mkdir()
    theirs.mkdir()
    (theirs / "kept").touch()
    (folder / ".venv").symlink_to(theirs)
    said = make(folder, ".venv/installed", PATH=pythons(RUNS, RUNS, RUNS))
    assert said.returncode != 0
    assert "error: .venv is a link to a folder with something else" in said.stdout
    assert [path.name for path in theirs.iterdir()] == ["kept"]


@pytest.mark.parametrize("home", [None, "", "/nowhere", "a file", "not mine", "good"])
def test_who_has_no_home_gets_one(tmp_path, home):
    """As a container's user has none; Snakemake and DVC would end in a traceback."""
    (tmp_path / "a file").touch()
    for name, mode in (("not mine", 0o555), ("good", 0o755)):
        (tmp_path / name).mkdir(mode)
    if home == "not mine" and os.access(tmp_path / home, os.W_OK):
        pytest.skip("root may write everywhere")
    there = str(tmp_path / home) if home in ("a file", "not mine", "good") else home
    said = shown(tmp_path, "HOME", *(["-u", "HOME"] if home is None else [f"HOME={there}"]))
    assert said == (there if home == "good" else f"{tmp_path}/.snakemake/home")


def test_who_has_no_name_gets_one(tmp_path):
    """In a namespace whose user is a number that no list of users has."""
    nameless = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]
    if subprocess.run([*nameless, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system makes no namespaces of users")
    assert shown(tmp_path, "LOGNAME", "-u", "LOGNAME", *nameless) == "unknown"
    keeps = [shown(tmp_path, "LOGNAME", "LOGNAME=me", *words) for words in ([], nameless)]
    assert keeps == ["me", "me"], "who has one, or gives one, keeps it"


def shown(folder: Path, variable: str, *before: str) -> str:
    """What a program that `make` starts, run by `env WORDS make`, sees in a variable."""
    (folder / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    asks = f"shown: ; @echo $${variable}"
    command = ["env", *before, "make", "--no-print-directory", "--eval", asks, "shown"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout.strip()
