"""The types that a technique's options may have: annotate a keyword-only parameter with one of these and it is checked.

Nothing heavy is imported here: `snakemake -n` reads it on every start, and so does every training job.
"""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

Positive = Annotated[float, Gt(0)]
NonNegative = Annotated[float, Ge(0)]
Fraction = Annotated[float, Ge(0), Lt(1)]
Share = Annotated[float, Ge(0), Le(1)]
Count = Annotated[int, Ge(1)]
Whole = Annotated[int, Ge(0)]
Real = float
