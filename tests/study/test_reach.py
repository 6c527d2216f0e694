"""What a definition reaches, in made-up modules: what can change what comes out, and no more."""

import pytest

from stages.study import fingerprint, statements
from stages.study.reach import Reach, Wanted

# Each: files of a package, of which `start` in its module `a` is called, and the names it reaches.
CASES = {
    "names, through names": (
        {"a": "def start(): f()\ndef f(): g()\ndef g(): X\nX = 1\nY = 2"},
        "start f g X",
    ),
    "bases, decorators, defaults": (
        {"a": "@d\ndef start(x=X): B\ndef d(f): f\nX = 1\nclass A: 1\nclass B(A): 1\nclass C: 1"},
        "start d X A B",
    ),
    "each of several that a name is bound by": (
        {"a": "def start(): f()\ndef f(): X\ndef f(): Y\nX = Y = 1\nZ = 1"},
        "start f X Y",
    ),
    "what stands under if and try": (
        {"a": "def start(): f\nif X:\n def f(): g\nelse:\n f = h\ng = 1\nh = 1\nX = 1\nY = 1"},
        "start f g h X",
    ),
    "an attribute of a module": (
        {"a": "from p import b\ndef start(): b.f()", "b": "def f(): g()\ndef g(): 1\ndef h(): 1"},
        "start b f g",
    ),
    "a module that is handed on": (
        {"a": "from p import b\ndef start(): list(b)", "b": "def f(): 1\ndef h(): 1"},
        "start b f h",
    ),
    "a module by its full name": (
        {"a": "import p.b\ndef start(): p.b.f()", "b": "def f(): 1"},
        "start p f",
    ),
    "a module under another name": (
        {"a": "import p.b as c\ndef start(): c.f()", "b": "def f(): 1\ndef h(): 1"},
        "start c f",
    ),
    "a name under another name, handed on by a third": (
        {
            "a": "from .b import g as f\ndef start(): f()",
            "b": "from .c import h as g",
            "c": "def h(): 1\ndef i(): 1",
        },
        "start f g h",
    ),
    "a star": ({"a": "from .b import *\ndef start(): f()", "b": "def f(): 1"}, "start * f"),
    "a module's __getattr__": (
        {"a": "from .b import f\ndef start(): f()", "b": "def __getattr__(name): X\nX = 1"},
        "start f __getattr__ X",
    ),
    "a circle": (
        {
            "a": "def start(): 1\nfrom .b import f\ndef g(): f",
            "b": "from .a import start\ndef f(): start()",
        },
        "start",
    ),
    "a circle, called": (
        {
            "a": "from .b import f\ndef start(): f()\nX = 1",
            "b": "def f():\n    from .a import X\n    X",
        },
        "start f X",
    ),
    "names by their texts": ({"a": "def start(): globals()['f']()\ndef f(): 1"}, "start f"),
    "what is global": (
        {"a": "X = 1\ndef start():\n    global X\n    X = 2\ndef f(): X"},
        "start f X",
    ),
    "what a module does when it is imported": (
        {
            "a": "from . import b\ndef start(): 1",
            "b": "import c\nc.x = f\nprint(g)\ndef f(): 1\ndef g(): 1\ndef h(): 1",
        },
        "start b c f g",
    ),
    "a registry": (
        {
            "a": "from .b import ALL, add\ndef start(): ALL\n@add\ndef f(): g()\ng = 1\nh = 1",
            "b": "ALL = []\ndef add(f): ALL.append(f)",
        },
        "start ALL f g add",
    ),
    "a registry of another module's": (
        {
            "a": "from . import c\nfrom .b import ALL\ndef start(): ALL\n",
            "b": "ALL = []\ndef add(f): ALL.append(f)",
            "c": "from .b import add\nX = add(1)\nY = add\nZ = Y",
        },
        "start ALL add c X",
    ),
    "a registry that nobody reads": (
        {"a": "def start(): 1\n@add\ndef f(): 1\nALL = []\ndef add(f): ALL.append(f)"},
        "start",
    ),
    "subclasses that a class hears of": (
        {"a": "def start(): A\nclass A:\n def __init_subclass__(c): 1\nclass B(A): 1\nclass C: 1"},
        "start A B",
    ),
    "a subclass that nobody hears of": (
        {"a": "def start(): Base\nclass Base: 1\nclass Sub(Base): 1"},
        "start Base",
    ),
    "kinds of a function": (
        {"a": "from d import d\ndef start(): f\n@d\ndef f(x): 1\n@f.register\ndef g(x): 1"},
        "start f g d",
    ),
    "a call for what it does": (
        {"a": "import torch\n_ = torch.seed()\ndef start(): 1\nX = 1"},
        "_ torch start",
    ),
    "neither annotations nor docstrings": (
        {"a": "def start(x: X) -> Y:\n    'f'\n    y: int = 1\nX = Y = 1\ndef f(): 1"},
        "start",
    ),
    "annotations that a decorator may read": (
        {"a": "from d import d\n@d\ndef start(x: X): 1\nX = 1"},
        "d start X",
    ),
}


@pytest.fixture
def reached(tmp_path, monkeypatch):
    """The names that statements bind which `start` reaches."""

    def names(files: dict[str, str]) -> set[str]:
        for name, text in {"__init__": "", **files}.items():
            (tmp_path / "p").mkdir(exist_ok=True)
            (tmp_path / "p" / f"{name}.py").write_text(text, encoding="utf-8")
        reach = Reach(lambda importer, imported: True)
        reach.follow([Wanted("p.a", "start")])
        return {name for statement in reach.found for name in statement.binds}

    monkeypatch.setattr(statements, "ROOT", tmp_path)
    clear()
    yield names
    clear()


def clear() -> None:
    """Forget what was read of the other root, and what was concluded from it."""
    for cached in (
        statements.place,
        statements.module,
        fingerprint._of_door,
        fingerprint._loads,
        fingerprint._data,
        fingerprint._is_named,
    ):
        cached.cache_clear()


@pytest.mark.parametrize("case", CASES)
def test_a_definition_reaches(reached, case):
    files, expected = CASES[case]
    assert reached(files) == set(expected.split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f(1)  # why", "f(1)"),
        ("def f(): 'says'", "def f():\n    '''tells'''"),
        ("def f(x: int) -> int: return x", "def f(x): return x"),
        ("class A:\n    'says'\n    x = 1\n    'of x'", "class A:\n    x = 1"),
    ],
)
def test_prose_has_no_form(tmp_path, monkeypatch, one, other):
    monkeypatch.setattr(statements, "ROOT", tmp_path)
    forms = []
    for text in (one, other):
        clear()
        (tmp_path / "p.py").write_text(text, encoding="utf-8")
        forms.append([statement.form for statement in statements.module("p").statements])
    clear()
    assert forms[0] == forms[1]
