"""Write a study's page with its tables and figures: what helped, by how much, why, and how it was made."""

from pathlib import Path

from stages import command, files
from stages.page import cells, document, drawing, sections
from stages.page import claims as decks


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
    made = document.write_tables(study, runs, decks.table(known, studies, runs), tables)
    drawn = drawing.write_figures(study, made, figures)
    seen = {
        "study": study,
        "sections": [sections.section(study, runs, dataset, made) for dataset in study["datasets"]],
        "side_by_side": cells.side_by_side(study, made["ladder"]) if len(study["datasets"]) > 1 else None,
        "figures": drawn,
        "embedded": document.embedded(study, made),
        "not_run": sorted({f"{claim.rung} (deck {claim.deck})" for claim in known if claim.rung not in set(made["ladder"]["rung"])}),
        "script": script.read_text(encoding="utf-8"),
    }
    files.write(page, document.rendered(template, style, seen))
    folder = page.parent.parent
    files.write(folder / "index.html", document.rendered(index_template, style, {"rows": document.all_studies(folder)}))


if __name__ == "__main__":
    command.run(main)
