"""What the page says of differences between recipes."""

from stages.study.comparisons import changes, comparisons, describe

RELU = {"activation": {"relu": {}}, "optimizer": {"sgd": {"learning_rate": 0.1}}}


def test_changes_name_what_is_added_replaced_and_gone():
    above = {"activation": {"sigmoid": {}}, "dropout": {"standard": {"rate": 0.3}}}
    assert changes(RELU, above) == [
        "activation: relu → sigmoid",
        "dropout: standard (rate 0.3)",
        "optimizer: no sgd (learning_rate 0.1)",
    ]


def test_of_the_same_name_only_the_options_that_changed():
    assert changes(RELU, RELU) == []
    faster = RELU | {"optimizer": {"sgd": {"learning_rate": 0.5, "momentum": 0.0}}}
    slower = RELU | {"optimizer": {"sgd": {"learning_rate": 0.1, "momentum": 0.0}}}
    assert changes(slower, faster) == ["optimizer: sgd, learning_rate 0.1 → 0.5"]


def test_describe_leaves_out_what_is_the_default():
    assert (
        describe("optimizer", {"sgd": {"learning_rate": 0.1, "momentum": 0.0}})
        == "sgd (learning_rate 0.1)"
    )
    assert describe("network", {"basic": {"width": 32}}) == "basic"


def test_describe_lists():
    assert (
        describe("augmentation", [{"translate": {"pixels": 1.0}}, {"rotate": {"degrees": 10.0}}])
        == "translate (pixels 1), rotate (degrees 10)"
    )


def test_every_rung_is_compared_with_the_one_before_and_an_ensemble_with_its_own():
    groups = [
        {"title": "Without", "rungs": ["c"], "against": "b"},
        {"title": "Steps", "rungs": ["a", "c"], "against": "previous"},
    ]
    study = {
        "ladder": ["a", "b"],
        "beside": ["c"],
        "comparisons": groups,
        "techniques": {"a": RELU, "b": RELU, "c": RELU},
        "labels": {},
    }
    study["ensembles"] = [{"name": "e", "of": "a", "combine": "mean"}]
    found = [(row.rung, row.compared_with, row.group) for row in comparisons(study)]
    assert found == [
        ("a", None, "ladder"),
        ("b", "a", "ladder"),
        ("c", "b", "Without"),
        ("a", None, "Steps"),
        ("c", "a", "Steps"),
        ("e", "a", "ensembles"),
    ]


def test_a_rung_that_others_are_compared_with_and_one_of_no_group_are_compared_with_none():
    groups = [{"title": "G", "rungs": ["a", "b"], "against": "a"}]
    techniques = dict.fromkeys("abc", RELU)
    study = {
        "ladder": ["a"],
        "beside": ["b", "c"],
        "comparisons": groups,
        "techniques": techniques,
        "labels": {},
        "ensembles": [],
    }
    found = [(row.rung, row.compared_with, row.group) for row in comparisons(study)]
    assert found == [
        ("a", None, "ladder"),
        ("a", None, "G"),
        ("b", "a", "G"),
        ("c", None, "beside"),
    ]
