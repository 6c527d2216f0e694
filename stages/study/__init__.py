"""From params.yaml to a validated study and its recipes."""

__all__ = [
    "axes",
    "comparisons",
    "data",
    "fingerprint",
    "folders",
    "loader",
    "options",
    "params",
    "recipe",
    "schema",
    "source",
    "study",
    "targets",
    "tasks",
]
