"""What a GPU can't do: hold a network that is too large, hold all members at once, record a step
that waits for the host. One line each, and nothing else changes."""

import logging

import torch

from benchmarks import gpu, ours
from benchmarks.gpu.correct import PLAIN, data, everything, recipe
from stages.command import LOG, Problem
from stages.compute import devices
from stages.training.loop import train_member
from stages.training.step import Step

ASKED = {"precision": "float32", "cuda_graph": "auto", "threads": 2, "technique": "some"}
SLOTS = PLAIN | {"network": {"basic": {"width": 64}}}


def run(images: dict) -> tuple[str, dict]:
    """A line for each."""
    devices.prepare(2, deterministic=True)
    found = {part.__doc__: outcome(part) for part in (not_recordable, too_large, some_at_once)}
    lines = ["\n## What does not fit\n", *(f"- {what} {said}" for what, said in found.items())]
    return "\n".join(lines), found


def outcome(part) -> str:
    """What a part says, or what went wrong."""
    try:
        return part()
    except Exception as error:
        return f"FAILED: {type(error).__name__}: {str(error).splitlines()[0][:200]}"


def too_large() -> str:
    """A network that is too large:"""
    made_of = recipe(SLOTS, members=1, batch_size=50) | ASKED
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.001)
    try:
        with devices.memory_is_enough(torch.device(gpu.DEVICE)):
            ours.trained(made_of, data((3, 32, 32), gpu.DEVICE))
    except Problem as problem:
        return str(problem)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()
    return "FAILED: it had room"


def some_at_once() -> str:
    """Five members where there is room for two:"""
    on_gpu, made_of = data((3, 32, 32), gpu.DEVICE), recipe(SLOTS, epochs=3, members=5) | ASKED
    expected = [everything(train_member(made_of, on_gpu, member)) for member in range(5)]
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    train_member(made_of, on_gpu, 0)
    limit = 2.5 * torch.cuda.max_memory_reserved() / torch.cuda.mem_get_info()[1]
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(limit)
    try:
        members, _ = ours.trained(made_of, on_gpu)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    same = [everything(member) for member in members] == expected
    return "the same bytes" if same else "FAILED: other bytes"


def not_recordable() -> str:
    """A step that waits for the host:"""
    on_gpu, made_of = data((3, 32, 32), gpu.DEVICE), recipe(SLOTS, epochs=3, members=3) | ASKED
    expected = [everything(train_member(made_of, on_gpu, member)) for member in range(3)]
    taken, said = Step.take, []

    def waiting(self, index):
        taken(self, index)
        self.before.loss.item()

    heard = logging.Handler()
    heard.emit = lambda record: said.append(record.getMessage())
    LOG.addHandler(heard)
    level = LOG.level
    LOG.setLevel(logging.INFO)
    Step.take = waiting
    try:
        members, _ = ours.trained(made_of, on_gpu)
    finally:
        Step.take = taken
        LOG.setLevel(level)
        LOG.removeHandler(heard)
    same = [everything(member) for member in members] == expected
    return f"{'the same bytes' if same else 'FAILED: other bytes'}; said {said}"
