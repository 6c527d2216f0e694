"""Whether a GPU computes what a CPU does, and the same bytes in every way it may be told to."""

import io
import sys
from pathlib import Path

import torch

from benchmarks import gpu as gpu_parts
from benchmarks import ours
from stages.compute import devices
from stages.study.slots import LISTS
from stages.training import states
from stages.training.data import of_member
from stages.training.loop import train_member
from stages.training.member import Arithmetic, Data

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from cases import FULL, NAMES, PLAIN, everything, example, learned, narrow, recipe, task_of

SHAPES = (3, 32, 32), (1, 8, 8)
RECORDED, AS_IT_IS = Arithmetic(captured=True), Arithmetic()
# A step of these depends on random numbers that are drawn on the device.
RANDOM = "augmentation", "dropout", "every"


def run(images: dict) -> tuple[str, dict]:
    """A line for what was compared, and one for each case that differs."""
    devices.prepare(2, deterministic=True)
    found, lines = {}, ["\n## Correct\n"]
    for shape in SHAPES:
        for name, slots in cases(shape).items():
            key = f"{name} {'x'.join(map(str, shape))}"
            try:
                found[key] = compared(slots, shape)
            except Exception as error:
                found[key] = {"error": f"{type(error).__name__}: {str(error).splitlines()[0]}"}
                torch.cuda.empty_cache()
    for what in ("recorded", "resumed", "side by side"):
        wrong = [name for name, row in found.items() if not row.get(what, False)]
        lines.append(
            f"- {what}, against trained alone and kernel by kernel: "
            f"{len(found) - len(wrong)} of {len(found)} cases are the same bytes"
            + (f"; not {', '.join(wrong)}" if wrong else "")
        )
    near = {n: r["step"] for n, r in found.items() if "step" in r and not n.startswith(RANDOM)}
    far = sorted(near, key=near.get, reverse=True)[:4]
    lines.append(
        "- one full-batch step against the CPU's, relative to the step; the farthest: "
        + ", ".join(f"{name} {near[name]:.1e}" for name in far)
    )
    lines += [f"- {name}: {row['error']}" for name, row in found.items() if "error" in row]
    return "\n".join(lines), found


def cases(shape: tuple) -> dict[str, dict]:
    """Every name of every slot; on the smaller images networks and all slots at once alone."""
    full = {
        f"every slot, {name}": FULL | {"network": {name: {"width": 4}}}
        for name in ("basic", "deeper")
    }
    names = {
        f"{slot} {name}": narrow(PLAIN | {slot: [choice] if slot in LISTS else choice})
        for slot, name in NAMES
        for choice in [{name: example(slot, name)}]
        if shape == SHAPES[0] or slot == "network"
    }
    return names | full


def data(shape: tuple, device: str, task: str = "classification") -> Data:
    """Sixty random images, with what a task learns of them."""
    random = torch.Generator().manual_seed(0)
    images = torch.randint(256, (60, *shape), generator=random).to(torch.uint8)
    labels, classes = learned(task, images, random)
    images, labels = images.to(device), labels.to(device)
    held_out = torch.arange(50, 60, device=device)
    return Data(images[:50], labels[:50], images[50:], labels[50:], images, classes, held_out)


def compared(slots: dict, shape: tuple) -> dict:
    """How far a step is from the CPU's, and which ways end in the same bytes."""
    task = task_of(slots, shape)
    cpu, gpu = (data(shape, device, task) for device in ("cpu", gpu_parts.DEVICE))
    step, whole = recipe(slots, task, batch_size=50), recipe(slots, task, epochs=3, members=3)
    whole |= {"precision": "float32", "cuda_graph": "auto", "threads": 2, "technique": "some"}
    seen = [of_member(gpu, whole, member) for member in range(3)]
    expected = [everything(train_member(whole, seen[i], i, AS_IT_IS)) for i in range(3)]
    kept = []

    def save(state):
        kept.append(io.BytesIO())
        torch.save(state, kept[-1])

    states.BETWEEN_EPOCHS = states.AT_LEAST_AFTER = 0
    recorded = everything(train_member(whole, seen[0], 0, RECORDED, save=save))
    states.BETWEEN_EPOCHS, states.AT_LEAST_AFTER = 1, 5
    kept[0].seek(0)
    saved = torch.load(kept[0], weights_only=True)
    resumed = everything(train_member(whole, seen[0], 0, RECORDED, saved=saved))
    together, _ = ours.trained(whole, gpu)
    # Boosted members are drawn by those before them.
    boosted = "boosting" in slots
    return {
        "step": distance(step, cpu, gpu),
        "recorded": recorded == expected[0],
        "resumed": resumed == recorded,
        "side by side": boosted or [everything(member) for member in together] == expected,
    }


def distance(step: dict, cpu: Data, gpu: Data) -> float:
    """The largest difference between the CPU's and the GPU's weights after a step, relative to what
    the step changed."""
    none = step | {"budget": step["budget"] | {"epochs": 0}}
    trained = (none, cpu), (step, cpu), (step, gpu)
    before, one, other = (train_member(made_of, on, 0).weights for made_of, on in trained)
    return max(
        float(
            (one[name].double() - other[name].double()).norm()
            / ((one[name].double() - before[name].double()).norm() + 1e-9)
        )
        for name in one
        if one[name].is_floating_point()
    )
