"""What made a result: recipe, data, code and environment, repeatable to the byte."""

import os
import platform
import re
import zlib
from pathlib import Path

import numpy as np
import safetensors
import torch

CPUINFO = Path("/proc/cpuinfo")
# The instructions by which torch, oneDNN and MKL choose how to compute: two processors of one name
# may have other ones, where a virtual machine hides some.
CHOSEN_BY = (
    "avx", "avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16",
    "amx_int8", "amx_bf16", "amx_fp16", "asimd", "asimdhp", "sve", "sve2", "i8mm", "bf16",
)  # fmt: skip
# The variables that have a processor computed on otherwise, so that other bytes come out.
SETTINGS = (
    "ATEN_CPU_CAPABILITY", "DNNL_CPU_ISA_HINTS", "DNNL_DEFAULT_FPMATH_MODE", "DNNL_MAX_CPU_ISA",
    "GLIBC_TUNABLES", "MKL_CBWR", "MKL_DEBUG_CPU_TYPE", "MKL_ENABLE_INSTRUCTIONS",
    "MKL_NUM_STRIPES", "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES",
    "ONEDNN_CPU_ISA_HINTS", "ONEDNN_DEFAULT_FPMATH_MODE", "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE",
)  # fmt: skip
# Those that do so to a GPU.
GPU_SETTINGS = (
    "CUBLASLT_WORKSPACE_SIZE", "CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "TORCH_BLAS_PREFER_CUBLASLT",
    "TORCH_CUDNN_USE_HEURISTIC_MODE_B", "TORCH_CUDNN_V8_API_DISABLED",
)  # fmt: skip


def made_by(recipe: dict, read: dict[str, str], device: torch.device, precision: str) -> dict:
    """What makes a result: recipe, which has the hashes of the code, the hashes of the data
    `read`, and the environment, the name of the `precision` among it; nothing that a clock
    measured."""
    return {
        "recipe": recipe,
        "data": read,
        "environment": {
            **arithmetic(device),
            "precision": precision,
            "python": platform.python_version(),
            "system": platform.system(),
        },
    }


def arithmetic(device: torch.device) -> dict[str, str]:
    """What decides how the same recipe is computed, and so which bytes come out: the processor or
    GPU, the instructions that are used, the versions of what computes, and the variables that are
    set and change it (SETTINGS), as one text."""
    on_gpu = device.type == "cuda"
    names = (*SETTINGS, *(GPU_SETTINGS if on_gpu else ()))
    return {
        "device": torch.cuda.get_device_name(device) if on_gpu else processor(),
        "instructions": " ".join([torch.backends.cpu.get_cpu_capability(), *instructions()]),
        "numpy": np.__version__,
        "settings": " ".join(f"{n}={os.environ[n]}" for n in names if n in os.environ) or "none",
        "torch": torch.__version__,
    }


def machine() -> dict:
    """What can change a byte beside what `made_by` has: two machines that are equal in both give
    the same bytes, as far as anybody knows."""
    return {
        "libc": platform.libc_ver(),
        "machine": platform.machine(),
        "processor": processor(),
        "safetensors": safetensors.__version__,
        # Its libraries with their versions.
        "torch": torch.__config__.show(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def processor() -> str:
    """The name of this machine's processor."""
    models = [
        line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")
    ]
    return models[0] if models else platform.machine()


def instructions() -> list[str]:
    """Those of CHOSEN_BY that this machine's processor has; none where the system doesn't say."""
    lines = [line for line in _cpuinfo() if re.match(r"(flags|Features)\s*:", line)]
    has = lines[0].split() if lines else []
    return [name for name in CHOSEN_BY if name in has]


def _cpuinfo() -> list[str]:
    try:
        return CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
