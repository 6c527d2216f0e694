"""Why a job must run, as `snakemake --dry-run` says it of each."""

import re
import shutil

import pytest
from conftest import assert_ok, run
from damages import RUNS, commented, replaced

SAID = {
    "an option": (
        replaced("params.yaml", "{rate: 0.3}", "{rate: 0.2}"),
        {
            "Check the study tiny": "params.yaml has changed",
            "Train dropout on digits": "runs/tiny/recipes/dropout.json has changed",
            "Evaluate dropout on digits": f"{RUNS}/dropout/recipe.json is made anew",
        },
    ),
    "code, and two files": (
        lambda project: (
            commented("stages/report.py")(project),
            (project / RUNS / "relu/members.csv").unlink(),
            (project / RUNS / "basic/evaluate.json").unlink(),
            commented(f"{RUNS}/dropout/curve.csv")(project),
        ),
        {
            "Evaluate relu on digits": "members.csv is gone",
            "Evaluate basic on digits": "it has left no record yet",
            "Evaluate dropout on digits": "curve.csv is not what it wrote",
            "Write the report of tiny": "its code has changed",
        },
    ),
}


@pytest.mark.parametrize("change", SAID)
def test_a_dry_run_says_why(change, project):
    make, expected = SAID[change]
    kept = {path: (project / path).read_bytes() for path in ("params.yaml", "stages/report.py")}
    make(project)
    said = assert_ok(run(project, "snakemake", "--dry-run"))
    for path, content in kept.items():
        (project / path).write_bytes(content)
    found = dict(re.findall(r"^Job \d+: (.*?): (.*)$", said, re.MULTILINE))
    assert {job: found.get(job) for job in expected} == expected


def test_what_is_asked_for_says_so(finished, tmp_path):
    project = shutil.copytree(finished, tmp_path / "copy", symlinks=True)
    said = assert_ok(run(project, "snakemake", "--dry-run", "--forcerun", "normalize"))
    assert "Normalize the data set digits: it is asked for" in said
