"""Predictions judged on made-up rungs whose truth is known, and against scipy."""

import math

import numpy as np
import pytest
import scipy.stats

from stages.scoring.estimates import contrast, level, ratio_interval
from stages.scoring.expectations import CANT_TELL, HELD, NOT_HELD, decide, judge
from stages.scoring.measured import Measured
from stages.scoring.statistics import combined_difference, difference, score_interval
from stages.study.expectation import Expectation

TRUTH = {"good": 0.9, "fair": 0.8, "alike": 0.8, "poor": 0.6}
# Five networks each; those of the last scatter so much that nothing can be told of it.
LOSSES = {"good": [0.30, 0.31, 0.29, 0.30, 0.30], "fair": [0.50, 0.51, 0.49, 0.50, 0.50]}
LOSSES |= {"alike": [0.51, 0.50, 0.49, 0.51, 0.50], "poor": [0.2, 0.9, 0.4, 1.5, 0.6]}
GROUPS = {
    "near": ["fair", "alike"],
    "all": ["good", "fair", "poor"],
    "unclear": ["scattered", "fair"],
}


def made_up(accuracy: float, members: int, images: int, seed: int) -> np.ndarray:
    """Scores of networks that scatter by 0.3 points around an accuracy."""
    random = np.random.default_rng(seed)
    of_networks = accuracy + 0.003 * random.normal(size=(members, 1))
    return random.random((members, images)) < of_networks


def rungs() -> dict[str, dict[str, np.ndarray]]:
    values = {
        name: {
            "test_accuracy": made_up(truth, 5, 4000, seed),
            "test_loss": np.array(LOSSES[name]),
            "parameters": np.array(1000.0 * (seed + 1)),
        }
        for seed, (name, truth) in enumerate(TRUTH.items())
    }
    # Of two networks that differ so much, hardly anything can be told; of one network, nothing.
    scattered = [made_up(accuracy, 1, 4000, 9) for accuracy in (0.7, 0.9)]
    values["scattered"] = {"test_accuracy": np.concatenate(scattered)}
    values["single"] = {"test_accuracy": values["good"]["test_accuracy"][:1]}
    votes = values["fair"]["test_accuracy"].mean(axis=0, keepdims=True) > 0.5
    values["vote"] = {"test_accuracy": votes, "test_loss": np.array([0.4])}
    values["diverged"] = {"test_loss": np.array([0.3, 0.3, np.nan])}
    return values


VALUES = rungs()


def measured() -> Measured:
    return Measured(VALUES, {"vote": "fair"}, GROUPS)


def as_written(entry: dict) -> dict:
    """A prediction as study.json has it, of the test accuracy where it names no quantity."""
    quantity = {"quantity": "test_accuracy"} | entry
    return Expectation.model_validate(quantity).model_dump(by_alias=True)


def judged(**entry) -> dict:
    """The row of a prediction as a study says it, through the study's own form."""
    expected = as_written(entry)
    return judge(expected, measured())


