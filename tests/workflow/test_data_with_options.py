"""A data set with options is made again, and what is trained on it, wherever its stanza changed."""

import numpy as np
import pytest
from conftest import TINY, Trained, assert_nothing_to_do, assert_ok, copy_project, edit, run

FEW = ("of: digits, per_class: 30", "of: digits, per_class: 20")
CHANGES = {
    "datasets: [digits]": "datasets: [few]\ndata: {few: {of: digits, per_class: 30}}",
    "batch_size: 100": "batch_size: 50",
    "ladder: [basic, relu, dropout]": "ladder: [basic]",
    "ablations: {of: dropout, rungs: [without_dropout]}": "ablations: {rungs: []}",
    "ensembles:\n  - {name: mean_of_softmax, of: dropout, combine: mean}": "ensembles: []",
}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A study of one rung on some of the digits, run by Snakemake."""
    folder, text = tmp_path_factory.mktemp("few"), TINY.read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
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
    assert_nothing_to_do(few)
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
