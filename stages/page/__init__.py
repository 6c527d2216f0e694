"""The page: tables, cells, prose, figures and sections. It words what scoring has decided."""

__all__ = [
    "cells",
    "claims",
    "document",
    "drawing",
    "figures",
    "images",
    "inside",
    "prose",
    "sections",
    "tables",
    "tasks",
    "text",
]
