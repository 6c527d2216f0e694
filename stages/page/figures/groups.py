"""The score along one option, and over two."""

from itertools import cycle, product

import matplotlib.pyplot as plt
import pandas as pd
import seaborn
from matplotlib.ticker import NullLocator
from matplotlib.transforms import ScaledTranslation

from stages.page.figures.style import LINES, MUTED, score_label
from stages.page.text import number, place_text, value_text
from stages.scoring.score import Score
from stages.study.axes import LABEL

# Values that reach from one to eight times that and more are shown on a logarithmic axis.
WIDE = 8
# Points between the bands of two lines.
APART = 7
# Colours and markers first, then dashes, so that no two lines look alike.
LOOKS = [(*look, dash) for dash, look in product(("-", "--", ":"), LINES)]


def line(
    table: pd.DataFrame, members: pd.DataFrame, places: dict[str, str], score: Score
) -> plt.Figure:
    """The score against the option `x`: the mean with its 95 % interval, a dot per member; a line
    per `series`."""
    figure, axes = plt.subplots(figsize=(7, 3.8))
    table = table.dropna(subset="x").sort_values("x").astype({"x": float})
    series = _series(table, places)
    for i, ((name, part), look) in enumerate(zip(series, cycle(LOOKS))):
        # Beside each other, a width of a band apart, where several have one value.
        shift = (i - (len(series) - 1) / 2) * APART / 72
        aside = ScaledTranslation(shift, 0, figure.dpi_scale_trans)
        _one(axes, part, members, (name, look, axes.transData + aside), score)
    _limits(axes, table, members, score)
    axes.set(xlabel=place_text(places["x"]), ylabel=score_label(score))
    if "series" in places:
        beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
        axes.legend(title=place_text(places["series"]), frameon=False, fontsize=9, **beside)
    return figure


def _limits(axes: plt.Axes, table: pd.DataFrame, members: pd.DataFrame, score: Score) -> None:
    """Set here, because lines that are moved aside count for nothing where limits are found."""
    values = sorted(table["x"].unique())
    if values[0] > 0 and values[-1] >= WIDE * values[0]:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        margin = (values[-1] / values[0]) ** 0.06
        axes.set_xlim(values[0] / margin, values[-1] * margin)
    else:
        margin = 0.06 * (values[-1] - values[0])
        axes.set_xlim(values[0] - margin, values[-1] + margin)
    axes.set_xticks(values, [value_text(value) for value in values])
    bounds = [table[f"{score.name}{end}"] for end in ("_low", "_high")]
    shown = pd.concat([*bounds, members.loc[members["rung"].isin(table["rung"]), score.name]])
    margin = 0.05 * ((shown.max() - shown.min()) or 1.0)
    axes.set_ylim(score.factor * (shown.min() - margin), score.factor * (shown.max() + margin))


def _one(
    axes: plt.Axes, part: pd.DataFrame, members: pd.DataFrame, drawn_as: tuple, score: Score
) -> None:
    name, (colour, marker, dash), place = drawn_as
    mean, low, high = (score.factor * part[f"{score.name}{end}"] for end in ("", "_low", "_high"))
    of = members.assign(x=members["rung"].map(part.set_index("rung")["x"])).dropna(subset="x")
    # The intervals are those of the table, which count starts and images; seaborn's bootstrap would
    # count the starts alone.
    band = {"color": colour, "linewidth": APART - 1, "alpha": 0.25}
    axes.vlines(part["x"], low, high, **band, transform=place)
    dots = {"s": 14, "color": MUTED, "zorder": 3, "transform": place, "legend": False}
    seaborn.scatterplot(x=of["x"], y=score.factor * of[score.name], ax=axes, **dots)
    drawn = {"color": colour, "marker": marker, "linestyle": dash, "markeredgecolor": colour}
    drawn |= {"transform": place}
    seaborn.lineplot(x=part["x"], y=mean, errorbar=None, label=name, ax=axes, legend=False, **drawn)


