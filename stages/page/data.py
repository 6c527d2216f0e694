"""What a data set can't tell, or tells too well, in sentences."""

import pandas as pd

from stages.page.text import words
from stages.scoring import blocks
from stages.scoring.score import Score

# From here on neighbours are said to be alike: so many times as often as by chance.
ALIKE = 2


def said(table: pd.DataFrame, score: Score) -> list[str]:
    """One data set's row of the table `data` (results that were kept by an older version have none)
    in a sentence for each thing that is known."""
    return [sentence for _, row in table.iterrows() for sentence in _sentences(row, score)]


def _sentences(row: pd.Series, score: Score) -> list[str]:
    return [_validation(row), *_order(row), _copies(row), *_blocks(row, score)]


def _validation(row: pd.Series) -> str:
    images, validation = f"{row.train_images:,}", f"{row.validation_images:,}"
    if not row.validation_images:
        return f"None of the {images} training images is for validation."
    each = ", with each class's share" if _classes(row) else ""
    return f"Of {images} training images {validation} are for validation, drawn at random{each}."


def _classes(row: pd.Series) -> bool:
    return not pd.isna(row.near)


def _order(row: pd.Series) -> list[str]:
    """Whether images that lie near each other are alike."""
    if not _classes(row):
        return []
    share, chance = _percent(row.near), _percent(row.near_by_chance)
    away = f"at most {row.near_places:.0f} places away"
    counted = f"for {share} of images the nearest one of the same class lies {away}"
    if row.near > ALIKE * row.near_by_chance:
        return [
            f"Images that follow each other are alike: {counted}, by chance for {chance}. So "
            "validation images, drawn among the training images, are more like these than test "
            "images are."
        ]
    hardly = "Images that follow each other are hardly more alike than others"
    return [f"{hardly}: {counted}, by chance for {chance}."]


def _percent(share: float) -> str:
    """Two digits: `58 %`, `0.43 %`."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"


def _copies(row: pd.Series) -> str:
    if not row.copies:
        return f"No test image has a near copy among the training images ({row.copies_by})."
    one = row.copies == 1
    return (
        f"{'One' if one else f'{row.copies:,}'} of {row.test_images:,} test images "
        f"{'has' if one else 'have'} a near copy, perhaps mirrored, among the training images "
        f"({row.copies_by})."
    )


def _blocks(row: pd.Series, score: Score) -> list[str]:
    """How far from independent neighbouring test images are."""
    if pd.isna(row.block_effect):
        return []
    size = row.test_images / row.blocks
    several, low, high = int(row.rungs) > 1, row.block_effect_low, row.block_effect_high
    rungs = f"median of {row.rungs} rungs, {low:.1f} to {high:.1f}" if several else "one rung"
    limit = blocks.unlikely(row.blocks, row.test_images)
    so = ": intervals, which take images to be independent, are too narrow"
    return [
        f"From one block of about {size:.0f} neighbouring test images to the next, test "
        f"{words(score.name)} varies {row.block_effect:.1f} times as much as if images were "
        f"independent (variance; {rungs}; independent images exceed {limit:.1f} in one of "
        f"twenty cases){so if row.block_effect > limit else ''}."
    ]
