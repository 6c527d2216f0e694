"""Print the graph of the project in the current folder as an engine resolves it; no job is run.

It is JSON: [{command, inputs, outputs}].

python graphs.py dvc | snakemake
"""

import json
import sys
from pathlib import Path


def dvc_graph() -> list[dict]:
    """DVC's stages, folders as the paths that dvc.yaml names."""
    from dvc.dependency.param import ParamsDependency
    from dvc.repo import Repo

    return [
        {
            "command": stage.cmd,
            "inputs": [dep.def_path for dep in stage.deps if not isinstance(dep, ParamsDependency)],
            "outputs": [out.def_path for out in stage.outs],
        }
        for stage in Repo(".").index.stages
    ]


def snakemake_graph() -> list[dict]:
    """Snakemake's jobs; they have no public interface, so this uses what its own --dag does."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import DAGSettings, OutputSettings, Quietness, ResourceSettings

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow_api = api.workflow(
            resource_settings=ResourceSettings(cores=1), snakefile=Path("Snakefile")
        )
        workflow = workflow_api.dag(DAGSettings(forceall=True)).workflow_api._workflow
        workflow._prepare_dag(forceall=True, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        return [
            {"command": job.shellcmd, "inputs": _read(job.input), "outputs": _written(job.output)}
            for job in workflow.dag.jobs
            if job.rule.name != "all"
        ]


def _read(inputs) -> list[str]:
    """What a job reads: all inputs but its mark and the records before it, which are for Snakemake
    alone."""
    others = {str(inputs.mark), *map(str, inputs.before)}
    return [path for path in _named(inputs) if path not in others]


def _written(outputs) -> list[str]:
    """What a job writes, but for the list of all studies, which is none of DVC's."""
    return [path for path in _named(outputs) if path != "reports/index.html"]


def _named(paths) -> list[str]:
    return list(map(str, paths))


if __name__ == "__main__":
    print(json.dumps({"dvc": dvc_graph, "snakemake": snakemake_graph}[sys.argv[1]]()))
