"""Groups of rungs that are compared: what one can say, and each mistake in one line."""

import pytest
from bad_studies import assert_refused

from stages.command import Problem
from stages.study import axes
from stages.study.comparisons import comparisons, own_budget
from stages.study.source import Source
from stages.study.study import validate

TEXT = """
study: groups
datasets: [digits]
budget: {epochs: 2, batch_size: 100, members: 2, validation: 0.1}
ladder: [basic, relu]
beside: [narrow, slow, narrow_slow, shaken, longer, alone]
comparisons:
  - {title: Widths, rungs: [narrow, relu], against: relu, axis: [network.width]}
  - title: Widths by rate
    rungs: [narrow, relu, slow, narrow_slow]
    against: previous
    axis: [network.width]
    series: optimizer.learning_rate
  - title: Both
    rungs: [relu, slow, narrow, narrow_slow]
    against: relu
    axis: [network.width, optimizer.learning_rate]
  - {title: Patience, rungs: [relu, longer], against: basic, axis: [budget.epochs]}
  - {title: Optimizers, rungs: [relu, shaken], against: relu}
techniques:
  basic:
    network: {basic: {width: 4}}
    activation: sigmoid
    initialization: he_normal
    optimizer: {sgd: {learning_rate: 0.1}}
  relu: {like: basic, activation: relu}
  narrow: {like: relu, network: {basic: {width: 2}}}
  slow: {like: relu, optimizer: {adam: {learning_rate: 0.01}}}
  narrow_slow: {like: slow, network: {basic: {width: 2}}}
  shaken: {like: relu, augmentation: [{translate: {pixels: 1}}, {rotate: {degrees: 5}}]}
  longer: {like: relu, budget: {epochs: 3}}
  alone: {like: relu, dropout: {standard: {rate: 0.5}}}
"""
WIDTHS = "{title: Widths, rungs: [narrow, relu], against: relu, axis: [network.width]}"