CASES = [
    (HELD, {"rung": "good", "at_least": 0.85}),
    (HELD, {"rung": "good", "at_least": 0.85, "at_most": 0.95}),
    (NOT_HELD, {"rung": "good", "at_most": 0.85}),
    (NOT_HELD, {"rung": "good", "at_least": 0.3, "at_most": 0.85}),
    (CANT_TELL, {"rung": "good", "at_least": 0.9}),
    (CANT_TELL, {"rung": "single", "at_least": 0.1}),
    (HELD, {"rung": "good", "quantity": "test_loss", "at_most": 0.35}),
    (NOT_HELD, {"rung": "good", "quantity": "test_loss", "at_least": 0.35}),
    (CANT_TELL, {"rung": "poor", "quantity": "test_loss", "at_least": 0.35}),
    (CANT_TELL, {"rung": "diverged", "quantity": "test_loss", "at_most": 9}),
    (CANT_TELL, {"rung": "good", "quantity": "train_loss", "at_most": 9}),
    (HELD, {"rung": "good", "quantity": "parameters", "at_least": 1000, "at_most": 1000}),
    (NOT_HELD, {"rung": "good", "quantity": "parameters", "at_least": 1001}),
    (HELD, {"rung": "good", "better_than": "fair"}),
    (NOT_HELD, {"rung": "fair", "better_than": "good"}),
    (CANT_TELL, {"rung": "fair", "better_than": "alike"}),
    (CANT_TELL, {"rung": "single", "better_than": "poor"}),
    (HELD, {"rung": "good", "better_than": "fair", "quantity": "test_loss"}),
    (NOT_HELD, {"rung": "fair", "better_than": "good", "quantity": "test_loss"}),
    (CANT_TELL, {"rung": "good", "better_than": "poor", "quantity": "test_loss"}),
    (HELD, {"rung": "vote", "better_than": "fair"}),
    (NOT_HELD, {"rung": "fair", "better_than": "vote"}),
    (CANT_TELL, {"rung": "vote", "better_than": "poor"}),
    (HELD, {"difference": ["fair", "alike"], "at_least": -0.02, "at_most": 0.02}),
    (NOT_HELD, {"difference": ["good", "fair"], "at_least": -0.02, "at_most": 0.02}),
    (CANT_TELL, {"difference": ["fair", "alike"], "at_least": -0.001, "at_most": 0.001}),
    (CANT_TELL, {"difference": ["fair", "scattered"], "at_least": -0.02, "at_most": 0.02}),
    (HELD, {"difference": ["fair", "good"], "quantity": "parameters", "at_least": 1000}),
    (NOT_HELD, {"difference": ["fair", "good"], "quantity": "parameters", "at_most": 999}),
    # Of the fifth that fair gets wrong, good gets half right.
    (HELD, {"difference": ["good", "fair"], "relative": True, "at_least": 0.4, "at_most": 0.6}),
    (NOT_HELD, {"difference": ["good", "fair"], "relative": True, "at_most": 0.4}),
    (CANT_TELL, {"difference": ["good", "fair"], "relative": True, "at_least": 0.5}),
    (CANT_TELL, {"difference": ["single", "fair"], "relative": True, "at_least": 0.1}),
    (
        HELD,
        {
            "difference": ["good", "fair"],
            "relative": True,
            "quantity": "test_loss",
            "at_least": -0.45,
            "at_most": -0.35,
        },
    ),
    (
        HELD,
        {
            "difference": ["fair", "good"],
            "relative": True,
            "quantity": "parameters",
            "at_least": 1,
            "at_most": 1,
        },
    ),
    (HELD, {"group": "near", "range_at_most": 0.02}),
    (HELD, {"group": "all", "range_at_most": 0.35}),
    (NOT_HELD, {"group": "all", "range_at_most": 0.25}),
    (CANT_TELL, {"group": "all", "range_at_most": 0.3}),
    (CANT_TELL, {"group": "unclear", "range_at_most": 0.02}),
    (HELD, {"best_of": ["poor", "good", "fair"], "is": "good"}),
    (NOT_HELD, {"best_of": ["poor", "good", "fair"], "is": "fair"}),
    (CANT_TELL, {"best_of": ["poor", "alike", "fair"], "is": "fair"}),
    (CANT_TELL, {"best_of": ["single", "fair"], "is": "single"}),
    (HELD, {"best_of": ["good", "fair", "alike"], "is": "good", "quantity": "test_loss"}),
    (NOT_HELD, {"best_of": ["good", "fair", "alike"], "is": "alike", "quantity": "test_loss"}),
    (CANT_TELL, {"best_of": ["good", "poor"], "is": "good", "quantity": "test_loss"}),
]


@pytest.mark.parametrize(("outcome", "entry"), CASES, ids=[str(entry) for _, entry in CASES])
def test_outcomes(outcome, entry):
    assert judged(**entry)["outcome"] == outcome


def test_an_interval_that_touches_a_bound_lies_within():
    assert decide(0.5, 0.6, 0.5, 0.6) == HELD
    assert decide(0.5, 0.6, 0.6, None) == decide(0.5, 0.6, None, 0.5) == CANT_TELL
    assert decide(0.5, 0.6, 0.7, None) == decide(0.5, 0.6, None, 0.4) == NOT_HELD


def test_networks_that_are_all_the_same_are_not_better():
    same = {"a": {"test_loss": np.full(3, 0.5)}, "b": {"test_loss": np.full(3, 0.5)}}
    entry = {"rung": "a", "better_than": "b", "quantity": "test_loss"}
    expected = as_written(entry)
    assert judge(expected, Measured(same, {}, {}))["outcome"] == CANT_TELL


def test_accuracies_have_the_intervals_of_the_ladder():
    row = judged(rung="fair", at_least=0.1)
    scores = VALUES["fair"]["test_accuracy"]
    assert (row["value"], row["low"], row["high"]) == pytest.approx(score_interval(scores, True))
    row = judged(rung="good", better_than="fair")
    expected = difference(VALUES["good"]["test_accuracy"], scores)[:3]
    assert (row["value"], row["low"], row["high"]) == pytest.approx(expected)
    row = judged(rung="vote", better_than="fair")
    expected = combined_difference(VALUES["vote"]["test_accuracy"], scores)[:3]
    assert (row["value"], row["low"], row["high"]) == pytest.approx(expected)


def test_other_quantities_have_students_and_welchs_intervals():
    losses = VALUES["poor"]["test_loss"]
    expected = scipy.stats.t.interval(0.95, 4, losses.mean(), scipy.stats.sem(losses))
    row = judged(rung="poor", quantity="test_loss", at_least=0)
    assert (row["low"], row["high"], row["members"]) == pytest.approx((*expected, 5))
    welch = scipy.stats.ttest_ind(losses, VALUES["fair"]["test_loss"], equal_var=False)
    row = judged(rung="poor", better_than="fair", quantity="test_loss")
    assert (row["low"], row["high"]) == pytest.approx(tuple(welch.confidence_interval()))


