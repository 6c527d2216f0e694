"""What Rungs replaces: one network, one seed, one process, written as most people write it.

python -m benchmarks.plain --data images.npz --width 16 --epochs 3 --seed 0 --batch-norm --augment
"""

import json
import os
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks.flags import common

MEAN, STD = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


class Images(Dataset):
    """Images as torchvision's own CIFAR10 class hands them out."""

    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def make_network(width, batch_norm, dropout):
    layers, inputs = [], 3
    for filters in (width, 2 * width, 4 * width, 8 * width, 8 * width):
        for _ in range(2):
            layers.append(nn.Conv2d(inputs, filters, 3, padding=1, bias=not batch_norm))
            if batch_norm:
                layers.append(nn.BatchNorm2d(filters))
            layers.append(nn.ReLU())
            inputs = filters
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Dropout(dropout), nn.Linear(inputs, 10)]
    network = nn.Sequential(*layers)
    for layer in network:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
    return network


def make_loaders(path, batch, augment, device):
    data = np.load(path)
    to_input = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    varied = (
        [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()] if augment else []
    )
    train = Images(
        data["train_images"], data["train_labels"], transforms.Compose(varied + to_input)
    )
    test = Images(data["test_images"], data["test_labels"], transforms.Compose(to_input))
    workers = len(os.sched_getaffinity(0))
    options = {"num_workers": workers, "persistent_workers": True, "pin_memory": device == "cuda"}
    return DataLoader(train, batch, shuffle=True, drop_last=True, **options), DataLoader(
        test, 512, **options
    )


def accuracy(network, loader, device):
    network.eval()
    right = 0
    with torch.no_grad():
        for images, labels in loader:
            right += (network(images.to(device)).argmax(1) == labels.to(device)).sum().item()
    return right / len(loader.dataset)


def main():
    parser = common()
    parser.add_argument("--batch-norm", action="store_true")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--augment", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train_loader, test_loader = make_loaders(args.data, args.batch, args.augment, device)
    network = make_network(args.width, args.batch_norm, args.dropout).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    criterion = nn.CrossEntropyLoss()
    seconds = []
    for _ in range(args.epochs):
        started = time.perf_counter()
        network.train()
        running_loss = 0.0
        for images, labels in train_loader:
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(network(images), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
        test_accuracy = accuracy(network, test_loader, device)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": seconds, "accuracy": test_accuracy}))


if __name__ == "__main__":
    main()
