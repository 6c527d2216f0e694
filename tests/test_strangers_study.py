"""A study from a stranger: nothing of it reaches a shell, or deletes a file, before it is valid."""

import copy
import shlex
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, TINY, copy_project, run

from stages import check
from stages.command import Problem
from stages.workflow.graph import Graph

COMMANDS = {
    "quotes": "a'; touch PWNED; echo '",
    "double quotes": 'a"; touch PWNED; echo "',
    "substitution": "$(touch PWNED)",
    "a path that is one": "$(touch PWNED)/../basic",
}
FIELDS = {
    "study": ("study",),
    "datasets": ("datasets", 0),
    "device": ("device",),
    "precision": ("precision",),
    "threads": ("threads",),
    "budget": ("budget", "epochs"),
    "ladder": ("ladder", 0),
    "beside": ("beside", 0),
    "comparisons.rungs": ("comparisons", 0, "rungs", 0),
    "comparisons.against": ("comparisons", 0, "against"),
    "expect.rung": ("expect", 0, "rung"),
    "expect.better_than": ("expect", 0, "better_than"),
    "starts.rung": ("starts", 0, "rung"),
    "starts.from": ("starts", 0, "from"),
    "starts.dataset": ("starts", 0, "dataset"),
    "starts.from_dataset": ("starts", 0, "from_dataset"),
    "like": ("techniques", "relu", "like"),
    "ensembles.name": ("ensembles", 0, "name"),
    "ensembles.of": ("ensembles", 0, "of"),
    "ensembles.combine": ("ensembles", 0, "combine"),
    "name in a slot": ("techniques", "relu", "activation"),
    "value of an option": ("techniques", "dropout", "dropout", "standard", "rate"),
}
KEYS = {
    "key": (),
    "key of the budget": ("budget",),
    "technique": ("techniques",),
    "slot": ("techniques", "relu"),
    "option": ("techniques", "dropout", "dropout", "standard"),
}


def hostile(path: tuple, value: object) -> str:
    """The tiny study with one start more, `value` at `path`, as YAML."""
    study = copy.deepcopy(yaml.safe_load(TINY.read_text(encoding="utf-8")))
    study["starts"] = [
        {"rung": "later", "from": "relu", "dataset": "digits", "from_dataset": "digits"}
    ]
    study["techniques"]["later"] = {"like": "relu"}
    place = study
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return yaml.safe_dump(study, sort_keys=False)


REFUSED = {
    f"{field}: {kind}": hostile(path, command)
    for kind, command in COMMANDS.items()
    for field, path in FIELDS.items()
} | {
    f"{where}: {kind}": hostile((*path, command), "a")
    for kind, command in COMMANDS.items()
    for where, path in KEYS.items()
}  # fmt: skip
ALLOWED = {
    "title": hostile(("title",), COMMANDS["quotes"]),
    "departures": hostile(("departures",), [COMMANDS["quotes"], COMMANDS["substitution"]]),
}
NAMES = ("study", "datasets", "ladder", "beside", "ensembles.name", "ensembles.of", "starts")
READ_BY_DVC = [case for case in REFUSED if case.startswith(NAMES) and "substitution" not in case]
# Starting DVC takes seconds.
RUN = ["study: quotes", "datasets: substitution", "ladder: a path that is one"]


@pytest.fixture(scope="module")
def stage_of_dvc(tmp_path_factory):
    """A function: DVC's stages of a study, by name; none where DVC itself refuses it."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    project = copy_project(tmp_path_factory.mktemp("dvc") / "p", TINY)

    def resolve(text: str) -> dict:
        (project / "params.yaml").write_text(text, encoding="utf-8")
        try:
            return {stage.name: stage for stage in Repo(str(project)).index.stages}
        except DvcException:
            return {}

    return resolve


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_name_is_refused_before_anything_is_written(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(REFUSED[case], encoding="utf-8")
    with pytest.raises(Problem):
        check.main(Path("params.yaml"), Path("runs"))
    with pytest.raises(SystemExit, match=r"^error: params\.yaml"):
        Graph([], {})
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]


@pytest.mark.parametrize("case", [*READ_BY_DVC, *ALLOWED])
def test_dvc_runs_nothing_of_a_study_before_check(case, stage_of_dvc):
    stages = stage_of_dvc((REFUSED | ALLOWED)[case])
    for name, stage in stages.items():
        if name == "check":
            words = shlex.split(stage.cmd)
            assert words[:5] == ["python", "-m", "stages.check", "--params", "params.yaml"]
            assert "touch" not in stage.cmd
            assert [out.def_path for out in stage.outs if not out.persist] == [
                "runs/checked",
                "data/recipes",
            ]
        else:
            assert "runs/checked" in [dep.def_path for dep in stage.deps], name


@pytest.mark.parametrize("case", ALLOWED)
def test_prose_is_in_no_command(case, stage_of_dvc):
    stages = stage_of_dvc(ALLOWED[case])
    assert len(stages) > 10
    assert not any("touch" in stage.cmd for stage in stages.values())


@pytest.mark.parametrize("case", RUN)
def test_dvc_repro_of_a_strangers_study_runs_none_of_it(case, tiny):
    """Not even with --ignore-errors, which goes on to the stages behind the one that failed."""
    (tiny / "params.yaml").write_text(REFUSED[case], encoding="utf-8")
    (tiny / "runs").mkdir()
    (tiny / "runs" / "checked").write_text("params.yaml is valid\n", encoding="utf-8")
    said = run(tiny, "dvc", "repro")
    assert said.returncode != 0
    assert said.stdout.count("\nerror: params.yaml") == 1, said.stdout
    assert said.stdout.count("\n> ") == 1, said.stdout
    assert run(tiny, "dvc", "repro", "--ignore-errors").stdout.count("\n> ") == 1
    assert not list(tiny.rglob("PWNED"))


@pytest.mark.parametrize("study", ["x/../other", "../victim", "x/../../victim", "../../outside"])
def test_dvc_deletes_nothing_for_a_study_that_leads_elsewhere(study, tiny):
    folders = [
        tiny / "runs/other",
        tiny / "victim",
        tiny.parent / "outside",
        tiny / "reports/other",
    ]
    names = [
        "recipes/relu.json",
        "study.json",
        "index.html",
        "tables/a.csv",
        "digits/relu/recipe.json",
    ]
    victims = [folder / name for folder in folders for name in names]
    for victim in victims:
        victim.parent.mkdir(parents=True, exist_ok=True)
        victim.write_text("kept", encoding="utf-8")
    (tiny / "params.yaml").write_text(hostile(("study",), study), encoding="utf-8")
    assert run(tiny, "dvc", "repro").returncode != 0
    assert [victim for victim in victims if not victim.is_file()] == []


def test_the_snakefile_quotes_the_one_path_that_the_command_line_gives():
    assert "{input.params:q}" in (ROOT / "Snakefile").read_text(encoding="utf-8")
