"""The same study gives the same bytes, in clones of its own."""

from conftest import TINY, assert_ok, copy_project, run


def test_adopt_says_what_is_missing(tiny):
    said = run(tiny, "python", "-m", "stages.workflow.engines")
    assert said.returncode == 1
    assert "error: files of this study are missing" in said.stdout


def test_same_bytes_by_both_engines_and_any_number_of_cores(tmp_path):
    project = copy_project(tmp_path / "project", TINY)
    assert assert_ok(run(project, "tests/same_bytes.sh")).endswith("same bytes\n")
