"""Mistakes that people make in params.yaml.

What to replace in tests/tiny.yaml by what, and what the one line must say.
"""

import pytest

from stages.command import Problem
from stages.study.source import Source
from stages.study.study import validate

BAD = {
    "unknown slot": (
        "activation: sigmoid",
        "activaton: sigmoid",
        ["techniques.basic.activaton", "did you mean 'activation'"],
    ),
    "unknown name": (
        "activation: relu",
        "activation: rleu",
        ["techniques.relu.activation", "'rleu'", "did you mean 'relu'"],
    ),
    "unknown option": (
        "{rate: 0.3}",
        "{rat: 0.3}",
        ["dropout.standard.rat", "did you mean 'rate'"],
    ),
    "option of the wrong type": (
        "{rate: 0.3}",
        "{rate: much}",
        ["dropout.standard.rate", "'much'", "number"],
    ),
    "option out of its range": (
        "{rate: 0.3}",
        "{rate: 1.5}",
        ["dropout.standard.rate", "1.5", "less than 1"],
    ),
    "negative learning rate": (
        "learning_rate: 0.1",
        "learning_rate: -0.1",
        ["optimizer.sgd.learning_rate", "-0.1", "greater than 0"],
    ),
    "infinite learning rate": (
        "learning_rate: 0.1",
        "learning_rate: .inf",
        ["optimizer.sgd.learning_rate", "finite"],
    ),
    "missing option": (
        "{sgd: {learning_rate: 0.1}}",
        "sgd",
        ["optimizer.sgd", "'learning_rate' is missing"],
    ),
    "options that are none": (
        "{standard: {rate: 0.3}}",
        "{standard: 0.3}",
        ["dropout.standard", "0.3", "rate"],
    ),
    "two names at once": (
        "{sgd: {learning_rate: 0.1}}",
        "{sgd: {}, adam: {}}",
        ["techniques.basic.optimizer", "it must be a name"],
    ),
    "missing slot": (
        "    activation: sigmoid\n",
        "",
        ["techniques.basic", "'activation' is missing"],
    ),
    "slot without a value": (
        "activation: sigmoid",
        "activation:",
        ["techniques.basic.activation", "None"],
    ),
    "rung that is not defined": (
        "ladder: [basic, relu,",
        "ladder: [basic, rleu,",
        ["ladder.1", "'rleu' is not defined", "mean 'relu'"],
    ),
    "rung twice": (
        "ladder: [basic, relu,",
        "ladder: [basic, basic,",
        ["ladder", "'basic' stands here twice"],
    ),
    "empty ladder": ("ladder: [basic, relu, dropout]", "ladder: []", ["ladder", "at least 1"]),
    "unknown data set": (
        "datasets: [digits]",
        "datasets: [digit]",
        ["datasets.0", "did you mean 'digits'"],
    ),
    "unknown device": ("device: cpu", "device: gpu", ["device", "'gpu'", "'cuda'"]),
    "TF32 on a CPU": ("device: cpu", "device: cpu\nprecision: tf32", ["precision", "tf32", "GPU"]),
    "unknown way to record": ("threads: 1", "cuda_graph: 3", ["cuda_graph", "3", "auto"]),
    "unknown key": ("threads: 1", "treads: 1", ["treads", "did you mean 'threads'"]),
    "unknown key of the budget": (
        "epochs: 2",
        "epoch: 2",
        ["budget.epoch", "did you mean 'epochs'"],
    ),
    "no members": ("members: 2", "members: 0", ["budget.members", "0", "1"]),
    "part of an epoch": ("epochs: 2", "epochs: 2.5", ["budget.epochs", "2.5", "integer"]),
    "true for a number": ("epochs: 2", "epochs: true", ["budget", "epochs", "true"]),
    "all for validation": (
        "validation: 0.1",
        "validation: 1",
        ["budget.validation", "less than 1"],
    ),
    "name with a space": ("study: tiny", "study: my study", ["study", "'my study'", "lowercase"]),
    "name that is a script": ("  relu: {like", '  "<script>": {like', ["<script>", "lowercase"]),
    "ensemble of an unknown rung": (
        "of: dropout, combine",
        "of: droput, combine",
        ["ensembles.0.of", "did you mean 'dropout'"],
    ),
    "ablations of old": (
        "beside: [without_dropout]",
        "beside: []\nablations: {of: dropout, rungs: [without_dropout]}",
        [
            "this key is no more",
            "`beside: [without_dropout]`",
            "rungs: [without_dropout], against: dropout}",
        ],
    ),
    "rung beside that is not defined": (
        "beside: [without",
        "beside: [withot",
        ["beside.0", "did you mean 'without_dropout'"],
    ),
    "against an unknown rung": (
        "against: dropout",
        "against: droput",
        ["comparisons.0.against", "did you mean 'dropout'"],
    ),
    "prediction of an unknown rung": (
        "expect:\n  - {rung: dropout",
        "expect:\n  - {rung: droput",
        ["expect.0.rung", "mean 'dropout'"],
    ),
    "like an unknown stanza": (
        "like: dropout",
        "like: droput",
        ["without_dropout.like", "did you mean 'dropout'"],
    ),
    "number for a name": (
        "study: tiny",
        "study: 1e5",
        ["study", "found 1e5", "a number", "quote it: '1e5'"],
    ),
    "unknown way to combine": (
        "combine: mean",
        "combine: sum",
        ["ensembles.0.combine", "'sum'", "majority, mean"],
    ),
}

