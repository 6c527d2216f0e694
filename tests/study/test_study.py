"""A study as it is read: anchors, defaults, overrides, and where a value was written."""

import itertools
import re

import pytest
import yaml
from bad_studies import spoil
from conftest import ROOT, TINY

from stages import files
from stages.command import Problem
from stages.study.loader import not_a_word
from stages.study.source import Source, read
from stages.study.study import load, validate
from stages.workflow.graph import Graph

TEXT = TINY.read_text(encoding="utf-8")


def test_a_rung_states_only_its_difference():
    basic, relu, dropout = (load(TINY).techniques[rung] for rung in ("basic", "relu", "dropout"))
    assert relu == basic | {"activation": {"relu": {}}}
    assert dropout == relu | {"dropout": {"standard": {"rate": 0.3}}}


def test_every_option_has_its_value():
    techniques = load(TINY).techniques
    assert techniques["basic"]["network"] == {"basic": {"width": 4}}
    assert techniques["basic"]["initialization"] == {"truncated_normal": {"std": 0.05, "bias": 0.1}}


def test_a_study_that_says_nothing_of_precision_gets_the_faster_one():
    assert "precision" not in TEXT
    assert load(TINY).precision == "auto"


@pytest.mark.parametrize(
    ("written", "means"),
    [("1e-1", 0.1), ("1E-4", 1e-4), ("5e2", 500.0), ('"0.1"', 0.1), ("1", 1.0)],
    ids=lambda value: str(value),
)
def test_a_number_however_it_is_written(written, means, tmp_path):
    (tmp_path / "params.yaml").write_text(
        TEXT.replace("learning_rate: 0.1", f"learning_rate: {written}"), encoding="utf-8"
    )
    rate = load(tmp_path / "params.yaml").techniques["relu"]["optimizer"]["sgd"]["learning_rate"]
    assert (rate, type(rate)) == (means, float)


@pytest.mark.parametrize(
    "text",
    [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT + "title: ''\n"],
    ids=["CRLF", "BOM", "default"],
)
def test_the_same_study_in_other_bytes(text, tmp_path):
    (tmp_path / "params.yaml").write_bytes(text.encode())
    assert load(tmp_path / "params.yaml") == load(TINY)


def test_a_list_keeps_its_order_and_one_variation_is_a_list(tmp_path):
    def augmentation(value: str):
        (tmp_path / "params.yaml").write_text(
            spoil(TEXT, "dropout: {standard: {rate: 0.3}}", f"augmentation: {value}"),
            encoding="utf-8",
        )
        return load(tmp_path / "params.yaml").techniques["dropout"]["augmentation"]

    assert [
        list(choice) for choice in augmentation("[{scale: {factor: 0.1}}, {rotate: {degrees: 3}}]")
    ] == [["scale"], ["rotate"]]
    assert (
        augmentation("{rotate: {degrees: 3}}")
        == augmentation("[{rotate: {degrees: 3}}]")
        == [{"rotate": {"degrees": 3.0}}]
    )


def test_an_override_replaces_a_list_whole_and_a_value_of_the_budget_alone():
    source = read(TINY)
    source.override({"ladder": ["relu", "dropout"], "budget": {"seed": 7}})
    study, before = validate(source), load(TINY)
    assert study.ladder == ["relu", "dropout"]
    assert study.budget == before.budget.model_copy(update={"seed": 7})
    assert study.techniques == before.techniques


@pytest.mark.parametrize("key", ["techniques", "study", "ensembles", "threads"])
def test_an_override_of_anything_else_is_refused(key):
    with pytest.raises(Problem, match=f"^--config {key}: can't be overridden"):
        read(TINY).override({key: {}})


def test_none_takes_a_slot_away():
    study = load(TINY)
    assert study.techniques["without_dropout"] == study.techniques["relu"]


