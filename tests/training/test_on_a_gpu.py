"""What a training does on a GPU, as far as a machine without one can tell: torch's fake tensors
have a device, and no content."""

import pytest
import torch
from cases import FULL, NAMES, PLAIN, example, narrow
from torch._subclasses.fake_tensor import FakeTensorMode

from stages.study.slots import LISTS
from stages.training import network
from stages.training.step import augmentation

STATISTICS = {"zero_centered": {"mean": 1.0, "maximum": 2.0}}


def forward(slots: dict, shape: tuple[int, int, int]) -> torch.Tensor:
    """The outputs for four images that lie on a GPU, with all that a training step does to them."""
    drawn = torch.Generator()
    made = network.build(slots, shape, 10, drawn, drawn).train()
    with FakeTensorMode() as fake:
        for module in made.modules():
            for values in module._parameters, module._buffers:
                for name, value in values.items():
                    values[name] = None if value is None else fake.from_tensor(value).to("cuda")
        images = torch.zeros(4, *shape, dtype=torch.uint8, device="cuda")
        inputs = network.scaling(slots, STATISTICS)(augmentation(slots, drawn)(images))
        return network.logits(made, inputs, torch.float32)


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_a_step_stays_on_the_gpu(slot, name):
    """A tensor that is made on the CPU by mistake meets one on the GPU, and that is an error."""
    choice = {name: example(slot, name)}
    slots = narrow(PLAIN | {slot: [choice] if slot in LISTS else choice})
    assert forward(slots, (3, 32, 32)).device.type == "cuda"


def test_every_slot_at_once():
    assert forward(narrow(FULL), (1, 8, 8)).device.type == "cuda"


@pytest.mark.parametrize(
    ("device", "shape", "expected"),
    [
        ("cpu", (3, 32, 32), 128),
        ("cuda", (3, 32, 32), 2000),
        ("cuda", (1, 8, 8), 32000),
        ("cuda", (3, 512, 512), 128),
    ],
)
def test_a_gpu_predicts_more_images_at_once(device, shape, expected):
    with FakeTensorMode():
        for count in (0, 1):
            images = torch.zeros(count, *shape, dtype=torch.uint8, device=device)
            assert network.prediction_batch(images) == expected
