"""The threads of a training job: as many as its study says, or one line before it trains.

A layer of oneDNN shares its work out to the threads that it was promised, and waits for them all:
where OpenMP starts fewer, it waits for ever.
"""

import ctypes
import os
import sys

from stages.command import Problem

# By what OpenMP is told how many threads a program may have, at most.
LIMIT = "OMP_THREAD_LIMIT"
# By what threads are bound to cores, counted from the first in every process.
BINDING = ("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY", "KMP_AFFINITY")


def refuse_limit(threads: int) -> None:
    """Raise Problem where the environment allows fewer `threads`, without asking OpenMP itself,
    which would have to be loaded."""
    said = os.environ.get(LIMIT, "").strip()
    if said.isdigit() and 0 < int(said) < threads:
        _refuse(threads, int(said))


def unbind() -> None:
    """Let the processes that this one starts use all cores that it may: those at work at once would
    all be bound to the same first ones."""
    for name in BINDING:
        os.environ.pop(name, None)


def have(threads: int) -> None:
    """Let the OpenMP that torch has loaded start just as many `threads` as it is asked for, however
    busy the machine is. Raises Problem where it may not."""
    # Through torch, because scikit-learn and others bring an OpenMP of their own along; not
    # imported here, because Snakemake reads this module at each start.
    openmp = ctypes.CDLL(sys.modules["torch"]._C.__file__)
    if not hasattr(openmp, "omp_get_thread_limit"):
        return
    openmp.omp_set_dynamic(0)
    openmp.omp_set_max_active_levels(1)
    if (limit := openmp.omp_get_thread_limit()) < threads:
        _refuse(threads, limit)


def _refuse(threads: int, limit: int) -> None:
    found = f"found {threads}, but {LIMIT} lets a job have {limit}"
    raise Problem(f"threads: {found}; unset it, or say `threads: {limit}`")
