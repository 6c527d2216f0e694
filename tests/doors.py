"""A study from check to report by its doors, in one process, which imports torch once."""

import sys
from pathlib import Path

from conftest import run

DOORS = """
from pathlib import Path
from stages import check, download, ensemble, evaluate, files, normalize, report, train
from stages.study.study import load
study = load(Path("params.yaml"))
runs, out = Path("runs") / study.study, Path("reports") / study.study
check.main(Path("params.yaml"), Path("runs"), Path("data/recipes"))
for name in study.datasets:
    raw, data = Path(f"data/raw/{name}.npz"), Path("data/normalized") / name
    made_by, official = raw.with_suffix(".json"), Path("data/official")
    download.main(name, raw, Path(f"data/recipes/{name}.json"), made_by, official)
    normalize.main(raw, data)
    arrays = [data / f"{part}.npy" for part in ("train_images", "train_labels", "test_images")]
    classes, recipes = data / "classes.json", runs / "recipes"
    for rung in [*study.trained, *study.started]:
        if name in study.datasets_of(rung):
            recipe, read = recipes / f"{rung}.json", (*arrays, classes)
            begins = files.read_json(recipe).get("start")
            folder = begins and runs / begins["dataset"] / begins["rung"]
            start = folder and folder / "weights.safetensors"
            train.main(recipe, *read, runs / name / rung, start)
    for e in study.ensembles:
        predictions = runs / name / e.of / "predictions.npz"
        ensemble.main(recipes / f"{e.name}.json", predictions, runs / name / e.name)
    there = [rung for rung in study.started if name in study.datasets_of(rung)]
    for run in (runs / name / rung for rung in [*study.rungs, *there]):
        made = run / "recipe.json", run / "predictions.npz"
        tested = (data / name for name in ("test_images.npy", "test_labels.npy"))
        evaluate.main(*made, *tested, classes, data / "facts.json", run)
looks = [Path("reports") / file for file in
         ("template.html.j2", "studies.html.j2", "summary.md.j2", "style.css", "page.js")]
written = [out / file for file in
           ("index.html", "summary.md", "tables", "figures", "metrics.json", "best",
            "report.json")]
read = runs, Path("data/normalized"), Path("reports/claims.yaml"), Path("studies")
report.main(*read, *looks, *written)
"""


def through_all_doors(project: Path) -> None:
    """Run the study of the `project`'s params.yaml; paths are as in the graph."""
    done = run(project, sys.executable, "-c", DOORS)
    assert done.returncode == 0, done.stdout
