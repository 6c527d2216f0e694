"""Write a study's page with its tables and figures: what helped, by how much, and how it was made."""

import base64
import io
import shutil
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd
from PIL import Image

from stages import claims as decks
from stages import command, figures, files, tables
from stages.evaluate import GRID, SAMPLES_PER_CLASS
from stages.signatures import explanation


def main(runs: Path, claims: Path, studies: Path, template: Path, style: Path, page: Path, tables: Path, figures: Path) -> None:
    """Read the folder `runs` of a study; write the self-contained `page`, the folder `tables` (CSV) and the folder `figures` (SVG).

    `claims` are the decks' (YAML), and `studies` the folder of the studies that say how the decks trained. Raises Problem for wrong ones.
    """
    study = files.read_json(runs / "study.json")
    claimed = decks.table(decks.read(claims), studies, runs)
    made = write_tables(runs, claimed, tables)
    drawn = write_figures(study, made, figures)
    sections = [section(study, runs, dataset, made) for dataset in study["datasets"]]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(template.parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    files.write(page, environment.get_template(template.name).render(**view(study, runs, sections, drawn, style.read_text())))


def write_tables(runs: Path, claimed: pd.DataFrame, folder: Path) -> dict[str, pd.DataFrame]:
    """Write every table as CSV into a fresh `folder`, and return them."""
    made = tables.all_tables(runs) | {"claims": claimed}
    shutil.rmtree(folder, ignore_errors=True)
    for name, table in made.items():
        files.write(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return made


def write_figures(study: dict, made: dict[str, pd.DataFrame], folder: Path) -> dict[str, str]:
    """Write every figure as SVG into a fresh `folder`, one of a kind for each data set, and return them by name."""
    drawn = {}
    for dataset in study["datasets"]:
        of = {name: table[table["dataset"] == dataset] for name, table in made.items()}
        classes = of["confusion"]["truth"].nunique()
        left_out = of["ladder"]["kind"] == "ablation"
        drawn[f"{dataset}-ladder"] = figures.svg(figures.ladder(of["ladder"][~left_out], of["members"], classes))
        if left_out.any():
            whole = of["ladder"]["rung"] == study["ablations"]["of"]
            drawn[f"{dataset}-ablations"] = figures.svg(figures.ladder(of["ladder"][whole | left_out], of["members"], classes))
        drawn[f"{dataset}-curves"] = figures.svg(figures.curves(of["curves"]))
        last = of["confusion"][of["confusion"]["rung"] == study["ladder"][-1]]
        drawn[f"{dataset}-confusion"] = figures.svg(figures.confusion(last))
        if len(of["ensembles"]):
            drawn[f"{dataset}-ensemble"] = figures.svg(figures.ensemble(of["ensembles"]))
    drawn["cost"] = figures.svg(figures.cost(made["cost"]))
    shutil.rmtree(folder, ignore_errors=True)
    for name, figure in drawn.items():
        files.write(folder / f"{name}.svg", figure)
    return drawn


def section(study: dict, runs: Path, dataset: str, made: dict[str, pd.DataFrame]) -> dict:
    """What the page shows of one data set."""
    ladder = made["ladder"][made["ladder"]["dataset"] == dataset]
    last = study["ladder"][-1]
    confused = made["confusion"][(made["confusion"]["dataset"] == dataset) & (made["confusion"]["rung"] == last)]
    names = list(dict.fromkeys(confused["truth"]))
    with np.load(runs / dataset / last / "pictures.npz") as pictures:
        shown = {name: pictures[name] for name in pictures.files}
    return {
        "dataset": dataset,
        "headline": tables.headline(ladder, len(names)),
        "rows": list(ladder[ladder["kind"] != "ablation"].itertuples()),
        "left_out": list(ladder[ladder["kind"] == "ablation"].itertuples()),
        "claims": list(made["claims"][made["claims"]["dataset"] == dataset].itertuples()),
        "last": last,
        "grid": _grid(shown, names),
        "samples": _samples(shown, names),
        "per_class": made["per_class"].query("dataset == @dataset and rung == @last").to_dict("records"),
    }


def _grid(shown: dict, names: list[str]) -> list[dict]:
    """The first 25 test pictures with truth and the first member's prediction."""
    picks = np.flatnonzero(shown["index"] < GRID)
    pairs = [(png(shown["images"][i]), names[shown["truth"][i]], names[shown["predicted"][0][i]]) for i in picks]
    return [{"image": image, "truth": truth, "prediction": prediction} for image, truth, prediction in pairs]


def _samples(shown: dict, names: list[str]) -> list[tuple[str, list[str]]]:
    """For each class, its first test pictures."""
    picks = {name: np.flatnonzero(shown["truth"] == label)[:SAMPLES_PER_CLASS] for label, name in enumerate(names)}
    return [(name, [png(shown["images"][i]) for i in indices]) for name, indices in picks.items()]


def png(image: np.ndarray) -> str:
    """A uint8 picture [C, H, W] as a data URI."""
    pixels = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(content, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def view(study: dict, runs: Path, sections: list[dict], drawn: dict[str, str], style: str) -> dict:
    """Everything that the template is given."""
    dataset = study["datasets"][0]
    trained = study["ladder"] + study["ablations"]["rungs"]
    records = {rung: files.read_json(runs / dataset / rung / "record.json") for rung in trained}
    first = records[study["ladder"][0]]
    return {
        "study": study,
        "sections": sections,
        "figures": drawn,
        "style": style,
        "ideas": ideas(study),
        "own_budgets": {rung: text for rung in trained if (text := tables.own_budget(study["techniques"][rung]))},
        "recipes": {rung: files.canonical(record["recipe"]) for rung, record in records.items()},
        "environment": first["environment"],
        "data": first["data"],
        "hashes": {rung: files.sha256(runs / dataset / rung / "recipe.json")[:16] for rung in trained},
        "stops": any("stopping" in study["techniques"][rung] for rung in trained),
        "words": tables.words,
        "accuracy_text": tables.accuracy_text,
        "quantity_text": tables.quantity_text,
        "points_text": tables.points_text,
        "verdict": tables.verdict,
        "isna": pd.isna,
    }


def ideas(study: dict) -> dict[str, list[tuple[str, str, str]]]:
    """(slot, name, one sentence) of what each rung's recipe brings in that the rung before did not have."""
    known: set[tuple[str, str]] = set()
    found = {}
    for rung in study["ladder"] + study["ablations"]["rungs"]:
        slots = {slot: value for slot, value in study["techniques"][rung].items() if slot != "budget"}
        names = [
            (slot, name) for slot, value in slots.items() for choice in (value if isinstance(value, list) else [value]) for name in choice
        ]
        found[rung] = [(slot, name, explanation(slot, name).replace("`", "")) for slot, name in names if (slot, name) not in known]
        known.update(names)
    return found


if __name__ == "__main__":
    command.run(main)
