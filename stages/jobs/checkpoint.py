"""What a training can go on from after it was cut off: one file per member, beside the run's own
files, gone when the run is complete.

Neither engine declares these files, so that neither deletes them.
"""

import hashlib
import io
from pathlib import Path

import torch

from stages import files
from stages.command import LOG


class Checkpoints:
    """The checkpoints of a rung's members in its folder `run`; `made_by` is all
    that decides what comes out."""

    def __init__(self, run: Path, made_by: str):
        self.run, self.digest = run, hashlib.sha256(made_by.encode()).digest()

    def save(self, member: int, state: dict) -> None:
        """Write the state of a member: tensors, numbers, texts, lists and dictionaries of these."""
        content = io.BytesIO()
        torch.save(state, content)
        # In pieces, because a copy of a wide network's state is a hundred megabytes more.
        whole = hashlib.sha256(self.digest)
        whole.update(content.getbuffer())
        files.write(self._path(member), whole.digest(), self.digest, content.getbuffer())

    def load(self, member: int) -> dict | None:
        """The state of a member; None, and one line, where it is damaged or another recipe's;
        None where there is none."""
        path = self._path(member)
        if not path.is_file():
            return None
        content = memoryview(path.read_bytes())
        whole, payload = content[:32], content[32:]
        if hashlib.sha256(payload).digest() != whole:
            LOG.info("%s: this checkpoint is damaged; member %d starts anew", path, member + 1)
        elif payload[:32] != self.digest:
            other = "another recipe, other data or another machine"
            LOG.info("%s: this checkpoint is of %s; member %d starts anew", path, other, member + 1)
        else:
            return torch.load(io.BytesIO(payload[32:]), weights_only=True)
        return None

    def clear(self) -> None:
        """Remove them all: those of members that there no longer are, too, and what was being
        written when a job was killed."""
        for path in [*self.run.glob(".checkpoint-*"), *self.run.glob(".*.partial")]:
            path.unlink()

    def _path(self, member: int) -> Path:
        return self.run / f".checkpoint-{member}"
