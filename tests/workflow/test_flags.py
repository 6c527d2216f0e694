"""A flag that counts once is refused where it stands twice."""

import pytest
from conftest import run

from stages.command import Problem
from stages.workflow import flags


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "precision=float32", "--config", "budget={epochs: 3}"],
        ["-C", "precision=float32", "--cores", "2", "--config", "device=cpu"],
        ["--config=precision=float32", "--config=device=cpu"],
        ["--configfile", "a.yaml", "--configfile", "b.yaml"],
        ["--configfile=a.yaml", "--configfiles", "b.yaml"],
    ],
)
def test_twice_is_one_line(words):
    with pytest.raises(Problem, match=r"--config.*: found 2 times; .* write it once"):
        flags.refuse_twice(["snakemake", *words])


@pytest.mark.parametrize(
    "words", [[], ["--config", "a=1", "b=2", "--configfile", "x"], ["--cores", "1", "--cores", "2"]]
)
def test_once_is_no_problem(words):
    flags.refuse_twice(["snakemake", *words])


def test_snakemake_says_so_before_any_work(project):
    said = run(project, "snakemake", "-n", "-C", "precision=float32", "-C", "device=cpu")
    assert said.returncode == 1
    assert "error: --config: found 2 times; Snakemake takes the last" in said.stdout
