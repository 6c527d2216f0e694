"""Damage that leaves a file's size and dates as they were, as a failing disk may; and what is made
by force from a file that is gone."""

import shutil

import pytest
from conftest import assert_ok, run
from damages import RUNS

from stages import files

CHECK_FILES = ["python", "-m", "stages.workflow.check_files"]
TABLE = f"{RUNS}/relu/members.csv"


@pytest.fixture
def copied(project, tmp_path):
    return shutil.copytree(project, tmp_path / "copy", symlinks=True)


def test_what_no_size_or_date_tells_is_found_and_then_made_again(copied):
    books, table = copied / ".snakemake/rungs/hashes.json", copied / TABLE
    digest = files.sha256(table)
    table.write_bytes(table.read_bytes().replace(b"1", b"2"))
    assert_ok(run(copied, "snakemake", "--dry-run"))
    known = files.json_if_whole(books)
    files.write_json(books, known | {TABLE: [files.sign(table.stat()), digest]})
    assert "Nothing to be done" in assert_ok(run(copied, "snakemake", "--dry-run"))

    said = run(copied, *CHECK_FILES)
    assert said.returncode == 1
    assert said.stdout.startswith(f"{TABLE}: is not what evaluate wrote\n")
    said = assert_ok(run(copied, "snakemake", "--dry-run"))
    assert "Evaluate relu on digits: members.csv is not what it wrote" in said


@pytest.mark.parametrize("force", [["-F"], ["-R", "normalize"]])
def test_who_is_forced_waits_for_a_file_that_is_gone(force, copied):
    (copied / "data/raw/digits.npz").unlink()
    said = assert_ok(run(copied, "snakemake", "--dry-run", "--printshellcmds", *force))
    assert "Get the data set digits: digits.npz is gone" in said
    assert "python -m stages.normalize --raw data/raw/digits.npz --normalized" in said
