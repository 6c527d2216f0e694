"""A job has the threads that its study says, whatever the environment makes of it."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT, TINY, assert_ok, run

from stages import check
from stages.command import Problem
from stages.jobs import threads

# How many threads OpenMP starts is counted by those who come: the region runs once in each.
ASK = """
import ctypes, threading
from stages.command import Problem
from stages.compute import devices
from stages.jobs import threads
import torch
try:
    devices.prepare(3, True)
    threads.have(3)
    came = []
    region = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: came.append(threading.get_ident()))
    ctypes.CDLL(torch._C.__file__).GOMP_parallel(region, None, 3, 0)
    print("threads:", len(set(came)))
except Problem as problem:
    print(problem)
"""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OMP_THREAD_LIMIT", "2", "threads: found 3, but OMP_THREAD_LIMIT lets a job have 2"),
        ("OMP_DYNAMIC", "true", "threads: 3"),
        ("OMP_MAX_ACTIVE_LEVELS", "0", "threads: 3"),
        ("OMP_NUM_THREADS", "1", "threads: 3"),
    ],
)
def test_openmp_starts_as_many_as_asked_for_or_it_is_said(name, value, said):
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=os.environ | {name: value},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        # Where it waits for a thread that never comes, it would for ever.
        timeout=120,
    )
    assert done.stdout.startswith(said), done.stdout


def test_a_limit_is_said_before_any_work(tmp_path, monkeypatch):
    study = tmp_path / "two.yaml"
    text = TINY.read_text(encoding="utf-8")
    study.write_text(text.replace("threads: 1", "threads: 2"), encoding="utf-8")
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")
    with pytest.raises(Problem, match=r"threads: found 2, .* lets a job have 1; unset it"):
        check.main(study, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("value", ["", "0", "2", "3", "many"])
def test_a_limit_that_is_high_enough_or_none_is_no_problem(value, monkeypatch):
    monkeypatch.setenv("OMP_THREAD_LIMIT", value)
    threads.refuse_limit(2)


BOUND = """
import json, os
import torch
torch.set_num_threads(1)
(torch.ones(300, 300) @ torch.ones(300, 300)).relu().sum()
print(json.dumps(sorted(os.sched_getaffinity(0))))
"""


@pytest.mark.parametrize("name", ["OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"])
def test_jobs_at_once_are_not_bound_to_one_core(name, tiny):
    """Each would be bound to the first; as batch systems and guides to OpenMP set them."""
    if len(os.sched_getaffinity(0)) == 1:
        pytest.skip("there is one core")
    value = {"OMP_PROC_BIND": "true", "OMP_PLACES": "cores", "GOMP_CPU_AFFINITY": "0"}[name]
    door = tiny / "stages" / "check.py"
    ask = f"import pathlib, subprocess, sys\n\nasked = [sys.executable, '-c', {BOUND!r}]\n"
    ask += "pathlib.Path('cores').write_bytes(subprocess.check_output(asked))\n"
    door.write_text(ask + door.read_text(encoding="utf-8"), encoding="utf-8")
    assert_ok(run(tiny, "env", f"{name}={value}", "snakemake", "--cores", "2", "--until", "check"))
    cores = json.loads((tiny / "cores").read_text(encoding="utf-8"))
    assert cores == sorted(os.sched_getaffinity(0))
