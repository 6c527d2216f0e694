"""Git as this project asks it, and DVC told where there is no git: `python -m stages.jobs.git`,
which `make setup` calls."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stages import command

LOCAL = Path(".dvc/config.local")


def environment() -> dict[str, str]:
    """This process's variables without git's own.

    In a hook or an alias git sets GIT_DIR, GIT_INDEX_FILE and others, which lead every git started
    from there, in whatever folder, back into that repository.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def ask(*words: str, folder: Path) -> str:
    """What `git WORDS` prints in `folder`. Raises OSError without git,
    CalledProcessError where git fails."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def is_repository(folder: Path) -> bool:
    """Whether `folder` is in a git repository; what was downloaded as a ZIP is in none. Asked
    of the files, as DVC does."""
    folder = folder.absolute()
    return any((above / ".git").exists() for above in (folder, *folder.parents))


def is_installed() -> bool:
    """Whether there is a git to ask."""
    return shutil.which("git") is not None


def tell_dvc() -> None:
    """Let DVC work without a git repository, where there is none, and with it
    again, where one has come since.

    In DVC's settings of this folder, not in those of everybody: with `no_scm` DVC knows no
    experiments and can't compare commits.
    """
    told = LOCAL.is_file() and "no_scm" in LOCAL.read_text(encoding="utf-8")
    if is_repository(Path()) == told and LOCAL.parent.is_dir():
        change = ["--unset", "core.no_scm"] if told else ["core.no_scm", "true"]
        words = [sys.executable, "-m", "dvc", "config", "--local", *change]
        subprocess.run(words, env=environment(), capture_output=True)


if __name__ == "__main__":
    command.run(tell_dvc)
