"""What the numbers say, without torch, and no part of what is trained: statistics, verdicts, claims
judged, predictions scored and combined."""

__all__ = ["claims", "combining", "rung", "statistics", "tasks", "verdicts"]
