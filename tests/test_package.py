"""What `uv build` makes, without a network: a wheel and an sdist whose metadata an index takes."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile

import pytest
import yaml
from conftest import ROOT, assert_ok, run
from packaging.metadata import Metadata

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The contents of wheel and sdist by their names there; the sdist's own folder is left out."""
    folder = tmp_path_factory.mktemp("dist")
    build = ["-m", "uv", "build", "--offline", "--python", sys.executable, "--out-dir", str(folder)]
    assert_ok(run(ROOT, sys.executable, *build))
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        built = {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(sdist) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        source = {m.name.split("/", 1)[1]: archive.extractfile(m).read() for m in members}
    return {"wheel": built, "sdist": source}


def _only(files: dict[str, bytes], ending: str) -> bytes:
    [content] = (content for name, content in files.items() if name.endswith(ending))
    return content


@pytest.mark.parametrize(
    ("kind", "name"), [("wheel", ".dist-info/METADATA"), ("sdist", "PKG-INFO")]
)
def test_the_metadata_are_valid(files, kind, name):
    metadata = Metadata.from_email(_only(files[kind], name), validate=True)
    assert (metadata.name, str(metadata.version)) == ("rungs", PROJECT["version"])
    assert metadata.license_expression == "MIT"
    assert metadata.license_files == ["LICENSE"]
    pythons = ["3.10", "3.11", "3.12", "3.13", "3.14"]
    assert list(metadata.requires_python.filter(pythons)) == ["3.11", "3.12", "3.13"]
    assert metadata.description == (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_wheel_holds_the_license_and_every_module(files):
    assert _only(files["wheel"], ".dist-info/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "stages").rglob("*.py")}
    assert {name for name in files["wheel"] if name.endswith(".py")} == modules


def test_the_sdist_holds_all_that_git_tracks(files):
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    tracked = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    assert tracked - files["sdist"].keys() == set()


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['version']}] - {citation['date-released']}" in changes


def test_conda_takes_the_same_pythons_and_packages():
    """And no other file, because Snakemake takes none along."""
    environment = yaml.safe_load((ROOT / "environment.yaml").read_text(encoding="utf-8"))
    *others, pip = environment["dependencies"]
    assert others == [f"python{PROJECT['requires-python']}", "pip"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = [line.removesuffix("\\").strip() for line in lock if line[0].isalnum()]
    assert pip == {"pip": locked}
