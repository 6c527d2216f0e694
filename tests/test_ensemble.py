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
EQUAL = np.ones(5)


def test_majority_is_the_most_frequent_first_choice():
    votes = PROBABILITIES.argmax(axis=2)
    np.testing.assert_array_equal(
        majority(PROBABILITIES, EQUAL).argmax(axis=1), scipy.stats.mode(votes, axis=0).mode
    )
    np.testing.assert_allclose(majority(PROBABILITIES, EQUAL).sum(axis=1), 1, rtol=1e-6)


def test_mean_and_majority_can_differ():
    three = np.array([[[0.4, 0.6]], [[0.4, 0.6]], [[0.9, 0.1]]])
    assert majority(three, EQUAL).argmax() == 1
    assert mean(three, EQUAL).argmax() == 0


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
    assert majority(finite(probabilities), EQUAL).argmax() == 2
    assert majority(finite(probabilities[[0, 3]]), EQUAL).argmax() == 2


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
        validation_index=np.zeros((5, 1), dtype=int),
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


def boosted(tmp_path, **more) -> dict:
    """What is made of five members' predictions by their votes."""
    votes = np.array([0.1, 0.2, 0.0, 3.0, 0.3])
    empty = {f"robustness_{name}": np.zeros(0) for name in ("kind", "unit", "amount")}
    arrays = {
        "validation_predictions": PROBABILITIES[:, :7],
        "validation_index": np.tile(np.arange(7), (5, 1)),
        "test_predictions": PROBABILITIES,
        "robustness_predictions": PROBABILITIES[:, None, :5],
    }
    files.write_arrays(tmp_path / "p.npz", **arrays | more, **empty, votes=votes)
    code = fingerprint.of("stages.ensemble", {}, "classification", "weighted")
    recipe = {"of": "x", "combine": "weighted", "task": "classification", "code": code}
    files.write_json(tmp_path / "recipe.json", recipe)
    main(tmp_path / "recipe.json", tmp_path / "p.npz", tmp_path / "run")
    with np.load(tmp_path / "run" / "predictions.npz") as joined:
        return dict(joined)


def test_boosted_members_vote_by_their_weights_and_in_the_order_of_their_training(tmp_path):
    """Member 3 outvotes the others; a curve over any two of them would say nothing of boosting."""
    made = boosted(tmp_path)
    assert (made["test_predictions"][0].argmax(1) == PROBABILITIES[3].argmax(1)).all()
    assert made["curve_step"].tolist() == [1, 2, 3, 4, 5]
    assert (made["curve_predictions"][0] == PROBABILITIES[0].argmax(1)).all()
    assert (made["curve_predictions"][1] == PROBABILITIES[1].argmax(1)).all()


def test_members_validated_on_images_of_their_own_have_no_joint_validation(tmp_path):
    made = boosted(tmp_path, validation_index=np.arange(35).reshape(5, 7))
    assert made["validation_predictions"].shape == (1, 0, 3)
