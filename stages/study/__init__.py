"""From params.yaml to a validated study and its recipes."""

__all__ = [
    "comparisons",
    "data",
    "fingerprint",
    "loader",
    "options",
    "recipe",
    "source",
    "study",
    "tasks",
]
