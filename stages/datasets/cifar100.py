"""CIFAR-100 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels in color, a
hundred classes (the fine ones)."""

from pathlib import Path

from stages.datasets import Raw, decoded
from stages.datasets.official import File, fetch

SHAPE = (3, 32, 32)
CLASSES = [
    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle",
    "bottle", "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle",
    "caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch",
    "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox",
    "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard",
    "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain", "mouse",
    "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck",
    "pine_tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray",
    "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail",
    "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank",
    "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle",
    "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
]  # fmt: skip
# In bytes, as its origin says it.
SIZE = 169_001_437


def load(folder: Path) -> Raw:
    """Fetch the official archive into `folder`, verify it, and decode it with torchvision."""
    from torchvision.datasets import CIFAR100
    from torchvision.datasets.utils import extract_archive

    archive = File(CIFAR100.filename, CIFAR100.tgz_md5, SIZE)
    [path] = fetch(CIFAR100.url.rpartition("/")[0], [[archive]], folder)
    extract_archive(str(path), str(folder))
    train, test = (CIFAR100(folder, train=train) for train in (True, False))
    return decoded(train, test, f"CIFAR-100, {CIFAR100.url}, MD5 {archive.md5}")
