"""The verdict on a claim, on runs whose numbers are made up, and on the decks' own claims."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats

from stages import check, files
from stages.command import Problem
from stages.page.claims import read, table
from stages.scoring.claim_verdicts import Compared, Judgement, Spread, judge
from stages.scoring.claimed import measured
from stages.scoring.claims import Claim
from stages.study.source import Source
from stages.study.study import load, validate

STUDIES = ROOT / "studies"
CLAIM = {
    "deck": "001",
    "like": "deck_001/basic",
    "quantity": "test_accuracy",
    "low": 0.69,
    "high": 0.69,
    "says": "0.69",
}
HISTORY = ["member", "epoch", "train_accuracy", "train_loss", "train_loss_with_penalty"]


def made_up(
    folder,
    accuracies: list[float],
    study: str = "deck_001",
    old: str = "",
    new: str = "",
    epochs: int = 65,
    rung: str = "basic",
    precision: str = "float32",
):
    """Runs of a ready-made study in which `old` is replaced by `new`.

    Its `rung` has about these accuracies in every epoch, on every data set: after epoch e, e / 1e4
    more, by the images of full batches as much less, and one more at every odd epoch.
    """
    validated = validate(
        Source((STUDIES / f"{study}.yaml").read_text(encoding="utf-8").replace(old, new), study)
    )
    check.write_study(validated, folder / "study.json", folder / "recipes")
    for dataset in validated.datasets:
        write_run(folder / dataset / rung, accuracies, epochs, precision)
        recipe = files.read_json(folder / "recipes" / f"{rung}.json")
        files.write_json(folder / dataset / rung / "recipe.json", recipe)
    return folder


def write_run(run, accuracies: list[float], epochs: int, precision: str) -> None:
    parameters = {"parameters": {"all": 12, "trainable": 10}}
    files.write_json(run / "record.json", parameters | {"environment": {"precision": precision}})
    rows = [{"member": i, "accuracy": a, "loss": 1 - a} for i, a in enumerate(accuracies)]
    files.write_rows(run / "members.csv", ["member", "accuracy", "loss"], rows)
    points = [(i, a, e) for i, a in enumerate(accuracies) for e in range(1, epochs + 1)]
    curve = [
        {
            "series": i,
            "step": e,
            "accuracy": a + e / 1e4,
            "accuracy_full_batches": a - e / 1e4,
        }
        for i, a, e in points
    ]
    files.write_rows(run / "curve.csv", list(curve[0]), curve)
    history = [
        dict(zip(HISTORY, [i, e, a, a + (e % 2) / 10, 2 + a], strict=True)) for i, a, e in points
    ]
    files.write_rows(run / "history.csv", HISTORY, history)


def verdict(runs, **changes) -> pd.Series:
    [row] = table([Claim(**CLAIM | changes)], STUDIES, runs).itertuples()
    return row


def judged(values: list[float], restless: Spread | None = None, **changes) -> Judgement:
    [found] = judge([Compared(Claim(**CLAIM | changes), np.array(values), [], restless)])
    return found


def test_a_number_where_one_more_network_would_lie_is_reproduced():
    found = judged([0.685, 0.69, 0.691, 0.694])
    assert (found.verdict, found.why) == (
        "reproduced",
        "a further network of ours may well come out there",
    )
    assert found.low < 0.685 < 0.694 < found.high
    far = judged([0.685, 0.69, 0.70], low=0.8, high=0.81)
    assert (far.verdict, far.why) == (
        "not reproduced",
        "the claim is above where a further network of ours would come out",
    )
    assert "below" in judged([0.685, 0.69, 0.70], low=0.5, high=0.51).why


def test_the_interval_is_student_s_for_one_value_more():
    values = np.array([0.685, 0.69, 0.70])
    wide = stats.t.ppf(0.975, 2) * values.std(ddof=1) * np.sqrt(1 + 1 / 3)
    found = judged(values)
    assert (found.low, found.high) == pytest.approx((values.mean() - wide, values.mean() + wide))
    assert found.could_tell == pytest.approx(wide)
    away = judged(values, low=0.72, high=0.73)
    times = (0.72 - values.mean()) / (values.std(ddof=1) * np.sqrt(4 / 3))
    assert away.p == pytest.approx(2 * stats.t.sf(times, 2))


def test_so_few_networks_that_a_wrong_claim_could_not_be_told_reproduce_nothing():
    """Two networks have a margin of 15 standard deviations."""
    found = judged([0.68, 0.70])
    assert found.verdict == "can't tell"
    assert found.could_tell == pytest.approx(0.22, rel=0.01)
    assert found.why == "2 networks can tell no less than 0.22, and the claim is wrong from 0.02 on"
    assert judged([0.68, 0.70], room=0.3).verdict == "reproduced"
    assert judged([0.68, 0.70], low=0.1, high=0.1, room=0.3).verdict == "not reproduced"


def test_a_claim_is_wrong_from_two_points_or_a_tenth_of_a_loss_on():
    assert Claim(**CLAIM).wrong_from == 0.02
    assert Claim(**CLAIM | {"quantity": "train_loss"}).wrong_from == pytest.approx(0.069)
    assert Claim(**CLAIM | {"room": 0.5}).wrong_from == 0.5


def test_a_single_network_tells_nothing():
    for low in (0.69, 0.7):
        assert judged([0.69], low=low, high=low).verdict == "can't tell"


def test_where_a_network_diverged_nobody_can_tell(tmp_path):
    """It is left out of the mean, and not passed over: one more may diverge, too."""
    made_up(tmp_path, [0.69, 0.69, 0.69, np.nan], epochs=2)
    for quantity in ("train_loss", "test_loss"):
        row = verdict(tmp_path, quantity=quantity, low=0.31, high=0.69)
        assert (row.verdict, row.why) == ("can't tell", "1 of 4 networks diverged")
        assert (row.members, row.measured) == (
            3,
            pytest.approx(0.69 if "train" in quantity else 0.31),
        )


def test_where_all_networks_diverged_that_is_what_is_said(tmp_path):
    row = verdict(made_up(tmp_path, [np.nan] * 3, epochs=2), quantity="train_loss")
    assert (row.verdict, row.why, row.members) == ("can't tell", "3 of 3 networks diverged", 0)


def test_an_ensemble_of_a_claim_s_name_is_not_what_the_deck_trained(tmp_path):
    made_up(tmp_path, [0.69])
    combined = {"of": "deeper", "combine": "mean", "task": "classification"}
    files.write_json(tmp_path / "cifar10" / "basic" / "recipe.json", combined)
    (tmp_path / "cifar10" / "basic" / "record.json").unlink()
    (tmp_path / "cifar10" / "basic" / "history.csv").unlink()
    for quantity in ("test_accuracy", "train_loss", "parameters"):
        row = verdict(tmp_path, quantity=quantity)
        assert (row.verdict, row.why) == ("not comparable", "an ensemble instead of a trained rung")


def test_the_claims_of_a_study_are_corrected_together_and_no_others():
    """At 5 % each, of thirteen that are right one would be called wrong in half of all studies."""
    values = np.array([0.685, 0.69, 0.691, 0.694])
    near = Compared(Claim(**CLAIM | {"low": 0.71, "high": 0.71}), values, [])
    [alone] = judge([near])
    assert alone.verdict == "not reproduced"
    right = Compared(Claim(**CLAIM), values, [])
    apart = Compared(Claim(**CLAIM), values, ["other data"])
    exact = Compared(Claim(**CLAIM | {"quantity": "parameters"}), np.array([0.69]), [])
    assert judge([near, apart, exact])[0] == alone
    among = judge([near] + [right] * 12)
    assert among[0].verdict != "not reproduced"
    assert among[0].p == pytest.approx(13 * alone.p)
    assert among[0].low < 0.71 < among[0].high


@pytest.mark.parametrize("seed", range(20))
def test_a_corrected_interval_leaves_out_a_claim_where_the_verdict_does(seed):
    random = np.random.default_rng(seed)
    compared = [
        Compared(Claim(**CLAIM | {"room": 1}), 0.69 + random.normal(mean, 0.01, 5), [])
        for mean in random.choice([0, 0.03, 0.05], 8)
    ]
    for of in judge(compared):
        assert (of.verdict == "not reproduced") == (not of.low <= 0.69 <= of.high)


def test_of_right_claims_one_is_called_wrong_in_one_study_of_twenty_at_most():
    random = np.random.default_rng(0)
    studies, false = 1000, 0
    for _ in range(studies):
        deck, ours = random.normal(0.5, 0.01, 8), random.normal(0.5, 0.01, (8, 4))
        compared = [
            Compared(Claim(**CLAIM | {"low": one, "high": one}), values, [])
            for one, values in zip(deck, ours, strict=True)
        ]
        false += any(of.verdict == "not reproduced" for of in judge(compared))
    assert 0.02 * studies < false < 0.065 * studies


def test_a_claim_of_one_epoch_is_judged_by_the_spread_from_epoch_to_epoch_too():
    values = [0.8651, 0.8652, 0.8653]
    claim = {"low": 0.8783, "high": 0.8783}
    assert judged(values, **claim).verdict == "not reproduced"
    restless = judged(values, Spread(0.006, 20), **claim)
    assert restless.verdict == "reproduced"
    wide = stats.t.ppf(0.975, 20) * 0.006 * np.sqrt(1 + 1 / 3)
    assert restless.could_tell == pytest.approx(wide)
    calm = judged([0.85, 0.86, 0.87], Spread(1e-4, 20), **claim)
    assert calm == judged([0.85, 0.86, 0.87], **claim), "where networks differ more, they count"


def test_how_restless_a_curve_is(tmp_path):
    run = tmp_path / "run"
    write_run(run, [0.5, 0.6], 62, "float32")
    one = Claim(**CLAIM | {"quantity": "train_loss", "epochs": (31, 31)})
    values, restless = measured(one, run)
    assert values == pytest.approx([0.6, 0.7])
    # 0.1 up and down, which over ten steps of two members is 0.1 / sqrt(2).
    assert restless == pytest.approx((0.1 / np.sqrt(2), 2 * 20 / 3))
    several = Claim(**CLAIM | {"quantity": "train_loss", "epochs": (30, 31)})
    assert measured(several, run)[1] is None
    assert measured(Claim(**CLAIM | {"quantity": "train_loss"}), run)[1] is None


def test_epochs_are_counted_as_the_deck_does_and_what_comes_after_them_does_not_matter(tmp_path):
    made_up(tmp_path, [0.5, 0.502, 0.501])
    row = verdict(tmp_path, epochs=(61, 64), counted_from=0, low=0.507, high=0.508)
    assert row.measured == pytest.approx(0.501 + 63.5 / 1e4)
    assert (row.verdict, row.epochs) == ("reproduced", "62–65")
    from_one = verdict(tmp_path, epochs=(61, 64), low=0.507, high=0.508)
    assert from_one.measured == pytest.approx(0.501 + 62.5 / 1e4)
    made_up(tmp_path, [0.5, 0.502], old="epochs: 65", new="epochs: 64", epochs=64)
    short = verdict(tmp_path, epochs=(61, 64), counted_from=0)
    assert (short.verdict, short.why) == ("not comparable", "epochs 64 instead of 65")


def test_a_claim_of_the_images_of_full_batches_is_judged_by_these(tmp_path):
    made_up(tmp_path, [0.5, 0.502, 0.501])
    row = verdict(tmp_path, epochs=(60, 60), full_batches=True)
    assert row.measured == pytest.approx(0.501 - 60 / 1e4)


def test_what_departs_from_the_deck_is_named(tmp_path):
    row = verdict(made_up(tmp_path, [0.5, 0.52], study="cifar10_laptop"))
    assert row.verdict == "not comparable"
    assert row.why == (
        "shuffle true instead of false; epochs 4 instead of 65; initialization: "
        "truncated_normal, std 0.01 → 0.05; network: basic, width 32 → 16; "
        "7 departures that the study itself names"
    )
    other = verdict(made_up(tmp_path / "other", [0.5, 0.52], study="fashion_mnist"))
    assert other.why.startswith("fashion_mnist instead of cifar10")


@pytest.mark.parametrize("model", ["model_a", "model_b"])
def test_the_figures_of_networks_that_are_our_choice_are_not_reproduced(model, tmp_path):
    """Deck 000's, on both data sets, because the study says that its networks are its own."""
    claims = [of for of in read(ROOT / "reports" / "claims.yaml") if of.rung == model]
    [claim] = claims
    made_up(tmp_path, [claim.low] * 3, "two_models", rung=model)
    found = table(claims, STUDIES, tmp_path)
    assert list(found["dataset"]) == ["fashion_mnist", "cifar10"]
    assert set(found["verdict"]) == {"not comparable"}
    assert all("networks are this study's choice" in why for why in found["why"])


