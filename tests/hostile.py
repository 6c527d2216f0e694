"""Names that do harm where one is put into a command, a path, a pattern or a page, and the fields
of a study to try them in."""

import copy
from functools import cache

import yaml
from conftest import TINY

from stages.study.source import UNWRITABLE, Source

NAMES = {
    "single quote": "a'; touch PWNED; echo '",
    "double quote": 'a"; touch PWNED; echo "',
    "substitution": "$(touch PWNED)",
    "a path that is one": "$(touch PWNED)/../basic",
    "backticks": "`touch PWNED`",
    "variable": "${HOME}",
    "value of DVC": "${item}",
    "semicolon": "relu; touch PWNED",
    "ampersand": "relu & touch PWNED",
    "pipe": "relu | tee PWNED",
    "redirection": "relu > PWNED",
    "comment": "relu # touch",
    "line feed": "relu\ntouch PWNED",
    "carriage return": "relu\rtouch",
    "tab": "relu\tbasic",
    "NUL": "relu\x00",
    "escape": "relu\x1b[31m",
    "next line": "relu\x85basic",
    "line separator": "relu\u2028basic",
    "right to left": "\u202erelu",
    "no width": "relu\u200b",
    "half a character": "relu\ud800",
    "folder above": "..",
    "way out": "../../relu",
    "root": "/relu",
    "backslash": "relu\\basic",
    "option": "--help",
    "home": "~root",
    "star": "*",
    "wildcard": "{rung}",
    "braces": "{relu,basic}",
    "percent": "%s%n",
    "template": "{{ 7 * 7 }}",
    "script": "<script>alert(1)</script>",
    "look-alike": "r\u0435lu",
    "wide letters": "\uff52\uff45\uff4c\uff55",
    "digits of another script": "\u0661\u0662",
    "very long": "a" * 10_000,
    "empty": "",
    "spaces": "   ",
    "capitals": "RELU",
}
# A place of each kind of name, and of a key that is one: () stands for the study itself.
FIELDS = {
    "study": ("study",),
    "datasets": ("datasets", 0),
    "data.of": ("data", "few", "of"),
    "data.classes": ("data", "few", "classes", 0),
    "task": ("task",),
    "device": ("device",),
    "precision": ("precision",),
    "threads": ("threads",),
    "budget": ("budget", "epochs"),
    "ladder": ("ladder", 0),
    "beside": ("beside", 0),
    "comparisons.rungs": ("comparisons", 0, "rungs", 0),
    "comparisons.against": ("comparisons", 0, "against"),
    "comparisons.axis": ("comparisons", 1, "axis", 0),
    "comparisons.series": ("comparisons", 1, "series"),
    "expect.rung": ("expect", 0, "rung"),
    "expect.better_than": ("expect", 0, "better_than"),
    "expect.dataset": ("expect", 0, "dataset"),
    "expect.quantity": ("expect", 0, "quantity"),
    "expect.difference": ("expect", 1, "difference", 1),
    "expect.best_of": ("expect", 2, "best_of", 0),
    "expect.is": ("expect", 2, "is"),
    "expect.group": ("expect", 3, "group"),
    "starts.rung": ("starts", 0, "rung"),
    "starts.from": ("starts", 0, "from"),
    "starts.dataset": ("starts", 0, "dataset"),
    "starts.from_dataset": ("starts", 0, "from_dataset"),
    "like": ("techniques", "relu", "like"),
    "ensembles.name": ("ensembles", 0, "name"),
    "ensembles.of": ("ensembles", 0, "of"),
    "ensembles.combine": ("ensembles", 0, "combine"),
    "name in a slot": ("techniques", "relu", "activation"),
    "value of an option": ("techniques", "dropout", "dropout", "standard", "rate"),
}
KEYS = {
    "key": (),
    "key of the budget": ("budget",),
    "technique": ("techniques",),
    "slot": ("techniques", "relu"),
    "option": ("techniques", "dropout", "dropout", "standard"),
    "data set": ("data",),
    "option of a data set": ("data", "few"),
    "key of a group": ("comparisons", 0),
    "key of a prediction": ("expect", 0),
    "key of a start": ("starts", 0),
    "key of an ensemble": ("ensembles", 0),
}
# What people read: any text that can be written down is a good one, of one line where it says so.
TEXTS = {
    "title": ("title",),
    "departures": ("departures", 0),
    "label": ("techniques", "relu", "label"),
    "comparisons.title": ("comparisons", 0, "title"),
    "because": ("expect", 0, "because"),
}
MORE = """
title: A study
departures: [none]
data: {few: {of: digits, classes: ['3', '8']}}
starts:
  - {rung: later, from: relu, dataset: digits, from_dataset: digits}
comparisons:
  - {title: Without one idea, rungs: [without_dropout], against: dropout}
  - {title: Rates, rungs: [dropout, less], against: previous, axis: [dropout.rate]}
expect:
  - {rung: dropout, better_than: without_dropout, because: it is said}
  - {difference: [relu, basic], at_least: 0}
  - {best_of: [relu, basic], is: relu}
  - {group: Rates, range_at_most: 0.1}
"""


@cache
def base() -> dict:
    """Not to be changed: the tiny study with something at the place of each field."""
    study = yaml.safe_load(TINY.read_text(encoding="utf-8")) | yaml.safe_load(MORE)
    study["techniques"]["later"] = {"like": "relu"}
    study["techniques"]["less"] = {"like": "dropout", "dropout": {"standard": {"rate": 0.1}}}
    study["beside"] = [*study["beside"], "less"]
    return study


def hostile(path: tuple, value: object) -> str:
    """The study of `base` with `value` at `path`, as YAML."""
    return yaml.safe_dump(_changed(base(), path, value), sort_keys=False)


def source(path: tuple, value: object) -> Source:
    """The study of `hostile` as it is read; only what reading may refuse goes through YAML, which
    takes most of the time."""
    if any(UNWRITABLE.search(str(part)) for part in (*path, value)):
        return Source(hostile(path, value), "params.yaml")
    read = copy.copy(_read())
    read.values = _changed(read.values, path, value)
    return read


@cache
def _read() -> Source:
    return Source(yaml.safe_dump(base(), sort_keys=False), "params.yaml")


def _changed(study: dict, path: tuple, value: object) -> dict:
    study = copy.deepcopy(study)
    at(study, path[:-1])[path[-1]] = value
    return study


def at(place: dict | list, path: tuple) -> object:
    """What stands at `path` below `place`."""
    for step in path:
        place = place[step]
    return place
