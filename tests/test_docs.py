"""What the pages tell people to do is done here word for word."""

import re
import subprocess
import sys
import textwrap

import yaml
from conftest import ROOT, TINY, Trained, assert_ok, copy_project, run
from photographs import write_classes

from stages import check
from stages.study.lessons import known_lessons
from stages.study.options import explanation, options
from stages.study.study import load

PAGE = (ROOT / "docs" / "add-a-technique.md").read_text(encoding="utf-8")


def test_adding_a_technique_as_the_page_says(project):
    """In a finished study, of which nothing else is trained again."""
    [function], [stanza] = (
        re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) for language in ("python", "yaml")
    )
    metrics = [f"runs/tiny/digits/{rung}/metrics.json" for rung in ("basic", "relu", "gelu")]
    trained = Trained(project)
    with open(project / "stages" / "techniques" / "activation.py", "a", encoding="utf-8") as file:
        file.write(f"\n\n{function}")
    params = project / "params.yaml"
    params.write_text(
        params.read_text(encoding="utf-8").replace(
            "ladder: [basic, relu, dropout]", "ladder: [basic, relu, gelu, dropout]"
        )
        + stanza,
        encoding="utf-8",
    )

    assert_ok(run(project, "snakemake", "--cores", "2", *metrics))
    assert trained.rungs() == {"gelu"}
    assert (project / "runs" / "tiny" / "digits" / "gelu" / "metrics.json").exists()


def test_the_diffs_of_contributing_are_whole(tmp_path):
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    diffs = re.findall(r"```diff\n(.*?)```", page, re.DOTALL)
    assert len(diffs) == 6
    project = copy_project(tmp_path / "project", TINY)
    for diff in diffs:
        subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=project, check=True)
    for place, toy in {"tasks": "learned", "scoring/tasks": "scored"}.items():
        added = (project / "stages" / place / "brightness.py").read_bytes()
        assert added == (ROOT / "tests" / "toy" / f"{toy}.py").read_bytes()
    style = ["ruff", "check", "--config", str(ROOT / "pyproject.toml"), "stages"]
    assert_ok(run(project, *style))
    assert max(map(len, (project / "studies/bars.yaml").read_text().splitlines())) <= 100
    study = ["--params", "studies/bars.yaml", "--runs", "runs"]
    assert_ok(run(project, sys.executable, "-m", "stages.check", *study))
    bars = ["data/normalized/bars/facts.json", "--config", "datasets=[bars]"]
    assert_ok(run(project, "snakemake", *bars))


def test_what_the_list_of_techniques_says_is_so():
    slot, listed = "", 0
    for line in (ROOT / "docs" / "techniques.md").read_text(encoding="utf-8").splitlines():
        heading, row = (
            re.fullmatch(r"\*\*(\w+)\*\*", line),
            re.fullmatch(r"\| `(\w+)` \| (.*) \| (.*) \|", line),
        )
        slot = heading[1] if heading else slot
        if row:
            name, given, sentence = row.groups()
            known = options(slot, name).model_fields
            defaults = {
                key: field.default for key, field in known.items() if not field.is_required()
            }
            written = [
                f"{key} = {_said(defaults[key])}" if key in defaults else key for key in known
            ]
            assert (given.strip(), sentence) == (", ".join(written), explanation(slot, name))
            listed += 1
    assert listed > 30


def _said(default: float | str | bool | None) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default is None else default if isinstance(default, str) else f"{default:g}"


def test_the_study_of_the_readme_is_whole(tmp_path):
    block = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .split("This one is whole:\n\n")[1]
        .split("\n\nThe names are")[0]
    )
    (tmp_path / "params.yaml").write_text(textwrap.dedent(block), encoding="utf-8")
    assert load(tmp_path / "params.yaml").rungs == ["basic", "deeper", "relu", "shallow", "vote"]


