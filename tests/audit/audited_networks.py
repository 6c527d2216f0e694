"""The network of the tiny study in numpy: what its weights predict, what its layers do, what it
costs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy import signal, special

ACTIVATIONS = {"relu": lambda x: np.maximum(x, 0), "sigmoid": special.expit}


def weights(file: Path, member: int) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Name, weights and biases of a network's layers, from the pixels on."""
    kept, start = load_file(file), f"{member}."
    names = sorted(key for key in kept if key.startswith(start) and key.endswith(".weight"))
    pairs = ((name, name.removesuffix("weight") + "bias") for name in names)
    return [
        (weight.removeprefix(start).removesuffix(".weight"), kept[weight], kept[bias])
        for weight, bias in pairs
    ]


def outputs(layers: list, images: np.ndarray, activation: str) -> Iterator[np.ndarray]:
    """What each layer makes of images [n, C, H, W]: 3x3 convolutions, each with a 2x2 max pool
    behind it, then dense layers; the last one's are the logits."""
    values, bend = images.astype(np.float64), ACTIVATIONS[activation]
    for number, (_, weight, bias) in enumerate(layers, start=1):
        if weight.ndim == 4:
            made = bend(_convolved(values, weight.astype(np.float64)) + bias[:, None, None])
            values = _pooled(made)
        else:
            made = values.reshape(len(values), -1) @ weight.T.astype(np.float64) + bias
            made = values = bend(made) if number < len(layers) else made
        yield made


def _convolved(images: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Cross-correlation with zeros around the images: [n, C, H, W] with [F, C, 3, 3]."""
    found = [
        sum(
            signal.correlate(images[:, c], kernel[None], mode="same", method="direct")
            for c, kernel in enumerate(of)
        )
        for of in weight
    ]
    return np.stack(found, axis=1)


def _pooled(maps: np.ndarray) -> np.ndarray:
    """Maxima of 2x2 places, sides rounded up."""
    odd = [(0, side % 2) for side in maps.shape[2:]]
    maps = np.pad(maps, [(0, 0), (0, 0), *odd], constant_values=-np.inf)
    n, filters, height, width = maps.shape
    return maps.reshape(n, filters, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def softmax(logits: np.ndarray) -> np.ndarray:
    return special.softmax(logits, axis=1)


def layer_rows(layers: list, made: list[np.ndarray]) -> list[dict]:
    """What stands in layers.csv."""
    return [
        {
            "layer": number,
            "name": name,
            "kind": "convolution" if weight.ndim == 4 else "linear",
            "output_shape": "x".join(map(str, output.shape[1:])),
            "parameters": weight.size + bias.size,
            "multiply_accumulates": output[0].size * weight[0].size,
        }
        for number, ((name, weight, bias), output) in enumerate(
            zip(layers, made, strict=True), start=1
        )
    ]


def inside(weight: np.ndarray, values: np.ndarray, bounded: bool) -> dict:
    """What the diagnostics say of a layer's weights and of its activations [n, units, ...]."""
    units = np.moveaxis(values, 1, -1).reshape(len(values), -1, values.shape[1])
    spread, low, high = units.std(axis=0), units.min(axis=(0)), units.max(axis=0)
    near = (values < 0.01) | (values > 0.99)
    return {
        "units": values.shape[1],
        "weights": weight.size,
        "weight_rms": float(np.sqrt(np.mean(weight.astype(np.float64) ** 2))),
        "activation_mean": float(values.mean()),
        "activation_std": float(spread.mean()),
        "constant_units": float(((high - low).max(axis=0) <= 1e-6).mean()),
        "dead_units": float(((low == 0) & (high == 0)).all(axis=0).mean()),
        "saturated": float(near.mean()) if bounded else None,
    }
