"""Slot `boosting`: members are trained one after the other, each on images drawn by weights that
say what those before it got wrong. `name(weights, wrong, classes, **options)` → the images' weights
for the next member, and this member's weight in a vote.

`weights` [N], float64 with the sum 1, are those by which this member's images were drawn, `wrong`
[N] whether it misclassifies each.
"""

import math

from torch import Tensor

from stages.techniques.options import Positive

# Of a member without any error, which would outvote all others together for ever.
LEAST_ERROR = 1e-10


def samme(
    weights: Tensor, wrong: Tensor, classes: int, *, learning_rate: Positive = 1.0
) -> tuple[Tensor, float]:
    """Weigh misclassified images by exp(w), w = log((1 - error) / error) + log(classes - 1), which
    is the member's vote, too (AdaBoost's SAMME: Zhu et al. 2009).

    A member that is no better than chance gets no vote, and leaves the weights as they are.
    """
    error = max(float(weights[wrong].sum()), LEAST_ERROR)
    if error >= 1 - 1 / classes:
        return weights, 0.0
    vote = learning_rate * (math.log((1 - error) / error) + math.log(classes - 1))
    raised = weights * (vote * wrong.double()).exp()
    return raised / raised.sum(), vote
