"""A GPU's bundle: which packages it holds, what of them is copied, and that run.sh starts it."""

import os
import shutil
import subprocess

import pytest
from conftest import ROOT

from benchmarks import gpu_bundle
from stages import command

# Says what it was called as, where, with which packages first, and with what.
FAKE = '#!/bin/sh\ncommand -v python > called\npwd -P\necho "$PYTHONPATH"\necho "$@"\n'
MADE_UP = {
    "project": ["Base_One>=2", "lean", "engine[fast]>=1", 'old; python_version < "3.12"'],
    "engine": ["shared>=4.16,<5", 'quick; extra == "fast"', 'docs; extra == "docs"'],
    "quick": ["engine", 'windows; sys_platform == "win32"', 'linux; sys_platform == "linux"'],
    "base-one": ["shared>=4.10", "lean>=3", 'newest; python_version >= "3.12"'],
    "lean": [],
}


def test_the_closure_follows_markers_and_extras():
    asked = gpu_bundle.closure(["project"], lambda name: MADE_UP.get(name, []))
    assert asked.keys() == {
        "project", "base-one", "lean", "engine", "shared", "quick", "linux", "newest",
    }  # fmt: skip
    assert sorted({str(versions) for versions in asked["shared"]}) == ["<5,>=4.16", ">=4.10"]


def test_missing_is_what_the_base_lacks_or_may_have_too_old():
    """`shared` comes with the base, but maybe as 4.10; base-one is named, whatever its version."""
    found = gpu_bundle.missing(["project"], ["base.one"], lambda name: MADE_UP.get(name, []))
    assert found == ["engine", "linux", "project", "quick", "shared"]


def test_the_bundle_of_this_project_has_snakemake_but_neither_torch_nor_dvc():
    found = gpu_bundle.missing(gpu_bundle.roots(), gpu_bundle.BASE, gpu_bundle.required)
    assert {"pydantic", "pydantic-core", "snakemake", "tyro", "connection-pool"} <= set(found)
    assert not {"torch", "numpy", "jinja2", "dvc", "tensorboard", "pytest", "ruff"} & set(found)


def test_pure_python_is_copied_by_its_record(tmp_path):
    gpu_bundle.copy_installed("connection-pool", tmp_path)
    assert (tmp_path / "connection_pool" / "__init__.py").is_file()
    assert not list(tmp_path.rglob("__pycache__"))


def test_what_is_compiled_for_another_python_is_refused(tmp_path):
    with pytest.raises(command.Problem, match=r"^pydantic-core: pip finds no wheel .*; see that"):
        gpu_bundle.copy_installed("pydantic-core", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_wheels_that_pip_does_not_find_are_named(tmp_path, monkeypatch):
    """pip stops at the first; the others are asked for again."""
    asked = []

    def pip(words, **_):
        pins = words[words.index("--dest") + 2 :]
        asked.append(pins)
        error = "ERROR: No matching distribution found for pure==1\n" if "pure==1" in pins else ""
        return subprocess.CompletedProcess(words, bool(error), "", error)

    monkeypatch.setattr(gpu_bundle.subprocess, "run", pip)
    assert gpu_bundle.download(["a==1", "pure==1", "z==1"], tmp_path) == ["pure==1"]
    assert asked == [["a==1", "pure==1", "z==1"], ["a==1", "z==1"]]


def test_another_failure_of_pip_is_one_line(tmp_path, monkeypatch):
    failed = subprocess.CompletedProcess([], 2, "", "ERROR: no space\nleft on device\n")
    monkeypatch.setattr(gpu_bundle.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(command.Problem, match=r"^pip download left with 2: ERROR: no space left"):
        gpu_bundle.download(["a==1"], tmp_path)


def test_a_bundle_that_is_too_large_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(bytes(2_000_000))
    assert gpu_bundle.checked_size(tmp_path) == 2_000_000
    monkeypatch.setattr(gpu_bundle, "LIMIT", 1_000_000)
    with pytest.raises(command.Problem, match=r": 2\.0 MB, and 1 MB are allowed; unset RUNGS_MIR"):
        gpu_bundle.checked_size(tmp_path)


def test_without_a_mirror_there_are_no_images(tmp_path, monkeypatch):
    monkeypatch.delenv("RUNGS_MIRROR", raising=False)
    assert gpu_bundle.write_images(tmp_path / "images.npz").startswith("no images: RUNGS_MIRROR")
    assert not list(tmp_path.iterdir())


def test_a_mirror_without_the_images_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("RUNGS_MIRROR", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with pytest.raises(command.Problem, match=r"^CIFAR-10 can't be had; correct RUNGS_MIRROR, "):
        gpu_bundle.write_images(tmp_path / "images.npz")


@pytest.fixture
def start(tmp_path):
    """Run a bundle's run.sh where python3 is FAKE; the bundle and the lines that were printed."""
    bundle, programs, temporary = (tmp_path / name for name in ("a bundle", "bin", "tmp"))
    for folder in (bundle / "wheels", programs, temporary):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "benchmarks" / "gpu_bundle.sh", bundle / "run.sh")
    (programs / "python3").write_text(FAKE, encoding="utf-8")
    (programs / "python3").chmod(0o755)
    system = {"PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin", "TMPDIR": str(temporary)}

    def run(*arguments: str) -> list[str]:
        words = ["bash", str(bundle / "run.sh"), *arguments]
        return subprocess.run(
            words, env=system, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout.splitlines()

    return bundle, run


def test_run_starts_the_check_by_a_program_named_python(start):
    bundle, run = start
    where, packages, arguments = run("--results", "a folder")
    assert where == str(bundle.resolve())
    assert packages.endswith(f"/packages:{bundle}/copied")
    assert arguments == "-m benchmarks.gpu_check --results a folder"
    called = (bundle / "called").read_text(encoding="utf-8")
    assert called == f"{packages.split('/packages:')[0]}/bin/python\n"


def test_run_first_installs_the_wheels_without_an_index(start):
    bundle, run = start
    (bundle / "wheels" / "a-1-py3-none-any.whl").touch()
    _, _, installed, _, packages, arguments = run()
    assert installed.startswith("-m pip install -q --no-index --no-deps ")
    target, wheel = installed.split("--target ")[1].split(" ")
    assert (packages.split(":")[0], wheel) == (target, "wheels/a-1-py3-none-any.whl")
    assert arguments == "-m benchmarks.gpu_check"
