"""One's own images, a folder per class, the classes in the order of their names.

An image's shorter side is resized to `size` with the triangle filter, then its centre is cut out;
one that is `size` x `size` keeps its pixels. It is turned as its EXIF orientation says; what is
transparent becomes white; of 16 bits the higher 8 are kept; color profiles are not applied.
"""

import hashlib
import io
import os
import warnings
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from tqdm import tqdm

from stages.command import Problem
from stages.datasets import Raw

# The study says `size`.
SHAPE = (3, None, None)
FORMATS = ["JPEG", "PNG", "PPM", "BMP", "TIFF", "WEBP", "GIF"]
# Times as long as wide; resized to their shorter side, longer ones would fill the memory.
LONGEST = 100
WORKERS = 4


def load(folder: Path, options: dict) -> Raw:
    """Decode the images below `folder` that options (stages/study/data.py) list by name and SHA-256
    under `files`. Raises Problem for one that has another hash, or can't be read."""
    train, test = _parts(options)
    depth = 1 if options["test"] is None else 0
    classes = sorted({_class(name, depth) for name in options["files"]})
    of = {name: classes.index(_class(name, depth)) for name in options["files"]}
    return Raw(
        _decoded(train, folder, options),
        np.array([of[name] for name in train]),
        _decoded(test, folder, options),
        np.array([of[name] for name in test]),
        classes,
        f"one's own images ({folder.name}): {_in_words(len(train), len(test), options)}",
    )


def _class(name: str, depth: int) -> str:
    return name.split("/")[depth]


def _parts(options: dict) -> tuple[list[str], list[str]]:
    """The names of the images for training and for testing, in their order."""
    names = options["files"]
    if options["test"] is None:
        test = {name for name in names if _class(name, 0) == "test"}
    else:
        test = _share(options)
    ordered = sorted(names, key=partial(_place, options=options))
    return [name for name in ordered if name not in test], [n for n in ordered if n in test]


def _share(options: dict) -> set[str]:
    """Of each class a share for testing, one image or more, but not all."""
    chosen, of_class = set(), {}
    for name in sorted(options["files"], key=partial(_drawn, options["seed"])):
        of_class.setdefault(_class(name, 0), []).append(name)
    for names in of_class.values():
        chosen.update(names[: min(max(round(len(names) * options["test"]), 1), len(names) - 1)])
    return chosen


def _drawn(seed: int, name: str) -> bytes:
    """Where the seed puts an image among others, whatever others there are."""
    return hashlib.sha256(f"{seed} {name}".encode()).digest()


def _place(name: str, options: dict) -> tuple:
    if options["order"] == "names":
        return PurePosixPath(name).name, name
    return (_drawn(options["seed"], name),)


def _in_words(train: int, test: int, options: dict) -> str:
    size, share = options["size"], options["test"]
    told = "by its folders" if share is None else f"{share:g} of each class, seed {options['seed']}"
    gray = ", in gray" if options["gray"] else ""
    cut = f"shorter side resized to {size} pixels, centre cut to {size}x{size}{gray}"
    return f"{train:,} for training, {test:,} for testing ({told}); {cut}"


def _decoded(names: list[str], folder: Path, options: dict) -> np.ndarray:
    """uint8 [N, size, size, C] of the images with these names."""
    read = partial(_read, folder=folder, options=options)
    with warnings.catch_warnings(), ThreadPool(min(WORKERS, os.cpu_count() or 1)) as pool:
        # Of what is large, but within Pillow's bounds, and of EXIF that is not as it should be.
        warnings.simplefilter("ignore")
        bar = tqdm(pool.imap(read, names), folder.name, len(names), leave=False, disable=None)
        images = np.stack(list(bar))
    return images if images.ndim == 4 else images[..., None]


def _read(name: str, folder: Path, options: dict) -> np.ndarray:
    path = folder / name
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != options["files"][name]:
        text = "changed after the recipe was written; start the run again, which writes it anew"
        raise Problem(f"{path}: {text}")
    try:
        image = decode(content)
        return np.asarray(cut(image.convert("L") if options["gray"] else image, options["size"]))
    # Pillow raises nearly anything for a file that is damaged.
    except Exception as error:
        raise Problem(f"{path}: {_why(error)}") from error


def _why(error: Exception) -> str:
    if isinstance(error, Problem):
        return str(error)
    known = not isinstance(error, UnidentifiedImageError)
    said = str(error) if known else f"none of {', '.join(FORMATS)}"
    return f"can't be read as an image ({said}); mend it, or move it away"


def decode(content: bytes) -> Image.Image:
    """An image file as it is seen, in RGB with 8 bits. Raises Problem for what has several frames
    or 32 bits, and whatever Pillow raises."""
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    # A camera's JPEG (MPO) may hold previews behind the image.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Problem(f"it has {image.n_frames} frames; save the one that you mean")
    image.load()
    image = _in_8_bits(ImageOps.exif_transpose(image), image.format)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("RGB")


def _in_8_bits(image: Image.Image, form: str) -> Image.Image:
    """The higher 8 of 16 bits of a gray image, as Pillow itself takes them of colors."""
    if image.mode.startswith("I;16") or (image.mode == "I" and form in ("PNG", "PPM")):
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise Problem("it has 32 bits a channel; save it with 8 or 16")
    return image


def cut(image: Image.Image, size: int) -> Image.Image:
    """An image's centre of `size` x `size` pixels, once its shorter side is `size` long."""
    from torchvision.transforms.functional import InterpolationMode, center_crop, resize

    if max(image.size) > LONGEST * min(image.size):
        width, height = image.size
        raise Problem(f"it is {width}x{height}, longer than {LONGEST} times its width; cut it")
    return center_crop(resize(image, size, InterpolationMode.BILINEAR), size)
