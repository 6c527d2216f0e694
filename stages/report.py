"""Write a study's page with its tables and figures: what helped, by how much, why, and how it
was made."""

import shutil
from pathlib import Path

import pandas as pd

from stages import command, files, records
from stages.page import claims as decks
from stages.page import document, drawing, lessons, sections, summary
from stages.scoring import tasks as scored
from stages.scoring.findings import best_network
from stages.scoring.score import Score
from stages.study.schema import Study
from stages.training import exported
from stages.workflow import engines
from stages.workflow.jobs import of_runs


def main(
    runs: Path,
    normalized: Path,
    claims: Path,
    studies: Path,
    template: Path,
    index_template: Path,
    summary_template: Path,
    style: Path,
    script: Path,
    page: Path,
    summary_page: Path,
    tables: Path,
    figures: Path,
    metrics: Path,
    best: Path,
    record: Path,
) -> None:
    """Read the folder `runs` of a study and test images in `normalized`; write the `page`, findings
    in Markdown (`summary_page`), the folders `tables` (CSV), `figures` (SVG) and `best` (the best
    networks), each rung's score and share that learned (`metrics`, JSON), and the `record`.

    `claims` are the decks' (YAML), `studies` the folder of the studies that say how the decks
    trained; raises Problem for wrong ones. Renews the list of all studies above the page's folder.
    """
    looks = studies, claims, template, index_template, summary_template, style, script
    code, read = records.code_digest("report"), records.read(*_of_runs(runs, normalized), *looks)
    study = files.read_json(runs / "study.json")
    score = scored.load(study["task"]).SCORE
    known = decks.of_task(decks.read(claims), studies, study["task"])
    made = document.write_tables(study, runs, decks.table(known, studies, runs), score, tables)
    seen = _seen(study, (runs, normalized), made, score, tables, figures)
    seen["not_run"] = decks.without_rung(known, made["ladder"])
    files.write(page, document.rendered(template, seen, style=style, script=script))
    files.write_json(metrics, summary.metrics(made, score))
    files.write(summary_page, summary.rendered(summary_template, study, made, score))
    _write_best(study, runs, made["history"], score, best)
    _renew_list(page.parent.parent, index_template, style)
    written = page, summary_page, tables, figures, metrics, best
    records.write(record, "report", read, written, code)


def _seen(study: dict, read: tuple, made: dict, score: Score, tables: Path, figures: Path) -> dict:
    """What the page shows of a study, by name; writes the figures, and the lessons' tables."""
    worked = lessons.shown(study["lessons"])
    return {
        "study": study,
        "lessons": worked,
        "score": score,
        "many": document.has_many(study),
        "figures": drawing.write_figures(study, made, score, figures)
        | lessons.write(worked, tables, figures),
        "embedded": document.embedded(study, made) | lessons.embedded(worked),
        **sections.all_of(study, *read, made, score),
    }


def _of_runs(runs: Path, normalized: Path) -> list[Path]:
    records.read(runs / "study.json")
    study = Study.model_validate(files.read_json(runs / "study.json"))
    found = [runs / "study.json", *(Path(path) for path in of_runs(study, str(runs)))]
    found += [normalized / name / "test_images.npy" for name in study.datasets]
    # Of its data sets, too, so that Snakemake knows what made them.
    made_by = [
        path
        for name in study.datasets
        for path in (f"data/raw/{name}.json", f"data/normalized/{name}/normalize.json")
    ]
    engines.fetch_missing([*found, *map(Path, made_by)])
    return found


def _write_best(study: dict, runs: Path, history: pd.DataFrame, score: Score, folder: Path) -> None:
    """Write, for each data set, the network that the validation images choose among all that were
    trained for the page; without such images, the first of the ladder's last rung. Rungs whose
    members were validated on images of their own are left out."""
    shutil.rmtree(folder, ignore_errors=True)
    for dataset in study["datasets"]:
        of_dataset = history[history["dataset"] == dataset]
        chosen = {"dataset": dataset} | _best(study, of_dataset, score)
        weights = runs / dataset / chosen["rung"] / "weights.safetensors"
        exported.write_alone(weights, chosen, folder / f"{dataset}.safetensors")


def _best(study: dict, history: pd.DataFrame, score: Score) -> dict:
    """Its rung, its number there, and its score on the validation images, where there are any."""
    techniques, name = study["techniques"], f"validation_{score.name}"
    by_rung = history.groupby("rung", sort=False)
    alike = {rung: of for rung, of in by_rung if "split" not in techniques[rung]}
    row = best_network(alike, {of for of in alike if "stopping" in techniques[of]}, score)
    if row is None:
        return {"rung": study["ladder"][-1], "member": 0, name: None}
    return {"rung": row["rung"], "member": int(row["member"]), name: float(row[name])}


def _renew_list(folder: Path, template: Path, style: Path) -> None:
    """Write the list of all studies that have a page below `folder`."""
    listed = {"rows": document.all_studies(folder)}
    files.write(folder / "index.html", document.rendered(template, listed, style=style))


if __name__ == "__main__":
    command.run(main)
