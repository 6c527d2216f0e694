"""The best rung: chosen without the test images where that can be, and what these say of it."""

from types import SimpleNamespace

from stages.scoring.comparing import Scored, compare, corrected
from stages.scoring.score import Score
from stages.scoring.verdicts import verdict

VALIDATION, TEST = "validation", "test"


def choose(validation: dict[str, float], rungs: dict[str, Scored], score: Score) -> tuple[str, str]:
    """The rung with the best mean `validation` score of those that have one; where none has, with
    the best mean test score of the members that learned. And which images chose it: VALIDATION, or
    TEST, which makes its own test score too good by chance."""
    known = {rung: value for rung, value in validation.items() if value == value}
    if known:
        return max(known, key=lambda rung: score.sign * known[rung]), VALIDATION
    return max(rungs, key=lambda rung: score.sign * rungs[rung].counted.mean()), TEST


def against(chosen: str, rungs: dict[str, Scored], score: Score) -> dict[str, str]:
    """The verdict on each other rung against the one that was chosen, corrected for all of them
    together."""
    found = {rung: compare(of, rungs[chosen]) for rung, of in rungs.items() if rung != chosen}
    both = corrected((row["p"], row["learned_p"]) for row in found.values())
    known = {"kind": "trained", "compared_with": chosen}
    return {
        rung: verdict(
            SimpleNamespace(**known, **row, p_corrected=p, learned_p_corrected=learned), score
        )
        for (rung, row), (p, learned) in zip(found.items(), both, strict=True)
    }