# DVC reads params.yaml itself before it runs a stage, and refuses these in words of its own.
UNREADABLE = {
    "name that leads elsewhere": ("study: tiny", "study: ../up", ["study", "'../up'", "lowercase"]),
    "ensemble with a rung's name": (
        "name: mean_of_softmax",
        "name: relu",
        ["'relu' stands here twice"],
    ),
    "ladder that is no list": (
        "ladder: [basic, relu, dropout]",
        "ladder: basic",
        ["ladder", "list"],
    ),
    "no YAML": ("ladder: [basic", "ladder: [basic]]", ["not YAML"]),
    "key twice": ("threads: 1", "threads: 1\nthreads: 2", ["threads", "twice"]),
    "no ladder": ("ladder: [basic, relu, dropout]\n", "", ["'ladder' is missing"]),
    "no mapping": ("", None, ["a study is a mapping"]),
    "empty file": ("", "", ["a study is a mapping"]),
}

# Left to the check, which both engines run: the same kinds of mistake in other places.
FINER = {
    "missing key of the budget": ("epochs: 2, ", "", ["budget.epochs", "'epochs' is missing"]),
    "budget without a value": (
        "budget: {epochs: 2, batch_size: 100, members: 2, validation: 0.1, seed: 0}",
        "budget:",
        ["budget", "None"],
    ),
    "no threads": ("threads: 1", "threads: 0", ["threads", "0", "1"]),
    "negative seed": ("seed: 0", "seed: -1", ["budget.seed", "-1"]),
    "negative validation": ("validation: 0.1", "validation: -0.1", ["budget.validation", "-0.1"]),
    "learning rate that is no number": (
        "learning_rate: 0.1",
        "learning_rate: .nan",
        ["optimizer.sgd.learning_rate", "finite"],
    ),
    "learning rate beyond all numbers": (
        "learning_rate: 0.1",
        "learning_rate: 1e400",
        ["optimizer.sgd.learning_rate", "finite"],
    ),
    "true for an option": ("{rate: 0.3}", "{rate: true}", ["dropout.standard", "rate", "true"]),
    "option without a value": ("{rate: 0.3}", "{rate: }", ["dropout.standard.rate", "None"]),
    "no filters": ("width: 4", "width: 0", ["network.basic.width", "0", "1"]),
    "helper for a name": (
        "activation: relu}",
        "initialization: _fill_bias}",
        ["techniques.relu.initialization", "'_fill_bias'"],
    ),
    "list where order doesn't matter": (
        "activation: relu}",
        "activation: [relu]}",
        ["techniques.relu.activation", "it must be a name"],
    ),
    "stanza that is a word": (
        "{like: dropout, dropout: none}",
        "relu",
        ["techniques.without_dropout", "'relu'"],
    ),
    "variation out of its range": (
        "dropout: {standard: {rate: 0.3}}",
        "augmentation: [{translate: {pixels: 1}}, {rotate: {degrees: -1}}]",
        ["augmentation.1.rotate.degrees", "-1"],
    ),
    "data sets that are no list": ("datasets: [digits]", "datasets: digits", ["datasets", "list"]),
    "data set twice": (
        "datasets: [digits]",
        "datasets: [digits, digits]",
        ["datasets", "'digits'", "twice"],
    ),
    "yes for a rung": (
        "ladder: [basic",
        "ladder: [yes",
        ["ladder.0", "found yes", "true or false", "quote it: 'yes'"],
    ),
    "date for a name": (
        "study: tiny",
        "study: 2020-01-01",
        ["study", "found 2020-01-01", "a date", "quote it"],
    ),
    "name of a file in use": (
        "study: tiny",
        "study: checked",
        ["study", "'checked'", "in use", "choose another name"],
    ),
    "name of a folder of logs": (
        "study: tiny",
        "study: normalize",
        ["study", "'normalize'", "in use"],
    ),
    "data set named as the folder beside": (
        "datasets: [digits]",
        "datasets: [recipes]",
        ["datasets.0", "'recipes'", "in use", "choose another name"],
    ),
    "data set of data named as the folder beside": (
        "threads: 1",
        "threads: 1\ndata:\n  recipes: {of: digits}",
        ["data.recipes", "'recipes'", "in use", "choose another name"],
    ),
    "name that is too long": ("study: tiny", f"study: {'a' * 65}", ["study", "64"]),
    "ensemble of an ensemble": (
        "of: dropout, combine",
        "of: mean_of_softmax, combine",
        ["ensembles.0.of", "'mean_of_softmax' is not a trained rung"],
    ),
    "anchor that is not there": ("like: relu", "<<: *rule", ["not YAML", "'rule'"]),
    "two studies in one file": ("threads: 1", "threads: 1\n---\na: 1", ["not YAML"]),
    "seed of a rung's own": (
        "activation: relu}",
        "activation: relu, budget: {seed: 1}}",
        ["techniques.relu.budget.seed", "the study's"],
    ),
    "budget of a rung's own, out of range": (
        "activation: relu}",
        "activation: relu, budget: {epochs: 0}}",
        ["techniques.relu.budget.epochs", "0"],
    ),
    "unknown key of a rung's own budget": (
        "activation: relu}",
        "activation: relu, budget: {epoch: 1}}",
        ["relu.budget.epoch", "mean 'epochs'"],
    ),
    "budget of a rung's own that is a number": (
        "activation: relu}",
        "activation: relu, budget: 3}",
        ["techniques.relu.budget", "3", "epochs"],
    ),
    "stopping without validation images": (
        "activation: relu}",
        "activation: relu, stopping: {early: {patience: 1}}, budget: {validation: 0}}",
        ["techniques.relu.stopping", "'early' goes by validation images", "above 0"],
    ),
    "plateau without validation images": (
        "activation: relu}",
        "activation: relu, schedule: {plateau: {factor: 0.1, patience: 1}}, "
        "budget: {validation: 0}}",
        ["techniques.relu.schedule", "'plateau' goes by validation images"],
    ),
    "none for a slot that must be there": (
        "activation: relu}",
        "activation: none}",
        ["techniques.relu.activation", "'none'"],
    ),
    "rung beside that is in the ladder": (
        "beside: [without_dropout]",
        "beside: [relu]",
        ["beside", "'relu' stands here twice"],
    ),
    "anchor that holds itself": (
        "threads: 1",
        "threads: 1\ndepartures: &loop [*loop]",
        ["departures", "alias of itself"],
    ),
    "number for a rung": (
        "  relu: {like",
        "  0o17: {like",
        ["techniques", "found 0o17", "quote it"],
    ),
    "number for an ensemble": ("name: mean_of_softmax", "name: 007", ["ensembles.0.name", "007"]),
    "tab": ("  basic:\n", "\tbasic:\n", ["not YAML"]),
}


