"""What is known of a data set's images, computed anew from the images themselves, and the sentences
that say so."""

import re
from pathlib import Path

import numpy as np
from audited_files import Study, number, read
from audited_findings import Remade
from audited_page import Page, words
from audited_runs import that_count
from scipy.stats import f, f_oneway
from sklearn.neighbors import NearestNeighbors

# Places that are near, images of a block, and the gray levels that a near copy is off.
PLACES, BLOCK, LEVELS = 130, 130, 10


def facts(folder: Path) -> dict:
    """What `normalize` says of gray images of which labels are classes, none mirrored."""
    images, labels = (
        [np.load(folder / f"{part}_{kind}.npy") for part in ("train", "test")]
        for kind in ("images", "labels")
    )
    flat = [of.reshape(len(of), -1).astype(float) for of in images]
    mirrored = images[1][..., ::-1].reshape(len(images[1]), -1).astype(float)
    nearest = NearestNeighbors(n_neighbors=1).fit(flat[0])
    off = np.min([nearest.kneighbors(of)[0][:, 0] for of in (flat[1], mirrored)], axis=0)
    rms = off / np.sqrt(flat[0].shape[1])
    near, chance = [], []
    every, known = np.concatenate(flat), np.concatenate(labels)
    for label in np.unique(known):
        places = np.flatnonzero(known == label)
        found = NearestNeighbors(n_neighbors=2).fit(every[places])
        nearest_place = places[found.kneighbors(every[places])[1][:, 1]]
        near += (abs(places - nearest_place) <= PLACES).tolist()
        within = (abs(places[:, None] - places) <= PLACES).sum(axis=1) - 1
        chance += (within / (len(places) - 1)).tolist()
    return {
        "train_images": len(images[0]),
        "test_images": len(images[1]),
        "copies": int((rms <= LEVELS).sum()),
        "copies_by": f"within {LEVELS} of 255 gray levels, root mean square",
        "near_places": PLACES,
        "near": float(np.mean(near)),
        "near_by_chance": float(np.mean(chance)),
    }


def effect(right: np.ndarray) -> tuple[int, float | None]:
    """How many blocks of neighbouring test images there are, and the F of their accuracies."""
    blocks = round(right.shape[1] / BLOCK)
    if blocks < 2 or np.ptp(right.mean(axis=0)) == 0:
        return blocks, None
    parts = np.array_split(right.mean(axis=0), blocks)
    return blocks, float(f_oneway(*parts).statistic)


def data(study: Study) -> list[dict]:
    found = []
    for dataset in study.datasets:
        known = read(study.data[dataset] / "facts.json")
        runs = [study.run(dataset, rung) for rung in study.trained]
        effects = [effect(run.right[that_count(run)]) for run in runs]
        values = [value for _, value in effects if value is not None]
        ends = (float(np.median(values)), min(values), max(values)) if values else [None] * 3
        share = study.said["budget"]["validation"]
        found.append(
            {
                "dataset": dataset,
                "train_images": known["train_images"],
                "validation_images": round(known["train_images"] * share),
                **{
                    name: known[name]
                    for name in (
                        *("test_images", "copies", "copies_by", "near_places", "near"),
                        "near_by_chance",
                    )
                },
                "blocks": effects[-1][0],
                "rungs": len(values),
                **dict(
                    zip(
                        ("block_effect", "block_effect_low", "block_effect_high"),
                        ends,
                        strict=True,
                    )
                ),
            }
        )
    return found


# The sentences.


def _row(page: Page) -> dict[str, str]:
    [row] = page.tables["data"]
    return row


def _cells(row: dict[str, str], *columns: str) -> list[str]:
    return [f"data.{column} = {row[column]}" for column in columns]


def validation(page: Page, match: re.Match) -> Remade:
    row = _row(page)
    images, held = (int(row[name]) for name in ("train_images", "validation_images"))
    each = ", with each class's share" if row["near"] else ""
    text = (
        f"Of {images:,} training images {held:,} are for validation, drawn at random{each}."
        if held
        else f"None of the {images:,} training images is for validation."
    )
    return Remade(text, _cells(row, "train_images", "validation_images"))


def order(page: Page, match: re.Match) -> Remade:
    row = _row(page)
    near, chance = number(row["near"]), number(row["near_by_chance"])
    counted = (
        f"for {_percent(near)} of images the nearest one of the same class lies at most "
        f"{row['near_places']} places away, by chance for {_percent(chance)}."
    )
    text = (
        f"Images that follow each other are alike: {counted} So validation images, drawn among the "
        "training images, are more like these than test images are."
        if near > 2 * chance
        else f"Images that follow each other are hardly more alike than others: {counted}"
    )
    return Remade(text, _cells(row, "near", "near_by_chance", "near_places"))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"


def copies(page: Page, match: re.Match) -> Remade:
    row = _row(page)
    count, by = int(row["copies"]), row["copies_by"]
    some = "One" if count == 1 else f"{count:,}"
    text = (
        f"{some} of {int(row['test_images']):,} test images {'has' if count == 1 else 'have'} a "
        f"near copy, perhaps mirrored, among the training images ({by})."
        if count
        else f"No test image has a near copy among the training images ({by})."
    )
    return Remade(text, _cells(row, "copies", "copies_by", "test_images"))


def blocks(page: Page, match: re.Match) -> Remade:
    row = _row(page)
    name = words(page.score)
    middle, low, high = (number(row[f"block_effect{end}"]) for end in ("", "_low", "_high"))
    size = int(row["test_images"]) / int(row["blocks"])
    one = row["rungs"] == "1"
    of = "one rung" if one else f"median of {row['rungs']} rungs, {low:.1f} to {high:.1f}"
    blocks_of, images = int(row["blocks"]), int(row["test_images"])
    limit = f.isf(0.05, blocks_of - 1, images - blocks_of)
    more = ": intervals, which take images to be independent, are too narrow"
    text = (
        f"From one block of about {size:.0f} neighbouring test images to the next, test {name} "
        f"varies {middle:.1f} times as much as if images were independent (variance; {of}; "
        f"independent images exceed {limit:.1f} in one of twenty cases)"
        f"{more if middle > limit else ''}."
    )
    columns = ("blocks", "rungs", "block_effect", "block_effect_low", "block_effect_high")
    return Remade(text, _cells(row, *columns))
