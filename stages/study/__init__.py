"""From params.yaml to a validated study and its recipes."""

__all__ = [
    "axes",
    "comparisons",
    "data",
    "departures",
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
    "syntax",
    "targets",
    "tasks",
]
