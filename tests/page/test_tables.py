"""What the page says of differences between recipes, and of members that are cross-validated."""

import pandas as pd
import pytest
import scipy.stats

from stages.page.tables import ensembles, training
from stages.page.tables.inside import of_networks
from stages.scoring.inside import COLUMNS
from stages.scoring.tasks.classification import SCORE
from stages.study.comparisons import changes, comparisons, describe

RELU = {"activation": {"relu": {}}, "optimizer": {"sgd": {"learning_rate": 0.1}}}


def test_changes_name_what_is_added_replaced_and_gone():
    above = {"activation": {"sigmoid": {}}, "dropout": {"standard": {"rate": 0.3}}}
    assert changes(RELU, above) == [
        "activation: relu → sigmoid",
        "dropout: standard (rate 0.3)",
        "optimizer: no sgd (learning_rate 0.1)",
    ]


def test_of_the_same_name_only_the_options_that_changed():
    assert changes(RELU, RELU) == []
    faster = RELU | {"optimizer": {"sgd": {"learning_rate": 0.5, "momentum": 0.0}}}
    slower = RELU | {"optimizer": {"sgd": {"learning_rate": 0.1, "momentum": 0.0}}}
    assert changes(slower, faster) == ["optimizer: sgd, learning_rate 0.1 → 0.5"]


def test_describe_leaves_out_what_is_the_default():
    assert (
        describe("optimizer", {"sgd": {"learning_rate": 0.1, "momentum": 0.0}})
        == "sgd (learning_rate 0.1)"
    )
    assert describe("network", {"basic": {"width": 32}}) == "basic"


def test_words_and_truths_are_written_as_in_a_study():
    network = {"convolutional": {"pool": "average", "global_average": True}}
    other = {"convolutional": {"pool": "max", "global_average": False}}
    assert describe("network", network) == "convolutional (global_average true, pool average)"
    assert changes({"network": other}, {"network": network}) == [
        "network: convolutional, global_average false → true, pool max → average"
    ]


def test_describe_lists():
    assert (
        describe("augmentation", [{"translate": {"pixels": 1.0}}, {"rotate": {"degrees": 10.0}}])
        == "translate (pixels 1), rotate (degrees 10)"
    )


def test_every_rung_is_compared_with_the_one_before_and_an_ensemble_with_its_own():
    groups = [
        {"title": "Without", "rungs": ["c"], "against": "b"},
        {"title": "Steps", "rungs": ["a", "c"], "against": "previous"},
    ]
    study = {
        "ladder": ["a", "b"],
        "beside": ["c"],
        "comparisons": groups,
        "techniques": {"a": RELU, "b": RELU, "c": RELU},
        "labels": {},
        "starts": [],
    }
    study["ensembles"] = [{"name": "e", "of": "a", "combine": "mean"}]
    found = [(row.rung, row.compared_with, row.group) for row in comparisons(study)]
    assert found == [
        ("a", None, "ladder"),
        ("b", "a", "ladder"),
        ("c", "b", "Without"),
        ("a", None, "Steps"),
        ("c", "a", "Steps"),
        ("e", "a", "ensembles"),
    ]


def test_a_rung_that_others_are_compared_with_and_one_of_no_group_are_compared_with_none():
    groups = [{"title": "G", "rungs": ["a", "b"], "against": "a"}]
    techniques = dict.fromkeys("abc", RELU)
    study = {
        "ladder": ["a"],
        "beside": ["b", "c"],
        "comparisons": groups,
        "techniques": techniques,
        "labels": {},
        "ensembles": [],
        "starts": [],
    }
    found = [(row.rung, row.compared_with, row.group) for row in comparisons(study)]
    assert found == [
        ("a", None, "ladder"),
        ("a", None, "G"),
        ("b", "a", "G"),
        ("c", None, "beside"),
    ]


def test_a_network_that_is_dead_or_gone_corrupts_no_number_of_the_others():
    """Their geometric mean was once nine orders of magnitude below what the others had."""
    place = {"dataset": "d", "rung": "a", "moment": "end", "layer": 1, "kind": "linear"}
    nothing = dict.fromkeys(training.MEASURED, 0.5)
    gradients = [0.0, 0.04, 0.05, float("nan"), float("inf")]
    rows = [
        place
        | nothing
        | {"step": 9 - i, "units": 3, "weights": 9, "gradient_rms": value, "activation_std": value}
        for i, value in enumerate(gradients)
    ]
    [row] = training.diagnostics(pd.DataFrame(rows)).itertuples()
    assert (row.members, row.finite, row.step) == (5, 3, 9)
    assert (row.gradient_rms, row.gradient_rms_least, row.gradient_rms_greatest) == (0.04, 0, 0.05)


def test_what_was_measured_of_a_network_stands_beside_whether_it_learned():
    networks = pd.DataFrame({"dataset": ["d", "d", "e"], "rung": "a", "member": [1, 0, 0]})
    members = pd.DataFrame(
        {"dataset": ["d", "d", "e"], "rung": "a", "member": [0, 1, 0], "learned": [0, 1, 1]}
    )
    seen = networks.reindex(columns=COLUMNS[:-1]).assign(step=10)
    made = of_networks(seen, members)
    assert list(made["inside"]["learned"]) == [1, 0, 1]
    assert set(made["reasons"]["dataset"]) == {"d"}


def test_the_gap_is_that_of_the_epoch_by_which_a_member_is_judged():
    """The last one, or where a rung may stop early, that of the lowest validation loss; a rung
    without validation images has none."""
    names = ["rung", "member", "epoch", "validation_loss", "train_accuracy", "validation_accuracy"]
    rows = [
        (rung, member, epoch, loss, train, validation)
        for rung in ("plain", "stops")
        for member, train in enumerate((0.9, 0.7))
        for epoch, loss, validation in ((1, 0.1, 0.6), (2, 0.2, 0.5))
    ]
    history = pd.DataFrame([*rows, ("all", 0, 1, None, 0.9, None)], columns=names)
    study = {"techniques": {"plain": {}, "stops": {"stopping": {}}, "all": {}}}
    made = training.gaps(history.assign(dataset="digits"), study, SCORE)
    assert list(made["rung"]) == ["plain", "stops"]
    assert list(made["train_minus_validation"]) == pytest.approx([0.3, 0.2])
    assert list(made["std"]) == pytest.approx([0.02**0.5] * 2)


def test_folds_are_averaged_and_no_member_of_them_is_the_best_on_validation(tmp_path):
    """The standard error as scipy has it; two members' scores on different images say nothing of
    which is better."""
    accuracies = [0.5, 0.6, 0.9]
    rows = [
        {"member": member, "epoch": epoch, "validation_loss": 1.0, "validation_accuracy": value}
        for member, value in enumerate(accuracies)
        for epoch, value in ((1, 0.1), (2, value))
    ]
    (tmp_path / "digits" / "folds").mkdir(parents=True)
    pd.DataFrame(rows).to_csv(tmp_path / "digits" / "folds" / "history.csv", index=False)
    study = {"datasets": ["digits"], "ladder": ["folds"], "beside": []}
    study |= {"techniques": {"folds": {"split": {}}}}
    study |= {"ensembles": [{"name": "vote", "of": "folds"}]}
    [row] = ensembles.folds(tmp_path, study, SCORE).to_dict("records")
    assert row["folds"] == 3
    assert row["validation_accuracy"] == pytest.approx(2 / 3)
    assert row["standard_error"] == pytest.approx(scipy.stats.sem(accuracies))
    assert ensembles.against_best(tmp_path, study, SCORE).empty
