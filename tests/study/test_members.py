"""Members that differ by more than their start: each mistake in one line."""

import pytest

from stages.command import Problem
from stages.study.source import Source
from stages.study.study import validate

TEXT = """
study: committees
datasets: [digits]
budget: {epochs: 1, batch_size: 10, members: 3, validation: 0.1}
ladder: [plain]
beside: [folds, boosted]
ensembles: [{name: votes, of: boosted, combine: weighted}]
techniques:
  plain:
    network: basic
    activation: relu
    initialization: he_normal
    optimizer: {sgd: {learning_rate: 0.1}}
  folds: {like: plain, split: {k_fold: {folds: 3}}}
  boosted: {like: plain, boosting: samme}
"""
MISTAKES = {
    "more members than folds": (
        "{folds: 3}",
        "{folds: 2}",
        "techniques.folds.split.k_fold: folds: found 2, but there are 3 members, one for each fold",
    ),
    "a fold alone": ("{folds: 3}", "{folds: 1}", "techniques.folds.split.k_fold.folds"),
    "boosting and sampling": (
        "boosting: samme",
        "boosting: samme, sampling: bootstrap",
        "techniques.boosted.boosting: both this and sampling say which images",
    ),
    "boosting and folds": (
        "boosting: samme",
        "boosting: samme, split: k_fold",
        "techniques.boosted.boosting: both this and split say which images",
    ),
    "votes of members that have none": (
        "of: boosted",
        "of: plain",
        "ensembles.0.combine: 'weighted' goes by the votes of boosting, which plain doesn't have",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(old, new, said):
    assert TEXT.count(old) == 1
    with pytest.raises(Problem) as caught:
        validate(Source(TEXT.replace(old, new), "params.yaml"))
    assert said in str(caught.value)


def test_folds_give_a_validation_loss_to_go_by_without_a_share_for_it():
    text = TEXT.replace("validation: 0.1", "validation: 0")
    early = text.replace("folds: 3}}", "folds: 3}}, stopping: {early: {patience: 1}}")
    assert "stopping" in validate(Source(early, "params.yaml")).slots("folds")
