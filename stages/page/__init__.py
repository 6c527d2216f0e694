"""The page, which words what scoring has decided: tables, cells, prose, figures and sections."""

import os

# Before matplotlib is imported: a notebook names a backend there that no job has.
os.environ["MPLBACKEND"] = "svg"

__all__ = [
    "cells",
    "claims",
    "document",
    "drawing",
    "expectations",
    "figures",
    "images",
    "inside",
    "lessons",
    "prose",
    "sections",
    "summary",
    "tables",
    "tasks",
    "text",
]
