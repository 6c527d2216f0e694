"""From params.yaml to a validated study and its recipes."""

__all__ = [
    "axes",
    "comparisons",
    "data",
    "expectations",
    "fingerprint",
    "folders",
    "loader",
    "local",
    "options",
    "params",
    "recipe",
    "schema",
    "source",
    "study",
    "targets",
    "tasks",
]
