"""A person's own files in data/, which DVC may track, and git does not see."""

from conftest import TINY, assert_ok, copy_project, run

from stages import files


def test_dvc_tracks_them_and_git_what_it_writes_of_them(tmp_path):
    project = copy_project(tmp_path / "project", TINY)
    made = ["raw/digits.npz", "normalized/digits/classes.json", "recipes/digits.json", "hashes/p"]
    for name in ("mine.bin", "photos/cat/1.png", *made):
        files.write(project / "data" / name, "mine")
    assert _seen(project) == set()
    assert_ok(run(project, "dvc", "add", "data/mine.bin", "data/photos"))
    assert _seen(project) == {"data/mine.bin.dvc", "data/photos.dvc"}


def _seen(project) -> set[str]:
    said = assert_ok(run(project, "git", "status", "--porcelain", "--untracked-files=all"))
    return {line.split(maxsplit=1)[1] for line in said.splitlines()}
