"""Groups with an axis, and predictions, on a page made of made-up runs."""

import html
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import ROOT
from test_report import make_runs, write

from stages.page import expectations, figures
from stages.page.tables import expectations as judged
from stages.page.tables import groups
from stages.scoring.tasks.classification import SCORE

AXES = (ROOT / "tests" / "axes.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    make_runs(folder / "runs", AXES)
    return folder, write(folder / "runs", folder / "reports" / "axes")


def table(made, name: str) -> pd.DataFrame:
    return pd.read_csv(made[0] / "reports" / "axes" / "tables" / f"{name}.csv")


def drawn(made, number: int) -> str:
    path = made[0] / "reports" / "axes" / "figures" / f"digits-group-{number}.svg"
    return path.read_text(encoding="utf-8")


def texts(svg: str) -> list[str]:
    found = re.findall(r"<text.*?</text>", svg, re.S)
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]


def accuracies(made, title: str) -> pd.Series:
    ladder = table(made, "ladder")
    return ladder[ladder["group"] == title].set_index("rung")["accuracy"]


def test_the_same_bytes_when_made_twice(made):
    folder, page = made
    assert write(folder / "runs", folder / "again") == page
    for path in (folder / "reports" / "axes" / "figures").iterdir():
        assert path.read_bytes() == (folder / "again" / "figures" / path.name).read_bytes()


def test_rungs_beside_a_ladder_of_one_are_counted_in_the_lead(made):
    page = " ".join(made[1].split())
    assert "9 rungs, compared as said below; 2 networks of each, from different" in page


def test_one_axis_is_a_line_per_series_through_the_means(made):
    svg = drawn(made, 1)
    widths, rates = {"2", "8", "32", "network: width"}, {"optimizer: learning rate", "0.001", "0.1"}
    assert widths | rates <= set(texts(svg))


def test_the_points_of_a_line_are_the_means_and_its_bands_our_intervals():
    rows = [("a", 4.0, 0.5, 0.4, 0.6), ("b", 2.0, 0.7, 0.6, 0.9)]
    columns = ["rung", "x", "accuracy", "accuracy_low", "accuracy_high"]
    members = pd.DataFrame({"rung": ["a", "a", "b", "other"], "accuracy": [0.4, 0.6, 0.7, 0.1]})
    table = pd.DataFrame(rows, columns=columns)
    figure = figures.line(table, members, {"x": "network.width"}, SCORE)
    [axes] = figure.axes
    [line] = axes.lines
    assert line.get_xydata() == pytest.approx(pd.DataFrame([(2, 70), (4, 50)]).to_numpy())
    bands, dots = axes.collections
    assert [segment[:, 1].tolist() for segment in bands.get_segments()] == [[60, 90], [40, 60]]
    assert sorted(dots.get_offsets()[:, 1]) == [40, 60, 70]
    left, right, bottom, top = *axes.get_xlim(), *axes.get_ylim()
    assert left < 2 < 4 < right
    assert bottom < 40 < 90 < top, "all of the bands is seen, and of another rung nothing"
    assert bottom > 10
    plt.close(figure)


def test_the_page_says_what_validation_images_choose(made):
    title = "Width against learning rate"
    [row] = table(made, "choices").itertuples()
    assert (row.group, row.rungs) == (title, 8)
    gaps = table(made, "gaps").set_index("rung")["validation_accuracy"]
    tested = accuracies(made, title)
    assert row.chosen == gaps[tested.index].idxmax()
    assert row.lost == pytest.approx(tested.max() - tested[row.chosen])
    page = " ".join(made[1].split())
    said = f"Of 8 rungs the validation images choose {row.chosen.replace('_', ' ')}"
    assert page.count(said) == 2, "among what was found, and with its group"
    seconds = table(made, "cost").set_index("rung")["seconds"][tested.index].sum()
    assert f"The choice took {seconds:,.0f} seconds of training" in page


def test_two_axes_are_a_heat_map_with_every_mean_in_its_place(made):
    means = accuracies(made, "Width against learning rate")
    shown = texts(drawn(made, 2))
    assert all(f"{100 * mean:.1f}" in shown for mean in means)
    assert {"0.001", "0.01", "0.1"} <= set(shown)


