"""Official files of a data set: from their origin, or from a mirror that the user names in RUNGS_MIRROR.

None is used before its MD5 is right. A mirror is a folder or a URL with the files as torchvision keeps them, as archives or extracted.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

import requests
from tqdm import tqdm

from stages.command import Problem

VARIABLE = "RUNGS_MIRROR"
# Seconds to wait for a server's first answer, and for its next bytes.
PATIENCE = 10
CHUNK = 1 << 20


@dataclass(frozen=True)
class File:
    """A file by its path below a mirror, and its MD5 in hexadecimal."""

    path: str
    md5: str


def fetch(origin: str, ways: list[list[File]], folder: Path) -> list[Path]:
    """Put verified files below `folder`, at their paths, and return where they are.

    `ways` are the sets of files that a mirror may hold the data set as; the first one of which a file is there is taken. From `origin`, the
    URL of a folder, come the files of the first way, by their names. Raises Problem where a file is missing, not reachable, or not right.
    """
    mirror = os.environ.get(VARIABLE, "").strip()
    if mirror.startswith("file://"):
        mirror = url2pathname(urlsplit(mirror).path)
    if not mirror:
        return [_keep(_from_url(f"{origin}/{PurePosixPath(file.path).name}"), file, folder) for file in ways[0]]
    if mirror.startswith(("http://", "https://")):
        return _first_way(ways, lambda file: _from_url(f"{mirror.rstrip('/')}/{file.path}"), mirror, folder)
    if not Path(mirror).is_dir():
        raise Problem(f"{VARIABLE}: {mirror!r} is not a folder; name a folder or a URL with torchvision's files")
    return _first_way(ways, lambda file: _from_folder(Path(mirror) / file.path), mirror, folder)


@dataclass
class Stream:
    """An opened file: what to call it, its size in bytes where it is known, and its content."""

    name: str
    size: int | None
    chunks: Iterable[bytes]


def _first_way(ways: list[list[File]], open_file: Callable[[File], Stream | None], mirror: str, folder: Path) -> list[Path]:
    for files in ways:
        opened = open_file(files[0])
        if opened is not None:
            return [_keep(opened, files[0], folder), *(_keep(_found(open_file(file), file, mirror), file, folder) for file in files[1:])]
    raise Problem(f"{VARIABLE}: {mirror} holds none of {', '.join(files[0].path for files in ways)}; put one set of these files there")


def _found(stream: Stream | None, file: File, mirror: str) -> Stream:
    if stream is None:
        raise Problem(f"{VARIABLE}: {mirror} lacks {file.path}; put it there, too")
    return stream


def _keep(stream: Stream | None, file: File, folder: Path) -> Path:
    """Write a stream below `folder` and hold its MD5 against the published one; only a file that is right gets its name."""
    if stream is None:
        raise Problem(f"{file.path}: the server doesn't have it (HTTP 404); {_use_a_mirror()}")
    path, digest, size, head = folder / file.path, hashlib.md5(usedforsecurity=False), 0, b""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.partial")
    with open(beside, "wb") as out, tqdm(desc=path.name, total=stream.size, unit="B", unit_scale=True, leave=False, disable=None) as bar:
        for chunk in stream.chunks:
            out.write(chunk)
            digest.update(chunk)
            size, head = size + len(chunk), head or chunk[:256]
            bar.update(len(chunk))
    if digest.hexdigest() != file.md5:
        kind = "a web page, " if head.lstrip().lower().startswith((b"<!doctype", b"<html")) else ""
        text = f"expected MD5 {file.md5}, found {digest.hexdigest()} ({kind}{size:,} bytes)"
        raise Problem(f"{stream.name}: {text}; it is damaged or another file: get it anew, or {_use_a_mirror()}")
    return beside.replace(path)


def _from_folder(path: Path) -> Stream | None:
    if not path.is_file():
        return None

    def chunks() -> Iterator[bytes]:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    return Stream(str(path), path.stat().st_size, chunks())


def _from_url(url: str) -> Stream | None:
    """The file at a URL; None where the server says that it has none."""
    response = _answer(url)
    if response.status_code == requests.codes.not_found:
        return None
    if not response.ok:
        raise Problem(f"{url}: the server answered HTTP {response.status_code} {response.reason}; try again later, or {_use_a_mirror()}")

    def chunks() -> Iterator[bytes]:
        try:
            yield from response.iter_content(CHUNK)
        except requests.RequestException as error:
            raise Problem(f"{url}: the connection broke off ({_reason(error)}); try again, or {_use_a_mirror()}") from error

    size = response.headers.get("Content-Length")
    return Stream(url, int(size) if size else None, chunks())


def _answer(url: str) -> requests.Response:
    """A server's answer, waited for in a thread: without a network, looking up a name may take longer than any time-out of a connection."""
    results: list[requests.Response | Exception] = []

    def ask() -> None:
        try:
            results.append(requests.get(url, stream=True, timeout=PATIENCE))
        except requests.RequestException as error:
            results.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE + 1)
    result = results[0] if results else f"no answer within {PATIENCE} s"
    if not isinstance(result, requests.Response):
        raise Problem(f"{url}: not reachable ({_reason(result)}); {_use_a_mirror()}")
    return result


def _reason(error: Exception | str) -> str:
    """What went wrong, in few words: the innermost cause that has a text of its own."""
    text = str(error)
    if isinstance(error, requests.Timeout) or "timed out" in text.lower():
        return f"no answer within {PATIENCE} s"
    for words in (
        "Name or service not known",
        "Temporary failure in name resolution",
        "Connection refused",
        "Network is unreachable",
        "No route",
    ):
        if words in text:
            return words.lower()
    return text.partition("(")[0].strip() or text or type(error).__name__


def _use_a_mirror() -> str:
    return f"set {VARIABLE} to a folder or URL that has torchvision's files"
