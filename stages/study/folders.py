"""Folders of one's own images: which files are a data set's, and their hashes.

A file whose size, dates and inode are those of the index is not read again, as in git. Nothing but
a job that runs writes the index.
"""

import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path, PurePosixPath

from stages import files
from stages.command import Problem

# torchvision's IMG_EXTENSIONS, and GIF.
ENDINGS = (
    ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".gif",
)  # fmt: skip
# What systems put beside images; and all names that begin with a dot.
CLUTTER = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx")
PARTS = ["test", "train"]
# Names of parts that others have.
LIKE_PARTS = (*PARTS, "testing", "training", "val", "valid", "validation")
# Control characters and bytes that are not UTF-8.
UNREADABLE = re.compile("[\x00-\x1f\x7f\udc80-\udcff]")
# Predicted classes are kept in 8 bits.
MOST_CLASSES = 256
# A file may change twice within a tick of its file system's clock: 2 s where that is slow.
TICK = 2 * 10**9
READERS = 4


def hashes(path: str, index: Path, keep: bool = False) -> dict[str, str]:
    """{name below the folder `path`: SHA-256} of all images of a data set.

    `index` is a folder with what was found before; with `keep` it is brought up to date. Raises
    Problem for a folder that is not one of classes of images.
    """
    try:
        began, found = time.time_ns(), listed(Path(path))
        place = index / f"{hashlib.sha256(os.path.realpath(path).encode()).hexdigest()[:16]}.json"
        known = _read(place)
        new = {name: sign for name, sign in found.items() if known.get(name, [[]])[0] != sign}
        with ThreadPool(READERS) as pool:
            read = pool.imap(files.sha256, [Path(path) / name for name in new])
            known |= {
                name: [sign, digest] for (name, sign), digest in zip(new.items(), read, strict=True)
            }
    except OSError as error:
        what = "see that it is there and can be read"
        raise Problem(f"{error.filename or path}: {error.strerror}; {what}") from error
    if keep:
        old = {name: known[name] for name, sign in found.items() if max(sign[1:3]) < began - TICK}
        _write(place, old)
    return {name: known[name][1] for name in found}


def has_parts(names: Iterable[str]) -> bool:
    """Whether the images below a folder lie in train/ and test/."""
    return sorted({PurePosixPath(name).parts[0] for name in names}) == PARTS


def refuse_other(path: str, known: dict[str, str]) -> None:
    """Raise Problem where the images below a folder are not those of {name: SHA-256}, by name."""
    found = listed(Path(path))
    if others := sorted(found.keys() ^ known.keys()):
        what = "was added" if others[0] in found else "is gone"
        text = "since the recipe was written; start the run again, which writes it anew"
        raise Problem(f"{Path(path) / others[0]}: {what} {text}")


def classes(names: Iterable[str]) -> list[str]:
    """The classes of the images below a folder, sorted by name."""
    depth = 1 if has_parts(names) else 0
    return sorted({PurePosixPath(name).parts[depth] for name in names})


def listed(root: Path) -> dict[str, list[int]]:
    """{name: [size, mtime, ctime, inode]} of the images below a folder, sorted by name.

    Raises Problem for what is no folder per class, for links that lead out, and for what is no
    image by its name.
    """
    if not root.is_dir():
        text = "there is no such folder; name one with a folder per class, from the project's root"
        raise Problem(f"{root}: {text} or in full")
    found: dict[str, list[int]] = {}
    for folder in _class_folders(root):
        inside = dict(_images(folder, root))
        if not inside:
            raise Problem(f"{folder}: this class has no image; put some there, or remove it")
        found |= inside
    if not has_parts(found):
        _refuse_single(root, found)
    return dict(sorted(found.items()))


def _refuse_single(root: Path, names: dict) -> None:
    classes = [PurePosixPath(name).parts[0] for name in names]
    for name in classes:
        if classes.count(name) == 1:
            text = "this class has one image, and one is needed for testing; add another"
            raise Problem(f"{root / name}: {text}")


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
            state = _state(entry, root)
            sign = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
            yield Path(entry.path).relative_to(root).as_posix(), sign


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


def _read(place: Path) -> dict[str, list]:
    """{name: [[size, mtime, ctime, inode], SHA-256]} as it was kept; nothing where it is not."""
    try:
        return files.read_json(place)
    except (OSError, ValueError):
        return {}


def _write(place: Path, known: dict[str, list]) -> None:
    text = json.dumps(known, ensure_ascii=False)
    if known and not (place.is_file() and place.read_text(encoding="utf-8") == text):
        files.write(place, text)
