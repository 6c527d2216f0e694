"""What the numbers say, without torch, and no part of what is trained: statistics, verdicts, claims
judged, predictions scored and combined."""

__all__ = [
    "agreement",
    "best",
    "chance",
    "choices",
    "claims",
    "combining",
    "comparing",
    "estimates",
    "expectations",
    "findings",
    "learning",
    "measured",
    "reasons",
    "rung",
    "score",
    "statistics",
    "tasks",
    "verdicts",
]
