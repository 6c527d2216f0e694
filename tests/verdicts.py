"""Ask both engines, again and again in one process, which jobs of the project in the current folder
they would run, and `make check-files` what is damaged; nothing is run.

Reads lines `snakemake`, `dvc` or `damage` from its standard input, and answers each with a line of
JSON: the names of the jobs (`train digits relu`), sorted, or the lines of check-files.
"""

import importlib
import json
import os
import sys
from pathlib import Path


def of_snakemake() -> list[str]:
    """All jobs that Snakemake would run, by what --dry-run does."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import DAGSettings, OutputSettings, Quietness, ResourceSettings

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow_api = api.workflow(
            resource_settings=ResourceSettings(cores=1), snakefile=Path("Snakefile")
        )
        workflow = workflow_api.dag(DAGSettings()).workflow_api._workflow
        workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        return sorted(_named(job) for job in workflow.dag.needrun_jobs() if job.rule.name != "all")


def _named(job) -> str:
    wildcards = dict(job.wildcards.items())
    parts = job.rule.name, wildcards.get("dataset"), wildcards.get("rung")
    return " ".join(part for part in parts if part)


def of_dvc() -> list[str]:
    """The jobs whose dependencies, outputs or command are not those of dvc.lock; DVC runs what
    comes after them only if their outputs change."""
    from dvc.repo import Repo

    repo = Repo(".")
    status = repo.status()
    by_address = {stage.addressing: stage for stage in repo.index.stages}
    repo.close()
    return sorted(_of_command(by_address[address].cmd) for address in status)


def _of_command(command: str) -> str:
    """The name of a job, from the folder that its command names."""
    words = command.split()
    stage = words[words.index("-m") + 1].removeprefix("stages.")
    log = Path(words[words.index("--log") + 1])
    parts = log.with_suffix("").parts
    place = parts[2:] if stage in ("download", "normalize") else parts[3:]
    return " ".join([stage, *place]) if stage not in ("check", "report") else stage


def of_check_files() -> list[str]:
    """What `make check-files` says of all files, each of them read."""
    from stages import files
    from stages.workflow.check_files import said_of
    from stages.workflow.graph import Graph
    from stages.workflow.plan import Plan

    graph = Graph([], {}, main=False)
    plan = Plan(graph.jobs, graph.plan.planned, files.sha256)
    return [line for job in graph.jobs.all for line in said_of(plan, job)]


ANSWERS = {"snakemake": of_snakemake, "dvc": of_dvc, "damage": of_check_files}


def answer(engine: str) -> str:
    """The answer of a process of its own, which has read nothing yet of what may have changed."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        with open(writing, "w", encoding="utf-8") as pipe:
            pipe.write(json.dumps(ANSWERS[engine]()))
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


if __name__ == "__main__":
    sys.path.insert(0, "")
    # All that a question would import, once.
    for name in ("dvc.repo.status", "dvc.repo.index", "dvc.dependency.param", "snakemake.api",
                 "snakemake.dag", "stages.workflow.engines",
                 "stages.workflow.check_files"):  # fmt: skip
        importlib.import_module(name)

    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(answer(line.strip()), file=out, flush=True)
