"""Votes and means by hand and by scipy."""

from itertools import combinations

import numpy as np
import scipy.stats

from stages import files
from stages.ensemble import main
from stages.scoring.combining import majority, mean, subsets
from stages.scoring.tasks.classification import finite
from stages.study import fingerprint

PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(3), size=(5, 200)).astype(np.float32)


def test_majority_is_the_most_frequent_first_choice():
    votes = PROBABILITIES.argmax(axis=2)
    np.testing.assert_array_equal(
        majority(PROBABILITIES).argmax(axis=1), scipy.stats.mode(votes, axis=0).mode
    )
    np.testing.assert_allclose(majority(PROBABILITIES).sum(axis=1), 1, rtol=1e-6)


def test_mean_and_majority_can_differ():
    three = np.array([[[0.4, 0.6]], [[0.4, 0.6]], [[0.9, 0.1]]])
    assert majority(three).argmax() == 1
    assert mean(three).argmax() == 0


def test_choices_of_members():
    assert subsets(5, 2) == list(combinations(range(5), 2))
    many = subsets(30, 15)
    assert len(many) == 20
    assert many == subsets(30, 15)
    assert all(len(set(choice)) == 15 and max(choice) < 30 for choice in many)


def test_a_diverged_member_has_no_vote():
    """Two against one do not become two against two, which the first class would win."""
    probabilities = np.array(
        [[[0.1, 0.2, 0.7]], [[0.1, 0.2, 0.7]], [[0.8, 0.1, 0.1]], [[np.nan] * 3]], dtype=np.float32
    )
    assert majority(finite(probabilities)).argmax() == 2
    assert majority(finite(probabilities[[0, 3]])).argmax() == 2


def test_a_diverged_member_does_not_spoil_the_others(tmp_path):
    broken = PROBABILITIES.copy()
    broken[4] = np.nan
    transformed = np.stack([broken[:, :20], broken[:, 20:40]], axis=1)
    settings = {
        "kind": np.array(["rotation", "size"]),
        "unit": np.array(["degrees", "times as large"]),
        "amount": np.array([30.0, 1.6]),
    }
    files.write_arrays(
        tmp_path / "p.npz",
        validation_predictions=broken[:, :1],
        test_predictions=broken,
        robustness_predictions=transformed,
        **{f"robustness_{name}": values for name, values in settings.items()},
    )
    files.write_json(
        tmp_path / "recipe.json",
        {
            "of": "x",
            "combine": "mean",
            "task": "classification",
            "code": fingerprint.of("stages.ensemble", {}, "classification", "mean"),
        },
    )
    main(tmp_path / "recipe.json", tmp_path / "p.npz", tmp_path / "run")
    with np.load(tmp_path / "run" / "predictions.npz") as joined:
        np.testing.assert_array_equal(
            joined["test_predictions"][0].argmax(axis=1),
            PROBABILITIES[:4].mean(axis=0).argmax(axis=1),
        )
        assert np.isfinite(joined["test_predictions"]).all()
        expected = PROBABILITIES[:4].mean(axis=0).argmax(axis=1)
        np.testing.assert_array_equal(
            joined["robustness_predictions"][0].argmax(axis=2), [expected[:20], expected[20:40]]
        )
        assert all(
            (joined[f"robustness_{name}"] == values).all() for name, values in settings.items()
        )
