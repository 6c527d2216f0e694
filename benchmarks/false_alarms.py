"""How often the report would take luck for an effect, and how often find one that is there.

`python -m benchmarks.false_alarms` makes up studies whose truth is known: ten rungs, each with
networks whose accuracies scatter from start to start around the rung's own. Whether a network
classifies an image correctly depends on the image (for all rungs alike), on rung and image
together, and on chance.
"""

from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from stages.scoring.statistics import difference, holm

RUNGS, STUDIES, ACCURACY, ALPHA = 10, 1000, 0.8, 0.05
# Shares of the variance of an image's hardness: for all rungs alike, for a rung, for a network.
SHARED, OF_RUNG, OF_NETWORK = 0.6, 0.2, 0.2


def study(
    random: np.random.Generator, members: int, images: int, deviation: float, effects: np.ndarray
) -> list[np.ndarray]:
    """Which images each network classifies correctly, for each rung [members, images].

    Rung k is better than k - 1 by `effects[k]`, in shares.
    `deviation` is the standard deviation of accuracy from start to start, in shares.
    """
    accuracy = (
        ACCURACY
        + np.cumsum(effects)[:, None]
        + deviation * random.normal(size=(len(effects), members))
    )
    hardness = np.sqrt(SHARED) * random.standard_normal((1, 1, images), np.float32)
    hardness = hardness + np.sqrt(OF_RUNG) * random.standard_normal(
        (len(effects), 1, images), np.float32
    )
    hardness = hardness + np.sqrt(OF_NETWORK) * random.standard_normal(
        (len(effects), members, images), np.float32
    )
    return list(hardness < ndtri(accuracy)[:, :, None])


def found(rungs: list[np.ndarray]) -> np.ndarray:
    """What the report would say of each rung against the one before.

    Better (1), worse (-1), or no evidence (0).
    """
    differences = [difference(above, below) for below, above in pairwise(rungs)]
    corrected = holm([p for *_, p in differences])
    return np.array(
        [np.sign(mean) * (p <= ALPHA) for (mean, *_), p in zip(differences, corrected, strict=True)]
    )


def false_alarms(
    members: int, images: int, deviation: float, studies: int = STUDIES, seed: int = 0
) -> float:
    """The share of studies of equally good rungs in which any rung is called better or worse."""
    random = np.random.default_rng(seed)
    return float(
        np.mean(
            [
                found(study(random, members, images, deviation, np.zeros(RUNGS))).any()
                for _ in range(studies)
            ]
        )
    )


def power(
    members: int,
    images: int,
    deviation: float,
    effect: float,
    studies: int = STUDIES // 4,
    seed: int = 1,
) -> float:
    """The share of studies in which the one rung that is better by `effect` is called better."""
    random, effects = np.random.default_rng(seed), np.eye(RUNGS)[RUNGS // 2] * effect
    return float(
        np.mean(
            [
                found(study(random, members, images, deviation, effects))[RUNGS // 2 - 1] > 0
                for _ in range(studies)
            ]
        )
    )


def main() -> None:
    """Print the table of docs/statistics.md."""
    print(
        "| test images | members | standard deviation, points | false alarms "
        "| +1 point found | +3 points found |\n|---|---|---|---|---|---|"
    )
    for images in (1000, 10_000):
        for members in (3, 5):
            for deviation in (0.0, 0.005, 0.01):
                setting = members, images, deviation
                shares = [false_alarms(*setting), power(*setting, 0.01), power(*setting, 0.03)]
                print(
                    f"| {images:,} | {members} | {100 * deviation:g} | "
                    + " | ".join(f"{100 * share:.1f} %" for share in shares)
                    + " |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
