"""Every layout of a mirror that docs/real-data.md names can be read: tried with a few images."""

import gzip
import hashlib
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest

from stages import download, files
from stages.datasets import cifar10, fashion_mnist

IMAGES = 3


@pytest.fixture
def clothes(monkeypatch) -> dict[str, bytes]:
    """Files of Fashion-MNIST's form by their names, extracted, in place of the official ones."""
    from torchvision.datasets import FashionMNIST

    made = {}
    for number, name in enumerate(fashion_mnist.EXTRACTED):
        shape = (IMAGES, 28, 28) if "images" in name else (IMAGES,)
        head = struct.pack(f">{1 + len(shape)}I", 0x0800 + len(shape), *shape)
        made[name] = head + np.full(shape, number, np.uint8).tobytes()
    archives = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in made.items()}
    monkeypatch.setattr(FashionMNIST, "resources", [(k, md5(v)) for k, v in archives.items()])
    monkeypatch.setattr(fashion_mnist, "EXTRACTED", {k: md5(v) for k, v in made.items()})
    monkeypatch.setattr(fashion_mnist, "SIZES", sizes(made | archives))
    return made


@pytest.fixture
def photographs(monkeypatch, tmp_path) -> dict[str, bytes]:
    """The same of CIFAR-10, and its archive."""
    from torchvision.datasets import CIFAR10

    made = {}
    for number, name in enumerate([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]):
        data = np.full((IMAGES, 3072), number, np.uint8)
        made[name] = pickle.dumps({"data": data, "labels": [number] * IMAGES})
    made["batches.meta"] = pickle.dumps({"label_names": [f"class {i}" for i in range(10)]})
    for name, content in made.items():
        files.write(tmp_path / "made" / CIFAR10.base_folder / name, content)
    with tarfile.open(tmp_path / "archive", "w:gz") as archive:
        archive.add(tmp_path / "made", arcname="")
    packed = (tmp_path / "archive").read_bytes()
    listed = [(name, md5(content)) for name, content in made.items()]
    monkeypatch.setattr(CIFAR10, "train_list", listed[:5])
    monkeypatch.setattr(CIFAR10, "test_list", listed[5:6])
    monkeypatch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": listed[6][1]})
    monkeypatch.setattr(CIFAR10, "tgz_md5", md5(packed))
    monkeypatch.setattr(cifar10, "SIZES", sizes(made | {CIFAR10.filename: packed}))
    return made | {CIFAR10.filename: packed}


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def sizes(contents: dict[str, bytes]) -> dict[str, int]:
    return {name: len(content) for name, content in contents.items()}


def downloaded(dataset: str, mirror: Path, monkeypatch) -> dict[str, np.ndarray]:
    """The data set from a mirror; and once more, the same, from what was kept of it."""
    raw, official = mirror.parent / "raw.npz", mirror.parent / "official"
    monkeypatch.setenv("RUNGS_MIRROR", str(mirror))
    download.main(dataset, raw, official=official)
    monkeypatch.setenv("RUNGS_MIRROR", str(mirror.parent / "gone"))
    before = raw.read_bytes()
    download.main(dataset, raw, official=official)
    assert raw.read_bytes() == before
    with np.load(raw) as data:
        return dict(data)


@pytest.mark.parametrize("folder", ["FashionMNIST/raw", "."])
@pytest.mark.parametrize("packed", [True, False], ids=["archives", "extracted"])
def test_fashion_mnist(folder, packed, clothes, tmp_path, monkeypatch):
    for name, content in clothes.items():
        path = tmp_path / "mirror" / folder / (f"{name}.gz" if packed else name)
        files.write(path, gzip.compress(content, mtime=0) if packed else content)
    data = downloaded("fashion_mnist", tmp_path / "mirror", monkeypatch)
    assert data["train_images"].shape == data["test_images"].shape == (IMAGES, 28, 28, 1)
    names = ("train_images", "train_labels", "test_images", "test_labels")
    assert [set(data[name].ravel()) for name in names] == [{0}, {1}, {2}, {3}]


@pytest.mark.parametrize("packed", [True, False], ids=["archive", "extracted"])
def test_cifar10(packed, photographs, tmp_path, monkeypatch):
    for name, content in photographs.items():
        archive = name.endswith(".tar.gz")
        if archive == packed:
            folder = "" if archive else "cifar-10-batches-py"
            files.write(tmp_path / "mirror" / folder / name, content)
    data = downloaded("cifar10", tmp_path / "mirror", monkeypatch)
    assert data["train_images"].shape == (5 * IMAGES, 32, 32, 3)
    assert data["train_labels"].tolist() == sorted(list(range(5)) * IMAGES)
    assert set(data["test_images"].ravel()) == set(data["test_labels"]) == {5}
