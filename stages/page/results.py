"""Keep in git what a ready-made study found: its small tables, and from these alone its summary,
its main figure, and the gallery of all studies."""

import ast
from pathlib import Path

import pandas as pd

from stages import command, files
from stages.command import LOG, Problem
from stages.page import drawing, expectations, summary
from stages.page import tasks as shown
from stages.page.text import join, words
from stages.scoring import tasks
from stages.study.study import load

# What a study found, without the course of its training.
TABLES = [
    "study", "ladder", "best", "attributes", "axes", "expectations", "claims", "members",
    "robustness", "ensembles", "against_best", "diversity", "folds", "choices", "inside",
    "reasons", "faults", "data", "cost", "records",
]  # fmt: skip
# Charts are drawn for light surroundings; where the page stands, only the browser knows.
PAPER = 'style="background: #fff" '
TEXTS = [
    "study", "title", "dataset", "rung", "rungs", "group", "compared_with", "changed", "label",
    "because", "of", "best", "alike", "ahead", "commit",
]  # fmt: skip
ENVIRONMENT = ["device", "precision", "torch", "numpy", "python", "system"]
GALLERY = """# What the ready-made studies found

One row for each study that was run: its question leads to what came out, with its figure and its
tables beside it. `make results STUDY=NAME` writes these files after a run, and from the tables
that stand here where there was none. Time is that of all training jobs together.

| Question | Predictions | Data | Networks of a rung | Time | Processor |
|---|---|---|---|---|---|
"""


def main(
    studies: Path, name: str, reports: Path, runs: Path, template: Path, results: Path
) -> None:
    """Write the folder `name` of `results` from the tables of its report, or where there is none,
    from those that it has; and the gallery anew.

    Raises Problem where there are no tables, or where they are of another study than the file
    `name` of `studies` holds now.
    """
    folder, made = results / name, reports / name / "tables"
    study = load(studies / f"{name}.yaml").model_dump()
    if made.is_dir():
        if files.read_json(runs / name / "study.json") != study:
            raise Problem(f"{made}: of another study than {studies}/{name}.yaml; run that first")
        _keep(made, folder / "tables", study["task"])
    elif not (folder / "tables").is_dir():
        raise Problem(f"{made}: is missing; run {studies}/{name}.yaml first")
    write(study, folder, template)
    files.write(results / "README.md", gallery(studies, results))
    LOG.info("%s has what the study found", folder)


def _kept(task: str) -> list[str]:
    return [*TABLES, *shown.load(task).KEPT]


def _keep(made: Path, kept: Path, task: str) -> None:
    """Copy the tables, numbers rounded to ten digits, which leaves counts of parameters exact."""
    for name in _kept(task):
        table = _read(made / f"{name}.csv")
        text = table.to_csv(index=False, lineterminator="\n", float_format="%.10g")
        files.write(kept / f"{name}.csv", text)


def write(study: dict, folder: Path, template: Path) -> None:
    """Write `summary.md` and `figure.svg` of a study beside its tables. Raises Problem for tables
    that lack what the page says today."""
    made, score = read(folder / "tables", study["task"]), tasks.load(study["task"]).SCORE
    if not is_current(made):
        text = "kept by an older version, which counted no networks that learned"
        raise Problem(f"{folder}/tables: {text}; run the study, then `make results` again")
    text = summary.rendered(template, study, made, score, made_by=made_by(study, made))
    files.write(folder / "summary.md", text)
    figure = drawing.main_figure(study, made, score)
    files.write(folder / "figure.svg", figure.replace("<svg ", f"<svg {PAPER}", 1))


def read(tables: Path, task: str) -> dict[str, pd.DataFrame]:
    """The tables that are kept of a study of a task, by name."""
    made = {name: _read(tables / f"{name}.csv") for name in _kept(task)}
    made["axes"] = made["axes"].assign(value=made["axes"]["value"].astype(str).map(_option))
    return made


def is_current(made: dict[str, pd.DataFrame]) -> bool:
    """Whether tables that are kept have all that a summary is made from."""
    return "learned_members" in made["ladder"]


def _read(file: Path) -> pd.DataFrame:
    if not file.is_file():
        # Kept before there was such a table.
        return pd.DataFrame(columns=["dataset"])
    # A rung may be called `nan` or `001`; only what is empty is nothing.
    kinds = str if file.stem == "records" else dict.fromkeys(TEXTS, str)
    return pd.read_csv(file, dtype=kinds, keep_default_na=False, na_values=[""])


def _option(text: str) -> object:
    """An option's value from its text in a column that may hold values of any kind."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def made_by(study: dict, made: dict[str, pd.DataFrame]) -> list[str]:
    """What made the results, a line each: data, environment, commit, time."""
    records, cost = made["records"], made["cost"]
    commits = dict.fromkeys(
        "not a commit" if pd.isna(commit) else str(commit)[:12] for commit in cost["commit"]
    )
    environments = records[ENVIRONMENT].astype(str).agg(", ".join, axis=1).unique()
    images = records.groupby("dataset", sort=False)["train_images"].first()
    return [
        *(f"Data: {data(study, each)}; SHA-256 of its training images {images[each][:16]}…"
          for each in study["datasets"]),
        f"Computed on ({', '.join(ENVIRONMENT)}): {'; '.join(environments)}",
        f"Commit: {', '.join(commits)}; trained until {cost['ended'].max()}",
        f"Time of all training jobs together: {minutes(cost)}",
    ]  # fmt: skip


def data(study: dict, dataset: str) -> str:
    """A data set as the study chooses from it: `clothes (fashion mnist, per class 1000)`."""
    chosen = study["data"].get(dataset)
    if chosen is None:
        return words(dataset)
    texts = [chosen["of"]]
    for key, value in chosen.items():
        if key != "of" and value and (key, value) != ("target", "class"):
            said = join(value) if isinstance(value, list) else value
            texts.append(key if value is True else f"{key} {said}")
    return f"{words(dataset)} ({', '.join(map(words, texts))})"


def minutes(cost: pd.DataFrame) -> str:
    """How long all jobs took together."""
    seconds = float(cost["seconds"].sum())
    whole = round(seconds / 60)
    return "less than a minute" if seconds < 60 else f"{whole} minute{'' if whole == 1 else 's'}"


def gallery(studies: Path, results: Path) -> str:
    """The page of all results: question, what became of the predictions, data, n, time."""
    names = [folder.name for folder in sorted(results.iterdir()) if folder.is_dir()]
    return GALLERY + "".join(f"| {' | '.join(_row(studies, results / name))} |\n" for name in names)


def _row(studies: Path, folder: Path) -> list[str]:
    study = load(studies / f"{folder.name}.yaml").model_dump()
    made = read(folder / "tables", study["task"])
    question = summary.plain(study["title"] or words(study["study"]))
    return [
        f"[{question}]({folder.name}/summary.md)",
        expectations.counted(made["expectations"]) or "none",
        "; ".join(summary.plain(data(study, each)) for each in study["datasets"]),
        str(study["budget"]["members"]),
        minutes(made["cost"]),
        ", ".join(made["records"]["device"].astype(str).unique()),
    ]


if __name__ == "__main__":
    command.run(main)