@pytest.mark.parametrize(
    ("rung", "quantity", "why"),
    [
        ("optimizer", "test_accuracy", ["The data are shuffled every epoch"]),
        ("optimizer", "parameters", []),
        ("input_normalization", "parameters", []),
        (
            "input_normalization",
            "test_loss",
            ["The data are shuffled every epoch", "The test images are scaled"],
        ),
        ("input_normalization", "train_loss", ["The data are shuffled every epoch"]),
    ],
)
def test_what_a_study_does_otherwise_counts_where_it_touches_the_number(
    rung, quantity, why, tmp_path
):
    made_up(tmp_path, [0.5, 0.5, 0.5], "cifar10", rung=rung, epochs=3)
    changes = {"like": f"cifar10/{rung}", "quantity": quantity, "low": 0.5, "high": 0.5}
    row = verdict(tmp_path, **changes)
    assert (row.verdict == "not comparable") == bool(why)
    known = ["The data are shuffled every epoch", "The test images are scaled", "Each rung has"]
    assert [start for start in known if start in row.why] == why


@pytest.mark.parametrize(
    ("quantity", "told"),
    [("test_accuracy", "computed in bfloat16 instead of float32"), ("parameters", "another count")],
)
def test_another_precision_is_not_the_deck_s(quantity, told, tmp_path):
    made_up(tmp_path, [0.69, 0.69], precision="bfloat16")
    assert verdict(tmp_path, quantity=quantity, epochs=(1, 1)).why == told


