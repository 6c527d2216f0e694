"""What the steps of an epoch sum up."""

import torch
from torch import Tensor

AFTER_STEP = "_after_step"


class Sums:
    """Loss and score of an epoch's batches on a device, in units of one full batch and one image;
    nothing is read back before the epoch has ended."""

    def __init__(self, task, batch_size: int, device: torch.device):
        self.task, self.batch_size = task, batch_size
        self.loss = torch.zeros((), device=device)
        self.score = torch.zeros((), dtype=torch.float64, device=device)

    def add(self, loss: Tensor, outputs: Tensor, targets: Tensor) -> None:
        """Add a batch's mean loss, and the score of its outputs."""
        self.loss.add_(loss.detach(), alpha=len(targets) / self.batch_size)
        self.score += self.task.score(outputs.detach(), targets)

    def measured(self, images: int, which: str = "") -> dict[str, float]:
        """The means over an epoch of so many images, by the names of the history's columns, which
        end in `which`."""
        return {
            f"train_loss{which}": self.loss.item() / (images / self.batch_size),
            f"train_{self.task.SCORE}{which}": self.score.item() / images,
        }
