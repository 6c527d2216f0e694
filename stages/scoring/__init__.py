"""What the numbers say: statistics, verdicts, claims judged, predictions scored and combined. No
torch, and no part of a recipe."""

__all__ = [
    "agreement",
    "claims",
    "combining",
    "findings",
    "reasons",
    "rung",
    "score",
    "statistics",
    "tasks",
    "verdicts",
]
