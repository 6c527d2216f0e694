"""Where DVC's cache is, by DVC's settings: those of the system, of the person, of the repository
and of this clone, of which the last that names it counts. DVC itself takes a second to be asked.
"""

import configparser
import os
import re
import sys
from pathlib import Path

DVC = Path(".dvc")


def folder() -> Path | None:
    """The folder of the cache of the project in the current folder, relative to it where it lies
    there; None where that is no folder of DVC's."""
    if not DVC.is_dir():
        return None
    found = DVC / "cache"
    for settings in (*_of_all(), DVC / "config", DVC / "config.local"):
        found = _named(settings) or found
    return found


def _of_all() -> list[Path]:
    """DVC's settings of the system, and of the person, where platformdirs puts them."""
    home, ask = Path.home(), os.environ.get
    if sys.platform == "darwin":
        there = Path("/Library/Application Support"), home / "Library/Application Support"
    else:
        system = ask("XDG_CONFIG_DIRS", "").split(os.pathsep)[0] or "/etc/xdg"
        there = Path(system), Path(ask("XDG_CONFIG_HOME") or home / ".config")
    asked = ask("DVC_SYSTEM_CONFIG_DIR"), ask("DVC_GLOBAL_CONFIG_DIR")
    return [Path(own or of / "dvc") / "config" for own, of in zip(asked, there, strict=True)]


def _named(settings: Path) -> Path | None:
    """The folder that a file of settings names, seen from the file; None where there is none, or
    the cache is no folder."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(settings.read_text(encoding="utf-8"))
        said = _value(parser.get("cache", "dir", fallback=None) or "")
    except (OSError, UnicodeDecodeError, configparser.Error):
        return None
    if not said or re.match(r"\w+://", said):
        return None
    return Path(os.path.normpath(settings.parent / Path(said).expanduser()))


def _value(text: str) -> str:
    """A value without its quotes, or the comment behind it."""
    if text[:1] in ("'", '"'):
        return text[1:].partition(text[0])[0]
    return text.partition("#")[0].strip()