def test_departures_of_the_run_s_own_study_count_too(tmp_path):
    own = {"old": "departures:\n", "new": "departures:\n  - each image is seen twice\n"}
    made_up(tmp_path, [0.69, 0.69, 0.69], **own)
    row = verdict(tmp_path, epochs=(1, 1))
    assert (row.verdict, row.why) == ("not comparable", "each image is seen twice")


def test_what_can_never_be_compared_says_why(tmp_path):
    row = verdict(made_up(tmp_path, [0.69, 0.69]), never="these are batches")
    assert (row.verdict, row.why) == ("not comparable", "these are batches")


def test_what_a_run_does_not_measure_is_not_compared(tmp_path):
    row = verdict(made_up(tmp_path, [0.69, 0.69]), quantity="train_loss_after_step")
    assert (row.verdict, row.why, row.members) == ("not comparable", "it was not measured here", 0)


def test_parameters_are_compared_exactly_and_whatever_the_budget(tmp_path):
    made_up(tmp_path, [0.5], old="epochs: 65", new="epochs: 1", epochs=1)
    assert verdict(tmp_path, quantity="parameters", low=12, high=12).verdict == "reproduced"
    assert (
        verdict(tmp_path, quantity="trainable_parameters", low=12, high=12).verdict
        == "not reproduced"
    )


