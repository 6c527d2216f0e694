"""The slot `split`: scikit-learn's folds of the shuffled images, each image in one of them."""

import numpy as np
import pytest
import torch
from sklearn.model_selection import KFold, StratifiedKFold

from stages.command import Problem
from stages.techniques.split import k_fold

# Unequal classes, and no multiple of the folds.
TARGETS = torch.tensor([0] * 30 + [1] * 14 + [2] * 9)


def parts(member: int, seed: int = 0, **options) -> list[torch.Tensor]:
    return list(k_fold(TARGETS, member, torch.Generator().manual_seed(seed), **options))


@pytest.mark.parametrize("stratified", [True, False])
def test_scikit_learn_s_folds_on_the_same_order(stratified):
    order = torch.randperm(len(TARGETS), generator=torch.Generator().manual_seed(0)).numpy()
    splitter = (StratifiedKFold if stratified else KFold)(4)
    for member, (training, validation) in enumerate(splitter.split(order, TARGETS.numpy()[order])):
        found = parts(member, folds=4, stratified=stratified)
        np.testing.assert_array_equal(found[0], np.sort(order[training]))
        np.testing.assert_array_equal(found[1], np.sort(order[validation]))


def test_each_image_is_validated_on_once_and_never_trained_on_then():
    folds = [parts(member) for member in range(5)]
    assert torch.cat([validation for _, validation in folds]).sort().values.tolist() == [
        *range(len(TARGETS))
    ]
    for training, validation in folds:
        assert torch.cat([training, validation]).sort().values.tolist() == [*range(len(TARGETS))]
        assert (TARGETS[validation].bincount() - TARGETS.bincount() / 5).abs().max() < 1


def test_the_seed_decides_which():
    assert parts(1)[1].equal(parts(1)[1])
    assert not parts(1)[1].equal(parts(1, seed=1)[1])


def test_a_class_of_fewer_images_than_folds():
    with pytest.raises(Problem, match=r"split.folds: found 10, but a class has fewer images"):
        parts(0, folds=10)


def test_targets_that_are_no_classes():
    with pytest.raises(Problem, match="set it to false"):
        k_fold(torch.rand(10), 0, torch.Generator())
    assert len(k_fold(torch.rand(10), 0, torch.Generator(), stratified=False)[1]) == 2
