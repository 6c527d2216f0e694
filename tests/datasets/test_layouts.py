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
from stages.datasets import cifar10, cifar100, fashion_mnist, mnist

IMAGES = 3


def idx(names) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Files of MNIST's form by their names, the values of each its place among them, and their
    archives."""
    made = {}
    for number, name in enumerate(names):
        shape = (IMAGES, 28, 28) if "images" in name else (IMAGES,)
        head = struct.pack(f">{1 + len(shape)}I", 0x0800 + len(shape), *shape)
        made[name] = head + np.full(shape, number, np.uint8).tobytes()
    return made, {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in made.items()}


@pytest.fixture
def clothes(monkeypatch) -> dict[str, bytes]:
    """Files of Fashion-MNIST's form by their names, extracted, in place of the official ones."""
    from torchvision.datasets import FashionMNIST

    made, archives = idx(fashion_mnist.EXTRACTED)
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


@pytest.mark.parametrize("folder", ["MNIST/raw", "."])
def test_mnist(folder, tmp_path, monkeypatch):
    from torchvision.datasets import MNIST

    _, archives = idx(name.removesuffix(".gz") for name in mnist.SIZES)
    monkeypatch.setattr(MNIST, "resources", [(k, md5(v)) for k, v in archives.items()])
    monkeypatch.setattr(mnist, "SIZES", sizes(archives))
    for name, content in archives.items():
        files.write(tmp_path / "mirror" / folder / name, content)
    data = downloaded("mnist", tmp_path / "mirror", monkeypatch)
    assert data["train_images"].shape == data["test_images"].shape == (IMAGES, 28, 28, 1)
    names = ("train_images", "train_labels", "test_images", "test_labels")
    assert [set(data[name].ravel()) for name in names] == [{0}, {1}, {2}, {3}]


def test_cifar100(tmp_path, monkeypatch):
    """The fine labels of a hundred classes."""
    from torchvision.datasets import CIFAR100

    data = np.full((IMAGES, 3072), 7, np.uint8)
    labels = {"fine_labels": [0, 50, 99], "coarse_labels": [1, 1, 1]}
    names = [f"class {i}" for i in range(100)]
    made = {name: pickle.dumps({"data": data} | labels) for name in ("train", "test")}
    made["meta"] = pickle.dumps({"fine_label_names": names, "coarse_label_names": ["a", "b"]})
    for name, content in made.items():
        files.write(tmp_path / "made" / CIFAR100.base_folder / name, content)
    packed = tmp_path / "mirror" / CIFAR100.filename
    packed.parent.mkdir()
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(tmp_path / "made", arcname="")
    for part in ("train", "test"):
        monkeypatch.setattr(CIFAR100, f"{part}_list", [[part, md5(made[part])]])
    monkeypatch.setattr(CIFAR100, "meta", CIFAR100.meta | {"md5": md5(made["meta"])})
    monkeypatch.setattr(CIFAR100, "tgz_md5", md5(packed.read_bytes()))
    monkeypatch.setattr(cifar100, "SIZE", packed.stat().st_size)
    found = downloaded("cifar100", tmp_path / "mirror", monkeypatch)
    assert found["train_images"].shape == (IMAGES, 32, 32, 3)
    assert found["train_labels"].tolist() == found["test_labels"].tolist() == [0, 50, 99]
    assert found["classes"].tolist() == names


def test_the_classes_of_gray_images_are_torchvision_s():
    from torchvision.datasets import MNIST, FashionMNIST

    assert MNIST.classes == mnist.CLASSES
    assert FashionMNIST.classes == fashion_mnist.CLASSES