def test_a_quantity_of_training_is_that_of_the_last_epoch_without_any(tmp_path):
    made_up(tmp_path, [0.4, 0.5], epochs=2)
    assert verdict(tmp_path, quantity="train_loss").measured == pytest.approx(0.45)


def test_a_claim_says_whether_it_means_the_penalty_too(tmp_path):
    made_up(tmp_path, [0.4, 0.5], epochs=2)
    assert verdict(tmp_path, quantity="train_loss_with_penalty").measured == pytest.approx(2.45)


@pytest.mark.parametrize(
    "claim",
    read(ROOT / "reports" / "claims.yaml"),
    ids=lambda claim: f"{claim.like} {claim.quantity}",
)
def test_the_decks_claims_name_rungs_of_ready_made_studies(claim):
    study = load(STUDIES / f"{claim.study}.yaml")
    assert claim.rung in study.rungs
    assert claim.low <= claim.high
    if claim.trained:
        assert 1 <= claim.trained[0] <= claim.trained[1] <= study.budget_of(claim.rung).epochs
    if claim.quantity.endswith("_after_step") and claim.study != "cifar10":
        assert study.budget_of(claim.rung).evaluate_after_step


@pytest.mark.parametrize("text", ["- {deck: '001'}", "- [", "a: b"])
def test_a_wrong_file_of_claims_is_one_line(text, tmp_path):
    (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=r"claims\.yaml: .*mend the claim"):
        read(tmp_path / "claims.yaml")
