"""What was found: in Markdown, to paste into a README or a pull request, and as a few numbers."""

import re
from pathlib import Path

import jinja2
import pandas as pd

from stages import lessons
from stages.page import cells, choices, data, expectations, tasks
from stages.page.cells import View
from stages.page.prose import said
from stages.page.text import words
from stages.scoring.claim_verdicts import NOT_COMPARABLE
from stages.scoring.score import Score
from stages.study.local import on

# What Markdown would take for markup.
MARKUP = re.compile(r"([\\`*_|<>\[\]#])")


def rendered(
    template: Path, study: dict, made: dict[str, pd.DataFrame], score: Score, **more
) -> str:
    """The summary of a study from its tables `made` and the Markdown `template`, which gets what
    `more` has, too."""
    loader = jinja2.FileSystemLoader(template.parent)
    # No HTML is made here.
    environment = jinja2.Environment(loader=loader, trim_blocks=True, lstrip_blocks=True)
    environment.filters["plain"] = plain
    environment.filters["markdown"] = markdown
    local = {dataset: on(study, dataset) for dataset in study["datasets"]}
    sections = [_section(here, made, dataset, score) for dataset, here in local.items()]
    titles = [lessons.load(name).TITLE for name in study["lessons"]]
    values = {"study": study, "sections": sections, "words": words, "lessons": titles, **more}
    return environment.get_template(template.name).render(values).strip() + "\n"


def metrics(made: dict[str, pd.DataFrame], score: Score) -> dict:
    """{data set: {rung: its mean score, and the share of its networks that have learned}}, from a
    study's tables `made`; an ensemble, or a task that knows no chance level, has no such share."""
    found: dict[str, dict] = {}
    for row in made["ladder"].drop_duplicates(["dataset", "rung"]).to_dict("records"):
        of = {score.name: row[score.name]}
        if row["kind"] != "combined" and not pd.isna(row["chance"]):
            of["learned"] = row["learned_members"] / row["members"]
        found.setdefault(row["dataset"], {})[row["rung"]] = of
    return found


def plain(text: object) -> str:
    """A text of one line as Markdown shows it word for word."""
    return MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def markdown(view: View, columns: list[str]) -> str:
    """A view's `columns` as a table, without the notes below its cells."""
    places = [view.columns.index(column) for column in columns]
    rows = [columns, *([row[place].text for place in places] for row in view.rows)]
    lines = [f"| {' | '.join(map(plain, row))} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(columns) + "|", *lines[1:]])


def _section(study: dict, made: dict[str, pd.DataFrame], dataset: str, score: Score) -> dict:
    """What the summary says of one data set."""
    ladder, predicted, claimed = (
        table[table["dataset"] == dataset]
        for table in (made["ladder"], made["expectations"], made["claims"])
    )
    task = tasks.load(study["task"])
    of = {name: table[table["dataset"] == dataset] for name, table in made.items()}
    views = task.views(study, of) if task.SUMMED_UP else []
    return {
        "choices": choices.chosen(of["choices"], score),
        "more": [view for view in views if view.name in task.SUMMED_UP],
        "dataset": dataset,
        "test_images": int(ladder["test_images"].iloc[0]),
        **said(ladder, of["best"].iloc[0], score),
        "counted": expectations.counted(predicted),
        "of_data": data.said(of["data"], score),
        "ladder": cells.ladder(ladder, {}, {}, score),
        "claims": cells.claims(claimed[claimed["verdict"] != NOT_COMPARABLE]),
        "expectations": cells.expectations(study, predicted, dataset),
    }
