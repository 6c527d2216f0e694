"""Which files of a folder are images of a data set, and that none is read twice in vain."""

import os
import shutil
import socket
import time
from pathlib import Path

import pytest
from photographs import write_classes

from stages import files
from stages.command import Problem
from stages.study import listing
from stages.study.folders import hashes
from stages.study.listing import listed

LONG_AGO = 10**18


@pytest.fixture
def photos(tmp_path) -> Path:
    """Three cats and two dogs."""
    write_classes(tmp_path / "photos", {"cat": 3, "dog": 2})
    return tmp_path / "photos"


@pytest.fixture
def index(tmp_path) -> Path:
    return tmp_path / "hashes"


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The files that have been read."""
    read, sha256 = [], files.sha256
    monkeypatch.setattr(files, "sha256", lambda path: (read.append(path.name), sha256(path))[1])
    return read


@pytest.fixture
def soon(monkeypatch) -> None:
    """A clock that is an hour ahead, so that no file counts as just written."""
    now = time.time_ns() + 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)


def test_every_image_has_its_name_and_hash(photos, index):
    found = hashes(str(photos), index)
    assert list(found) == ["cat/0.png", "cat/1.png", "cat/2.png", "dog/0.png", "dog/1.png"]
    assert found["dog/1.png"] == files.sha256(photos / "dog" / "1.png")
    assert listing.classes(found) == ["cat", "dog"]
    assert not index.exists(), "asking writes nothing"


def test_endings_are_torchvision_s_and_gif():
    from torchvision.datasets.folder import IMG_EXTENSIONS

    assert {*listing.ENDINGS} == {*IMG_EXTENSIONS, ".gif"}


def test_classes_are_found_as_torchvision_finds_them(photos):
    from torchvision.datasets import ImageFolder

    write_classes(photos, {"Émeu": 2, "犬 und Katze": 2, "<b>": 2, "Zebra": 2})
    (photos / "cat" / "2.png").rename(photos / "cat" / "2.JPG")
    (photos / "dog" / "at night").mkdir()
    (photos / "dog" / "1.png").rename(photos / "dog" / "at night" / "a dog.png")
    theirs = ImageFolder(photos)
    assert listing.classes(listed(photos)) == theirs.classes
    names = {Path(path).relative_to(photos).as_posix() for path, _ in theirs.samples}
    assert listed(photos).keys() == names


def test_what_is_known_is_not_read_again(photos, index, reads, soon):
    first = hashes(str(photos), index, keep=True)
    assert len(reads) == 5
    assert hashes(str(photos), index) == first
    assert len(reads) == 5


def test_what_was_just_written_is_read_again(photos, index, reads):
    """It may change once more within a tick of the clock."""
    hashes(str(photos), index, keep=True)
    hashes(str(photos), index)
    assert len(reads) == 10


CHANGES = {
    "changed": lambda photos: _change(photos / "cat" / "1.png"),
    "changed, its date put back": lambda photos: _change(photos / "cat" / "1.png", back=True),
    "added": lambda photos: (photos / "cat" / "9.png").write_bytes(b"new"),
    "removed": lambda photos: (photos / "cat" / "1.png").unlink(),
    "renamed": lambda photos: (photos / "cat" / "1.png").rename(photos / "cat" / "9.png"),
    "in another class": lambda photos: (photos / "cat/1.png").rename(photos / "dog/9.png"),
    "exchanged": lambda photos: _exchange(photos / "cat" / "1.png", photos / "dog" / "1.png"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_seen(change, photos, index, soon):
    before = hashes(str(photos), index, keep=True)
    CHANGES[change](photos)
    after = hashes(str(photos), index)
    assert after != before
    assert after == hashes(str(photos), index / "none")


def test_dates_count_for_nothing(photos, index, soon):
    before = hashes(str(photos), index, keep=True)
    for path in photos.rglob("*"):
        os.utime(path, ns=(LONG_AGO, LONG_AGO))
    assert hashes(str(photos), index) == before


def test_a_damaged_index_counts_for_nothing(photos, index, soon):
    before = hashes(str(photos), index, keep=True)
    [kept] = index.iterdir()
    kept.write_text("{", encoding="utf-8")
    assert hashes(str(photos), index) == before


def test_clutter_is_passed_over(photos):
    before = listed(photos)
    for name in (".DS_Store", "cat/.DS_Store", "cat/._0.png", "dog/Thumbs.db", "dog/desktop.ini"):
        (photos / name).write_bytes(b"clutter")
    for name in ("__MACOSX", ".thumbnails", "cat/.ipynb_checkpoints"):
        (photos / name).mkdir()
        (photos / name / "0.png").write_bytes(b"clutter")
    (photos / "README.txt").write_text("from the zoo", encoding="utf-8")
    assert listed(photos) == before


def test_a_link_inside_is_followed(photos):
    (photos / "cat" / "3.png").symlink_to("2.png")
    assert "cat/3.png" in listed(photos)
    other = photos.with_name("link")
    other.symlink_to(photos)
    assert listed(other) == listed(photos)


BAD = {
    "missing": (lambda photos: photos.rename(photos.with_name("other")), "photos: there is no"),
    "a file": (
        lambda photos: (photos.rename(photos.with_name("other")), photos.write_text("")),
        "photos: there is no such folder",
    ),
    "one class": (
        lambda photos: (photos / "dog").rename(photos.with_name("dog")),
        "photos: found 1 folders; it must be one per class",
    ),
    "many classes": (
        lambda photos: write_classes(photos, {f"{i}": 2 for i in range(255)}),
        "photos: found 257 folders; it must be one per class, 2 to 256",
    ),
    "a class without images": (
        lambda photos: (photos / "empty").mkdir(),
        "photos/empty: this class has no image",
    ),
    "a class of one image": (
        lambda photos: (photos / "dog" / "1.png").unlink(),
        "photos/dog: this class has one image",
    ),
    "an image of no class": (
        lambda photos: (photos / "cat" / "1.png").rename(photos / "1.png"),
        "photos/1.png: this image is in no class",
    ),
    "an empty file": (
        lambda photos: (photos / "cat" / "1.png").write_bytes(b""),
        "photos/cat/1.png: this file is empty",
    ),
    "no image": (
        lambda photos: (photos / "cat" / "labels.csv").write_text("cat"),
        "photos/cat/labels.csv: this is no image by its name; allowed: .jpg, ",
    ),
    "a link that leads out": (
        lambda photos: _link(photos, photos.parent / "out.png"),
        "photos/cat/out.png: this link leads out of",
    ),
    "a link up and out": (
        lambda photos: _link(photos, Path("../../out.png")),
        "photos/cat/out.png: this link leads out of",
    ),
    "a class that leads out": (
        lambda photos: (photos / "out").symlink_to(photos.parent),
        "photos/out: this link leads out of",
    ),
    "a folder that leads to itself": (
        lambda photos: (photos / "cat" / "again").symlink_to(photos / "cat"),
        "photos/cat/again: this is a link to a folder",
    ),
    "a link to nothing": (
        lambda photos: (photos / "cat" / "gone.png").symlink_to("nothing.png"),
        "photos/cat/gone.png: this link leads nowhere",
    ),
    "a link to itself": (
        lambda photos: (photos / "cat" / "gone.png").symlink_to("gone.png"),
        "photos/cat/gone.png: Too many levels of symbolic links; see",
    ),
    "a pipe": (
        lambda photos: os.mkfifo(photos / "cat" / "pipe.png"),
        "photos/cat/pipe.png: this is no file",
    ),
    "a socket": (lambda photos: _socket(photos / "cat"), "cat/s.png: this is no file"),
    "a name that is not UTF-8": (
        lambda photos: os.mkdir(os.fsencode(photos) + b"/\xe9"),
        r"photos: '\udce9' has control characters, or bytes that are not UTF-8",
    ),
    "a name of two lines": (
        lambda photos: (photos / "cat" / "a\nb.png").write_bytes(b"1"),
        r"photos/cat: 'a\nb.png' has control characters",
    ),
    "train/ alone": (
        lambda photos: (_below(photos, "train"), _below(photos, "val")),
        "photos: found train, val; beside train/ and test/",
    ),
    "test/ without classes": (
        lambda photos: (_below(photos, "train"), (photos / "test").mkdir()),
        "photos/test: found 0 folders",
    ),
    "a part more": (
        lambda photos: (_below(photos, "train"), _below(photos, "test"), _below(photos, "val")),
        "photos: found test, train, val; beside train/ and test/",
    ),
    "a class of one part": (
        lambda photos: (
            _below(photos, "train"),
            _below(photos, "test"),
            write_classes(photos / "test", {"emu": 1}),
        ),
        "photos: 'emu' is a class of one of train/ and test/",
    ),
    "may not be read": (None, "photos/cat: Permission denied; see that"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_line_names_the_file(case, photos, index, monkeypatch):
    spoil, words = BAD[case]
    if spoil:
        spoil(photos)
    else:
        _lock(monkeypatch, photos / "cat")
    with pytest.raises(Problem) as problem:
        hashes(str(photos), index)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)


def test_train_and_test_say_which(photos):
    _below(photos, "train")
    _below(photos, "test")
    names = listed(photos)
    assert listing.has_parts(names)
    assert listing.classes(names) == ["cat", "dog"]


def test_a_class_may_be_called_train(photos):
    write_classes(photos, {"train": 2, "val": 2})
    assert listing.classes(listed(photos)) == ["cat", "dog", "train", "val"]


def _change(path: Path, back: bool = False) -> None:
    """Another byte in a file of the same size."""
    state, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    if back:
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def _exchange(one: Path, other: Path) -> None:
    one.rename(one.with_name("kept"))
    other.rename(one)
    one.with_name("kept").rename(other)


def _link(photos: Path, target: Path) -> None:
    """A link to an image beside the folder."""
    (photos / "cat" / "2.png").rename(photos.parent / "out.png")
    (photos / "cat" / "out.png").symlink_to(target)


def _socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.png")
    os.chdir(here)


def _below(photos: Path, part: str) -> None:
    """The classes in a folder of their own."""
    write_classes(photos / part, {"cat": 1, "dog": 1})
    for name in ("cat", "dog"):
        shutil.rmtree(photos / name, ignore_errors=True)


def _lock(monkeypatch, folder: Path) -> None:
    """As for somebody who may not read it; tests may run as root, who may."""
    scandir = os.scandir

    def refuse(path):
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
