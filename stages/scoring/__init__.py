"""What the numbers say, without torch, and no part of what is trained: statistics, verdicts, claims
judged, predictions scored and combined."""

__all__ = [
    "agreement",
    "chance",
    "choices",
    "claim_verdicts",
    "claimed",
    "claims",
    "combining",
    "comparable",
    "estimates",
    "expectations",
    "findings",
    "full_batches",
    "measured",
    "reasons",
    "rung",
    "score",
    "statistics",
    "tasks",
    "verdicts",
]
