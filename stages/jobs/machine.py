"""What a machine really has: the cores and the memory that jobs may use, as the affinity of this
process and the limits of its control groups (of a container, or a batch system) say.

python -m stages.jobs.machine      how many jobs of one thread `make report` runs at once
"""

import os
from collections.abc import Iterator
from pathlib import Path

GROUPS, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
MEMORY = Path("/proc/meminfo")
# What most training jobs of the ready-made studies stay below: their peaks are 0.6 to 1.4 GiB.
OF_A_JOB = 2**30


def jobs() -> tuple[int, str]:
    """How many jobs of one thread may run at once, and what says so."""
    by_memory = max(1, memory() // OF_A_JOB) if memory() else cores()
    if by_memory < cores():
        return by_memory, f"of {cores()} cores: the memory here is {gib(memory())}, a job takes 1"
    fewer = f", of {os.cpu_count()}: this process may use no more"
    return cores(), f"core{'s' * (cores() > 1)}{fewer if cores() < (os.cpu_count() or 1) else ''}"


def cores() -> int:
    """How many cores jobs may keep busy; at least one."""
    quotas = [_share(*text.split()) for text in _said("cpu", "cpu.max")]
    quotas += [
        _share(quota, period)
        for quota, period in zip(
            _said("cpu", "cpu.cfs_quota_us"), _said("cpu", "cpu.cfs_period_us"), strict=True
        )
    ]
    return max(1, min([_affinity(), *(int(quota) for quota in quotas if quota)]))


def memory() -> int:
    """How many bytes of memory all jobs may take together; 0 where the system does not say."""
    said = [*_said("memory", "memory.max"), *_said("memory", "memory.limit_in_bytes")]
    limits = [int(text) for text in said if text.isdigit()]
    lines = MEMORY.read_text(encoding="utf-8").splitlines() if MEMORY.is_file() else []
    limits += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")]
    return min(limits, default=0)


def gib(size: int) -> str:
    """A number of bytes for people: `1.5 GiB`."""
    return f"{size / 2**30:.1f} GiB"


def _affinity() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share(quota: str, period: str) -> float:
    """Cores, as so many microseconds in each period; 0 where there is no limit."""
    return int(quota) / int(period) if quota.isdigit() else 0


def _said(controller: str, name: str) -> Iterator[str]:
    """What the file `name` says in this process's group of a controller and in all above it, each
    of which may limit it."""
    for folder in _folders(controller):
        if (folder / name).is_file():
            yield (folder / name).read_text(encoding="utf-8").strip()


def _folders(controller: str) -> Iterator[Path]:
    """The folders of the groups: of version 2, which has one tree, and of version 1, which has one
    for each controller. Inside of a container the group's own is often the root."""
    lines = OWN.read_text(encoding="utf-8").splitlines() if OWN.is_file() else []
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if controllers == "" or controller in controllers.split(","):
            root = GROUPS / controllers
            group = root / path.strip("/")
            yield from (at for at in (group, *group.parents) if at.is_relative_to(root))


if __name__ == "__main__":
    print(jobs()[0])
