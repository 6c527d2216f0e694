"""What the tables say, in words."""

import pandas as pd

from stages.scoring.verdicts import FADED, LARGE, at_chance
from stages.study.comparisons import Comparison
from stages.study.options import explanation


def headline(table: pd.DataFrame, classes: int) -> list[str]:
    """What one data set's ladder shows, in sentences: the best rung, where nothing is learned, the largest step, and what did harm."""
    trained = table[table["kind"] == "trained"]
    best = table.loc[table["accuracy"].idxmax()]
    left_out = table[(table["kind"] == "ablation") & table["p_corrected"].notna()]
    sentences = [f"The best rung is {words(best.rung)}: {accuracy_text(best)} of the test images are named rightly."]
    if best.kind == "combined":
        single = trained.loc[trained["accuracy"].idxmax()]
        sentences[0] += f" That is an ensemble; the best technique by itself is {words(single.rung)}, {accuracy_text(single)}."
    chance = 1 / classes
    near_chance = trained[trained["accuracy_low"] <= chance]
    asleep = at_chance(trained, classes)
    if len(asleep):
        sentences.append(f"At the level of guessing ({100 * chance:.0f} %), so without having learned: {join(asleep['rung'])}.")
    unsteady = near_chance[near_chance["accuracy"] >= 1.5 * chance]
    if len(unsteady):
        listed = join([f"{row.rung}, {accuracy_text(row)}" for row in unsteady.itertuples()])
        sentences.append(f"Learns from some random starts and not from others: {listed}.")
    better, worse, unclear = (trained[trained["verdict"] == said] for said in ("better", "worse", "no evidence of a difference"))
    if len(better):
        step = better.loc[better["difference"].idxmax()]
        change = "" if step.changed.count("; ") > 1 else f" ({words(step.changed)})"
        step_up = f"{words(step.rung)}: {points_text(step)} against {words(step.compared_with)}{change}"
        sentences.append(f"The largest step up that is sure is {step_up}.{_regained(step, worse)}")
    others = better[better["rung"] != step.rung] if len(better) else better
    if len(others):
        sentences.append(f"Steps up, too: {_with_points(others)}.")
    if len(worse):
        sentences.append(f"A step down, here: {_with_points(worse)}.")
    wide = unclear[unclear["difference"].abs() > LARGE]
    if len(wide):
        sentences.append(f"Large, but not sure, because networks differ too much from start to start: {_with_points(wide)}.")
    unclear = unclear.drop(wide.index)
    if len(unclear):
        sentences.append(f"No evidence of a difference from the rung before: {join(unclear['rung'])}.")
    needed = left_out[left_out["verdict"] == "worse"].sort_values("difference")
    if len(needed):
        sentences.append(f"Worse than {words(needed.iloc[0].compared_with)} when one idea is left out: {_with_points(needed)}.")
    harmful = left_out[left_out["verdict"] == "better"].sort_values("difference")
    if len(harmful):
        sentences.append(f"Better than {words(harmful.iloc[0].compared_with)} when one idea is left out: {_with_points(harmful)}.")
    spare = left_out[left_out["verdict"] == "no evidence of a difference"]
    if len(spare):
        sentences.append(f"Not worse than {words(spare.iloc[0].compared_with)}, as far as can be seen: {join(spare['rung'])}.")
    return sentences


def _regained(step, worse: pd.DataFrame) -> str:
    """Whether a step up follows a step down, and so makes up for it, or for a part of it."""
    lost = worse.loc[worse["rung"] == step.compared_with, "difference"]
    if not len(lost):
        return ""
    part = "" if step.difference >= -lost.iloc[0] else "a part of "
    return f" It follows a step down, and makes up for {part}it."


def reasons(diagnostics: pd.DataFrame, table: pd.DataFrame, classes: int, techniques: dict) -> list[str]:
    """Why rungs stay at guessing, as far as their layers tell before training: what of the gradient reaches the first layer, what of the
    signal the last hidden one, and how many of its units say the same of every picture."""
    sentences = []
    for rung in at_chance(table, classes)["rung"].unique():
        layers = diagnostics[(diagnostics["rung"] == rung) & (diagnostics["moment"] == "start")].sort_values("layer")
        if len(layers) < 3:
            continue
        first, hidden, last = layers.iloc[0], layers.iloc[-2], layers.iloc[-1]
        facts = []
        if first["gradient_rms"] < FADED * last["gradient_rms"]:
            faded = _times(first["gradient_rms"] / last["gradient_rms"])
            facts.append(f"the gradient of a weight is {faded} in the first layer than in the last")
        if hidden["activation_std"] < FADED * first["activation_std"]:
            faded = _times(hidden["activation_std"] / first["activation_std"])
            facts.append(f"the spread of what units say is {faded} in the last hidden layer than in the first")
        if hidden["constant_units"] > 0.5:
            facts.append(f"{100 * hidden['constant_units']:.0f} % of the units of the last hidden layer say the same of every picture")
        if facts:
            [activation] = techniques[rung]["activation"]
            why = f" Its activation, {words(activation)}: {explanation('activation', activation)}" if "gradient" in facts[0] else ""
            sentences.append(f"{words(rung)}, before training: {join(facts)}.{why}")
    return sentences


