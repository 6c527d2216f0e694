"""Git repositories for tests."""

from pathlib import Path

from stages.jobs import git


def commit_all(folder: Path) -> str:
    """A repository of one commit; which commit."""
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "start"],
    ):
        git.ask("-c", "user.name=test", "-c", "user.email=test@example.org", *words, folder=folder)
    return git.ask("rev-parse", "HEAD", folder=folder)


def content(folder: Path) -> dict[str, bytes]:
    """All files below a folder, of git too, by their names."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
