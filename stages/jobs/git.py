"""Git as this project asks it, and DVC told where there is no git: `python -m stages.jobs.git`,
which `make setup` calls."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stages import command, records

LOCAL = Path(".dvc/config.local")
# What decides a result, and stands in a recipe's hashes or in the lock.
CODE = ("stages", "requirements.lock")


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


def commit(folder: Path) -> tuple[str | None, str]:
    """The commit of the repository that the code in `folder` is of; or None, and why: what git
    says, or what it does not know, or knows otherwise."""
    try:
        # Of the code, too: a repository that `folder` lies in may know nothing of it.
        head, *_ = ask("rev-parse", "HEAD", "HEAD:./stages", folder=folder).split()
        status = "status", "--porcelain", "-z", "--untracked-files=all", "--", *CODE
        said = ask(*status, folder=folder).split("\0")
    except OSError:
        return None, "there is no git to ask"
    except subprocess.CalledProcessError as error:
        return None, f"git says: {_first_line(error.stderr)}"
    changed = [name for name in said if name and not _is_left_behind(name)]
    if changed:
        return None, f"git does not know {changed[0].split(maxsplit=1)[-1]} as it is now"
    return head, ""


def _is_left_behind(entry: str) -> bool:
    """Whether an entry of git's status is an untracked file that is no code."""
    return entry.startswith("?? ") and not records.is_ours(Path(entry[3:]))


def _first_line(said: str) -> str:
    return next(iter(said.strip().splitlines()), "nothing").removeprefix("fatal: ")


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
