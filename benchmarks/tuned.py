"""The same network, data and augmentation as plain.py, as someone writes it who wants it fast:
images in memory, crop and flip by batches, channels last, a fused optimizer; compiled, or, on a
GPU, with the whole step in a CUDA graph.

python -m benchmarks.tuned --data images.npz --width 16 --epochs 3 --precision bfloat16 --way graph
"""

import json
import time

import numpy as np
import torch
from torch import nn

from benchmarks.flags import common
from benchmarks.plain import MEAN, STD, make_network

WAYS = "eager", "compiled", "graph"


class Loop:
    """Images uint8 [N, 32, 32, 3] and labels on a device, and a step by the indices of a batch."""

    def __init__(self, images, labels, width, batch, precision, device):
        self.device, self.precision = device, precision
        self.images, self.labels = on(device, images), torch.from_numpy(labels).to(device)
        self.network = make_network(width, True, 0.0).to(device, memory_format=torch.channels_last)
        graph = {"capturable": True} if device.type == "cuda" else {}
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3, fused=True, **graph)
        self.batch, self.places = batch, torch.arange(batch, device=device)
        self.mean, self.std = (
            torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (MEAN, STD)
        )

    def logits(self, images):
        """For images already normalized."""
        with torch.autocast(
            self.device.type, self.precision, enabled=self.precision != torch.float32
        ):
            return self.network(images).float()

    def normalized(self, images):
        """Floats from bytes."""
        return (images.float() / 255 - self.mean) / self.std

    def loss(self, images, labels):
        """Of a batch, cropped and flipped at random."""
        padded = nn.functional.pad(self.normalized(images), (4,) * 4)
        top, left = torch.randint(9, (2, self.batch), device=self.device)
        cropped = padded.unfold(2, 32, 1).unfold(3, 32, 1)[self.places, :, top, left]
        flipped = torch.rand(self.batch, device=self.device) < 0.5
        varied = torch.where(flipped[:, None, None, None], cropped.flip(3), cropped)
        inputs = varied.contiguous(memory_format=torch.channels_last)
        return nn.functional.cross_entropy(self.logits(inputs), labels)

    def step(self, index):
        """One update by the images of `index` [B]."""
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.images[index], self.labels[index]).backward()
        self.optimizer.step()


def on(device, images):
    """Images [N, H, W, C] as [N, C, H, W] on a device, channels last."""
    return torch.from_numpy(images).to(device).permute(0, 3, 1, 2)


def graphed(loop: Loop):
    """The loop's step, recorded once and played again."""
    index, stream = torch.arange(loop.batch, device=loop.device), torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(4):
            loop.step(index)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loop.step(index)

    def step(batch):
        index.copy_(batch)
        graph.replay()

    return step


def prepared(loop: Loop, way: str):
    """The step of a way."""
    if way == "compiled":
        mode = "reduce-overhead" if loop.device.type == "cuda" else "default"
        loop.loss = torch.compile(loop.loss, mode=mode)
    return graphed(loop) if way == "graph" else loop.step


def measure(data, width, epochs, batch=128, seed=0, precision="float32", way="eager") -> dict:
    """Each epoch's seconds, its test included, and the test accuracy in the end; `data` are the
    arrays of benchmarks/__main__.py's write_images."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(False)
    torch.set_deterministic_debug_mode("default")
    torch.backends.cudnn.benchmark = True
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images, labels = data["train_images"], data["train_labels"]
    loop = Loop(images, labels, width, batch, getattr(torch, precision), device)
    test, right = on(device, data["test_images"]), torch.from_numpy(data["test_labels"]).to(device)
    step, seconds = prepared(loop, way), []
    for _ in range(epochs):
        started = time.perf_counter()
        loop.network.train()
        order = torch.randperm(len(labels), device=device)
        for index in order[: len(labels) // batch * batch].split(batch):
            step(index)
        loop.network.eval()
        with torch.no_grad():
            parts = [loop.logits(loop.normalized(part)) for part in test.split(2000)]
        accuracy = (torch.cat(parts).argmax(1) == right).float().mean().item()
        seconds.append(time.perf_counter() - started)
    return {"seconds": seconds, "accuracy": accuracy}


def main() -> None:
    """Train one network; print each epoch's seconds and the test accuracy."""
    parser = common()
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--way", choices=WAYS, default="eager")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with np.load(args.data) as arrays:
        data = dict(arrays)
    print(
        json.dumps(
            measure(data, args.width, args.epochs, args.batch, args.seed, args.precision, args.way)
        )
    )


if __name__ == "__main__":
    main()
