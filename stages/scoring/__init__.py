"""What the numbers say: statistics, verdicts, claims judged, predictions scored and combined. No torch, and no part of a recipe."""

__all__ = ["claims", "combining", "rung", "statistics", "tasks", "verdicts"]
