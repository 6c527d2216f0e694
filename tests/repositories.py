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
