"""From params.yaml to a validated study and its recipes."""

__all__ = [
    "data",
    "axes",
    "comparisons",
    "fingerprint",
    "loader",
    "options",
    "params",
    "recipe",
    "schema",
    "source",
    "study",
    "tasks",
]
