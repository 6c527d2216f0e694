"""What several tests share: copies of the project to run workflows in, and the commands of both engines."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
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
    "pyproject.toml",
]


def copy_project(folder: Path, study: Path) -> Path:
    """A git repository in `folder` with this project's files and `study` as its params.yaml, nothing run yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *PROJECT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "params.yaml").write_bytes(study.read_bytes())
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "start"]):
        subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *command], cwd=folder, check=True)
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess:
    """Run a program of this Python's environment in `folder`; stdout and stderr come back together, in `stdout`."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def tiny(tmp_path) -> Path:
    """A copy of the project whose params.yaml is the tiny study."""
    return copy_project(tmp_path / "project", ROOT / "tests" / "tiny.yaml")
