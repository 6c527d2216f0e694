"""A study from a stranger: nothing of it reaches a shell or deletes a file before it is valid."""

import shlex
from pathlib import Path

import pytest
from conftest import ROOT, TINY, copy_project, run
from hostile import FIELDS, KEYS, NAMES, TEXTS, at, hostile, source

from stages import check
from stages.command import Problem
from stages.study.study import validate
from stages.workflow.graph import Graph

COMMANDS = ("single quote", "double quote", "substitution", "a path that is one")
REFUSED = {
    f"{field}: {kind}": hostile(path, command)
    for kind, command in ((kind, NAMES[kind]) for kind in COMMANDS)
    for field, path in FIELDS.items()
} | {
    f"{where}: {kind}": hostile((*path, command), "a")
    for kind, command in ((kind, NAMES[kind]) for kind in COMMANDS)
    for where, path in KEYS.items()
}  # fmt: skip
ALLOWED = {
    "title": hostile(("title",), NAMES["single quote"]),
    "departures": hostile(("departures",), [NAMES["single quote"], NAMES["substitution"]]),
}
BY_DVC = ("study:", "datasets", "ladder", "beside", "ensembles.name", "ensembles.of", "starts")
READ_BY_DVC = [case for case in REFUSED if case.startswith(BY_DVC) and "substitution" not in case]
# Starting DVC takes seconds.
RUN = ["study: single quote", "datasets: substitution", "ladder: a path that is one"]


@pytest.fixture(scope="module")
def stage_of_dvc(tmp_path_factory):
    """A function: DVC's stages of a study, by name."""
    from dvc.repo import Repo

    project = copy_project(tmp_path_factory.mktemp("dvc") / "p", TINY)

    def resolve(text: str) -> dict:
        (project / "params.yaml").write_text(text, encoding="utf-8")
        return {stage.name: stage for stage in Repo(str(project)).index.stages}

    return resolve


def test_without_a_hostile_name_the_study_is_valid():
    validate(source(("study",), "tiny"))


@pytest.mark.parametrize("field", [*FIELDS, *KEYS])
def test_no_hostile_name_is_one(field):
    """Each is refused in one short line, wherever it stands."""
    assert len(NAMES) >= 30
    for kind, name in NAMES.items():
        place = ((*KEYS[field], name), "a") if field in KEYS else (FIELDS[field], name)
        with pytest.raises(Problem) as problem:
            validate(source(*place))
            pytest.fail(f"{kind} is taken for a name")
        assert_one_line(problem.value, kind)


@pytest.mark.parametrize("field", TEXTS)
def test_a_hostile_text_is_a_text_or_refused(field):
    taken = 0
    for kind, text in NAMES.items():
        try:
            study = validate(source(TEXTS[field], text))
        except Problem as problem:
            assert_one_line(problem, kind)
            continue
        read = study.labels["relu"] if field == "label" else at(study.model_dump(), TEXTS[field])
        assert read == (text if field not in ("label", "comparisons.title") else text.strip()), kind
        taken += 1
    assert taken > len(NAMES) // 2


def assert_one_line(problem: Problem, kind: str) -> None:
    """It can be printed as it is, and read."""
    text = str(problem)
    assert text.startswith("params.yaml"), kind
    assert text.isprintable(), (kind, text)
    assert len(text) < 1000, (kind, text[:200])


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_name_is_refused_before_anything_is_written(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(REFUSED[case], encoding="utf-8")
    with pytest.raises(Problem):
        check.main(Path("params.yaml"), Path("runs"))
    with pytest.raises(Problem, match=r"^params\.yaml"):
        Graph([], {})
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]


@pytest.mark.parametrize("case", [*READ_BY_DVC, *ALLOWED])
def test_dvc_runs_nothing_of_a_study_before_check(case, stage_of_dvc):
    stages = stage_of_dvc((REFUSED | ALLOWED)[case])
    assert len(stages) > 10
    for name, stage in stages.items():
        if name == "check":
            words = shlex.split(stage.cmd)
            assert words[:5] == ["python", "-m", "stages.check", "--params", "params.yaml"]
            assert "touch" not in stage.cmd
            assert [out.def_path for out in stage.outs if not out.persist] == []
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
