"""The cores and the memory that jobs have, where a container or a batch system gives them fewer."""

import os
import sys

import pytest
from conftest import run

from stages import files
from stages.jobs import machine
from stages.workflow import printed

V2, V1 = "0::/pod/own\n", "4:memory:/pod/own\n3:cpu,cpuacct:/pod/own\n1:name=systemd:/\n0::/\n"
GIB = 2**30


@pytest.fixture
def limited(tmp_path, monkeypatch):
    """A machine of 8 cores and 16 GiB whose control groups have these files."""
    monkeypatch.setattr(machine, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(machine, "OWN", tmp_path / "own")
    monkeypatch.setattr(machine, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda process: set(range(8)))
    monkeypatch.setattr(machine.os, "cpu_count", lambda: 8)
    files.write(tmp_path / "meminfo", f"MemTotal: {16 * 2**20} kB\n")

    def limit(own: str, said: dict[str, str]):
        files.write(tmp_path / "own", own)
        for name, text in said.items():
            files.write(tmp_path / "cgroup" / name, text)

    return limit


@pytest.mark.parametrize(
    ("own", "said", "cores", "memory"),
    [
        ("", {}, 8, 16 * GIB),
        (V2, {"pod/own/cpu.max": "max 100000\n", "pod/own/memory.max": "max\n"}, 8, 16 * GIB),
        (V2, {"pod/own/cpu.max": "150000 100000\n"}, 1, 16 * GIB),
        (V2, {"pod/cpu.max": "300000 100000\n", "pod/memory.max": f"{3 * GIB}\n"}, 3, 3 * GIB),
        (V2, {"cpu.max": "10000 100000\n", "memory.max": f"{GIB}\n"}, 1, GIB),
        (
            V1,
            {
                "cpu,cpuacct/pod/own/cpu.cfs_quota_us": "200000\n",
                "cpu,cpuacct/pod/own/cpu.cfs_period_us": "100000\n",
                "memory/pod/memory.limit_in_bytes": f"{2 * GIB}\n",
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            2,
            2 * GIB,
        ),
        (
            V1,
            {
                "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            },
            8,
            16 * GIB,
        ),
    ],
)
def test_control_groups_of_both_versions(own, said, cores, memory, limited):
    limited(own, said)
    assert (machine.cores(), machine.memory()) == (cores, memory)


def test_a_small_memory_runs_fewer_jobs_and_says_so(limited, capsys):
    limited(V2, {"memory.max": f"{3 * GIB}\n"})
    assert machine.jobs() == (3, "of 8 cores: the memory here is 3.0 GiB, a job takes 1")
    printed.too_many(8, here=True)
    assert "run snakemake --cores 3" in capsys.readouterr().err
    printed.too_many(3, here=True)
    printed.too_many(1000, here=False)
    assert capsys.readouterr().err == ""


def test_of_affinity_alone(limited, monkeypatch):
    limited("", {})
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda process: {5})
    assert machine.jobs() == (1, "core, of 8: this process may use no more")


def test_this_machine_has_some():
    assert 1 <= machine.cores() <= os.cpu_count()
    assert machine.memory() > 2**29


def test_a_job_that_was_killed_says_memory_how_much_and_what_to_do(tiny):
    """The check ends itself here as the system would end it."""
    door = tiny / "stages" / "check.py"
    kill = "import os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)\n"
    door.write_text(kill + door.read_text(encoding="utf-8"), encoding="utf-8")
    said = run(tiny, str(sys.executable), "-m", "snakemake", "--cores", "1").stdout
    [line] = [line for line in said.splitlines() if line.startswith("error: a job was killed")]
    assert "GiB here; run fewer at once, as by snakemake --cores 1" in line
