"""What was worked out by hand, as the page shows it: once, whatever the data sets.

A module here is named as a lesson and draws it: `figures(numbers)` takes the lesson's tables by
name and gives a `Drawn` for each figure, made by `drawn`. A lesson without a module has no figure.
"""

from pathlib import Path

from stages.page.lessons.shown import Shown, embedded, shown, write

__all__ = ["FOLDER", "Shown", "embedded", "shown", "write"]

# Where the template is.
FOLDER = Path(__file__).parent