def test_a_budget_of_its_own_is_the_studys_but_for_what_it_says(tmp_path):
    text = TINY.read_text(encoding="utf-8").replace(
        "activation: relu}", "activation: relu, budget: {epochs: 7, validation: 0}}"
    )
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    study = load(tmp_path / "params.yaml")
    assert study.budget_of("basic") == study.budget
    assert (
        study.budget_of("relu")
        == study.budget_of("dropout")
        == study.budget.model_copy(update={"epochs": 7, "validation": 0})
    )
    assert "budget" not in study.slots("relu")


def test_a_shorter_ladder_drops_what_has_lost_its_rung():
    source = read(TINY)
    source.override({"ladder": ["basic"]})
    study = validate(source)
    assert (study.trained, study.ensembles, study.comparisons, study.expect) == (
        ["basic"],
        [],
        [],
        [],
    )
    source = read(TINY)
    source.override({"ladder": ["basic", "dropout"]})
    assert validate(source).rungs == ["basic", "dropout", "without_dropout", "mean_of_softmax"]


def test_a_shorter_ladder_keeps_what_has_all_its_rungs():
    written = (
        """
study: many
datasets: [digits]
budget: {epochs: 1, batch_size: 100, members: 2, validation: 0.1}
ladder: [a, b, c]
beside: [d, e, f, g]
comparisons:
  - {title: Kept, rungs: [d, a], against: previous}
  - {title: Lost, rungs: [d, e], against: c}
  - {title: Lost, too, rungs: [c, g], against: a}
ensembles:
  - {name: of_a, of: a, combine: mean}
  - {name: of_c, of: c, combine: mean}
  - {name: of_e, of: e, combine: mean}
starts:
  - {rung: h, from: a, dataset: digits, from_dataset: digits}
  - {rung: j, from: i, dataset: digits, from_dataset: digits}
  - {rung: i, from: c, dataset: digits, from_dataset: digits}
expect:
  - {rung: b, better_than: a}
  - {best_of: [a, c], is: a}
  - {difference: [of_a, a], at_least: 0}
  - {rung: of_e, at_least: 0.5}
  - {group: Kept, range_at_most: 0.1}
  - {group: Lost, range_at_most: 0.1}
techniques:
  a:
    network: basic
    activation: relu
    initialization: he_normal
    optimizer: {sgd: {learning_rate: 0.1}}
""".replace("title: Lost, too", "title: Lost too")
        + "".join(f"  {name}: {{like: a}}\n" for name in "bcdefghij")
    )
    source = Source(written, "many.yaml")
    validate(source)
    source.override({"ladder": ["a", "b"]})
    study = validate(source)
    assert study.trained == ["a", "b", "d", "f"], (
        "d is of a group that stays, f of none, e and g of groups that have lost a rung"
    )
    assert [group.title for group in study.comparisons] == ["Kept"]
    assert [ensemble.name for ensemble in study.ensembles] == ["of_a"]
    assert study.started == ["h"]
    assert [expected.compared or expected.group for expected in study.expect] == [
        ["b", "a"],
        ["of_a", "a"],
        "Kept",
    ]


def test_what_check_writes_is_a_study_that_says_the_same():
    for path in (TINY, ROOT / "studies" / "ablations.yaml"):
        assert validate(Source(files.canonical(load(path).model_dump()), "study.json")) == load(
            path
        )


def test_a_word_is_what_both_readers_take_for_a_string():
    """PyYAML, and ruamel.yaml, by which DVC reads params.yaml."""
    from ruamel.yaml import YAML

    texts = {"".join(characters) for characters in itertools.product("018_.+-eoxbn~", repeat=3)}
    texts |= {
        "1e400",
        "1_0e5",
        "2020-01-01",
        "12:30:45",
        "true",
        "yes",
        "on",
        "null",
        ".inf",
        "relu",
        "0o17",
        "1_000",
        "0b1",
        "1e+5",
    }
    for text in texts:
        read = [
            _as_read(reader, f"a: {text}") for reader in (yaml.safe_load, YAML(typ="safe").load)
        ]
        [(_, node)] = yaml.compose(f"a: {text}", yaml.SafeLoader).value
        assert (not_a_word(node) is None) == (read == [{"a": text}] * 2), (text, read)


