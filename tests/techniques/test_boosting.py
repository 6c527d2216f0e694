"""The slot `boosting` and the vote by its weights, against scikit-learn's AdaBoost on the same weak
predictions."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

from stages.scoring.combining import weighted
from stages.techniques.boosting import samme

IMAGES, TARGETS = load_digits(return_X_y=True)
CLASSES, MEMBERS = 10, 6


@pytest.fixture(scope="module", params=[1.0, 0.5])
def boosted(request):
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    made = AdaBoostClassifier(tree, n_estimators=MEMBERS, learning_rate=request.param)
    return made.set_params(random_state=0).fit(IMAGES, TARGETS), request.param


def predicted(made) -> np.ndarray:
    return np.stack([tree.predict(IMAGES) for tree in made.estimators_])


def test_weights_and_votes_are_scikit_learn_s_on_the_same_weak_predictions(boosted):
    """The votes depend on the weights of the images, step by step."""
    made, rate = boosted
    weights, votes = torch.full((len(TARGETS),), 1 / len(TARGETS), dtype=torch.float64), []
    for predictions in predicted(made):
        wrong = torch.from_numpy(predictions != TARGETS)
        weights, vote = samme(weights, wrong, CLASSES, learning_rate=rate)
        votes.append(vote)
    np.testing.assert_allclose(votes, made.estimator_weights_, rtol=1e-9)
    assert float(weights.sum()) == pytest.approx(1)


def test_the_vote_is_scikit_learn_s(boosted):
    made, _ = boosted
    one_hot = np.eye(CLASSES, dtype=np.float32)[predicted(made)]
    shares = weighted(one_hot, made.estimator_weights_)
    assert (shares.argmax(axis=1) == made.predict(IMAGES)).mean() > 0.999, "equal votes may differ"
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)


def test_a_member_that_is_no_better_than_chance_has_no_vote_and_changes_nothing():
    weights = torch.full((10,), 0.1, dtype=torch.float64)
    after, vote = samme(weights, torch.arange(10) < 9, classes=5)
    assert vote == 0
    assert after.equal(weights)
    assert samme(weights, torch.arange(10) < 10, classes=5)[1] == 0
    assert samme(weights, torch.arange(10) < 7, classes=5)[1] > 0


def test_a_member_without_an_error_has_a_finite_vote():
    weights = torch.full((10,), 0.1, dtype=torch.float64)
    after, vote = samme(weights, torch.zeros(10, dtype=torch.bool), CLASSES)
    assert 20 < vote < 30
    torch.testing.assert_close(after, weights)


def test_without_any_vote_all_members_count_alike():
    one_hot = np.eye(3, dtype=np.float32)[np.array([[0], [1], [1]])]
    assert weighted(one_hot, np.zeros(3)).argmax() == 1
    assert weighted(one_hot, np.array([3.0, 1.0, 1.0])).argmax() == 0
