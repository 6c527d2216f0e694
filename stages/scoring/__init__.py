"""What the numbers say, without torch, and no part of what is trained: statistics, verdicts, claims
judged, predictions scored and combined."""

__all__ = [
    "agreement",
    "chance",
    "choices",
    "claims",
    "combining",
    "estimates",
    "expectations",
    "findings",
    "inside",
    "measured",
    "reasons",
    "rung",
    "score",
    "separation",
    "statistics",
    "tasks",
    "verdicts",
]