def _as_read(reader, text: str):
    try:
        return reader(text)
    except ValueError:
        return None


def test_quoted_names_are_words_wherever_they_stand():
    study = load(ROOT / "tests" / "quoted.yaml")
    assert (study.study, study.ladder, study.comparisons[0].against) == (
        "001",
        ["1e5", "true"],
        "true",
    )
    assert study.rungs == ["1e5", "true", "null", "0o17"]


@pytest.mark.parametrize(
    "place",
    [
        *(
            "study: '001'",
            "[digits]",
            "['1e5'",
            "against: 'true'",
            "beside: ['null']",
            "rungs: ['null']",
            "'0o17', of",
            "  'null': {",
        ),
        *("rung: '1e5'", "better_than: 'true'", "like: '1e5'"),
    ],
)
def test_every_name_must_be_quoted(place):
    text = (ROOT / "tests" / "quoted.yaml").read_text(encoding="utf-8")
    with pytest.raises(Problem, match="quote it"):
        Source(spoil(text, place, place.replace("'", "").replace("digits", "2020")), "params.yaml")


PLACES = [
    *("study: NAME", "task: NAME", "datasets: [NAME]", "ladder: [NAME]", "beside: [NAME]"),
    *("techniques: {NAME: {}}", "techniques: {a: {like: NAME}}", "labels: {NAME: a}"),
    *("data: {NAME: {of: digits}}", "data: {a: {of: NAME}}"),
    *("comparisons: [{title: NAME}]", "comparisons: [{rungs: [NAME]}]"),
    "comparisons: [{against: NAME}]",
    *("ensembles: [{name: NAME}]", "ensembles: [{of: NAME}]", "ensembles: [{combine: NAME}]"),
    *("starts: [{rung: NAME}]", "starts: [{from: NAME}]"),
    *("starts: [{dataset: NAME}]", "starts: [{from_dataset: NAME}]"),
    "lessons: [NAME]",
    *("expect: [{rung: NAME}]", "expect: [{better_than: NAME}]", "expect: [{group: NAME}]"),
    *("expect: [{difference: [NAME]}]", "expect: [{best_of: [NAME]}]", "expect: [{is: NAME}]"),
    "expect: [{dataset: NAME}]",
]


@pytest.mark.parametrize("place", PLACES)
def test_what_some_reader_takes_for_no_string_is_a_name_only_in_quotes(place):
    for name in ("1e5", "0o17", "007", "08", "1_000", "true", "2020-01-01", ".inf"):
        with pytest.raises(Problem, match=rf"found {name}, .* quote it: '{name}'"):
            Source(place.replace("NAME", name), "params.yaml")
        Source(place.replace("NAME", f"'{name}'"), "params.yaml")


def test_an_override_keeps_names_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_bytes((ROOT / "tests" / "quoted.yaml").read_bytes())
    graph = Graph([], {"ladder": ["1e5", "true"]})
    assert load(graph.params) == graph.study


def test_a_ladder_of_many_rungs_may_inherit_rung_by_rung():
    chain = "".join(f"  r{i}: &r{i} {{<<: *r{i - 1}, activation: relu}}\n" for i in range(1, 150))
    text = TEXT.replace("  basic:\n", "  basic: &r0\n").split("  relu:")[0] + chain
    text = text.replace(
        "[basic, relu, dropout]", f"[basic, {', '.join(f'r{i}' for i in range(1, 150))}]"
    )
    text = text.replace("[without_dropout]\n", "[]\n").replace("of: dropout", "of: basic")
    text = re.sub(r"(comparisons|expect):\n.*\n", r"\1: []\n", text)
    assert len(validate(Source(text, "params.yaml")).ladder) == 150
