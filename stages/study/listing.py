"""What lies in a folder of one's own images, a folder per class: which files are images of a data
set, and a line for what can't be one. Nothing is read here."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from stages import files
from stages.command import Problem

# torchvision's IMG_EXTENSIONS, and GIF.
ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".gif")
# What systems put beside images; and all names that begin with a dot.
CLUTTER = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx")
PARTS = ["test", "train"]
# Names of parts that others have.
LIKE_PARTS = (*PARTS, "testing", "training", "val", "valid", "validation")
# Control characters and bytes that are not UTF-8.
UNREADABLE = re.compile("[\x00-\x1f\x7f\udc80-\udcff]")
# Predicted classes are kept in 8 bits.
MOST_CLASSES = 256


def listed(root: Path) -> dict[str, list[int]]:
    """{name: [size, mtime, ctime, inode]} of the images below a folder, sorted by name.

    Raises Problem for what is no folder per class, for links that lead out, and for what is no
    image by its name.
    """
    if not root.is_dir():
        text = "there is no such folder; name one with a folder per class, from the project's root"
        raise Problem(f"{root}: {text} or in full")
    folders = {folder: dict(_images(folder, root)) for folder in _class_folders(root)}
    for folder, inside in folders.items():
        if not inside:
            raise Problem(f"{folder}: this class has no image; put some there, or remove it")
    found = {name: sign for inside in folders.values() for name, sign in inside.items()}
    if not has_parts(found):
        _refuse_single(folders)
    return dict(sorted(found.items()))


def has_parts(names: Iterable[str]) -> bool:
    """Whether the images below a folder lie in train/ and test/."""
    return sorted({name.partition("/")[0] for name in names}) == PARTS


def classes(names: Iterable[str]) -> list[str]:
    """The classes of the images below a folder, sorted by name."""
    depth = 1 if has_parts(names) else 0
    return sorted({name.split("/")[depth] for name in names})


def _refuse_single(folders: dict[Path, dict]) -> None:
    for folder, inside in folders.items():
        if len(inside) == 1:
            text = "this class has one image, and one is needed for testing; add another"
            raise Problem(f"{folder}: {text}")


def _class_folders(root: Path) -> list[Path]:
    """The folder of each class, or the two of each, in train/ and in test/."""
    tops = _folders(root, root)
    like = [top for top in tops if top.name in LIKE_PARTS and _folders(top, root)]
    names = [top.name for top in tops]
    if not (like or set(PARTS) <= set(names)):
        return _classes(root, tops)
    if names != PARTS:
        text = "beside train/ and test/ nothing else may stand, and neither without the other"
        raise Problem(f"{root}: found {', '.join(names)}; {text}: move or rename a folder")
    test, train = (_classes(top, _folders(top, root)) for top in tops)
    if lacking := {folder.name for folder in train} ^ {folder.name for folder in test}:
        text = "is a class of one of train/ and test/; the other must have it, too"
        raise Problem(f"{root}: {sorted(lacking)[0]!r} {text}")
    return [*train, *test]


def _classes(folder: Path, found: list[Path]) -> list[Path]:
    """The folders found in a folder, where they can be classes, and no image lies beside them."""
    if not 2 <= len(found) <= MOST_CLASSES:
        text = f"found {len(found)} folders; it must be one per class, 2 to {MOST_CLASSES}"
        raise Problem(f"{folder}: {text}")
    for entry in _entries(folder):
        if entry.name.lower().endswith(ENDINGS) and not entry.is_dir():
            text = "this image is in no class; move it into a class's folder"
            raise Problem(f"{entry.path}: {text}")
    return found


def _folders(folder: Path, root: Path) -> list[Path]:
    found = [entry for entry in _entries(folder) if entry.is_dir()]
    for entry in found:
        _refuse_link_to_folder(entry, root)
    return sorted(Path(entry.path) for entry in found)


def _images(folder: Path, root: Path) -> Iterator[tuple[str, list[int]]]:
    """(name, [size, mtime, ctime, inode]) of all images below a class's folder."""
    for entry in _entries(folder):
        if entry.is_dir():
            _refuse_link_to_folder(entry, root)
            yield from _images(Path(entry.path), root)
        else:
            # As text, because pathlib takes seconds for many thousands.
            name = entry.path.removeprefix(os.path.join(root, ""))
            yield name, files.sign(_state(entry, root))


def _state(entry: os.DirEntry, root: Path) -> os.stat_result:
    """What the system says of an image. Raises Problem for what can't be one."""
    if entry.is_symlink():
        if not os.path.exists(entry.path):
            raise Problem(f"{entry.path}: this link leads nowhere; remove it")
        _refuse_leading_out(entry, root)
    state = entry.stat()
    if not stat.S_ISREG(state.st_mode):
        raise Problem(f"{entry.path}: this is no file; remove it")
    if not entry.name.lower().endswith(ENDINGS):
        allowed = ", ".join(ENDINGS)
        raise Problem(f"{entry.path}: this is no image by its name; allowed: {allowed}; move it")
    if not state.st_size:
        raise Problem(f"{entry.path}: this file is empty; put the image there, or remove it")
    return state


def _refuse_link_to_folder(entry: os.DirEntry, root: Path) -> None:
    if entry.is_symlink():
        _refuse_leading_out(entry, root)
        raise Problem(f"{entry.path}: this is a link to a folder; put the folder itself there")


def _refuse_leading_out(entry: os.DirEntry, root: Path) -> None:
    if not Path(os.path.realpath(entry.path)).is_relative_to(os.path.realpath(root)):
        text = f"this link leads out of {root}; put what it leads to there, or remove it"
        raise Problem(f"{entry.path}: {text}")


def _entries(folder: Path) -> list[os.DirEntry]:
    """What lies in a folder, but for clutter. Raises Problem for a name that can't be shown."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    kept = [e for e in entries if not e.name.startswith(".") and e.name.lower() not in CLUTTER]
    for entry in kept:
        if UNREADABLE.search(entry.name):
            text = "control characters, or bytes that are not UTF-8; rename it"
            raise Problem(f"{folder}: {entry.name!a} has {text}")
    return kept
