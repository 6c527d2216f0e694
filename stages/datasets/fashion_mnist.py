"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): 60,000 training and 10,000 test images of 28x28
gray pixels, ten kinds of clothes."""

from pathlib import Path

from stages.datasets import Raw, decoded
from stages.datasets.official import File, fetch

FOLDER = "FashionMNIST/raw"
SHAPE = (1, 28, 28)
CLASSES = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
]  # fmt: skip
# No MD5 of the extracted files is published: these are of the contents of the archives whose
# published MD5 is right.
EXTRACTED = {
    "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}

# In bytes, of the files whose MD5 is right.
SIZES = {
    "train-images-idx3-ubyte": 47_040_016,
    "train-labels-idx1-ubyte": 60_008,
    "t10k-images-idx3-ubyte": 7_840_016,
    "t10k-labels-idx1-ubyte": 10_008,
    "train-images-idx3-ubyte.gz": 26_421_880,
    "train-labels-idx1-ubyte.gz": 29_515,
    "t10k-images-idx3-ubyte.gz": 4_422_102,
    "t10k-labels-idx1-ubyte.gz": 5_148,
}


def load(folder: Path) -> Raw:
    """Fetch the official files into `folder`, verify them, and decode them with torchvision."""
    from torchvision.datasets import FashionMNIST
    from torchvision.datasets.utils import extract_archive

    archives, origin = FashionMNIST.resources, FashionMNIST.mirrors[0].rstrip("/")
    ways = [
        [File(f"{place}{name}", md5, SIZES[name]) for name, md5 in files]
        for files in (archives, EXTRACTED.items())
        for place in (f"{FOLDER}/", "")
    ]
    extracted = folder / FOLDER
    extracted.mkdir(parents=True, exist_ok=True)
    for path in fetch(origin, ways, folder):
        if path.suffix == ".gz":
            extract_archive(str(path), str(extracted))
        else:
            path.replace(extracted / path.name)
    train, test = (FashionMNIST(folder, train=train) for train in (True, False))
    return decoded(
        train, test, f"Fashion-MNIST, {origin}, MD5 of the training images {archives[0][1]}"
    )
