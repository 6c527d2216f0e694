"""A data set with options is made again, and what is trained on it, wherever its stanza changed."""

import numpy as np
import pytest
import yaml
from conftest import TINY, Trained, assert_nothing_to_do, assert_ok, copy_project, edit, run

FEW = ("of: digits, per_class: 30", "of: digits, per_class: 20")
CHANGES = {
    "datasets": ["few"],
    "data": {"few": {"of": "digits", "per_class": 30}},
    "ladder": ["basic"],
    "beside": [],
    "comparisons": [],
    "ensembles": [],
    "expect": [],
}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A study of one rung on some of the digits, run by Snakemake."""
    folder, study = tmp_path_factory.mktemp("few"), yaml.safe_load(TINY.read_bytes()) | CHANGES
    study["budget"]["batch_size"] = 50
    text = yaml.safe_dump(study, default_flow_style=None, sort_keys=False)
    (folder / "few.yaml").write_text(text, encoding="utf-8")
    project = copy_project(folder / "project", folder / "few.yaml")
    assert_ok(run(project, "snakemake", "--cores", "2"))
    return project


def test_it_holds_what_its_stanza_says(few):
    assert _images(few) == 300
    classes = (few / "data/normalized/few/classes.json").read_text(encoding="utf-8")
    assert "30 training images of each, seed 0" in classes
    assert_nothing_to_do(few)


def test_a_changed_stanza_makes_it_again_whichever_engine_ran_last(few):
    """Snakemake on 30, DVC on 20, back to 30 by Snakemake, 20 by DVC."""
    trained = Trained(few)
    edit(few, *FEW)
    assert_ok(run(few, "dvc", "repro"))
    assert (_images(few), trained.rungs()) == (200, {"basic"})
    assert_nothing_to_do(few)

    edit(few, *reversed(FEW))
    assert_ok(run(few, "snakemake", "--cores", "2"))
    assert (_images(few), trained.rungs()) == (300, {"basic"})
    assert_nothing_to_do(few)

    edit(few, *FEW)
    assert_ok(run(few, "dvc", "repro"))
    assert (_images(few), trained.rungs()) == (200, set()), "DVC has it in its cache"
    edit(few, *reversed(FEW))
    assert_ok(run(few, "dvc", "repro"))
    assert_nothing_to_do(few)


def test_another_study_s_data_set_of_the_same_name_is_another(few):
    text = (few / "params.yaml").read_text(encoding="utf-8").replace(*FEW)
    (few / "other.yaml").write_text(text.replace("study: tiny", "study: other"), encoding="utf-8")
    assert_ok(run(few, "snakemake", "--cores", "2", "--configfile", "other.yaml"))
    assert _images(few) == 200
    assert_ok(run(few, "snakemake", "--cores", "2"))
    assert _images(few) == 300


def _images(project) -> int:
    return len(np.load(project / "data/normalized/few/train_images.npy"))