def heat(table: pd.DataFrame, places: dict[str, str], score: Score) -> plt.Figure:
    """The mean score, with its 95 % interval, over the options `x` and `y`, numbers rising from
    the corner below left, words as they come; a map per `series`, all in the same colours."""
    table = table.dropna(subset=["x", "y"])
    series, columns, rows = _series(table, places), table["x"].nunique(), table["y"].nunique()
    wide = 1 if columns > 4 else 2
    grid = (-(-len(series) // wide), min(wide, len(series)))
    size = ((1.15 * columns + 1.1) * grid[1], (0.62 * rows + 1.2) * grid[0])
    figure, all_axes = plt.subplots(*grid, figsize=size, squeeze=False)
    for axes in list(all_axes.flat)[len(series) :]:
        axes.remove()
    for axes, (name, part) in zip(all_axes.flat, series, strict=False):
        _map(axes, part, table[score.name], score)
        axes.set(xlabel=place_text(places["x"]), ylabel=place_text(places["y"]))
        if name:
            # `optimizer: learning rate 0.1`, `normalization: none`.
            between = " " if "." in places["series"] else ": "
            axes.set_title(f"{place_text(places['series'])}{between}{name}", fontsize=10)
    figure.tight_layout()
    return figure


def _map(axes: plt.Axes, part: pd.DataFrame, every: pd.Series, score: Score) -> None:
    """One map; its colours reach over `every` mean, the palest of which is no white."""
    means, texts = _cells(part, score)
    reach = (every.max() - every.min()) or 1.0
    looks = {"cmap": "Blues" if score.higher_is_better else "Blues_r", "cbar": False}
    looks |= {"vmin": every.min() - 0.3 * reach, "vmax": every.max() + 0.3 * reach}
    looks |= {"annot": texts, "fmt": "", "annot_kws": {"fontsize": 9}}
    for axis, values in (("x", means.columns), ("y", means.index)):
        looks[f"{axis}ticklabels"] = [value_text(value) for value in values]
    seaborn.heatmap(means, ax=axes, **looks)
    axes.tick_params(length=0, labelrotation=0)


def _cells(part: pd.DataFrame, score: Score) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The mean scores and the texts of a map, a row for each `y`, a column for each `x`."""
    ends = (part[f"{score.name}{end}"] for end in ("", "_low", "_high"))
    texts = [
        f"{number(score, mean)}\n{number(score, low)} to {number(score, high)}"
        for mean, low, high in zip(*ends, strict=True)
    ]
    rising = pd.api.types.is_numeric_dtype(part["y"].infer_objects())
    rows, columns = _in_order(part["y"])[:: -1 if rising else 1], _in_order(part["x"])
    table = part.assign(text=texts)
    means, shown = (table.pivot(index="y", columns="x", values=of) for of in (score.name, "text"))
    return means.reindex(rows, columns=columns), shown.reindex(rows, columns=columns).fillna("")


def _series(table: pd.DataFrame, places: dict[str, str]) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each series with its name, by value where these are numbers; without series, all
    rows."""
    if "series" not in places:
        return [("", table)]
    found = _in_order(table["series"])
    names = [value_text(value) for value in found]
    names = names if "." in places["series"] or places["series"] == LABEL else _short(names)
    pairs = zip(names, found, strict=True)
    return [(name, table[table["series"] == value]) for name, value in pairs]


def _short(texts: list[str]) -> list[str]:
    """What whole slots have, without their options where the names alone tell them apart."""
    names = [text.partition(" (")[0] for text in texts]
    return names if len(set(names)) == len(names) else texts


def _in_order(values: pd.Series) -> list:
    """Each value once: numbers by size, others as they come."""
    found = list(dict.fromkeys(values))
    return sorted(found) if all(isinstance(value, int | float) for value in found) else found
