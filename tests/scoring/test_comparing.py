"""Two rungs compared, and the best one chosen, on scores whose truth is known."""

import numpy as np
import pytest

from stages.scoring.best import TEST, VALIDATION, against, choose
from stages.scoring.comparing import Scored, compare, compare_combined, corrected
from stages.scoring.statistics import combined_difference, difference, holm
from stages.scoring.tasks.classification import SCORE


def rung(accuracy: float, learned: str, seed: int = 0, images: int = 500) -> Scored:
    """Networks of that accuracy where `learned` has a `+`, else at chance level."""
    able = np.array([each == "+" for each in learned])
    of = np.where(able, accuracy, 0.1)[:, None]
    return Scored(np.random.default_rng(seed).random((len(able), images)) < of, able)


def test_a_score_is_compared_among_those_that_learned():
    above, below = rung(0.9, "+++-+", 1), rung(0.8, "++-+-", 2)
    found = compare(above, below)
    of_able = difference(above.scores[[0, 1, 2, 4]], below.scores[[0, 1, 3]])
    names = ("difference", "difference_low", "difference_high", "p")
    assert tuple(found[name] for name in names) == of_able
    assert (found["compared_learned"], found["compared_members"]) == (3, 5)
    assert found["learned_difference"] == pytest.approx(0.2)
    assert found["learned_p"] > 0.5


def test_where_all_learn_there_is_one_question():
    above, below = rung(0.9, "+++", 1), rung(0.8, "+++", 2)
    found = compare(above, below)
    assert found["p"] == difference(above.scores, below.scores)[3]
    assert (found["learned_difference"], found["learned_p"]) == (0, None)


def test_where_none_learns_no_score_is_compared():
    found = compare(rung(0.9, "+++++"), rung(0.9, "-----", 1))
    assert (found["difference"], found["p"]) == (None, None)
    assert (found["learned_difference"], found["learned_p"]) == (1, pytest.approx(2 / 4**5))


def test_one_network_says_nothing_of_shares():
    found = compare(rung(0.9, "+"), rung(0.9, "-", 1))
    assert (found["p"], found["learned_p"]) == (None, None)


def test_an_ensemble_is_compared_with_its_members_that_learned():
    members = rung(0.8, "++-+")
    together = Scored(members.scores[:1], np.array([True]))
    found = compare_combined(together, members)
    assert found["p"] == combined_difference(together.scores, members.scores[[0, 1, 3]])[3]
    assert found["learned_p"] is None


def test_an_ensemble_of_networks_none_of_which_learned_is_no_better_than_they():
    """Above chance level neither is: 9.9 % against 6.5 % was once called better."""
    together = Scored(np.ones((1, 500), dtype=bool), np.array([True]))
    assert set(compare_combined(together, rung(0.9, "--")).values()) == {None}


def test_both_questions_are_corrected_together():
    rows = [(0.01, None), (None, 0.002), (0.04, 0.5)]
    first, *others = holm([0.01, None, None, 0.002, 0.04, 0.5])
    assert [p for pair in corrected(rows) for p in pair] == [first, *others]


RUNGS = {
    "low": rung(0.6, "+++++", 1),
    "high": rung(0.9, "+++++", 2),
    "as_high": rung(0.9, "+++++", 3),
    "failing": rung(0.95, "-----", 4),
}


def test_validation_chooses_and_the_test_images_judge_the_choice():
    validation = {"low": 0.6, "high": 0.88, "as_high": 0.91, "failing": float("nan")}
    assert choose(validation, RUNGS, SCORE) == ("as_high", VALIDATION)
    said = against("as_high", RUNGS, SCORE)
    assert said == {"low": "worse", "high": "can't tell", "failing": "worse"}
    assert against("low", RUNGS, SCORE)["high"] == "better"


def test_without_validation_images_the_test_images_choose():
    nothing = dict.fromkeys(RUNGS, float("nan"))
    best = max(("high", "as_high"), key=lambda name: RUNGS[name].scores.mean())
    assert choose(nothing, RUNGS, SCORE) == (best, TEST)


def test_the_best_of_equal_rungs_is_not_too_good():
    """The winner's curse: the test accuracy of the best of ten equal rungs, if test images choose,
    and if validation images do."""
    random, by_test, by_validation = np.random.default_rng(0), [], []
    for _ in range(200):
        of = 0.9 + 0.01 * random.normal(size=(10, 3, 1))
        found = {str(i): Scored(right, np.ones(3, bool)) for i, right in
                 enumerate(random.random((10, 3, 500)) < of)}  # fmt: skip
        validation = {name: float(value.mean() + 0.01 * random.normal())
                      for name, value in zip(found, of, strict=True)}  # fmt: skip
        for validated, kept in ((validation, by_validation), ({}, by_test)):
            kept.append(found[choose(validated, found, SCORE)[0]].scores.mean() - 0.9)
    assert np.mean(by_test) > 0.01
    assert abs(np.mean(by_validation)) < 0.006
