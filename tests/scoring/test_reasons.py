"""Reasons are tested, not told: on made-up networks whose truth is known, and on the contradictions
that the page once told."""

import numpy as np
import pandas as pd
import pytest

from stages.page.inside import why
from stages.scoring import inside
from stages.scoring.inside import MEASUREMENTS
from stages.scoring.reasons import ACROSS, FEW, WITHIN, reasons, separating


def rung(name: str, scores: list[float], **measured) -> pd.DataFrame:
    """The networks of a rung, by their accuracies; a measurement is one number, or one for each."""
    of = {"dataset": "d", "rung": name, "member": range(len(scores)), "step": 10, "finite": 1}
    values = dict.fromkeys(MEASUREMENTS, 0.1) | {"saturated": np.nan} | measured
    table = pd.DataFrame(of | values | {"zero_weights": 0.0, "accuracy": scores})
    return table.assign(learned=(table["accuracy"] > 0.15).astype(int))


def told(*rungs: pd.DataFrame) -> list[str]:
    networks = pd.concat(rungs, ignore_index=True)
    return why(reasons(networks), networks)


def near(value: float, count: int = 5) -> list[float]:
    """Values about one, no two of them equal."""
    return [value * (1 + 0.01 * i) for i in range(count)]


GOOD, BAD = [0.92, 0.91, 0.93, 0.9, 0.94], [0.1, 0.11, 0.09, 0.1, 0.1]


def test_a_faint_signal_is_no_reason_where_fainter_ones_learn():
    """Said once: relu stays at chance because the spread of its activations is 200 times smaller
    in the last hidden layer; optimizer's was 2,700 times smaller, input_normalization's 2,400, and
    they learned."""
    sentences = told(
        rung("basic", GOOD, last_spread=near(0.5)),
        rung("relu", BAD, last_spread=near(1 / 200)),
        rung("optimizer", GOOD, last_spread=near(1 / 2700)),
        rung("input_normalization", [0.72, 0.7, 0.74, 0.71, 0.73], last_spread=near(1 / 2400)),
    )
    assert sentences == [
        "Nothing that was measured here tells why 5 of 20 networks had not learned at the end: "
        "there are too few networks or rungs of either kind for a test.",
    ]


def test_networks_that_learned_now_and_then_are_not_told_as_if_none_had():
    """Said once of nine networks at 10 % and one at 55 %: so without having learned."""
    [sentence] = told(rung("basic", GOOD), rung("unsteady", [0.1] * 9 + [0.55]))
    assert "why 9 of 15 networks had not learned at the end" in sentence


def test_no_measurement_of_the_start_tells_two_rungs_apart_that_start_alike():
    """initialization and optimizer have the same start; what one makes of it is the update."""
    alike = {name: near(0.01) for name in MEASUREMENTS[:4]}
    rungs = [rung(f"slow_{i}", BAD, **alike, update_ratio=near(1e-7)) for i in range(5)]
    rungs += [rung(f"fast_{i}", GOOD, **alike, update_ratio=near(1e-3)) for i in range(5)]
    sentences = told(*rungs)
    assert sentences == [
        "What separates 5 rungs that learned against 5 that did not is the ratio of update to "
        "weight size at step 10: median 0.001 against 1e-07; area under the ROC curve 1.00, exact "
        "p 0.008 (0.040 corrected for 5 tests), rungs permuted; the best limit gets 0 of 10 wrong."
    ]


@pytest.mark.parametrize(("good", "bad"), [(3, 9), (9, 3), (4, 4), (1, 1)])
def test_few_rungs_tell_nothing_however_far_apart(good, bad):
    rungs = [rung(f"good_{i}", GOOD, update_ratio=near(1e-3)) for i in range(good)]
    rungs += [rung(f"bad_{i}", BAD, update_ratio=near(1e-9)) for i in range(bad)]
    table = reasons(pd.concat(rungs))
    assert set(table["how"]) == {FEW}
    assert told(*rungs)[0].startswith("Nothing that was measured here tells why")


def test_within_rungs_networks_are_compared_with_those_of_their_own_rung_alone():
    """Ten rungs differ a lot from each other; within each, who learned has the larger updates."""
    mixed = [0.1, 0.1, 0.9, 0.9]
    rungs = [
        rung(f"r{i}", mixed, update_ratio=[1.0 * 10**i, 1.1 * 10**i, 1.2 * 10**i, 1.3 * 10**i])
        for i in range(10)
    ]
    table = reasons(pd.concat(rungs)).set_index("measurement")
    row = table.loc["update_ratio"]
    assert (row["how"], row["area"], row["learned"]) == (WITHIN, 1, 20)
    assert row["p"] == pytest.approx(2 / 6**10)
    assert row["wrong"] > 0, "one limit for all rungs"
    [found] = separating(table.reset_index()).itertuples()
    assert found.measurement == "update_ratio"


def test_what_differs_between_rungs_alone_separates_no_networks():
    """Two rungs that differ in everything: 10 against 10 networks, and still only two rungs."""
    rungs = [rung("a", GOOD * 2, last_spread=near(1, 10)), rung("b", BAD * 2)]
    assert set(reasons(pd.concat(rungs))["how"]) == {FEW}


