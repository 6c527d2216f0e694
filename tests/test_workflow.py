"""The whole workflow on a tiny study, by both engines, and every known trap between them."""

import json
import re
import shutil

import pandas as pd
import pytest
from conftest import Trained, assert_nothing_to_do, assert_ok, edit, metrics, run

from stages.training.exported import about

EDIT = ("activation: relu}", "activation: relu, penalty: {l2: {strength: 0.1}}}")
# A stanza that one other rung inherits.
OF_DROPOUT = ("{rate: 0.3}}", "{rate: 0.3}}, penalty: {l2: {strength: 0.1}}")


def test_a_run_ends_with_a_report_and_nothing_left_to_do(project):
    assert (project / "reports" / "tiny" / "index.html").stat().st_size > 10_000
    assert Trained(project).logs.keys() == {"basic", "relu", "dropout", "without_dropout"}
    assert_nothing_to_do(project)


def test_the_record_tells_what_made_a_run(project):
    folder = project / "runs" / "tiny" / "digits" / "relu"
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert record["recipe"] == json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    assert set(record["data"]) == {
        "train_images",
        "train_labels",
        "test_images",
        "classes",
    }
    assert record["environment"]["torch"]


def test_dvc_shows_the_metrics(project):
    shown = json.loads(assert_ok(run(project, "dvc", "metrics", "show", "--json")))[""]["data"]
    assert (
        shown["reports/tiny/metrics.json"]["data"]["digits"]["relu"]["accuracy"]
        == metrics(project, "relu")["accuracy"]
    )


def test_the_best_network_is_the_one_that_the_validation_images_choose(project):
    found = []
    for path in (project / "runs/tiny/digits").glob("*/history.csv"):
        history = pd.read_csv(path)
        last = history[history["epoch"] == history["epoch"].max()]
        rows = last[["validation_accuracy", "validation_loss", "member"]].to_numpy()
        found += [(-accuracy, loss, path.parent.name, member) for accuracy, loss, member in rows]
    accuracy, _, rung, member = min(found)
    chosen = about(project / "reports/tiny/best/digits.safetensors")["chosen"]
    expected = {"dataset": "digits", "rung": rung, "member": member}
    assert chosen == expected | {"validation_accuracy": pytest.approx(-accuracy)}


def taken(project) -> set[str]:
    """Which of the rungs with dropout or without were taken from the store of what was trained
    before; relu has the recipe of one without."""
    costs = (project / "runs" / "tiny" / "digits").glob("*dropout/cost.json")
    return {path.parent.name for path in costs if "taken_from" in path.read_text(encoding="utf-8")}


def test_an_edited_stanza_reruns_what_inherits_it_whichever_engine_ran_last(project):
    """Snakemake on v1, DVC on v2, then Snakemake on v1 and v2, and DVC on v1.

    These are traps 1 to 3 between the engines. Each version is trained once.
    """
    trained, v1 = Trained(project), metrics(project, "without_dropout")
    edit(project, *OF_DROPOUT)
    assert_ok(run(project, "dvc", "repro"))
    assert trained.rungs() == {"dropout", "without_dropout"}
    v2 = metrics(project, "without_dropout")
    assert v1 != v2
    assert taken(project) == set()
    assert_nothing_to_do(project)

    edit(project, *reversed(OF_DROPOUT))
    assert_ok(run(project, "snakemake", "--cores", "2"))
    assert trained.rungs() == {"dropout", "without_dropout"}
    assert metrics(project, "without_dropout") == v1
    assert taken(project) == {"dropout", "without_dropout"}
    assert_nothing_to_do(project)

    edit(project, *OF_DROPOUT)
    assert_ok(run(project, "snakemake", "--cores", "2"))
    assert trained.rungs() == taken(project) == {"dropout", "without_dropout"}
    assert metrics(project, "without_dropout") == v2
    assert_nothing_to_do(project)

    edit(project, *reversed(OF_DROPOUT))
    assert_ok(run(project, "dvc", "repro"))
    assert trained.rungs() == set(), "DVC has v1 in its cache"
    assert metrics(project, "without_dropout") == v1
    assert_nothing_to_do(project)


def test_an_edit_is_seen_where_snakemake_has_no_records(project):
    """As after `dvc repro` in a fresh clone, where Snakemake has never run."""
    shutil.rmtree(project / ".snakemake")
    assert_nothing_to_do(project)
    edit(project, *EDIT)
    planned = assert_ok(run(project, "snakemake", "--dry-run"))
    assert re.search(r"^train +3$", planned, re.MULTILINE), planned
    edit(project, *reversed(EDIT))
    assert_nothing_to_do(project)


def test_a_mistake_that_dvc_has_stumbled_over_costs_no_training(project):
    """DVC removes `checked` before it runs `check`; a mistake in the study leaves it removed."""
    trained = Trained(project)
    edit(project, "activation: relu}", "activation: rleu}")
    assert run(project, "dvc", "repro").returncode != 0
    edit(project, "activation: rleu}", "activation: relu}")
    assert_ok(run(project, "snakemake", "--cores", "2"))
    assert trained.rungs() == set()
    assert_nothing_to_do(project)


def test_recipes_stay_where_they_are_while_check_runs(tiny):
    """A job whose recipe has not changed does not wait for `check`.

    Snakemake takes a job's outputs away before it runs, other files not.
    """
    assert_ok(run(tiny, "snakemake", "--cores", "1", "runs/tiny/study.json"))
    check = tiny / "stages" / "check.py"
    text = check.read_text(encoding="utf-8").replace(
        "def main(",
        "assert Path('runs/tiny/recipes/relu.json').is_file(), 'taken away'\n\n\ndef main(",
        1,
    )
    check.write_text(text, encoding="utf-8")
    assert_ok(
        run(tiny, "snakemake", "--cores", "1", "--forcerun", "check", "--", "runs/tiny/study.json")
    )
