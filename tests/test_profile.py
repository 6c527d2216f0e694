"""profiles/default: `snakemake` alone takes all cores, and what the command line says wins."""

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
