"""What the numbers say, without torch, and no part of what is trained: statistics, verdicts, claims
judged, predictions scored and combined."""

__all__ = [
    "agreement",
    "best",
    "chance",
    "choices",
    "claim_verdicts",
    "claimed",
    "claims",
    "combining",
    "comparable",
    "comparing",
    "estimates",
    "expectations",
    "findings",
    "full_batches",
    "inside",
    "learning",
    "measured",
    "reasons",
    "rung",
    "score",
    "separation",
    "statistics",
    "tasks",
    "verdicts",
]
