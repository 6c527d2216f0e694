"""What the source decks claim."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

# From what difference on a claim counts as wrong that doesn't say so itself: two points of
# accuracy, as studies predict them, or a tenth of a loss.
ROOM, SHARE_OF_LOSS = 0.02, 0.1


class Claim(BaseModel):
    """A number of a deck; see the head of reports/claims.yaml for its keys."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    deck: str
    like: str
    quantity: Literal[
        "test_accuracy",
        "test_loss",
        "train_accuracy",
        "train_accuracy_after_step",
        "train_loss",
        "train_loss_after_step",
        "train_loss_with_penalty",
        "parameters",
        "trainable_parameters",
    ]
    low: float
    high: float
    says: str
    epochs: tuple[int, int] | None = None
    counted_from: Literal[0, 1] = 1
    full_batches: bool = False
    room: float | None = None
    doubtful: str = ""
    never: str = ""

    @property
    def study(self) -> str:
        return self.like.partition("/")[0]

    @property
    def rung(self) -> str:
        return self.like.partition("/")[2]

    @property
    def trained(self) -> tuple[int, int] | None:
        """After how many epochs of training the claim's first and last number were taken."""
        if self.epochs is None:
            return None
        first, last = (epoch + 1 - self.counted_from for epoch in self.epochs)
        return first, last

    @property
    def exact(self) -> bool:
        """Whether it is of a count, which all networks share."""
        return self.quantity.endswith("parameters")

    @property
    def wrong_from(self) -> float:
        """From what difference on it counts as wrong."""
        if self.room is not None:
            return self.room
        of_loss = SHARE_OF_LOSS * (self.low + self.high) / 2
        return of_loss if "loss" in self.quantity else ROOM
