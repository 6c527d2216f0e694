"""profiles/default: all cores unless the command line says otherwise, and what is printed."""

import re
import shutil

from conftest import ROOT, assert_ok, run
from snakemake.utils import available_cpu_count


def test_snakemake_alone_takes_all_cores_and_the_command_line_wins(tmp_path):
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    (tmp_path / "Snakefile").write_text('rule all:\n    shell: "true"\n', encoding="utf-8")
    for options, cores in ([], available_cpu_count()), (["--cores", "7"], 7):
        said = assert_ok(run(tmp_path, "snakemake", *options, "--quiet", "host"))
        assert re.findall(r"Provided cores: (\d+)", said) == [str(cores)]


def test_a_dry_run_shows_which_rungs_why_and_the_command(tiny):
    said = assert_ok(run(tiny, "snakemake", "-n", "-p"))
    for rung in ("basic", "relu", "dropout", "without_dropout"):
        why = r"it has left no record yet\nReason: Missing output files: .*\n"
        told = rf"\nJob \d+: Train {rung} on digits: {why}"
        assert len(re.findall(told, said)) == 1, said
        assert f"python -m stages.train --recipe runs/tiny/recipes/{rung}.json" in said
    assert re.search(r"\nJob \d+: Evaluate mean_of_softmax on digits: .+\n", said)
    assert "Reason:" not in assert_ok(run(tiny, "snakemake", "-n", "--quiet", "reason"))


def test_a_run_says_a_line_per_job_and_shows_the_log_of_one_that_fails(tiny):
    door = tiny / "stages" / "normalize.py"
    spoilt = door.read_text(encoding="utf-8").replace("np.load(raw)", "open('no_such_file')")
    door.write_text(spoilt, encoding="utf-8")
    said = run(tiny, "snakemake", "--cores", "1")
    assert said.returncode != 0
    for told in ("Check the study tiny", "Get the data set digits", "Normalize the data set"):
        assert len(re.findall(rf"\nJob \d+: {told}.*\n", said.stdout)) == 1, said.stdout
    assert "Reason:" not in said.stdout
    shown = said.stdout.partition("Error in rule normalize:")[2]
    assert "Logfile logs/normalize/digits.log:" in shown
    assert "error: no_such_file: is missing" in shown
    [log] = (tiny / ".snakemake" / "log").iterdir()
    assert log.read_text(encoding="utf-8").count("Reason: ") == 3
