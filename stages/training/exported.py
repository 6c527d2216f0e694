"""One trained network out of a weights.safetensors: used on images of one's own, or written alone.

Such a file holds, as text beside its tensors, all that a network is built from.
"""

import json
from collections.abc import Callable
from pathlib import Path

from stages import files
from stages.command import Problem

# Where the text is, among safetensors' metadata; in one piece, because it writes several in any
# order.
ABOUT = "about"


def about(path: Path) -> dict:
    """What a weights.safetensors says of its networks: task, slots, classes, for each network the
    statistics of the pixels that it was trained on, shape (C, H, W) of an image; also which one it
    is, where it was chosen.

    Raises Problem where the file has no such text.
    """
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        text = (file.metadata() or {}).get(ABOUT)
    if text is None:
        raise Problem(f"{path}: it doesn't say what its networks are; train the rung again")
    return json.loads(text)


def write_alone(path: Path, chosen: dict, alone: Path) -> None:
    """Write one network of a weights.safetensors to a file of its own, as number 0. `chosen` holds
    its number there (`member`), and is kept in the text of the new file."""
    from safetensors.numpy import load_file, save

    own = {f"0.{name}": value for name, value in _of(load_file(path), chosen["member"]).items()}
    said = about(path)
    known = {"chosen": chosen, "statistics": [said["statistics"][chosen["member"]]]}
    text = files.canonical(said | known)
    files.write(alone, save(own, {ABOUT: text}))


def _of(weights: dict, member: int) -> dict:
    """Of the weights {member}.{parameter} those of one member, by parameter."""
    start = f"{member}."
    return {
        name.removeprefix(start): value for name, value in weights.items() if name.startswith(start)
    }


def load(path: Path, member: int = 0, device: str = "cpu") -> Callable:
    """The network number `member` of a file, as it predicts: a function of images, uint8 tensors
    [N, C, H, W] of the size that it was trained on, that gives what its task predicts, such as
    class probabilities [N, classes]; computed in float32.

    Raises Problem where the file has no such network.
    """
    import torch
    from safetensors.torch import load_file

    from stages import tasks
    from stages.training import network
    from stages.training.randomness import generator

    said, weights = about(path), _of(load_file(path), member)
    if not weights:
        raise Problem(f"{path}: found no network number {member}; the first is number 0")
    slots, task = said["slots"], tasks.load(said["task"])
    count, random = task.outputs(len(said["classes"])), generator(0, 0, "unused", device)
    built = network.build(slots, said["shape"], count, generator(0, 0, "unused"), random)
    built.load_state_dict(weights)
    scaled = network.scaling(slots, said["statistics"][member])

    def predict(images: torch.Tensor) -> torch.Tensor:
        images = images.to(device)
        return network.predictions(built, images, scaled, torch.float32, task.predictions)

    return predict