MISTAKES = {
    "rung that is not trained": (
        "[narrow, relu], against",
        "[narow, relu], against",
        ["rungs.0", "did you mean 'narrow'"],
    ),
    "rung that is only defined": (
        "longer, alone]",
        "alone]",
        ["comparisons.3.rungs.1", "'longer' is not trained", "add it to beside"],
    ),
    "rung twice": (
        "[narrow, relu], against",
        "[narrow, narrow], against",
        ["rungs.1", "'narrow' stands here twice"],
    ),
    "no rungs": ("[narrow, relu], against", "[], against", ["rungs", "at least 1"]),
    "compared with itself": (
        "[narrow, relu], against",
        "[relu], against",
        ["rungs", "'relu' is compared with nothing"],
    ),
    "one against previous": (
        "[narrow, relu], against: relu",
        "[narrow], against: previous",
        ["rungs", "'narrow' is compared with nothing"],
    ),
    "against an unknown rung": (
        "against: basic",
        "against: basik",
        ["comparisons.3.against", "did you mean 'basic'"],
    ),
    "against a list": ("against: basic", "against: [basic]", ["comparisons.3.against", "string"]),
    "no against": (", against: basic", "", ["comparisons.3.against", "'against' is missing"]),
    "unknown key": (
        "against: basic",
        "agains: basic",
        ["comparisons.3.agains", "did you mean 'against'"],
    ),
    "no title": ("title: Patience, ", "", ["comparisons.3.title", "'title' is missing"]),
    "a choice from one": (
        WIDTHS,
        "{title: Widths, rungs: [narrow], against: relu, choose: true}",
        ["comparisons.0.choose", "one rung to choose from; add one"],
    ),
    "title twice": (
        "title: Both",
        "title: Widths",
        ["comparisons.2.title", "'Widths' stands here twice"],
    ),
    "title of the ladder": (
        "title: Both",
        "title: ladder",
        ["comparisons.2.title", "name the group"],
    ),
    "title of two lines": (
        "title: Both",
        'title: "Bo\\nth"',
        ["comparisons.2.title", "one line of 1 to 120"],
    ),
    "title that is too long": (
        "title: Both",
        f"title: {'a' * 121}",
        ["comparisons.2.title", "1 to 120 characters"],
    ),
    "rung that is named previous": (
        "  alone: {",
        "  previous: {like: relu}\n  alone: {",
        ["techniques.previous", "otherwise"],
    ),
    "axis of an unknown slot": (
        "axis: [network.width]}",
        "axis: [networks.width]}",
        ["comparisons.0.axis.0", "'narrow' has no networks.width", "did you mean 'network.width'"],
    ),
    "axis without an option": (
        "axis: [network.width]}",
        "axis: [network]}",
        ["axis.0", "network of 'narrow' is 'basic (width 2)', no number", "series", "second axis"],
    ),
    "words on an axis of two": (
        "axis: [network.width, optimizer.learning_rate]",
        "axis: [network.width, label]",
        ["axis.1", "'relu' has no label"],
    ),
    "axis that one rung does not have": (
        "rungs: [relu, shaken], against: relu",
        "rungs: [shaken, relu], against: relu, axis: [augmentation.degrees]",
        ["comparisons.4.axis.0", "'relu' has no augmentation.degrees"],
    ),
    "axis on which all are the same": (
        "axis: [network.width]}",
        "axis: [budget.members]}",
        ["comparisons.0.axis.0", "budget.members is 2 in all"],
    ),
    "axis that is the seed": (
        "axis: [network.width]}",
        "axis: [budget.seed]}",
        ["axis.0", "has no budget.seed"],
    ),
    "three axes": (
        "axis: [network.width]}",
        "axis: [network.width, budget.epochs, budget.members]}",
        ["comparisons.0.axis", "at most 2"],
    ),
    "axis that is no list": (
        "axis: [network.width]}",
        "axis: network.width}",
        ["comparisons.0.axis", "list"],
    ),
    "series without an axis": (
        "against: basic, axis: [budget.epochs]",
        "against: basic, series: network.width",
        ["series", "no axis"],
    ),
    "series that a rung does not have": (
        "series: optimizer.learning_rate",
        "series: optimizer.eps",
        ["comparisons.1.series", "'narrow' has no optimizer.eps"],
    ),
    "two rungs in one place of a line": (
        "    series: optimizer.learning_rate\n",
        "",
        ["comparisons.1.axis", "'relu' and 'slow' have one place (network.width 4)", "series"],
    ),
    "two rungs in one place of a heat map": (
        "[relu, slow, narrow, narrow_slow]",
        "[relu, slow, narrow, narrow_slow, alone]",
        ["comparisons.2.axis", "'relu' and 'alone' have one place"],
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line(case):
    assert_refused(TEXT, *MISTAKES[case])


def test_a_budget_of_its_own_in_words():
    assert own_budget({"budget": {"batch_size": 5, "shuffle": False}}) == (
        "batch size 5, shuffle false"
    )


def test_rows_are_the_ladder_then_group_after_group_then_what_stands_in_none():
    study = validate(Source(TEXT, "params.yaml")).model_dump()
    rows = {}
    for row in comparisons(study):
        rows.setdefault(row.group, []).append((row.rung, row.compared_with))
    assert rows == {
        "ladder": [("basic", None), ("relu", "basic")],
        "Widths": [("narrow", "relu"), ("relu", None)],
        "Widths by rate": [
            ("narrow", None),
            ("relu", "narrow"),
            ("slow", "relu"),
            ("narrow_slow", "slow"),
        ],
        "Both": [("relu", None), ("slow", "relu"), ("narrow", "relu"), ("narrow_slow", "relu")],
        "Patience": [("relu", "basic"), ("longer", "basic")],
        "Optimizers": [("relu", None), ("shaken", "relu")],
        "beside": [("alone", None)],
    }


def test_what_changes_is_said_of_each_pair():
    study = validate(Source(TEXT, "params.yaml")).model_dump()
    [row] = [row for row in comparisons(study) if (row.rung, row.group) == ("longer", "Patience")]
    assert row.changed == "a budget of its own: epochs 3; activation: sigmoid → relu"


@pytest.mark.parametrize(
    ("rung", "place", "found"),
    [
        ("slow", "optimizer.learning_rate", 0.01),
        ("relu", "optimizer.learning_rate", 0.1),
        ("shaken", "augmentation.degrees", 5.0),
        ("longer", "budget.epochs", 3),
        ("relu", "budget.epochs", 2),
        ("alone", "dropout.rate", 0.5),
        ("relu", "dropout.rate", None),
    ],
)
def test_a_place_on_an_axis(rung, place, found):
    study = validate(Source(TEXT, "params.yaml")).model_dump()
    assert axes.value(study, rung, place, [place]) == found


def placed(technique: dict, others: list[str], label: str | None = None) -> dict:
    """Every place of the one rung of a study, which has this technique and label."""
    of = {"techniques": {"rung": technique}, "budget": {}, "labels": {"rung": label}, "starts": []}
    return axes.places(of, "rung", others)


def test_a_whole_slot_is_a_place_without_what_stands_beside_it():
    """Where rungs differ in the network itself, not in an option of it."""
    technique = {"network": {"mlp": {"units": 8, "layers": 1}}}
    found = placed(technique, ["network", "network.units"])
    assert found["network"] == "mlp"
    assert found["network.units"] == 8
    assert placed(technique, ["network"])["network"] == "mlp (units 8)"


def test_a_slot_that_is_off_is_a_place_and_so_are_the_words_of_a_rung():
    found = placed({"dropout": {"standard": {"rate": 0.5}}}, [], "Dropout")
    assert (found["dropout"], found["normalization"]) == ("standard (rate 0.5)", "none")
    assert found["label"] == "Dropout"
    assert "label" not in placed({}, [])


def test_without_validation_images_nothing_can_be_chosen():
    text = TEXT.replace(WIDTHS, WIDTHS.replace("]}", "], choose: true}"))
    text = text.replace("validation: 0.1", "validation: 0")
    with pytest.raises(Problem, match=r"comparisons\.0\.choose: 'narrow' has no validation images"):
        validate(Source(text, "params.yaml"))
