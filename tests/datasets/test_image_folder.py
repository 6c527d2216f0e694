"""One's own images: read as they are seen, cut in one way, or refused in a line with their name."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from photographs import write, write_classes, write_parts
from PIL import Image

from stages.command import Problem
from stages.datasets import Raw, digits
from stages.datasets.image_folder import cut, decode, load
from stages.study import folders, listing
from stages.study.data import Folder

RANDOM = np.random.RandomState(0)
COLOR = RANDOM.randint(256, size=(6, 8, 3), dtype=np.uint8)
GRAY = RANDOM.randint(256, size=(6, 8), dtype=np.uint8)
DEEP = GRAY.astype(np.uint16) * 257
IN_COLOR = np.repeat(GRAY[..., None], 3, axis=2)


def loaded(path: Path, **options) -> Raw:
    """The images below a folder as a study with these options has them."""
    names = folders.hashes(str(path), path / ".index")
    given = Folder(of="image_folder", path=str(path), **{"size": 8} | options).model_dump()
    share = None if listing.has_parts(names) else given["test"] or 0.2
    return load(path, given | {"files": names, "test": share})


def saved(image: Image.Image, form: str, **options) -> bytes:
    """An image as a file of a form."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width: int, height: int, bits: int, color: int, rows: bytes) -> bytes:
    """A PNG file of rows of samples, each behind its filter byte; Pillow writes no 16-bit color."""
    head = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def deep_color() -> bytes:
    """COLOR in the higher 8 of 16 bits, noise in the lower."""
    samples = COLOR.astype(">u2") << 8 | RANDOM.randint(256, size=COLOR.shape)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return png(8, 6, 16, 2, rows)


def palette(transparent: bool = False) -> bytes:
    """The first half of the columns in one color; the other one, which may be transparent."""
    image = Image.new("P", (8, 6))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.paste(1, (4, 0, 8, 6))
    return saved(image, "PNG", **({"transparency": 1} if transparent else {}))


def halves(left: tuple, right: tuple) -> np.ndarray:
    return np.array([[left] * 4 + [right] * 4] * 6, dtype=np.uint8)


def with_alpha(alpha: np.ndarray) -> bytes:
    return saved(Image.fromarray(np.dstack([COLOR, alpha])), "PNG")


def rotated(orientation: int) -> bytes:
    """COLOR as a camera stores it that says how it was held; EXIF's eight orientations."""
    undone = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: a.transpose(1, 0, 2)[::-1],
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: a.transpose(1, 0, 2)[:, ::-1],
    }
    image = Image.fromarray(np.ascontiguousarray(undone[orientation](COLOR)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image, "PNG", exif=exif)


OPAQUE, CLEAR, HALF = (np.full(GRAY.shape, value, np.uint8) for value in (255, 0, 51))
FADED = np.round((COLOR * 51.0 + 255 * 204) / 255).astype(np.uint8)
READ = {
    "color": (saved(Image.fromarray(COLOR), "PNG"), COLOR),
    "gray": (saved(Image.fromarray(GRAY), "PNG"), IN_COLOR),
    "BMP": (saved(Image.fromarray(COLOR), "BMP"), COLOR),
    "PPM": (saved(Image.fromarray(COLOR), "PPM"), COLOR),
    "PGM": (saved(Image.fromarray(GRAY), "PPM"), IN_COLOR),
    "TIFF": (saved(Image.fromarray(COLOR), "TIFF"), COLOR),
    "WebP": (saved(Image.fromarray(COLOR), "WEBP", lossless=True), COLOR),
    "GIF": (saved(Image.fromarray(GRAY), "GIF"), IN_COLOR),
    "16-bit gray PNG": (saved(Image.fromarray(DEEP), "PNG"), IN_COLOR),
    "16-bit gray TIFF": (saved(Image.fromarray(DEEP), "TIFF"), IN_COLOR),
    "16-bit gray PGM": (b"P5 8 6 65535\n" + DEEP.astype(">u2").tobytes(), IN_COLOR),
    "16-bit color PNG": (deep_color(), COLOR),
    "one bit": (
        saved(Image.fromarray(GRAY > 127), "PNG"),
        np.repeat((GRAY > 127)[..., None] * np.uint8(255), 3, axis=2),
    ),
    "palette": (palette(), halves((10, 20, 30), (40, 50, 60))),
    "transparent palette": (palette(transparent=True), halves((10, 20, 30), (255, 255, 255))),
    "opaque": (with_alpha(OPAQUE), COLOR),
    "transparent": (with_alpha(CLEAR), np.full_like(COLOR, 255)),
    "half transparent": (with_alpha(HALF), FADED),
    "gray and transparent": (
        saved(Image.fromarray(np.dstack([GRAY, CLEAR]), "LA"), "PNG"),
        np.full_like(COLOR, 255),
    ),
    "CMYK TIFF": (
        saved(Image.fromarray(np.dstack([255 - COLOR, CLEAR]), "CMYK"), "TIFF"),
        COLOR,
    ),
    **{f"EXIF orientation {way}": (rotated(way), COLOR) for way in range(1, 9)},
}


@pytest.mark.parametrize("kind", READ)
def test_it_is_read_as_it_is_seen(kind):
    content, seen = READ[kind]
    found = np.asarray(decode(content)).astype(int)
    assert found.shape == seen.shape
    # Of half a pixel's alpha, rounding may differ by one.
    assert np.abs(found - seen).max() <= (kind == "half transparent")


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_comes_near_to_what_it_shows(mode):
    """CMYK as Photoshop writes it, inverted, among them."""
    smooth = np.dstack([np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(64, 0)] * 3)
    image = Image.fromarray(smooth).convert(mode)
    found = np.asarray(decode(saved(image, "JPEG", quality=95))).astype(int)
    assert np.abs(found - smooth).max() <= 6


def test_of_a_camera_s_pictures_in_one_file_the_first_counts():
    """MPO: a JPEG with previews behind it."""
    image = Image.fromarray(COLOR.repeat(8, 0).repeat(8, 1))
    other = Image.new("RGB", (8, 8), "red")
    content = saved(image, "MPO", save_all=True, append_images=[other], quality=95)
    assert decode(content).size == image.size


def animated(form: str) -> bytes:
    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "green", "blue")]
    return saved(frames[0], form, save_all=True, append_images=frames[1:])