def test_at_most_six_measurements_and_all_are_corrected_together():
    random = np.random.default_rng(0)
    rungs = [
        rung(f"r{i}", of, **{name: random.random(5) for name in MEASUREMENTS})
        for i, of in enumerate([GOOD, BAD] * 6)
    ]
    table = reasons(pd.concat(rungs))
    assert len(MEASUREMENTS) == len(table) == table["p"].count() == 6
    assert (table["how"] == ACROSS).all()
    assert table["p_corrected"].min() == pytest.approx(min(1, 6 * table["p"].min()))


def test_by_chance_alone_a_reason_is_seldom_found():
    random, found = np.random.default_rng(1), 0
    for _ in range(200):
        rungs = [
            rung(f"r{i}", of, **{name: random.random(5) for name in MEASUREMENTS})
            for i, of in enumerate([GOOD, BAD] * 6)
        ]
        found += len(separating(reasons(pd.concat(rungs)))) > 0
    assert found <= 0.05 * 200 + 7, "5 % and three standard deviations"


def test_where_all_learned_or_nobody_knows_there_is_no_question():
    good = rung("a", GOOD)
    assert reasons(good).empty
    assert told(good) == []
    assert told(good.assign(learned=np.nan)) == []
    assert told(rung("a", BAD))[0] == (
        "Nothing that was measured here tells why: no network learned that could be compared with "
        "them."
    )


def test_networks_that_are_no_longer_finite_are_left_out_where_they_have_no_value():
    gone = {name: [np.nan] * 4 + [0.1] for name in MEASUREMENTS[:4]}
    rungs = [rung(f"r{i}", [0.1, 0.1, 0.1, 0.9, 0.9], **gone) for i in range(12)]
    table = reasons(pd.concat(rungs)).set_index("measurement")
    assert (table.loc[list(MEASUREMENTS[:4]), "how"] == FEW).all()
    assert table.loc["update_ratio", "how"] == WITHIN


def network(values: dict[int, list[tuple]], rung="a", member=0) -> pd.DataFrame:
    """Rows of diagnostics.csv by step: (units, spread, constant, gradient, ratio) of each layer."""
    names = ["units", "activation_std", "constant_units", "gradient_rms", "update_ratio"]
    place = {"dataset": "d", "rung": rung, "member": member, "moment": "training"}
    more = {"dead_units": 0.0, "saturated": np.nan, "weight_rms": 1.0}
    return pd.DataFrame(
        place | more | {"step": step, "layer": i} | dict(zip(names, layer, strict=True))
        for step, layers in values.items()
        for i, layer in enumerate(layers, start=1)
    )


def test_constant_units_are_counted_by_units_not_by_layers():
    """Ten layers of 8 to 64 units of which the widest are constant: 69 %, where the mean of the
    layers says 40 %."""
    units = [8, 8, 16, 16, 32, 32, 64, 64, 64, 64]
    layers = [(of, 0.1, float(i >= 6), 0.1, np.nan) for i, of in enumerate(units)]
    [row] = inside.measured(network({0: [*layers, (10, 0.1, 0, 0.1, np.nan)]})).itertuples()
    assert row.constant_units == pytest.approx(256 / 368)


def test_what_is_measured_of_a_network():
    start, later = (3, 0.5, 0.0, 0.2, np.nan), (3, 0.4, 1.0, 0.3, 0.01)
    table = network({0: [start] * 3, 1: [later] * 3, 10: [(*later[:4], 0.001)] * 3, 20: [start]})
    [row] = inside.measured(table).itertuples()
    assert (row.step, row.finite, row.first_gradient, row.last_spread) == (10, 1, 0.3, 0.4)
    assert (row.constant_units, row.update_ratio) == (1, 0.01)
    assert np.isnan(row.saturated)


def test_all_networks_of_a_data_set_are_judged_at_one_step():
    layer = [(3, 0.5, 0.0, 0.2, 0.1)] * 2
    long, short = network({0: layer, 5: layer, 10: layer}), network({0: layer, 5: layer}, "b")
    assert list(inside.measured(pd.concat([long, short]))["step"]) == [5, 5]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_network_that_is_not_finite_is_said_to_be_and_has_no_shares(value):
    bad = [(3, value, np.nan, 0.2, np.inf)] * 3
    table = inside.measured(network({0: [(3, 0.5, 0.0, 0.2, np.nan)] * 3, 10: bad}))
    [row] = table.itertuples()
    assert row.finite == 0
    assert np.isnan([row.first_gradient, row.last_spread, row.constant_units]).all()
    found = inside.faults(table.assign(learned=0.0))
    assert list(found["fault"]) == ["not_finite", "updates_too_large"]
    others = [table.assign(member=i, finite=1, update_ratio=0.1) for i in (1, 2)]
    beside = pd.concat([table, *others])
    [said] = inside.faults(beside.assign(learned=0.0)).itertuples()
    assert (said.fault, said.showing, said.members) == ("not_finite", 1, 3)
