"""How this project calls git, and how DVC learns that there is no repository.

`make setup` runs `python -m stages.jobs.git`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stages import command

LOCAL = Path(".dvc/config.local")


def environment() -> dict[str, str]:
    """This process's variables without git's own.

    In a hook or an alias git sets GIT_DIR, GIT_INDEX_FILE and others, which lead every git that is
    started from there, in whatever folder, back into that repository.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def ask(*words: str, folder: Path) -> str:
    """What `git WORDS` prints in `folder`. Raises OSError where git is not installed, and
    CalledProcessError where it fails."""
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
    """Whether `folder` is in a git repository (a downloaded ZIP is in none), judged by the files
    that are there, as DVC does."""
    folder = folder.absolute()
    return any((above / ".git").exists() for above in (folder, *folder.parents))


def is_installed() -> bool:
    """Whether git can be called."""
    return shutil.which("git") is not None


def tell_dvc() -> None:
    """Let DVC work without a git repository where there is none, and with one again where there is
    one by now.

    The setting goes into this folder's own settings of DVC, not into the shared ones: with `no_scm`
    DVC knows no experiments and can't compare commits.
    """
    told = LOCAL.is_file() and "no_scm" in LOCAL.read_text(encoding="utf-8")
    if is_repository(Path()) == told and LOCAL.parent.is_dir():
        change = ["--unset", "core.no_scm"] if told else ["core.no_scm", "true"]
        words = [sys.executable, "-m", "dvc", "config", "--local", *change]
        subprocess.run(words, env=environment(), capture_output=True)


if __name__ == "__main__":
    command.run(tell_dvc)