def test_a_range_is_true_of_all_pairs_at_once():
    """Three pairs, each at 1 - 0.05 / 3; the largest of what they may be, and must be."""
    row = judged(group="all", range_at_most=0.3, quantity="test_loss")
    pairs = [("good", "fair"), ("good", "poor"), ("fair", "poor")]
    losses = {name: np.array(values) for name, values in LOSSES.items()}
    found = [scipy.stats.ttest_ind(losses[a], losses[b], equal_var=False) for a, b in pairs]
    bounds = [interval.confidence_interval(1 - 0.05 / 3) for interval in found]
    assert row["value"] == pytest.approx(losses["poor"].mean() - losses["good"].mean())
    assert row["high"] == pytest.approx(max(max(-low, high) for low, high in bounds))
    assert row["low"] == pytest.approx(max(max(low, -high, 0) for low, high in bounds))


def test_the_best_is_held_against_the_best_other_one():
    row = judged(best_of=["fair", "good", "alike"], **{"is": "good"}, quantity="test_loss")
    losses = {name: np.array(values) for name, values in LOSSES.items()}
    found = [
        scipy.stats.ttest_ind(losses["good"], losses[b], equal_var=False).confidence_interval(0.975)
        for b in ("fair", "alike")
    ]
    assert row["rungs"] == "good fair alike"
    assert row["low"] == pytest.approx(max(low for low, _ in found))
    assert row["high"] == pytest.approx(max(high for _, high in found))


def test_a_ratios_bounds_are_those_that_leave_nothing():
    """Fieller's: at each bound, the interval of what remains just reaches 0."""
    one, other = np.array(LOSSES["poor"]), np.array(LOSSES["fair"])

    def remainder(ratio):
        return contrast(one, other, ratio)

    value, low, high = ratio_interval(remainder, level(other))
    assert value == pytest.approx(one.mean() / other.mean())
    assert low < value < high
    welch = scipy.stats.ttest_ind(one, low * other, equal_var=False)
    assert welch.pvalue == pytest.approx(0.05)
    assert scipy.stats.ttest_ind(one, high * other, equal_var=False).pvalue == pytest.approx(0.05)


def test_a_ratio_to_what_may_be_0_has_no_bounds():
    one, other = np.array([1.0, 1.1, 0.9]), np.array([-0.5, 0.6, 0.1])
    _, *bounds = ratio_interval(lambda ratio: contrast(one, other, ratio), level(other))
    assert all(map(math.isnan, bounds))


def test_an_error_reduction_holds_the_truth_as_often_as_it_says():
    """Errors of a fifth and of a tenth: half of them are avoided. Both are uncertain."""
    held = []
    for seed in range(100):
        scores = [made_up(truth, 3, 300, 2 * seed + i) for i, truth in enumerate((0.9, 0.8))]
        values = {name: {"test_accuracy": of} for name, of in zip("ab", scores, strict=True)}
        entry = {"difference": ["a", "b"], "relative": True, "at_least": 0}
        expected = as_written(entry)
        row = judge(expected, Measured(values, {}, {}))
        held.append(row["low"] <= 0.5 <= row["high"])
    assert np.mean(held) >= 0.9


def test_of_equal_rungs_few_are_taken_for_better():
    said = []
    for seed in range(300):
        values = {
            name: {"test_accuracy": made_up(0.8, 3, 300, 5 * seed + i)}
            for i, name in enumerate("abcd")
        }
        entry = {"best_of": list("abcd"), "is": "a"}
        expected = as_written(entry)
        said.append(judge(expected, Measured(values, {}, {}))["outcome"])
    assert said.count(HELD) + said.count(NOT_HELD) <= 0.05 * len(said)


@pytest.mark.parametrize(
    ("learned", "outcome"), [(5, "held"), (3, "can't tell"), (0, "can't tell")]
)
def test_where_one_rung_learned_nothing_the_shares_decide(learned, outcome):
    """Its score is that of chance, so that of those that learned is better whatever came out."""
    of = np.random.default_rng(0).random((5, 200)) < 0.9
    values = {"a": {"test_accuracy": of[: learned or 5]}, "b": {"test_accuracy": ~of}}
    measured = Measured(values, {}, {}, {"a": (learned, 5), "b": (0, 5)})
    row = judge(as_written({"rung": "a", "better_than": "b"}), measured)
    assert row["outcome"] == outcome
    assert np.isnan(row["low"])
    turned = judge(as_written({"rung": "b", "better_than": "a"}), measured)
    assert turned["outcome"] == {"held": "not held"}.get(outcome, outcome)


def test_of_an_ensemble_of_networks_that_learned_nothing_nobody_can_tell():
    """As the ladder says of it."""
    of = np.random.default_rng(0).random((5, 200)) < 0.1
    values = {"vote": {"test_accuracy": of[:1] | True}, "a": {"test_accuracy": of}}
    measured = Measured(values, {"vote": "a"}, {}, {"a": (0, 5)})
    row = judge(as_written({"rung": "vote", "better_than": "a"}), measured)
    assert row["outcome"] == CANT_TELL
    assert np.isnan(row["low"])
