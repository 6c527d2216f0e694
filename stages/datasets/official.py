"""Official files of a data set: from their origin, or from a mirror that the user names in
RUNGS_MIRROR.

None is used before its MD5 is right. A mirror is a folder or a URL with the files as torchvision
keeps them, as archives or extracted.

By hand, here and in web.py, because neither pooch 1.9 nor torchvision's `download_url` can be used:
both read on for as long as a server sends, pooch takes a `.gz` that is sent as `Content-Encoding:
gzip` for damaged and logs a URL's password, torchvision waits for a silent server without end and
doesn't know passwords, and neither reads from a folder.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tqdm import tqdm

from stages.command import Problem
from stages.datasets import web
from stages.datasets.web import CHUNK, VARIABLE, Stream


@dataclass(frozen=True)
class File:
    """A file by its path below a mirror, its MD5 in hexadecimal, and its size in bytes."""

    path: str
    md5: str
    size: int


def fetch(origin: str, ways: list[list[File]], folder: Path) -> list[Path]:
    """Put verified files below `folder`, at their paths, and return where they are. Where those of
    a way are there already, they are taken.

    `ways` are the sets of files that a mirror may hold the data set as; the first one of which a
    file is there is taken. From `origin`, the URL of a folder, come the files of the first way, by
    their names. Raises Problem where a file is missing, not reachable, or not right.
    """
    if there := _there(ways, folder):
        return there
    mirror = os.environ.get(VARIABLE, "").strip()
    if mirror.startswith("file://"):
        mirror = url2pathname(urlsplit(mirror).path)
    if mirror:
        return _from_mirror(mirror, ways, folder)
    urls = [f"{origin}/{PurePosixPath(file.path).name}" for file in ways[0]]
    return [_keep(web.get(url), file, folder) for url, file in zip(urls, ways[0], strict=True)]


def _from_mirror(mirror: str, ways: list[list[File]], folder: Path) -> list[Path]:
    if mirror.lower().startswith(("http://", "https://")):
        base = mirror.rstrip("/")
        return _first_way(
            ways, lambda file: web.get(f"{base}/{file.path}"), web.shown(mirror), folder
        )
    if not Path(mirror).is_dir():
        text = "is not a folder; name a folder or a URL with torchvision's files"
        raise Problem(f"{VARIABLE}: {web.shown(mirror)!r} {text}")
    return _first_way(ways, lambda file: _from_folder(Path(mirror) / file.path), mirror, folder)


def _there(ways: list[list[File]], folder: Path) -> list[Path]:
    """The files of the first way that is in `folder` whole and right."""
    for way in ways:
        paths = [folder / file.path for file in way]
        if all(map(_is_right, paths, way)):
            return paths
    return []


def _is_right(path: Path, file: File) -> bool:
    if not path.is_file():
        return False
    with open(path, "rb") as content:
        return hashlib.file_digest(content, "md5").hexdigest() == file.md5


def _first_way(
    ways: list[list[File]], open_file: Callable[[File], Stream | None], mirror: str, folder: Path
) -> list[Path]:
    for files in ways:
        opened = open_file(files[0])
        if opened is not None:
            return [
                _keep(opened, files[0], folder),
                *(_keep(_found(open_file(file), file, mirror), file, folder) for file in files[1:]),
            ]
    wanted = ", ".join(files[0].path for files in ways)
    raise Problem(f"{VARIABLE}: {mirror} holds none of {wanted}; put one set of these files there")


def _found(stream: Stream | None, file: File, mirror: str) -> Stream:
    if stream is None:
        raise Problem(f"{VARIABLE}: {mirror} lacks {file.path}; put it there, too")
    return stream


def _keep(stream: Stream | None, file: File, folder: Path) -> Path:
    """Write a stream below `folder`; only a file that has the published MD5 gets its name."""
    if stream is None:
        raise Problem(f"{file.path}: the server doesn't have it (HTTP 404); {web.use_a_mirror()}")
    path, digest, head = folder / file.path, hashlib.md5(usedforsecurity=False), b""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with open(beside, "wb") as out, _bar(path.name, file.size) as bar:
        for chunk in _no_more_than_due(stream, file):
            out.write(chunk)
            digest.update(chunk)
            head = head or chunk[:256]
            bar.update(len(chunk))
    if digest.hexdigest() != file.md5:
        found = f"{digest.hexdigest()} ({_kind(head)}{beside.stat().st_size:,} bytes)"
        raise _another_file(stream, f"expected MD5 {file.md5}, found {found}")
    return beside.replace(path)


def _kind(head: bytes) -> str:
    return "a web page, " if head.lstrip().lower().startswith((b"<!doctype", b"<html")) else ""


def _bar(name: str, size: int) -> tqdm:
    return tqdm(desc=name, total=size, unit="B", unit_scale=True, leave=False, disable=None)


def _no_more_than_due(stream: Stream, file: File) -> Iterator[bytes]:
    """A stream's content, refused as soon as it is too long: a server might send forever."""
    size = 0
    for chunk in stream.chunks:
        size += len(chunk)
        if size > file.size:
            raise _another_file(stream, f"expected {file.size:,} bytes, found more")
        yield chunk


def _another_file(stream: Stream, text: str) -> Problem:
    what = f"it is damaged or another file: get it anew, or {web.use_a_mirror()}"
    return Problem(f"{stream.name}: {text}; {what}")


def _from_folder(path: Path) -> Stream | None:
    if not path.is_file():
        return None

    def chunks() -> Iterator[bytes]:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    return Stream(str(path), chunks())
