"""The page, which words what scoring has decided: tables, cells, prose, figures and sections."""

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
