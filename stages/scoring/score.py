"""What a task's predictions are scored by: a number per image, whose mean rungs are compared by."""

from dataclasses import dataclass

# What the names of scores end in that are shares, 0 to 1.
SHARES = ("accuracy", "iou")


@dataclass(frozen=True)
class Score:
    """A score: its `name` heads its columns, and so it is an identifier.

    A score in `percent` is a share, 0 to 1, shown in %; others are shown as they are, in a `unit`
    where they have one; both to so many `digits`. A difference of more than `large` is one that
    nobody would call none; None where nobody can say.
    """

    name: str
    percent: bool = False
    higher_is_better: bool = True
    digits: int = 3
    large: float | None = None
    unit: str = ""

    @property
    def sign(self) -> int:
        """What a difference is multiplied by, so that more is better."""
        return 1 if self.higher_is_better else -1

    @property
    def factor(self) -> int:
        """What a value is multiplied by before it is shown."""
        return 100 if self.percent else 1
