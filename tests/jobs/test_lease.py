"""One GPU, one job. The GPUs are pretended: what is tested is who gets which, and who waits."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import torch
from conftest import ROOT, TINY

from stages import files, train
from stages.command import Problem
from stages.jobs import lease
from stages.study.recipe import recipes
from stages.study.study import load

TOOL = """#!/bin/sh
echo GPU-aaaa
echo GPU-bbbb
"""
JOB = """
import sys, time
from pathlib import Path
from stages.jobs import lease
with lease.gpu(sys.argv[1]) as device:
    import os
    assert "torch" not in sys.modules
    name, taken = os.environ["CUDA_VISIBLE_DEVICES"], Path(sys.argv[2])
    # Two jobs on one GPU would find each other's file.
    (taken / name).touch(exist_ok=False)
    time.sleep(float(sys.argv[3]))
    (taken / name).unlink()
    print(device, name)
"""


@pytest.fixture
def two_gpus(tmp_path, monkeypatch):
    """A machine with two GPUs, as NVIDIA's tool tells it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nvidia-smi").write_text(TOOL, encoding="utf-8")
    (tmp_path / "bin" / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv(lease.VISIBLE, raising=False)
    return tmp_path


@pytest.fixture
def no_gpu(tmp_path, monkeypatch):
    """A machine without a GPU, on which `tool` may be NVIDIA's tool, and `devices` its files."""
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    monkeypatch.setattr(lease, "DEVICES", tmp_path / "none")
    monkeypatch.delenv(lease.VISIBLE, raising=False)
    return tmp_path / "none"


def failing(folder: Path) -> None:
    """NVIDIA's tool, where the driver is not the library's."""
    said = "Failed to initialize NVML: Driver/library version mismatch"
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\necho {said}\nexit 18\n", encoding="utf-8")
    (folder / "nvidia-smi").chmod(0o755)


def start(wanted: str, folder: Path, seconds: float) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", JOB, wanted, str(folder), str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_six_jobs_share_two_gpus_without_meeting(two_gpus):
    jobs = [start("auto" if i % 2 else "cuda", two_gpus, 0.3) for i in range(6)]
    said = [job.communicate(timeout=120)[0].split() for job in jobs]
    assert [job.returncode for job in jobs] == [0] * 6
    assert {device for device, _ in said} == {"cuda"}
    assert {name for _, name in said} == {"GPU-aaaa", "GPU-bbbb"}


def test_a_job_that_is_killed_lets_go(two_gpus):
    first = start("cuda:0", two_gpus, 60)
    while first.poll() is None and not (two_gpus / "GPU-aaaa").exists():
        time.sleep(0.01)
    second = start("cuda:0", two_gpus, 0)
    time.sleep(1)
    assert second.poll() is None, "it waits"
    first.kill()
    first.wait()
    (two_gpus / "GPU-aaaa").unlink()
    assert second.communicate(timeout=60)[0].split() == ["cuda", "GPU-aaaa"]


def test_the_one_that_is_named_is_the_one_that_is_taken(two_gpus):
    for number, name in enumerate(["GPU-aaaa", "GPU-bbbb"]):
        with lease.gpu(f"cuda:{number}") as device:
            assert (device, os.environ[lease.VISIBLE]) == ("cuda", name)
    assert lease.VISIBLE not in os.environ, "given back"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, ["GPU-aaaa", "GPU-bbbb"]),
        ("1", ["GPU-bbbb"]),
        ("1,0", ["GPU-bbbb", "GPU-aaaa"]),
        ("GPU-bbbb", ["GPU-bbbb"]),
        ("GPU-b", ["GPU-bbbb"]),
        ("GPU-", []),
        ("7", []),
        ("1,7,0", ["GPU-bbbb"]),
        ("0,-1,1", ["GPU-aaaa"]),
        ("MIG-cccc", ["MIG-cccc"]),
        ("", []),
        ("-1", []),
    ],
)
def test_what_may_be_used_is_what_the_environment_allows(allowed, expected, two_gpus, monkeypatch):
    if allowed is not None:
        monkeypatch.setenv(lease.VISIBLE, allowed)
    assert lease.visible() == expected


def test_without_a_gpu_auto_is_the_cpu(no_gpu):
    for wanted in ("auto", "cpu"):
        with lease.gpu(wanted) as device:
            assert device == "cpu"


def test_a_cpu_job_takes_no_gpu(two_gpus):
    with lease.gpu("cpu") as device:
        assert device == "cpu"
        assert lease.VISIBLE not in os.environ