def test_a_heat_map_rises_from_the_corner_below_left():
    rows = [(x, y, x + y) for x in (10, 2) for y in (0.3, 0.1)]
    table = pd.DataFrame(rows, columns=["x", "y", "accuracy"]) / 100
    table = table.assign(accuracy_low=table["accuracy"], accuracy_high=table["accuracy"])
    figure = figures.heat(table, {"x": "network.width", "y": "optimizer.learning_rate"}, SCORE)
    [axes] = figure.axes
    first = [text.get_text().split("\n")[0] for text in axes.texts]
    assert first == ["2.3", "10.3", "2.1", "10.1"], "row by row, from the top"
    plt.close(figure)


def test_a_heat_map_of_whole_slots_keeps_the_order_of_the_study():
    rows = [(x, y, 0.1) for x in ("tanh", "relu") for y in ("zero", "he_normal")]
    table = pd.DataFrame(rows, columns=["x", "y", "accuracy"])
    table = table.assign(accuracy_low=0.0, accuracy_high=0.2)
    figure = figures.heat(table, {"x": "activation", "y": "initialization"}, SCORE)
    [axes] = figure.axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["tanh", "relu"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["zero", "he normal"]
    plt.close(figure)


@pytest.mark.parametrize(
    ("of", "shown"),
    [
        (["mlp (units 8)", "conv1d (width 4)"], ["mlp", "conv1d"]),
        (["resnet (blocks 3)", "resnet (blocks 5)"], ["resnet (blocks 3)", "resnet (blocks 5)"]),
    ],
    ids=["told apart by name", "not told apart by name"],
)
def test_options_are_left_out_where_names_tell_series_apart(of, shown):
    rows = [(x, name, 0.1 * x) for x in (1, 2) for name in of]
    table = pd.DataFrame(rows, columns=["x", "series", "accuracy"]).assign(rung=list("abcd"))
    table = table.assign(accuracy_low=table["accuracy"], accuracy_high=table["accuracy"])
    members = pd.DataFrame({"rung": ["a"], "accuracy": [0.1]})
    places = {"x": "sampling.per_class", "series": "network"}
    figure = figures.line(table, members.iloc[:0], places, SCORE)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == shown
    plt.close(figure)


def test_the_reference_stands_first_where_it_is_none_of_the_group(made):
    page = made[1]
    [shown] = re.findall(r'<table id="digits-group-2-table".*?</table>', page, re.S)
    heads = re.findall(r'<th scope="row"[^>]*>([^<]*)', shown)
    assert heads[0] == "basic"
    assert "the reference" in shown
    assert len(heads) == 9


def test_a_pair_of_two_groups_is_corrected_for_once(made):
    ladder = table(made, "ladder").dropna(subset=["p", "learned_p"], how="all")
    pair = [frozenset(of) for of in zip(ladder["rung"], ladder["compared_with"], strict=True)]
    once = ladder[~pd.Series(pair, index=ladder.index).duplicated()]
    assert len(once) < len(ladder)
    least = ladder.sort_values("p").iloc[0]
    asked = once[["p", "learned_p"]].notna().to_numpy().sum()
    assert least["p_corrected"] == pytest.approx(min(1, least["p"] * asked))
    assert f"{len(once)} comparisons" in made[1]


def test_rungs_lie_where_their_recipes_say(made):
    axes = table(made, "axes")
    of = axes[(axes["group"] == "Width against learning rate") & (axes["rung"] == "w8_fast")]
    assert dict(zip(of["option"], of["value"], strict=True)) == {
        "network.width": 8,
        "optimizer.learning_rate": 0.01,
    }


def test_every_prediction_is_listed_with_its_outcome_and_counted(made):
    rows, page = table(made, "expectations"), html.unescape(made[1])
    assert len(rows) == 9
    counts = rows["outcome"].value_counts()
    said = expectations.counted(rows)
    assert f"{counts['held']} held" in said
    assert page.count(said) == 2
    assert page.index('<section id="digits-predicted">') < page.index(
        '<section id="digits-ladder">'
    )
    assert "wider networks see more" in page
    assert "w32 slow: higher test accuracy than w2 slow" in page
    assert "w32 slow, share of w2 slow's test errors avoided: at least 10 %" in page
    assert 'href="#digits-group-2">the group' in page


def test_a_prediction_of_one_data_set_is_judged_there_alone(made):
    study = {"expect": [{"dataset": "others"}], "datasets": ["digits"]}
    study |= {"ladder": [], "beside": [], "ensembles": [], "comparisons": [], "starts": []}
    assert judged(study, made[0] / "runs", SCORE).empty


def test_a_group_without_an_axis_has_no_place(made):
    group = {"title": "G", "rungs": ["a"], "against": "b", "axis": [], "series": None}
    assert groups.parts(group) == {}
