"""The first steps of every optimizer, by hand."""

import pytest
import torch

from stages.techniques.optimizer import adam, nesterov, sgd


def steps(optimizer_of, gradients: list[float], **options) -> list[float]:
    """Where a weight that starts at 1 is after each of the gradients."""
    weight = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer, places = optimizer_of([weight], **options), []
    for gradient in gradients:
        weight.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        places.append(weight.item())
    return places


def test_sgd_steps_against_the_gradient():
    torch.testing.assert_close(steps(sgd, [2.0, -1.0], learning_rate=0.1), [0.8, 0.9])


def test_momentum_sums_up_past_gradients():
    # v = 2, then 0.9 * 2 - 1 = 0.8
    torch.testing.assert_close(
        steps(sgd, [2.0, -1.0], learning_rate=0.1, momentum=0.9), [0.8, 0.72]
    )


def test_nesterov_looks_ahead():
    # v as above; the step is along the gradient plus 0.9 v: 2 + 1.8, then -1 + 0.72
    torch.testing.assert_close(
        steps(nesterov, [2.0, -1.0], learning_rate=0.1, momentum=0.9), [0.62, 0.648]
    )


def test_nesterov_without_momentum_is_sgd():
    gradients = [2.0, -1.0, 0.5]
    assert steps(nesterov, gradients, learning_rate=0.1, momentum=0.0) == steps(
        sgd, gradients, learning_rate=0.1
    )


def test_eps_makes_small_gradients_small_steps():
    [step] = steps(adam, [1e-7], learning_rate=0.01, eps=1e-7)
    assert 1 - step == pytest.approx(0.01 / 2, rel=1e-3)


def test_adam_follows_kingma_and_ba():
    weight, m, v, expected = 1.0, 0.0, 0.0, []
    for t, gradient in enumerate([2.0, -1.0, 0.5], start=1):
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        weight -= 0.01 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
        expected.append(weight)
    torch.testing.assert_close(steps(adam, [2.0, -1.0, 0.5], learning_rate=0.01), expected)
