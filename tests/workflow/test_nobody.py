"""Both engines without make, for a user whom no list of users has, as docs/other-machines.md says
(a container that runs as any number)."""

import re
import subprocess

import pytest
from conftest import ROOT, assert_ok, run

NAMELESS = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]
COMMANDS = {
    "snakemake --dry-run": "Nothing to be done",
    "snakemake --cores 1 --forcerun report": "committed to DVC",
    "dvc repro": "Data and pipelines are up to date",
    "python -m stages.workflow.doctor": "study     tiny of params.yaml: 0 jobs would run",
}


@pytest.fixture(scope="module")
def nobody() -> list[str]:
    """What a command begins with that such a user starts in a container, who has no home either;
    the variables that the page names."""
    if subprocess.run([*NAMELESS, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system makes no namespaces of users")
    page = (ROOT / "docs" / "other-machines.md").read_text(encoding="utf-8")
    [variables] = re.findall(r"Without make: `(HOME=\S+ LOGNAME=\S+) snakemake`", page)
    return [*NAMELESS, "env", "-u", "USER", *variables.split()]


@pytest.mark.parametrize("command", COMMANDS)
def test_who_has_no_name_and_no_home_names_both(command, nobody, project, tmp_path):
    words = [word.replace("/some/folder", str(tmp_path)) for word in nobody]
    said = assert_ok(run(project, *words, *command.split()))
    assert COMMANDS[command] in said
    assert "Traceback" not in said