PNG = READ["color"][0]
REFUSED = {
    "text": (b"no image at all", "none of JPEG, PNG"),
    "a web page": (b"<!doctype html>", "none of JPEG, PNG"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "none of JPEG, PNG"),
    "damaged": (PNG[:45] + bytes([PNG[45] ^ 255]) + PNG[46:], "can't be read as an image"),
    "animated GIF": (animated("GIF"), "it has 3 frames; save the one"),
    "animated PNG": (animated("PNG"), "it has 3 frames"),
    "animated WebP": (animated("WEBP"), "it has 3 frames"),
    "TIFF of several pages": (animated("TIFF"), "it has 3 frames"),
    "32-bit float": (
        saved(Image.fromarray(GRAY.astype(np.float32)), "TIFF"),
        "it has 32 bits a channel",
    ),
    "32-bit whole": (saved(Image.fromarray(GRAY.astype(np.int32)), "TIFF"), "it has 32 bits"),
    "huge": (png(20_000, 20_000, 8, 2, b""), "exceeds limit"),
    "thin": (saved(Image.new("RGB", (901, 9)), "PNG"), "it is 901x9, longer than 100 times"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_a_line_that_names_it(kind, tmp_path):
    content, words = REFUSED[kind]
    write_classes(tmp_path / "photos", {"cat": 2, "dog": 2})
    (tmp_path / "photos" / "dog" / "Übung 1.png").write_bytes(content)
    with pytest.raises(Problem) as problem:
        loaded(tmp_path / "photos")
    said = str(problem.value)
    assert said.startswith(f"{tmp_path}/photos/dog/Übung 1.png: ")
    assert words in said
    assert "BytesIO" not in said


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_a_file_that_ends_early_is_refused_or_whole(form):
    """Wherever it was cut off: refused, or what is missing decides no pixel."""
    content = saved(Image.fromarray(COLOR), form)
    whole = np.asarray(decode(content))
    refused = 0
    for end in range(1, len(content)):
        try:
            found = np.asarray(decode(content[:end]))
        except Exception:
            refused += 1
        else:
            assert np.array_equal(found, whole), end
    assert refused > len(content) // 2


def test_a_size_and_a_cut_are_torchvision_s():
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

    theirs = Compose([Resize(24, InterpolationMode.BILINEAR), CenterCrop(24)])
    for width, height in ((90, 60), (60, 90), (31, 20), (24, 25), (7, 9), (640, 481)):
        pixels = RANDOM.randint(256, size=(height, width, 3), dtype=np.uint8)
        image = Image.fromarray(pixels)
        assert np.array_equal(np.asarray(cut(image, 24)), np.asarray(theirs(image)))


def test_the_centre_is_kept():
    """The shorter side stays whole, and a third of the longer one goes at each end."""
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, 20:40] = COLOR[0, 0]
    assert (np.asarray(cut(Image.fromarray(pixels), 20)) == COLOR[0, 0]).all()


def test_images_of_their_size_keep_their_pixels_and_their_order(tmp_path):
    """The digits, by way of PNG files."""
    raw = digits.load(tmp_path)
    write_parts(raw, tmp_path / "photos")
    made = loaded(tmp_path / "photos", gray=True, order="names")
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        ours, theirs = getattr(made, name), getattr(raw, name)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        assert np.array_equal(ours, theirs), name
    assert made.classes == raw.classes
    assert made.source == (
        "one's own images (photos): 1,000 for training, 797 for testing (by its folders); "
        "shorter side resized to 8 pixels, centre cut to 8x8, in gray"
    )


def test_a_share_of_each_class_is_for_testing(tmp_path):
    """A fifth, rounded, but one image or more and never all; the rest is for training."""
    write_classes(tmp_path / "photos", {"a": 2, "b": 10, "c": 33})
    made = loaded(tmp_path / "photos")
    assert np.bincount(made.test_labels).tolist() == [1, 2, 7]
    assert np.bincount(made.train_labels).tolist() == [1, 8, 26]
    parts = [
        {image.tobytes() for image in images} for images in (made.train_images, made.test_images)
    ]
    assert not parts[0] & parts[1]
    assert len(parts[0] | parts[1]) == 45
    assert "(0.2 of each class, seed 0)" in made.source
    assert np.bincount(loaded(tmp_path / "photos", test=0.99).test_labels).tolist() == [1, 9, 32]


def test_the_seed_decides_which_and_in_which_order(tmp_path):
    write_classes(tmp_path / "photos", {"a": 20, "b": 20})
    first, again, other = (loaded(tmp_path / "photos", seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first.train_images, again.train_images)
    assert not np.array_equal(first.test_images, other.test_images)
    assert sorted(first.train_labels) != first.train_labels.tolist(), "classes are mixed"


def test_an_image_more_leaves_the_others_where_they_are(tmp_path):
    write_classes(tmp_path / "photos", {"a": 20, "b": 20})
    before = loaded(tmp_path / "photos")
    write(tmp_path / "photos" / "a" / "more.png", COLOR[:, :6])
    after = loaded(tmp_path / "photos")
    parts = [{image.tobytes() for image in made.test_images} for made in (before, after)]
    assert len(parts[0] - parts[1]) <= 1
    assert len(after.train_images) == len(before.train_images) + 1


def test_an_image_that_changed_since_is_named(tmp_path):
    write_classes(tmp_path / "photos", {"a": 2, "b": 2})
    names = folders.hashes(str(tmp_path / "photos"), tmp_path / "index")
    options = Folder(of="image_folder", path="photos", size=8).model_dump()
    write(tmp_path / "photos" / "b" / "1.png", COLOR)
    with pytest.raises(Problem, match=r"photos/b/1\.png: changed after the recipe was written"):
        load(tmp_path / "photos", options | {"files": names, "test": 0.5})
    digest = hashlib.sha256((tmp_path / "photos" / "b" / "1.png").read_bytes()).hexdigest()
    names["b/1.png"] = digest
    load(tmp_path / "photos", options | {"files": names, "test": 0.5})


def test_images_are_gray_before_they_are_resized_as_in_other_data_sets(tmp_path):
    from stages.datasets.selection import select
    from stages.study.data import Options

    raw = Raw(
        RANDOM.randint(256, size=(6, 16, 16, 3), dtype=np.uint8), np.arange(6) % 2,
        RANDOM.randint(256, size=(4, 16, 16, 3), dtype=np.uint8), np.arange(4) % 2,
        ["a", "b"], "drawn",
    )  # fmt: skip
    write_parts(raw, tmp_path / "photos")
    made = loaded(tmp_path / "photos", gray=True, order="names")
    theirs = select(raw, Options(of="source", size=8, gray=True).model_dump())
    assert np.array_equal(made.train_images, theirs.train_images)
    assert np.array_equal(made.test_images, theirs.test_images)
