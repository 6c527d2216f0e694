"""Read every file of the study of params.yaml, and say which are not what was made: `make
check-files`."""

import os
from pathlib import Path

from stages import command, files
from stages.command import LOG, Problem
from stages.workflow.graph import Graph
from stages.workflow.jobs import Job, flat
from stages.workflow.plan import Plan, State


def main() -> None:
    """Log a line for each file that is missing or differs from its record, and for each job that
    other code or other files have made. Raises Problem where there is one."""
    graph = Graph([], {}, main=False)
    # By reading: what is known of a file from its size and dates may hide damage of a disk.
    plan = Plan(graph.jobs, graph.plan.planned, files.sha256)
    lines = [line for job in graph.jobs.all for line in said_of(plan, job)]
    for line in lines:
        LOG.info(line)
    for path in damaged(plan, graph.jobs.all):
        # Where size and dates were as before, both engines would go on to take it for unchanged.
        os.utime(path)
    if lines:
        what = "run snakemake or dvc repro, which make these again and nothing else"
        raise Problem(f"{len(lines)} found in the study {graph.study.study}; {what}")
    count = len(graph.jobs.all)
    LOG.info(f"every file of {graph.study.study} is what its record says: {count} jobs")


def damaged(plan: Plan, jobs: list[Job]) -> list[Path]:
    """The files that are there and differ from their jobs' records."""
    found = (
        Path(plan.jobs.record(job)).parent / name
        for job in jobs
        if plan.state(job) is not State.MADE
        for name in plan.others(job)
    )
    return [path for path in found if path.exists()]


def said_of(plan: Plan, job: Job) -> list[str]:
    """What is wrong with the files of a job, a line each; nothing where it only has to follow
    another."""
    state, record = plan.state(job), Path(plan.jobs.record(job))
    if state is State.MADE:
        return []
    if others := plan.others(job):
        return [_line(record, name, job) for name in others]
    if any(plan.waits(job, path) for path in flat(plan.jobs.reads(job))):
        return []
    return [f"{record.parent}: {job} is out of date: other code or other files made it"]


def _line(record: Path, name: str, job: Job) -> str:
    path = Path(os.path.normpath(record.parent / name))
    return f"{path}: {f'is not what {job.stage} wrote' if path.exists() else 'is missing'}"


if __name__ == "__main__":
    command.run(main)
