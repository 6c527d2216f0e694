"""Write a study's page with its tables and figures: what helped, by how much, why, and how it
was made."""

from pathlib import Path

from stages import command, files
from stages.page import claims as decks
from stages.page import document, drawing, sections, summary
from stages.page import tasks as shown
from stages.scoring import tasks as scored


def main(
    runs: Path,
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
) -> None:
    """Read the folder `runs` of a study; write the self-contained `page`, the findings in Markdown
    (`summary_page`), the folder `tables` (CSV) and the folder `figures` (SVG).

    `claims` are the decks' (YAML), and `studies` the folder of the studies that say how the decks
    trained. Raises Problem for wrong ones. Renews the list of all studies in the folder above the
    page's; it belongs to no study, so that no engine counts it as made by one.
    """
    study = files.read_json(runs / "study.json")
    score = scored.load(study["task"]).SCORE
    known = decks.of_task(decks.read(claims), studies, study["task"])
    made = document.write_tables(study, runs, decks.table(known, studies, runs), score, tables)
    seen = {
        "study": study,
        "score": score,
        "task": shown.load(study["task"]),
        "on_the_way": scored.load(study["task"]).ON_THE_WAY,
        "figures": drawing.write_figures(study, made, score, figures),
        "embedded": document.embedded(study, made),
        "not_run": decks.without_rung(known, made["ladder"]),
        "script": script.read_text(encoding="utf-8"),
        **sections.all_of(study, runs, made, score),
    }
    files.write(page, document.rendered(template, style, seen))
    files.write(summary_page, summary.rendered(summary_template, study, made, score))
    folder, listed = page.parent.parent, {"rows": document.all_studies(page.parent.parent)}
    files.write(folder / "index.html", document.rendered(index_template, style, listed))


if __name__ == "__main__":
    command.run(main)
