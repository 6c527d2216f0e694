"""Where quickstart's processor time goes: by process, and by what each process does.

python -m benchmarks.where runs quickstart in a copy of the project, its store off, and writes the
table into docs/speed.md. Processor time, since wall time says what else the machine was doing.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from stages import files
from stages.jobs import git, store_settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "speed.md"
ACCOUNTS = ROOT / "benchmarks" / "accounts"
PARTS = ["imports", "reading", "training", "looking inside", "robustness", "writing", "drawing"]
STAGES = ["check", "download", "normalize", "train", "ensemble", "evaluate", "report"]
ENGINE = "Snakemake and all else"
# The table stands between these lines of docs/speed.md.
BEGIN, END = "<!-- written by python -m benchmarks.where -->\n", "<!-- end -->\n"


def main() -> None:
    """Run the study, print the table and write it into docs/speed.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--epochs", type=int, help="fewer, to try whether this works")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        total, told = run(Path(folder), args.cores, args.epochs)
    table = table_of(total, told)
    print(table)
    if args.epochs is None:
        text = DOCS.read_text(encoding="utf-8")
        files.write(DOCS, between(text, table))


def run(folder: Path, cores: int, epochs: int | None) -> tuple[float, list[dict]]:
    """The processor seconds of a whole run, and what its processes tell."""
    project, accounts = folder / "project", folder / "accounts"
    accounts.mkdir()
    for name in git.ask("ls-files", "-co", "--exclude-standard", folder=ROOT).splitlines():
        if (ROOT / name).is_file():
            files.write(project / name, (ROOT / name).read_bytes())
    files.write(project / store_settings.SETTINGS, store_settings.OFF)
    for command in (["init", "--quiet"], ["add", "--all"]):
        git.ask(*command, folder=project)
    fewer = [] if epochs is None else ["--config", f"budget={{epochs: {epochs}}}"]
    environment = os.environ | {"PYTHONPATH": str(ACCOUNTS), "ACCOUNTS": str(accounts)}
    before = processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", str(cores), *fewer],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    total = processor_seconds() - before
    return total, [json.loads(path.read_text("utf-8")) for path in accounts.glob("*.json")]


def processor_seconds() -> float:
    """Of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def stage_of(command: list[str]) -> str:
    """The stage that a command runs; the engine, where it runs none."""
    named = [word.removeprefix("stages.") for word in command if word.startswith("stages.")]
    return named[0] if named and named[0] in STAGES else ENGINE


def table_of(total: float, told: list[dict]) -> str:
    """A row for each stage with its seconds by part, one for the engine, and their sum with the
    share of each part."""
    by_stage = {stage: Counter() for stage in [*STAGES, ENGINE]}
    for process in told:
        by_stage[stage_of(process["command"])].update(process["seconds"])
    # What tells nothing: git, shells, and what a process does after its last word.
    by_stage[ENGINE]["other"] += total - sum(of.total() for of in by_stage.values())
    jobs = Counter(stage_of(process["command"]) for process in told)
    sums = sum(by_stage.values(), Counter())
    rows = [
        cells(f"{stage}, {jobs[stage]} jobs" if jobs[stage] > 1 and stage in STAGES else stage, of)
        for stage, of in by_stage.items()
    ]
    shares = [f"{sums[part] / total:.1%}" for part in [*PARTS, "other"]]
    return "\n".join(
        [
            f"| processor seconds | all | {' | '.join([*PARTS, 'other'])} |",
            "|---" * (len(PARTS) + 3) + "|",
            *rows,
            cells("all", sums),
            f"| share | 100% | {' | '.join(shares)} |",
        ]
    )


def cells(name: str, of: Counter) -> str:
    """A row of the table; a part that takes nothing is a dash."""
    seconds = [of.total(), *(of[part] for part in [*PARTS, "other"])]
    return f"| {name} | " + " | ".join(f"{s:.1f}" if s >= 0.05 else "–" for s in seconds) + " |"


def between(text: str, table: str) -> str:
    """A text with the table between BEGIN and END."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    return re.sub(pattern, lambda _: f"{BEGIN}\n{table}\n\n{END}", text, flags=re.DOTALL)


if __name__ == "__main__":
    main()
