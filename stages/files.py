"""Files that are there whole or not at all: written beside their place, then renamed."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np

# A file may change twice within a tick of its file system's clock: 2 s where that is slow.
TICK = 2 * 10**9


def write(path: Path, *content: bytes | memoryview | str) -> None:
    """Put `content`, piece by piece, at `path`, making its folders, or leave what was there and
    raise OSError, with `path` as its file name; whoever reads never sees half a file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            for piece in content:
                file.write(piece.encode() if isinstance(piece, str) else piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        # Where nothing can be written, nothing can be removed, either.
        with suppress(OSError):
            beside.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_json(path: Path, value: object) -> None:
    """Write `value` as JSON in a canonical form: sorted keys, two spaces, a newline at the end."""
    write(path, canonical(value))


def canonical(value: object) -> str:
    """`value` as JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def read_json(path: Path) -> dict:
    """The content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def json_if_whole(path: Path) -> dict:
    """The object that a JSON file holds; an empty one where there is no file, or no whole one."""
    try:
        found = read_json(path)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_rows(path: Path, columns: list[str], rows: Iterable[dict]) -> None:
    """Write a CSV table; numbers with all the digits that tell them apart, None as nothing."""
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write(path, text.getvalue())


def write_arrays(path: Path, compress: bool = True, **arrays: np.ndarray) -> None:
    """Write arrays as .npz (numpy dates every entry 1980, so that equal arrays are equal bytes)."""
    content = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(content, **arrays)
    write(path, content.getvalue())


def write_array(path: Path, array: np.ndarray) -> None:
    """Write one array as .npy, to be read memory-mapped."""
    content = io.BytesIO()
    np.save(content, array)
    write(path, content.getvalue())


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sign(state: os.stat_result) -> list[int]:
    """What a file that is still the same has the same of: size, dates in nanoseconds, inode."""
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]


def is_old(of: list[int], now: int) -> bool:
    """Whether a file with the sign `of` can't have changed since without another sign, at the time
    `now`, in nanoseconds."""
    return max(of[1:3]) < now - TICK
