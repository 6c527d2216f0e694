"""What a person says of the store of trained rungs: whether there is one, and how much it holds."""

from pathlib import Path

import yaml

from stages.command import Problem

SETTINGS = Path("config/store.yaml")
# What the file says where everything is to be trained.
OFF = "store: false\n"
# In GB.
LIMIT = 20
_FORM = "`store`, true or false, and `limit`, a number of GB"


def settings() -> tuple[bool, int]:
    """Whether trained rungs are kept and taken, and how many bytes may be kept.

    Raises Problem for a file that says something else.
    """
    found = {"store": True, "limit": LIMIT} | _read()
    if not isinstance(found["store"], bool):
        raise Problem(f"{SETTINGS}: store: found {found['store']!r}; say true or false")
    limit = found["limit"]
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 0:
        raise Problem(f"{SETTINGS}: limit: found {limit!r}; say how many GB")
    return found["store"], int(min(limit, 2**30) * 10**9)


def _read() -> dict:
    try:
        found = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, ValueError) as error:
        raise Problem(f"{SETTINGS}: this is no YAML ({error}); it may have {_FORM}") from error
    if found is None:
        return {}
    unknown = found.keys() - {"store", "limit"} if isinstance(found, dict) else {str(found)}
    if unknown:
        raise Problem(f"{SETTINGS}: found {', '.join(map(str, unknown))}; it may have {_FORM}")
    return found
