"""One graph in two files: dvc.yaml and the Snakefile say the same of every study, with no leak."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, copy_project

from stages.records import code_of
from stages.study.study import load
from stages.workflow.use import whole

OF_TESTS = [ROOT / "tests" / f"{name}.yaml" for name in ("tiny", "quoted", "starts")]
FILES = [ROOT / "params.yaml", *sorted((ROOT / "studies").glob("*.yaml")), *OF_TESTS]
CHECKED = "runs/checked"
# One of each content: params.yaml is mostly a ready-made study made whole.
STUDIES = list({whole(path.read_text(encoding="utf-8")): path for path in FILES}.values())


@pytest.fixture(scope="module", params=STUDIES, ids=lambda path: path.stem)
def graphs(request, tmp_path_factory) -> dict[str, list[dict]]:
    """Both graphs of a study, in a copy of the project where nothing has been run."""
    project = copy_project(tmp_path_factory.mktemp("project"), request.param)
    return {engine: _graph(engine, project) for engine in ("dvc", "snakemake")}


def _graph(engine: str, project: Path) -> list[dict]:
    printed = subprocess.run(
        [sys.executable, ROOT / "tests" / "graphs.py", engine],
        cwd=project,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert printed.returncode == 0, printed.stderr
    return json.loads(printed.stdout.splitlines()[-1])


def test_same_commands(graphs):
    dvc, snakemake = (
        {tuple(shlex.split(job["command"])) for job in graphs[engine]}
        for engine in ("dvc", "snakemake")
    )
    assert dvc == snakemake
    assert len(dvc) == len(graphs["dvc"]) == len(graphs["snakemake"])


def test_same_inputs_and_outputs(graphs):
    """File by file; a folder in dvc.yaml stands for exactly the files below it that Snakemake has.

    But for `checked`: Snakemake's names are validated before there is a job, DVC's stand in
    commands that must wait for it.
    """
    dvc = {tuple(shlex.split(job["command"])): job for job in graphs["dvc"]}
    for job in graphs["snakemake"]:
        twin = dvc[tuple(shlex.split(job["command"]))]
        assert _folded(job["outputs"], twin["outputs"]) == set(twin["outputs"])
        found = _folded(job["inputs"], twin["inputs"]) - {CHECKED}
        if "stages.report" in job["command"]:
            # DVC's stage can't list them by data set; the records that it depends on hold them.
            found -= {path for path in found if path.endswith("/test_images.npy")}
        assert found == set(twin["inputs"]) - {CHECKED}


def test_the_folder_that_the_report_reads_is_all_that_the_study_makes(graphs):
    made = {
        path
        for job in graphs["snakemake"]
        for path in job["outputs"]
        if path.startswith("runs/") and path.count("/") > 1
    }
    [report] = [job for job in graphs["snakemake"] if "stages.report" in job["command"]]
    assert made == {path for path in report["inputs"] if path.startswith("runs/")}


def test_the_code_that_a_job_runs_is_among_its_inputs():
    """But for training and ensembles, of which the recipe tells, and downloads, known by digest."""
    alike = "stages/datasets/__init__.py", "stages/datasets/likeness.py"
    assert code_of("normalize") == [*alike, "stages/files.py", "stages/normalize.py"]
    assert code_of("evaluate") == ["stages/evaluate.py", "stages/files.py", *_code("scoring")]
    assert {"stages/report.py", *_code("page"), *_code("scoring"), *_code("study")} < set(
        code_of("report")
    )
    of_report = set(_code("training")) & set(code_of("report"))
    assert of_report == {"stages/training/exported.py"}, "which writes the best network alone"


def test_the_folder_that_check_reads_is_all_code(graphs):
    [check] = [job for job in graphs["snakemake"] if "stages.check" in job["command"]]
    assert set(check["inputs"]) == {"params.yaml", *_code("")}


def test_dvc_ignores_event_files_and_nothing_that_a_study_names(tmp_path):
    from dvc.repo import Repo

    text = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")
    for name, new in {
        "study: tiny": "study: tensorboard",
        "[digits]": "[tensorboard]\ndata: {tensorboard: {of: digits, per_class: 9}}",
        "without_dropout": "tensorboard",
    }.items():
        text = text.replace(name, new)
    (tmp_path / "named.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "named.yaml").beside == ["tensorboard"]
    project = copy_project(tmp_path / "project", tmp_path / "named.yaml")
    repo = Repo(str(project))
    paths = [project / out.def_path for stage in repo.index.stages for out in stage.outs]
    run = project / "runs" / "tensorboard" / "tensorboard" / "tensorboard"
    assert run / "predictions.npz" in paths
    assert [path for path in paths if repo.dvcignore.is_ignored_file(str(path))] == []
    events = run / "tensorboard" / "member-0" / "events.out.tfevents.0"
    assert repo.dvcignore.is_ignored_file(str(events))


def _code(room: str) -> list[str]:
    """The files of a room that are somebody's code."""
    found = (
        file
        for file in (ROOT / "stages" / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    )
    return sorted(str(file.relative_to(ROOT)) for file in found)


@pytest.mark.parametrize("engine", ["dvc", "snakemake"])
def test_only_evaluate_lists_the_test_labels(graphs, engine):
    readers = [
        job["command"]
        for job in graphs[engine]
        if any("test_labels" in path for path in job["inputs"])
    ]
    assert readers
    assert all("stages.evaluate" in command for command in readers)
    assert not any(
        "test_labels" in job["command"]
        for job in graphs[engine]
        if "stages.evaluate" not in job["command"]
    )


@pytest.mark.parametrize("engine", ["dvc", "snakemake"])
def test_a_training_reads_the_images_of_its_own_data_set_alone(graphs, engine):
    """So what a rung begins with has seen no image of the data set that it is then trained on."""
    trained = [job for job in graphs[engine] if "stages.train" in job["command"]]
    assert trained
    for job in trained:
        [dataset] = {path.split("/")[2] for path in job["outputs"]}
        read = {path.split("/")[2] for path in job["inputs"] if path.startswith("data/")}
        assert read == {dataset}


@pytest.mark.parametrize("engine", ["dvc", "snakemake"])
def test_a_command_names_what_it_reads_and_writes(graphs, engine):
    """Every input that is no code, and every output, is in the command or in a folder it names."""
    for job in graphs[engine]:
        words = shlex.split(job["command"])
        files = [
            path
            for path in job["inputs"] + job["outputs"]
            if not path.startswith("stages") and not path.endswith("/checked")
        ]
        assert all(
            any(path == word or path.startswith(f"{word}/") for word in words) for path in files
        ), job


def _folded(paths: list[str], twins: list[str]) -> set[str]:
    """`paths`, those below a folder that is one of `twins` replaced by that folder."""
    return {next((twin for twin in twins if path.startswith(f"{twin}/")), path) for path in paths}