@pytest.mark.parametrize("wanted", ["cuda", "cuda:0"])
@pytest.mark.parametrize(
    ("allowed", "why"),
    [
        (None, "this machine has no GPU that its driver tells of"),
        ("0", "CUDA_VISIBLE_DEVICES=0 names none of the 0 GPUs that this machine has"),
        ("GPU-12345678", "CUDA_VISIBLE_DEVICES=GPU-12345678 names none"),
        ("", "CUDA_VISIBLE_DEVICES is empty"),
    ],
)
def test_a_gpu_that_is_not_there_is_one_line(wanted, allowed, why, no_gpu, monkeypatch):
    """Whatever a variable says."""
    if allowed is not None:
        monkeypatch.setenv(lease.VISIBLE, allowed)
    with pytest.raises(Problem, match=f"device: found {wanted}, but {why}"):
        lease.refuse_missing(wanted)


@pytest.mark.parametrize("allowed", ["0", "0,1", "MIG-12345678"])
def test_auto_on_a_machine_with_a_phantom_is_the_cpu_and_says_so(
    allowed, no_gpu, monkeypatch, caplog
):
    """No job waits for another's."""
    monkeypatch.setenv(lease.VISIBLE, allowed)
    with caplog.at_level("INFO", "rungs"), lease.gpu("auto") as device:
        assert device == "cpu"
    assert f"on the CPU: CUDA_VISIBLE_DEVICES={allowed} names none" in caplog.text


def test_a_tool_that_fails_is_said(no_gpu, caplog):
    failing(no_gpu)
    with caplog.at_level("INFO", "rungs"), lease.gpu("auto") as device:
        assert device == "cpu"
    assert "on the CPU: nvidia-smi fails and says: Failed to initialize NVML" in caplog.text
    with pytest.raises(Problem, match="device: found cuda, but nvidia-smi fails and says: Failed"):
        lease.refuse_missing("cuda")


def test_a_tool_that_fails_beside_gpus_is_one_line(no_gpu):
    """Rather than the CPU, or other names for the same GPUs."""
    failing(no_gpu)
    for name in ("nvidia0", "nvidia1", "nvidiactl"):
        (no_gpu / name).touch()
    with (
        pytest.raises(Problem, match="there are 2 GPUs here, but nvidia-smi fails"),
        lease.gpu("auto"),
    ):
        pass


def test_a_number_too_high_is_one_line(two_gpus):
    with pytest.raises(
        Problem,
        match=r"device: found cuda:2, .* 2 GPU.*allowed here: auto, cpu, cuda, cuda:0, cuda:1",
    ):
        lease.refuse_missing("cuda:2")
    lease.refuse_missing("cuda:1")


def test_another_user_can_lock_the_same_file(two_gpus):
    """Whoever made it, and however private that one's files are."""
    before = os.umask(0o077)
    try:
        with lease.gpu("cuda:0"):
            pass
    finally:
        os.umask(before)
    [file] = two_gpus.glob("rungs-gpu-*.lock")
    assert file.stat().st_mode & 0o777 == 0o644
    file.chmod(0o444)
    with lease.gpu("cuda:0") as device:
        assert device == "cuda"


def test_a_tool_that_does_not_answer_is_one_line(two_gpus, monkeypatch):
    """Rather than other names for the same GPUs."""

    def hang(*arguments, **options):
        raise subprocess.TimeoutExpired("nvidia-smi", 60)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(Problem, match="device: nvidia-smi has not answered"), lease.gpu("auto"):
        pass


def test_where_torch_cannot_use_the_gpu_it_is_let_go(two_gpus, tmp_path, monkeypatch):
    """The job trains on the CPU then, and the next one does not wait for it."""
    recipe = recipes(load(TINY))["basic"] | {"device": "auto"}
    files.write_json(tmp_path / "recipe.json", recipe)
    free = []

    def train_rung(recipe, read, inputs, run, device):
        assert device == torch.device("cpu")
        for number in (0, 1):
            with lease.gpu(f"cuda:{number}"):
                free.append(number)

    monkeypatch.setattr(train, "train_rung", train_rung)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    train.main(tmp_path / "recipe.json", *[tmp_path / "none"] * 4, tmp_path / "run")
    assert free == [0, 1]


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_one_line(number, two_gpus, monkeypatch):
    """Rather than waiting for a GPU that nobody has, for ever."""

    def refuse(file, how):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lease.fcntl, "flock", refuse)
    with (
        pytest.raises(Problem, match=r"lock can't be locked .*; set TMPDIR to a folder"),
        lease.gpu("cuda"),
    ):
        pass
