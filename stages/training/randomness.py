"""Random numbers: one generator per member and purpose, never the global one."""

import hashlib

from torch import Generator


def generator(seed: int, member: int, purpose: str, device: str = "cpu") -> Generator:
    """A generator that depends on the study's seed, the member and the purpose alone.

    The technique plays no part: member 3 of every rung sees the data in the same order and, where
    the networks are alike, starts from the same weights, so that rungs can be compared pair by
    pair. And one member or technique more changes nothing for the others.
    """
    digest = hashlib.sha256(f"{seed}/{member}/{purpose}".encode()).digest()
    return Generator(device).manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def of_training(seed: int, member: int, device: str) -> dict[str, Generator]:
    """The generators that a member's steps draw from, by purpose: the order of the images on the
    CPU, so that every device sees the same batches; the others on the `device` that trains."""
    drawn_on = {"order": "cpu", "augmentation": device, "dropout": device}
    return {purpose: generator(seed, member, purpose, where) for purpose, where in drawn_on.items()}
