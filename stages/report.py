"""Write a study's page with its tables and figures: what helped, by how much, why, and how it was made."""

import base64
import io
import shutil
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd
from PIL import Image

from stages import claims as decks
from stages import command, figures, files, tables, views
from stages.evaluate import GRID, SAMPLES_PER_CLASS
from stages.signatures import explanation
from stages.words import headline, inside, join, own_budget, reasons, told, words

# Of the tables behind the figures, those that are embedded in the page, so that each is one click away.
EMBEDDED = [
    "ladder", "attributes", "claims", "epochs", "diagnostics", "histograms", "per_class", "confusion", "calibration", "distortions",
    "answers", "ensembles", "against_best", "cost",
]  # fmt: skip
COMPARED_PICTURES = 10


def main(
    runs: Path,
    claims: Path,
    studies: Path,
    template: Path,
    index_template: Path,
    style: Path,
    script: Path,
    page: Path,
    tables: Path,
    figures: Path,
) -> None:
    """Read the folder `runs` of a study; write the self-contained `page`, the folder `tables` (CSV) and the folder `figures` (SVG).

    `claims` are the decks' (YAML), and `studies` the folder of the studies that say how the decks trained. Raises Problem for wrong ones.
    Renews the list of all studies in the folder above the page's; it belongs to no study, so that no engine counts it as made by one.
    """
    study, known = files.read_json(runs / "study.json"), decks.read(claims)
    made = write_tables(study, runs, decks.table(known, studies, runs), tables)
    drawn = write_figures(study, made, figures)
    seen = {
        "study": study,
        "sections": [section(study, runs, dataset, made) for dataset in study["datasets"]],
        "side_by_side": views.side_by_side(study, made["ladder"]) if len(study["datasets"]) > 1 else None,
        "figures": drawn,
        "embedded": embedded(study, made),
        "not_run": sorted({f"{claim.rung} (deck {claim.deck})" for claim in known if claim.rung not in set(made["ladder"]["rung"])}),
        "script": script.read_text(encoding="utf-8"),
    }
    files.write(page, _rendered(template, style, seen))
    folder = page.parent.parent
    files.write(folder / "index.html", _rendered(index_template, style, {"rows": all_studies(folder)}))


def all_studies(folder: Path) -> list[dict]:
    """A row for each data set of every study that has a page below `folder`."""
    found = [table for table in sorted(folder.glob("*/tables/study.csv")) if (table.parent.parent / "index.html").is_file()]
    words_of = dict.fromkeys(["study", "title", "dataset", "best"], str)
    read = [pd.read_csv(table, keep_default_na=False, dtype=words_of) for table in found]
    return [row for table in read for row in table.to_dict("records")]


