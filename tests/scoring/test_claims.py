"""The verdict on a claim, on runs whose numbers are made up, and on the decks' own claims."""

import pandas as pd
import pytest
from conftest import ROOT

from stages import check, files
from stages.command import Problem
from stages.page.claims import read, table
from stages.scoring.claims import Claim
from stages.study.source import Source
from stages.study.study import load, validate

STUDIES = ROOT / "studies"
CLAIM = {
    "deck": "001",
    "like": "cifar10/basic",
    "quantity": "test_accuracy",
    "low": 0.69,
    "high": 0.69,
    "says": "0.69",
}


def made_up(
    folder,
    accuracies: list[float],
    study: str = "cifar10",
    old: str = "",
    new: str = "",
    epochs: int = 300,
):
    """Runs of a ready-made study in which `old` is replaced by `new`.

    Its rung `basic` has these accuracies in every epoch.
    """
    validated = validate(
        Source((STUDIES / f"{study}.yaml").read_text(encoding="utf-8").replace(old, new), study)
    )
    check.write_study(validated, folder / "study.json", folder / "recipes")
    [dataset] = validated.datasets
    run = folder / dataset / "basic"
    files.write_json(run / "recipe.json", files.read_json(folder / "recipes" / "basic.json"))
    files.write_json(run / "record.json", {"parameters": {"all": 12, "trainable": 10}})
    rows = [{"member": i, "accuracy": a, "loss": 1 - a} for i, a in enumerate(accuracies)]
    files.write_rows(run / "members.csv", ["member", "accuracy", "loss"], rows)
    curve = [
        {"series": i, "step": e, "accuracy": a + e / 1e4}
        for i, a in enumerate(accuracies)
        for e in range(1, epochs + 1)
    ]
    files.write_rows(run / "curve.csv", ["series", "step", "accuracy"], curve)
    history = [
        {"member": i, "epoch": e, "train_accuracy": a, "train_loss": a}
        for i, a in enumerate(accuracies)
        for e in (1, 2)
    ]
    files.write_rows(
        run / "history.csv", ["member", "epoch", "train_accuracy", "train_loss"], history
    )
    return folder


def verdict(runs, **changes) -> pd.Series:
    [row] = table([Claim(**CLAIM | changes)], STUDIES, runs).itertuples()
    return row


def test_a_number_where_one_more_network_would_lie_is_reproduced(tmp_path):
    row = verdict(made_up(tmp_path, [0.685, 0.69, 0.70]))
    assert (row.verdict, row.why, row.members) == (
        "reproduced",
        "a further network of ours may well come out there",
        3,
    )
    assert row.measured == pytest.approx((0.685 + 0.69 + 0.70) / 3)
    assert row.next_low < 0.685 < 0.70 < row.next_high
    far = verdict(tmp_path, low=0.8, high=0.81)
    assert (far.verdict, far.why) == (
        "not reproduced",
        "the claim is above where a further network of ours would come out",
    )
    assert "below" in verdict(tmp_path, low=0.5, high=0.51).why


def test_the_tolerance_is_allowed_for(tmp_path):
    made_up(tmp_path, [0.1, 0.1, 0.1])
    at_chance = {"low": 0.09986, "high": 0.09986}
    assert verdict(tmp_path, **at_chance).verdict == "not reproduced"
    assert verdict(tmp_path, **at_chance, tolerance=0.0016).verdict == "reproduced"


def test_epochs_are_averaged_and_what_comes_after_them_does_not_matter(tmp_path):
    made_up(tmp_path, [0.5, 0.52], old="epochs: 300", new="epochs: 64", epochs=64)
    row = verdict(tmp_path, epochs=(61, 64), low=0.516, high=0.517)
    assert row.measured == pytest.approx(0.51 + 62.5 / 1e4)
    assert row.verdict == "reproduced"
    short = verdict(tmp_path, epochs=(61, 65))
    assert (short.verdict, short.why) == ("not comparable", "epochs 64 instead of 300")


def test_what_departs_from_the_deck_is_named(tmp_path):
    row = verdict(made_up(tmp_path, [0.5, 0.52], study="cifar10_laptop"))
    assert row.verdict == "not comparable"
    assert row.why == (
        "epochs 4 instead of 300; initialization: truncated_normal, std 0.01 → 0.05; "
        "network: basic, width 32 → 16"
    )
    other = verdict(made_up(tmp_path / "other", [0.5, 0.52], study="fashion_mnist"))
    assert other.why == "fashion_mnist instead of cifar10"


def test_a_single_network_reproduces_or_says_nothing(tmp_path):
    made_up(tmp_path, [0.69])
    assert verdict(tmp_path).verdict == "reproduced"
    assert verdict(tmp_path, low=0.7, high=0.7).verdict == "not comparable"


def test_what_can_never_be_compared_says_why(tmp_path):
    row = verdict(made_up(tmp_path, [0.69, 0.69]), never="these are batches")
    assert (row.verdict, row.why) == ("not comparable", "these are batches")


def test_parameters_are_compared_exactly_and_whatever_the_budget(tmp_path):
    made_up(tmp_path, [0.5], old="epochs: 300", new="epochs: 1")
    assert verdict(tmp_path, quantity="parameters", low=12, high=12).verdict == "reproduced"
    assert (
        verdict(tmp_path, quantity="trainable_parameters", low=12, high=12).verdict
        == "not reproduced"
    )


def test_a_quantity_of_training_is_that_of_the_last_epoch(tmp_path):
    row = verdict(made_up(tmp_path, [0.4, 0.5]), quantity="train_loss", low=0.45, high=0.45)
    assert row.measured == pytest.approx(0.45)


@pytest.mark.parametrize(
    "claim",
    read(ROOT / "reports" / "claims.yaml"),
    ids=lambda claim: f"{claim.like} {claim.quantity}",
)
def test_the_decks_claims_name_rungs_of_ready_made_studies(claim):
    study = load(STUDIES / f"{claim.study}.yaml")
    assert claim.rung in study.rungs
    assert claim.low <= claim.high
    if claim.epochs:
        assert 1 <= claim.epochs[0] <= claim.epochs[1] <= study.budget_of(claim.rung).epochs


@pytest.mark.parametrize("text", ["- {deck: '001'}", "- [", "a: b"])
def test_a_wrong_file_of_claims_is_one_line(text, tmp_path):
    (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=r"claims\.yaml: .*mend the claim"):
        read(tmp_path / "claims.yaml")
