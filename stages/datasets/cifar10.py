"""CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels in color, ten
classes."""

from pathlib import Path

from stages.datasets import Raw, decoded
from stages.datasets.official import File, fetch

SHAPE = (3, 32, 32)
CLASSES = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
]  # fmt: skip
# In bytes: the archive's as its origin says it, the others' of the files whose MD5 is right.
SIZES = {
    "cifar-10-python.tar.gz": 170_498_071,
    "data_batch_1": 31_035_704,
    "data_batch_2": 31_035_320,
    "data_batch_3": 31_035_999,
    "data_batch_4": 31_035_696,
    "data_batch_5": 31_035_623,
    "test_batch": 31_035_526,
    "batches.meta": 158,
}


def load(folder: Path) -> Raw:
    """Fetch the official files into `folder`, verify them, and decode them with torchvision."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import extract_archive

    extracted = [
        *CIFAR10.train_list,
        *CIFAR10.test_list,
        (CIFAR10.meta["filename"], CIFAR10.meta["md5"]),
    ]
    archive = File(CIFAR10.filename, CIFAR10.tgz_md5, SIZES[CIFAR10.filename])
    batches = [File(f"{CIFAR10.base_folder}/{name}", md5, SIZES[name]) for name, md5 in extracted]
    ways = [[archive], batches]
    files = fetch(CIFAR10.url.rpartition("/")[0], ways, folder)
    if files[0].name == archive.path:
        extract_archive(str(files[0]), str(folder))
    train, test = (CIFAR10(folder, train=train) for train in (True, False))
    return decoded(train, test, f"CIFAR-10, {CIFAR10.url}, MD5 {archive.md5}")