def _rendered(template: Path, style: Path, values: dict) -> str:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(template.parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(template.name).render(**values, style=style.read_text(encoding="utf-8"), words=words)


def write_tables(study: dict, runs: Path, claimed: pd.DataFrame, folder: Path) -> dict[str, pd.DataFrame]:
    """Write every table as CSV into a fresh `folder`, and return them."""
    made = tables.all_tables(runs) | {"claims": claimed}
    best = made["ladder"].loc[made["ladder"].groupby("dataset", sort=False)["accuracy"].idxmax()]
    summary = {"study": study["study"], "title": study["title"], "rungs": len(study["ladder"]), **study["budget"]}
    made["study"] = pd.DataFrame(
        [summary | {"dataset": row.dataset, "best": row.rung, "accuracy": row.accuracy} for row in best.itertuples()]
    )
    shutil.rmtree(folder, ignore_errors=True)
    for name, table in made.items():
        files.write(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return made


def write_figures(study: dict, made: dict[str, pd.DataFrame], folder: Path) -> dict[str, str]:
    """Write every figure as SVG into a fresh `folder`, one of a kind for each data set, and return them by name."""
    drawn = {}
    for dataset in study["datasets"]:
        of = {name: table[table["dataset"] == dataset] for name, table in made.items()}
        drawn |= {f"{dataset}-{name}": figures.svg(figure) for name, figure in _figures(study, of)}
    shutil.rmtree(folder, ignore_errors=True)
    for name, figure in drawn.items():
        files.write(folder / f"{name}.svg", figure)
    return drawn


def _figures(study: dict, of: dict[str, pd.DataFrame]):
    """(name, figure) of everything that is drawn of one data set."""
    classes, last = of["confusion"]["truth"].nunique(), study["ladder"][-1]
    left_out = of["ladder"]["kind"] == "ablation"
    yield "ladder", figures.ladder(of["ladder"][~left_out], of["members"], classes)
    if left_out.any():
        # The colour of the whole is not that of its own step in the ladder.
        shown = of["ladder"][left_out | (of["ladder"]["rung"] == study["ablations"]["of"])]
        shown = shown.assign(verdict=shown["verdict"].where(shown["kind"] == "ablation"))
        yield "ablations", figures.ladder(shown, of["members"], classes)
    yield "curves", figures.curves(of["epochs"])
    first = of["history"][of["history"]["member"] == 0]
    if first.groupby("rung")["learning_rate"].nunique().max() > 1:
        yield "rates", figures.rates(first)
    yield "gradients", figures.gradients(of["diagnostics"])
    yield "asleep", figures.asleep(of["diagnostics"])
    yield "histograms", figures.histograms(of["histograms"])
    yield "confusion", figures.confusion(of["confusion"][of["confusion"]["rung"] == last])
    combined = of["ladder"].loc[of["ladder"]["kind"] == "combined", "rung"].tolist()
    yield "calibration", figures.calibration(of["calibration"][of["calibration"]["rung"].isin([study["ladder"][0], last, *combined])])
    yield "distortions", figures.distortions(of["distortions"], _contrasted(study, of["ladder"]))
    if len(of["ensembles"]):
        yield "ensemble", figures.ensemble(of["ensembles"])
    yield "cost", figures.cost(of["cost"])


def _contrasted(study: dict, ladder: pd.DataFrame) -> list[str]:
    """The rungs that distortions are shown of in colour: the first, the last one before pictures are varied, those that vary them (the
    first and the last), and the best."""
    varied = [rung for rung in study["ladder"] if "augmentation" in study["techniques"][rung]]
    before = [below for below, above in zip(study["ladder"], study["ladder"][1:], strict=False) if above in varied[:1]]
    trained = ladder[ladder["kind"] == "trained"]
    best = trained.loc[trained["accuracy"].idxmax(), "rung"]
    return list(dict.fromkeys([study["ladder"][0], *before, *varied[:1], *varied[-1:], best]))


def section(study: dict, runs: Path, dataset: str, made: dict[str, pd.DataFrame]) -> dict:
    """What the page shows of one data set."""
    of = {name: table[table["dataset"] == dataset] for name, table in made.items() if "dataset" in table}
    ladder, last, trained = of["ladder"], study["ladder"][-1], study["ladder"] + study["ablations"]["rungs"]
    names = list(dict.fromkeys(of["confusion"]["truth"]))
    records = {rung: files.read_json(runs / dataset / rung / "record.json") for rung in trained}
    budgets = {rung: text for rung in trained if (text := own_budget(study["techniques"][rung]))}
    made_views = [
        views.ladder(ladder, ideas(study), budgets),
        views.attributes(of["attributes"]),
        *([views.left_out(study, ladder, budgets)] if study["ablations"]["rungs"] else []),
        views.claims(of["claims"]),
        views.per_class(of["per_class"][of["per_class"]["rung"] == last]),
        views.calibration(ladder),
        views.distortions(of["distortions"]),
        views.against_best(of["against_best"]),
        views.cost(of["cost"], ladder),
        views.runs(of["cost"], {rung: files.sha256(runs / dataset / rung / "recipe.json") for rung in trained}),
    ]
    with np.load(runs / dataset / last / "pictures.npz") as pictures:
        shown = {name: pictures[name] for name in pictures.files}
    return {
        "dataset": dataset,
        "comparisons": _counted(made["ladder"]),
        "headline": headline(ladder, len(names)),
        "inside": inside(of["diagnostics"], tables.comparisons(study)),
        "told": told(of["claims"]),
        "reasons": reasons(of["diagnostics"], ladder, len(names), study["techniques"]),
        "views": {view.name: view for view in made_views if view.rows},
        "last": last,
        "test_images": int(ladder["test_images"].iloc[0]),
        "distorted_images": int(of["distortions"]["images"].iloc[0]),
        "grid": _grid(shown, names),
        "samples": _samples(shown, names),
        "mistakes": _mistakes(shown, names),
        "compared": _compared(of["answers"], shown),
        "environment": records[last]["environment"],
        "unlike": unlike({rung: record["environment"] for rung, record in records.items()}),
        "data": records[last]["data"],
        "recipes": {rung: files.canonical(record["recipe"]) for rung, record in records.items()},
        "stops": any("stopping" in study["techniques"][rung] for rung in trained),
    }


def _counted(ladder: pd.DataFrame) -> str:
    """What has been compared in the whole study: `11 comparisons (9 steps of the ladder, 2 ensembles)`; nothing where that is nothing."""
    kinds = {"trained": "steps of the ladder", "ablation": "ideas left out", "combined": "ensembles"}
    counts = ladder[ladder["p"].notna()]["kind"].value_counts()
    if not len(counts):
        return ""
    return f"{counts.sum()} comparisons ({', '.join(f'{counts[kind]} {text}' for kind, text in kinds.items() if kind in counts)})"


def unlike(environments: dict[str, dict]) -> list[str]:
    """What was not the same for all rungs, of the environments that they were trained in: "torch: 2.12 (basic), 2.13 (relu, dropout)"."""
    texts = []
    for key in dict.fromkeys(key for environment in environments.values() for key in environment):
        rungs: dict[str, list[str]] = {}
        for rung, environment in environments.items():
            rungs.setdefault(str(environment.get(key)), []).append(rung)
        if len(rungs) > 1:
            texts.append(f"{key}: " + ", ".join(f"{value} ({join(names)})" for value, names in rungs.items()))
    return texts


def embedded(study: dict, made: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The tables that the page carries with it, as CSV, by data set and name; of several data sets, the ladder of all, too."""
    parts = {f"{dataset}-{name}": made[name][made[name]["dataset"] == dataset] for dataset in study["datasets"] for name in EMBEDDED}
    if len(study["datasets"]) > 1:
        parts["all-ladder"] = made["ladder"]
    return {name: table.to_csv(index=False, lineterminator="\n", float_format="%.6g") for name, table in parts.items()}


def ideas(study: dict) -> dict[str, list[str]]:
    """Of each rung, a sentence on every name that its recipe brings in and no rung before it has."""
    known: set[tuple[str, str]] = set()
    found = {}
    for rung in study["ladder"] + study["ablations"]["rungs"]:
        slots = {slot: value for slot, value in study["techniques"][rung].items() if slot != "budget"}
        names = [
            (slot, name) for slot, value in slots.items() for choice in (value if isinstance(value, list) else [value]) for name in choice
        ]
        new = [(slot, name) for slot, name in names if (slot, name) not in known]
        found[rung] = [f"{words(name)[0].upper()}{words(name)[1:]}: {explanation(slot, name).replace('`', '')}" for slot, name in new]
        known.update(names)
    return found


def _grid(shown: dict, names: list[str]) -> list[dict]:
    """The first 25 test pictures with truth and the first member's prediction."""
    picks = np.flatnonzero(shown["index"] < GRID)
    pairs = [(png(shown["images"][i]), names[shown["truth"][i]], names[shown["predicted"][0][i]]) for i in picks]
    return [{"image": image, "truth": truth, "prediction": prediction} for image, truth, prediction in pairs]


def _samples(shown: dict, names: list[str]) -> list[tuple[str, list[str]]]:
    """For each class, its first test pictures."""
    picks = {name: np.flatnonzero(shown["truth"] == label)[:SAMPLES_PER_CLASS] for label, name in enumerate(names)}
    return [(name, [png(shown["images"][i]) for i in indices]) for name, indices in picks.items()]


def _mistakes(shown: dict, names: list[str]) -> list[dict]:
    """The most confident mistakes of all members together, the most confident first."""
    picks = sorted(np.flatnonzero(shown["mistake"]), key=lambda i: (-shown["sure"][i], i))
    return [
        {
            "image": png(shown["images"][i]),
            "truth": names[shown["truth"][i]],
            "prediction": names[shown["together"][i]],
            "sure": float(shown["sure"][i]),
            "index": int(shown["index"][i]),
        }
        for i in picks
    ]


def _compared(answers: pd.DataFrame, shown: dict) -> dict:
    """The pictures that about half of the rungs name rightly, with every rung's answer."""
    of_all = answers.groupby("index").filter(lambda part: len(part) == answers["rung"].nunique())
    rightly = (of_all["answer"] == of_all["truth"]).groupby(of_all["index"]).mean()
    picks = sorted(rightly.index, key=lambda index: (abs(rightly[index] - 0.5), index))[:COMPARED_PICTURES]
    image_of = dict(zip(shown["index"].tolist(), shown["images"], strict=True))
    truths = dict(zip(answers["index"], answers["truth"], strict=True))
    by_rung = {rung: part.set_index("index")["answer"] for rung, part in of_all.groupby("rung", sort=False)}
    return {
        "pictures": [{"image": png(image_of[index]), "truth": truths[index], "index": index} for index in picks],
        "answers": {rung: [(answer[index], answer[index] == truths[index]) for index in picks] for rung, answer in by_rung.items()},
    }


def png(image: np.ndarray) -> str:
    """A uint8 picture [C, H, W] as a data URI."""
    pixels = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(content, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


if __name__ == "__main__":
    command.run(main)
