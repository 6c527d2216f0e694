"""The page itself: tables written, the template filled in, the list of all studies."""

import shutil
from pathlib import Path

import jinja2
import pandas as pd

from stages import files
from stages.page import lessons, tables, tasks
from stages.page.text import shown, words
from stages.scoring.score import Score

# Of the tables behind the figures, those that are embedded in the page, so that each is one click
# away.
EMBEDDED = [
    "ladder", "attributes", "claims", "epochs", "diagnostics", "histograms", "robustness",
    "ensembles", "against_best", "diversity", "folds", "gaps", "cost", "expectations", "inside",
    "faults", "reasons",
]  # fmt: skip

# With more rungs than these, charts of all of them fold, and the largest tables stay in tables/.
MANY = 40
LARGE = ["diagnostics", "histograms"]


def has_many(study: dict) -> bool:
    """Whether a study has so many rungs that its page folds."""
    return len(study["ladder"] + study["beside"]) > MANY


def all_studies(folder: Path) -> list[dict]:
    """A row for each data set of every study that has a page below `folder`."""
    found = [
        table
        for table in sorted(folder.glob("*/tables/study.csv"))
        if (table.parent.parent / "index.html").is_file()
    ]
    names = dict.fromkeys(["study", "title", "dataset", "best", "score", "shown"], str)
    read = [pd.read_csv(table, keep_default_na=False, dtype=names) for table in found]
    return [row for table in read for row in table.to_dict("records")]


def rendered(template: Path, values: dict, **texts: Path) -> str:
    """A page from its template, which may include those of tasks and lessons; it gets `values`, and
    what stands in the files `texts`, by their names."""
    loader = jinja2.FileSystemLoader([template.parent, tasks.FOLDER, lessons.FOLDER])
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    read = {name: path.read_text(encoding="utf-8") for name, path in texts.items()}
    return environment.get_template(template.name).render(**values, **read, words=words)


def write_tables(
    study: dict, runs: Path, claimed: pd.DataFrame, score: Score, folder: Path
) -> dict[str, pd.DataFrame]:
    """Write every table as CSV into a fresh `folder`, and return them."""
    made = tables.all_tables(runs, score) | {"claims": claimed}
    made["study"] = _summary(study, made["ladder"], made["best"], score)
    shutil.rmtree(folder, ignore_errors=True)
    for name, table in made.items():
        files.write(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return made


def _summary(study: dict, ladder: pd.DataFrame, best: pd.DataFrame, score: Score) -> pd.DataFrame:
    """A row per data set for the list of all studies: the best rung and its score, also as text,
    since studies differ in their scores."""
    summary = {
        "study": study["study"],
        "title": study["title"],
        "rungs": len(study["ladder"]),
        **study["budget"],
    }
    reached = ladder.drop_duplicates(["dataset", "rung"]).set_index(["dataset", "rung"])[score.name]
    rows = [
        {
            "dataset": row.dataset,
            "best": row.rung,
            "score": score.name,
            score.name: reached[row.dataset, row.rung],
            "shown": shown(score, reached[row.dataset, row.rung]),
        }
        for row in best.itertuples()
    ]
    return pd.DataFrame([summary | row for row in rows])


def embedded(study: dict, made: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The tables that the page carries with it, as CSV, by data set and name; of several data
    sets, the ladder of all, too."""
    left_out = LARGE if has_many(study) else []
    names = [*EMBEDDED, *tasks.load(study["task"]).EMBEDDED]
    parts = {
        f"{dataset}-{name}": made[name][made[name]["dataset"] == dataset]
        for dataset in study["datasets"]
        for name in names
        if name not in left_out
    }
    if len(study["datasets"]) > 1:
        parts |= {"all-ladder": made["ladder"], "all-best": made["best"]}
    return {
        name: table.to_csv(index=False, lineterminator="\n", float_format="%.6g")
        for name, table in parts.items()
    }
