"""MNIST (LeCun, Cortes and Burges 1998): 60,000 training and 10,000 test images of 28x28 gray
pixels, handwritten digits."""

from pathlib import Path

from stages.datasets import Raw, decoded
from stages.datasets.official import File, fetch

FOLDER = "MNIST/raw"
SHAPE = (1, 28, 28)
CLASSES = [
    "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven",
    "8 - eight", "9 - nine",
]  # fmt: skip
# In bytes, as torchvision's first mirror sends them.
SIZES = {
    "train-images-idx3-ubyte.gz": 9_912_422,
    "train-labels-idx1-ubyte.gz": 28_881,
    "t10k-images-idx3-ubyte.gz": 1_648_877,
    "t10k-labels-idx1-ubyte.gz": 4_542,
}


def load(folder: Path) -> Raw:
    """Fetch the official archives into `folder`, verify them, and decode them with torchvision."""
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import extract_archive

    archives, origin = MNIST.resources, MNIST.mirrors[0].rstrip("/")
    ways = [
        [File(f"{place}{name}", md5, SIZES[name]) for name, md5 in archives]
        for place in (f"{FOLDER}/", "")
    ]
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for path in fetch(origin, ways, folder):
        extract_archive(str(path), str(folder / FOLDER))
    train, test = (MNIST(folder, train=train) for train in (True, False))
    return decoded(train, test, f"MNIST, {origin}, MD5 of the training images {archives[0][1]}")