def _bomb(first: str, level: str) -> str:
    """Nine anchors, each of which has ten aliases of the one before: a thousand million values."""
    levels = [level.format(i=i, ten=", ".join([f"*b{i - 1}"] * 10)) for i in range(1, 10)]
    return "\n  ".join(["", first, *levels])


# What YAML's readers stumble over in ways of their own, or take for ever to read.
STRAY = {
    "date that is none": ("1", "2020-13-45", ["'2020-13-45'", "a date", "quote it"]),
    "number without digits": ("1", "0x_", ["'0x_'", "a number", "quote it"]),
    "truth that is none": ("1", "!!bool maybe", ["'maybe'", "true or false"]),
    "time that is none": ("1", "!!timestamp x", ["'x'", "a date"]),
    "number of nothing": ("1", "!!int ''", ["''", "a number"]),
    "number of 5,000 digits": ("1", "1" * 5000, ["'1111", "a number"]),
    "lists in lists": ("1", "[" * 3000 + "]" * 3000, ["deeper than 40 levels"]),
    "mappings in mappings": ("1", "{a: " * 3000 + "1" + "}" * 3000, ["deeper than 40 levels"]),
    "list for a key": ("1", "{[a]: 1}", ["a sequence as a key"]),
    "bomb of aliases": ("1", _bomb("- &b0 [x]", "- &b{i} [{ten}]"), ["over 100,000 values"]),
    "bomb of merges": (
        "1",
        _bomb("b0: &b0 {x: 1}", "b{i}: &b{i} {{<<: [{ten}]}}"),
        ["over 100,000"],
    ),
    "half a character": ("1", '"\\ud800"', ["threads", "ud800", "half a character"]),
    "control character": ("1", '"\\0"', ["threads", "x00", "control character"]),
    "raw control character": ("1", "\x07", ["not YAML", "special characters"]),
}
STRAY = {case: ("threads: 1", f"threads: {new}", words) for case, (_, new, words) in STRAY.items()}

# The mistake is one of the whole file, of a whole list, or lies where something is missing.
WITHOUT_LINE = {
    *("missing slot", "no ladder", "no mapping", "empty file"),
    "raw control character",
    "ensemble with a rung's name",
}


def spoil(text: str, old: str, new: str | None) -> str:
    """The study `text` with the mistake in it."""
    if not old:
        return "- just\n- a list\n" if new is None else ""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def assert_refused(text: str, old: str, new: str, words: list[str]) -> None:
    """The study `text` with a mistake, `new` in place of `old`, is refused in one line that says
    where it is and has these words."""
    with pytest.raises(Problem) as problem:
        validate(Source(spoil(text, old, new), "params.yaml"))
    said = str(problem.value)
    assert said.startswith("params.yaml:")
    assert "\n" not in said
    assert all(word in said for word in words), said


def with_anchors(text: str) -> str:
    """The tiny study with YAML's anchors and merge keys in place of `like`."""
    for name in ("relu", "dropout"):
        text = text.replace(f"  {name}: {{like", f"  {name}: &{name} {{like")
    return text.replace("  basic:\n", "  basic: &basic\n").replace("like: ", "<<: *")