def test_what_the_page_on_studies_says_can_be_said(tmp_path):
    """Its examples together, with a stanza for each rung that they name."""
    page = (ROOT / "docs" / "write-a-study.md").read_text(encoding="utf-8")
    parts = [
        yaml.safe_load(textwrap.dedent(block)) for block in re.findall(r"\n\n((?:    .*\n)+)", page)
    ]
    study = {key: value for part in parts for key, value in part.items()}
    assert study.keys() == {
        "budget", "departures", "techniques", "comparisons", "expect", "starts",
    }  # fmt: skip
    techniques = study["techniques"] | {"final": {"like": "plain"}}
    techniques |= {name: {"like": "final"} for name in ("fine_tuned", "transferred")}
    techniques |= {
        "narrow": {"like": "final", "network": {"basic": {"width": 2}}},
        "wide": {"like": "final"},
    }
    techniques |= {
        f"{name}_slow": {"like": name, "optimizer": {"sgd": {"learning_rate": 0.1}}}
        for name in ("narrow", "final")
    }
    named = ["no_dropout", "no_l2", "adam", "momentum", "sgd", "relu", "sigmoid"]
    techniques |= {name: {"like": "plain"} for name in named}
    beside = [name for name in techniques if name not in ("plain", "fine_tuned", "transferred")]
    budget = study["budget"] | {"epochs": 1, "members": 2, "validation": 0.1}
    whole = study | {
        "study": "docs",
        "datasets": ["digits", "shuffled"],
        "data": {"shuffled": {"of": "digits", "permuted": True}},
        "budget": budget,
        "ladder": ["plain"],
        "beside": beside,
    }
    (tmp_path / "docs.yaml").write_text(
        yaml.safe_dump(whole | {"techniques": techniques}), encoding="utf-8"
    )
    read = load(tmp_path / "docs.yaml")
    assert read.labels["dropout"] == "Dropout on every layer"
    assert len(read.expect) == 7
    assert not read.budget.shuffle
    assert read.departures[1].touches == ["test_accuracy"]


def test_the_study_of_one_s_own_images_is_whole(tmp_path, monkeypatch):
    """Its networks can be built for the images, and the list for DVC is that of dvc.yaml and one
    line more."""
    page = (ROOT / "docs" / "your-own-images.md").read_text(encoding="utf-8")
    _, study, deps = re.findall(r"\n\n((?:    .*\n)+)", page)
    monkeypatch.chdir(tmp_path)
    write_classes(tmp_path / "data" / "photos", {"cat": 40, "dog": 40})
    (tmp_path / "photos.yaml").write_text(textwrap.dedent(study), encoding="utf-8")
    check.main(tmp_path / "photos.yaml", tmp_path / "runs", tmp_path / "data" / "recipes")
    assert len(study.splitlines()) <= 10
    ours = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["check"]
    told = yaml.safe_load(textwrap.dedent(deps))["stages"]["check"]["deps"]
    assert told == [*ours["deps"], "data/photos"]


def test_every_rung_and_lesson_that_the_page_of_the_decks_names_exists():
    page = (ROOT / "docs" / "decks.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_0-9]+)/([a-z_0-9]+)`", page)
    assert len(named) > 30
    for study, name in named:
        read = load(ROOT / "studies" / f"{study}.yaml")
        assert name in [*read.rungs, *read.started, *read.lessons], f"{study}/{name}"


def test_the_page_of_the_decks_names_every_lesson():
    page = (ROOT / "docs" / "decks.md").read_text(encoding="utf-8")
    assert set(known_lessons()) <= set(re.findall(r"`lessons/([a-z_0-9]+)`", page))


def test_the_page_on_studies_lists_every_lesson():
    page = (ROOT / "docs" / "write-a-study.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| ", page.split("## Lessons")[1], re.MULTILINE)
    assert sorted(listed) == known_lessons()


def test_the_page_of_the_decks_leads_to_every_result_that_is_kept():
    page = (ROOT / "docs" / "decks.md").read_text(encoding="utf-8")
    kept = {path.parent.name for path in (ROOT / "docs" / "results").glob("*/summary.md")}
    rows = [row for row in page.splitlines() if row.startswith("| ")]
    linked = {name for row in rows for name in re.findall(r"\(results/(\w+)/summary\.md\)", row)}
    assert linked == kept
    for row in rows:
        named = {study for study, _ in re.findall(r"`([a-z_0-9]+)/([a-z_0-9]+)`", row)}
        found = set(re.findall(r"\(results/(\w+)/", row))
        assert found == named & kept, row