def inside(diagnostics: pd.DataFrame, compared: list[Comparison]) -> list[str]:
    """What a rung changes inside the networks before training, against the one that it is compared with: the gradient of the first layer
    where it is ten times as large or small, and the units that say the same of every picture where a fifth more or less of them do."""
    start = diagnostics[diagnostics["moment"] == "start"]
    first = start[start["layer"] == 1].set_index("rung")["gradient_rms"]
    same = start[start["layer"] < start.groupby("rung")["layer"].transform("max")].groupby("rung")["constant_units"].mean()
    sentences = []
    for rung, below, *_ in compared:
        if below is None or rung not in first or not first[below] > 0:
            continue
        ratio, facts = first[rung] / first[below], []
        if ratio >= 10:
            facts.append(f"the gradient that reaches the first layer is {float(f'{ratio:.1g}'):,.0f} times larger")
        if ratio <= 0.1:
            facts.append(f"the gradient that reaches the first layer is {_times(ratio)}")
        if abs(same[rung] - same[below]) >= 0.2:
            facts.append(
                f"{100 * same[rung]:.0f} % of the hidden units say the same of every picture, instead of {100 * same[below]:.0f} %"
            )
        if facts:
            sentences.append(f"{words(rung)} against {words(below)}, before training: {join(facts)}.")
    return sentences


def told(claims: pd.DataFrame) -> list[str]:
    """What became of the decks' claims on one data set: those that can be compared one by one, the others by their number."""
    sentences = []
    for row in claims[claims["verdict"] != "not comparable"].itertuples():
        claimed = f"Deck {row.deck} on {words(row.rung)}, {words(row.quantity)}"
        sentences.append(f"{claimed}: claimed {row.claimed}, measured {quantity_text(row)}: {row.verdict}.")
    others = int((claims["verdict"] == "not comparable").sum())
    if others:
        all_of = "All" if others == len(claims) else "The other"
        claims_of = "claim of the decks" if others == 1 else f"{others} claims of the decks"
        sentences.append(f"{all_of} {claims_of} can't be compared with what was run here: data, budget or settings differ.")
    return sentences


def _times(share: float) -> str:
    """`200,000,000 times smaller`, to one digit."""
    return f"{float(f'{1 / share:.1g}'):,.0f} times smaller" if share > 0 else "infinitely smaller"


def _with_points(rows: pd.DataFrame) -> str:
    return join([f"{row.rung} ({points_text(row)})" for row in rows.itertuples()])


def accuracy_text(row) -> str:
    """`91.2 % (90.1 to 92.3, n = 5)`, of an ensemble `one ensemble` in place of n."""
    count = "one ensemble" if row.kind == "combined" else f"n = {row.members}"
    return f"{100 * row.accuracy:.1f} % ({100 * row.accuracy_low:.1f} to {100 * row.accuracy_high:.1f}, {count})"


def quantity_text(row) -> str:
    """What a row of the claims' table measured, and where one network more would lie: `0.69 (a further network: 0.68 to 0.7; n = 5)`."""
    if row.members == 0:
        return "–"
    if "parameters" in row.quantity:
        return f"{row.measured:,.0f}"
    spread = "" if pd.isna(row.next_low) else f"a further network: {row.next_low:.4g} to {row.next_high:.4g}; "
    return f"{row.measured:.4g} ({spread}n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{row.members})"


def signed(share: float) -> str:
    """A difference of shares in points, with its sign: `+3.1`, `−0.5`."""
    return f"{100 * share:+.1f}".replace("-", "−")


def points_text(row) -> str:
    """`+3.1 points (+1.0 to +5.2)`, or without an interval where there is none."""
    if pd.isna(row.difference_low):
        return f"{signed(row.difference)} points"
    return f"{signed(row.difference)} points ({signed(row.difference_low)} to {signed(row.difference_high)})"


def words(rung: str) -> str:
    """A rung's name as a reader reads it."""
    return rung.replace("_", " ")


def join(names) -> str:
    """`a`, `a and b`, `a, b and c`, as a reader reads names."""
    names = [words(name) for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
