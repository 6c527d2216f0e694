"""A study as it is read: anchors, defaults, overrides, and where a value was written."""

import pytest
from bad_studies import spoil
from conftest import ROOT, TINY

from stages import files
from stages.command import Problem
from stages.study.source import Source, read
from stages.study.study import load, validate

TEXT = TINY.read_text()


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
    ("written", "means"), [("1e-1", 0.1), ("1E-4", 1e-4), ("5e2", 500.0), ('"0.1"', 0.1), ("1", 1.0)], ids=lambda value: str(value)
)
def test_a_number_however_it_is_written(written, means, tmp_path):
    (tmp_path / "params.yaml").write_text(TEXT.replace("learning_rate: 0.1", f"learning_rate: {written}"))
    rate = load(tmp_path / "params.yaml").techniques["relu"]["optimizer"]["sgd"]["learning_rate"]
    assert (rate, type(rate)) == (means, float)


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT + "title: ''\n"], ids=["CRLF", "BOM", "default"])
def test_the_same_study_in_other_bytes(text, tmp_path):
    (tmp_path / "params.yaml").write_bytes(text.encode())
    assert load(tmp_path / "params.yaml") == load(TINY)


def test_a_list_keeps_its_order_and_one_variation_is_a_list(tmp_path):
    def augmentation(value: str):
        (tmp_path / "params.yaml").write_text(spoil(TEXT, "dropout: {standard: {rate: 0.3}}", f"augmentation: {value}"))
        return load(tmp_path / "params.yaml").techniques["dropout"]["augmentation"]

    assert [list(choice) for choice in augmentation("[{scale: {factor: 0.1}}, {rotate: {degrees: 3}}]")] == [["scale"], ["rotate"]]
    assert augmentation("{rotate: {degrees: 3}}") == augmentation("[{rotate: {degrees: 3}}]") == [{"rotate": {"degrees": 3.0}}]


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
    text = TINY.read_text().replace("activation: relu}", "activation: relu, budget: {epochs: 7, validation: 0}}")
    (tmp_path / "params.yaml").write_text(text)
    study = load(tmp_path / "params.yaml")
    assert study.budget_of("basic") == study.budget
    assert study.budget_of("relu") == study.budget_of("dropout") == study.budget.model_copy(update={"epochs": 7, "validation": 0})
    assert "budget" not in study.slots("relu")


def test_a_shorter_ladder_drops_what_has_lost_its_rung():
    source = read(TINY)
    source.override({"ladder": ["basic"]})
    study = validate(source)
    assert (study.trained, study.ensembles, study.comparisons, study.expect) == (["basic"], [], [], [])
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
  a: {network: basic, activation: relu, initialization: he_normal, optimizer: {sgd: {learning_rate: 0.1}}}
""".replace("title: Lost, too", "title: Lost too")
        + "".join(f"  {name}: {{like: a}}\n" for name in "bcdefghij")
    )
    source = Source(written, "many.yaml")
    validate(source)
    source.override({"ladder": ["a", "b"]})
    study = validate(source)
    assert study.trained == ["a", "b", "d", "f"], "d is of a group that stays, f of none, e and g of groups that have lost a rung"
    assert [group.title for group in study.comparisons] == ["Kept"]
    assert [ensemble.name for ensemble in study.ensembles] == ["of_a"]
    assert study.started == ["h"]
    assert [expected.compared or expected.group for expected in study.expect] == [["b", "a"], ["of_a", "a"], "Kept"]


def test_what_check_writes_is_a_study_that_says_the_same():
    for path in (TINY, ROOT / "studies" / "ablations.yaml"):
        assert validate(Source(files.canonical(load(path).model_dump()), "study.json")) == load(path)
