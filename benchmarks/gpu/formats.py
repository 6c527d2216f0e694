"""What a number format costs in accuracy: the same rung in each, the same seeds."""

import numpy as np
import torch
from scipy import stats

from benchmarks import gpu, ours

WIDTH, EPOCHS, MEMBERS = 16, 20, 8
FORMATS = "float32", "tf32", "bfloat16"


def run(images: dict) -> tuple[str, dict]:
    """Accuracies, and their differences to float32's, seed by seed, with 95 % intervals."""
    found = {precision: accuracies(images, precision) for precision in FORMATS}
    lines = [
        f"\n## Number formats: {MEMBERS} networks, width {WIDTH}, {EPOCHS} epochs of "
        f"{len(images['train_labels']):,} images\n",
        "| | test accuracy, % | minus float32's, percentage points |",
        "|---|---|---|",
    ]
    for precision, values in found.items():
        less = [value - base for value, base in zip(values, found["float32"], strict=True)]
        compared = "" if precision == "float32" else interval(less)
        lines.append(f"| {precision} | {interval(values)} | {compared} |")
    return "\n".join(lines), found


def accuracies(images: dict, precision: str) -> list[float]:
    """Of each member, in percent."""
    made_of = ours.recipe(WIDTH, EPOCHS, 128, 0, MEMBERS) | {"precision": precision}
    members, _ = ours.trained(made_of, ours.images_on(torch.device(gpu.DEVICE), images))
    right = images["test_labels"]
    return [
        100 * float((member.test_predictions.argmax(dim=1).numpy() == right).mean())
        for member in members
    ]


def interval(values: list[float]) -> str:
    """Mean and 95 % confidence interval."""
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return f"{np.mean(values):.2f} ± {half:.2f}"
