"""The device that trains: its precision, what makes its results repeatable, and what
its memory is too small for."""

import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from stages.command import LOG, Problem
from stages.compute.torch_patches import leave_out_the_compiler

# With fewer pixels in a batch, converting numbers to bfloat16 takes about as long
# as it spares (docs/speed.md).
WORTH_CONVERTING = 10_000
# What Linux says of the processor.
CPUINFO = Path("/proc/cpuinfo")


def pick(leased: str, wanted: str) -> torch.device:
    """The device for a lease of `cpu` or `cuda`; the CPU where `auto` is wanted and torch
    can't use the GPU that is there.

    Raises Problem where a GPU is wanted by name, but can't be used.
    """
    if leased == "cuda" and not torch.cuda.is_available():
        text = "this machine has a GPU, but torch can't use it; update its driver"
        if wanted != "auto":
            raise Problem(f"device: found {wanted}; {text}, or say `device: cpu`")
        LOG.info("%s; training on the CPU", text)
        return torch.device("cpu")
    return torch.device(leased)


def precision(wanted: str, device: torch.device, pixels: int) -> torch.dtype:
    """The number format of layers' inputs and weights for `float32`, `bfloat16`, `tf32` (float32,
    whose multiplications are another matter: `prepare`) or `auto`, where a batch has so many
    pixels.

    `auto` is bfloat16 where it is known to be faster: on GPUs that are made for it and some
    processors, in batches large enough. It asks for nothing that differs between the rungs of a
    ladder, so that they are computed alike, unless one has a batch size of its own, and no clock,
    so that it is the same every time on one machine. Raises Problem where the device has no TF32.
    """
    if wanted == "tf32":
        _refuse_without_tf32(device)
        return torch.float32
    if wanted != "auto":
        return getattr(torch, wanted)
    if pixels < WORTH_CONVERTING:
        return torch.float32
    return torch.bfloat16 if _gains(device) else torch.float32


def _refuse_without_tf32(device: torch.device) -> None:
    # Ampere, compute capability 8.0, was the first to have it.
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < (8, 0):
        found = f"found tf32, which {describe(device)} can't multiply in"
        raise Problem(f"precision: {found}; say float32, bfloat16 or auto")


def _gains(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return gains_from_bfloat16(_cpuinfo())


def gains_from_bfloat16(cpuinfo: str) -> bool:
    """Whether a processor is known to train faster in bfloat16, by its text in /proc/cpuinfo.

    The instructions alone don't say so: with AVX512-BF16 an AMD EPYC ran at 1.5 times float32's
    speed, a server Intel at 0.4 to 0.8 of it (docs/speed.md). With AMX nothing was measured.
    """
    vendor = re.search(r"^vendor_id\s*: (\w+)$", cpuinfo, re.MULTILINE)
    flags = re.search(r"^flags\s*: (.*)$", cpuinfo, re.MULTILINE)
    known = vendor is not None and flags is not None and vendor[1] == "AuthenticAMD"
    return known and "avx512_bf16" in flags[1].split()


def _cpuinfo() -> str:
    try:
        return CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def prepare(threads: int, deterministic: bool, tf32: bool = False) -> None:
    """Use exactly `threads` threads and, where `deterministic`, only kernels that
    give the same bits every time; with `tf32`, a GPU multiplies float32 numbers by their first 10
    binary places, as torch's convolutions do by default.

    The number of threads is the study's, never the machine's: sums are split by it.
    """
    # cuBLAS is repeatable only with a workspace of a fixed size, named before its first use.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_num_threads(threads)
    # Not use_deterministic_algorithms, which does the same, but imports torch's compiler, too
    # (see torch_patches).
    torch.set_deterministic_debug_mode("error" if deterministic else "default")
    # Nothing here reads memory that it has not written; torch would fill all of
    # it first to show whoever does.
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.benchmark = not deterministic
    _multiply_in_tf32(tf32)
    _keep_memory()
    leave_out_the_compiler()


def _multiply_in_tf32(wanted: bool) -> bool:
    """Say whether a GPU may, and return whether it might until now."""
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = wanted
    return before


@contextmanager
def all_places() -> Iterator[None]:
    """Multiply float32 numbers with all of their places, whatever `prepare` was told."""
    before = _multiply_in_tf32(False)
    try:
        yield
    finally:
        _multiply_in_tf32(before)


def _keep_memory() -> None:
    """Let glibc keep what it has, instead of giving large tensors back to the system and taking
    them anew, page by page, in each step."""
    m_trim_threshold, m_mmap_threshold = -1, -3
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(m_mmap_threshold, 2**30)
        tune(m_trim_threshold, 2**31 - 1)


@contextmanager
def memory_is_enough(device: torch.device) -> Iterator[None]:
    """Turn whatever torch says when the device's memory is used up into a Problem."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        used_up = isinstance(error, MemoryError | torch.OutOfMemoryError)
        if not used_up and "can't allocate memory" not in str(error):
            raise
        fewer = ", or run fewer jobs at once" if device.type == "cpu" else ""
        found = f"the memory of {describe(device)} is too small for this network and batch"
        what_to_do = f"lower batch_size or the network's width{fewer}"
        raise Problem(f"budget.batch_size: {found}; {what_to_do}") from error


def describe(device: torch.device) -> str:
    """The device in words, with the memory that it has."""
    if device.type == "cpu":
        return "this machine"
    properties = torch.cuda.get_device_properties(device)
    return f"{properties.name} ({properties.total_memory / 2**30:.0f} GiB)"
