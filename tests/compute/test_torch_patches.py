"""The patches of torch are still needed: without either, an optimizer imports torch's compiler."""

import subprocess
import sys

from conftest import ROOT

# A module that is None can't be imported: who tries fails, and the test need not wait for it.
CODE = """
import sys
import torch
from stages.compute import torch_patches

assert "torch._dynamo" not in sys.modules
sys.modules["torch._dynamo"] = None
weight = torch.nn.Parameter(torch.ones(2))
weight.grad = torch.ones(2)

def wants_the_compiler(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except ModuleNotFoundError as error:
        return error.name == "torch._dynamo"
    return False

print("leave_out_the_compiler:", wants_the_compiler(torch.optim.SGD, [weight], lr=0.25))
torch_patches.leave_out_the_compiler()
optimizer = torch.optim.SGD([weight], lr=0.25)
print("bare_step:", wants_the_compiler(optimizer.step))
weight.data.fill_(1)
torch_patches.bare_step(optimizer)()
optimizer.zero_grad()
print("with both:", weight.tolist())
"""


def test_torch_still_needs_both_patches():
    """In a process of its own, where no other test has imported or patched anything."""
    command = [sys.executable, "-B", "-c", CODE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found = dict(line.split(": ") for line in done.stdout.splitlines())
    for patch in ("leave_out_the_compiler", "bare_step"):
        assert found[patch] == "True", (
            f"torch does without its compiler now: remove the patch {patch}"
        )
    assert found["with both"] == "[0.75, 0.75]"
