"""What a training leaves as it is, and what it moves by a smaller learning rate."""

import copy

import pytest
import torch
from cases import FULL, NAMES, PLAIN, everything, example, random_data, recipe
from torch import nn

from stages.command import Problem
from stages.study.options import options
from stages.training import network, start, trainable
from stages.training.diagnostics import layers
from stages.training.loop import Training, train_member
from stages.training.member import FLOAT32
from stages.training.randomness import generator

DATA = random_data((1, 8, 8))
NORMALIZED = {"normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}}}
# Four layers with weights, a normalization behind each of the convolutions, the first two.
SLOTS = PLAIN | NORMALIZED | {"penalty": {"l2": {"strength": 0.1}}}
FEATURES, FIRST = {"features": {}}, {"first": {"layers": 2}}
OPTIMIZERS = [name for slot, name in NAMES if slot == "optimizer"]


def begun(slots: dict, take: str = "features", **budget) -> dict:
    begins = {"rung": "source", "dataset": "digits", "recipe": "0" * 64, "take": take}
    return recipe(slots, epochs=3, batch_size=5, **budget) | {"start": begins}


@pytest.fixture(scope="module")
def source() -> dict:
    return train_member(recipe(SLOTS, epochs=2, batch_size=5), DATA, 1).weights


def same(weights: dict, other: dict) -> set[str]:
    """The names whose bytes are the same."""
    pairs = {name: (weights[name], other[name]) for name in weights.keys() & other.keys()}
    return {n for n, (a, b) in pairs.items() if a.numpy().tobytes() == b.numpy().tobytes()}


def layer_of(names: set[str], weights: dict) -> set[str]:
    """The names of the state of the modules that `names` begin."""
    return {name for name in weights if any(name.startswith(f"{prefix}.") for prefix in names)}


def named_layers() -> list[str]:
    built = network.build(
        SLOTS, DATA.shape, 10, generator(0, 0, "initialization"), generator(0, 0, "dropout")
    )
    return [name for name, module in built.named_modules() if list(module.parameters(False))]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("freeze", "frozen"), [(FEATURES, 5), (FIRST, 4)], ids=["features", "the first two"]
)
def test_frozen_layers_keep_the_bytes_of_the_source(optimizer, freeze, frozen, source):
    """With their normalization's running statistics, whatever the optimizer, and a penalty."""
    known = options("optimizer", optimizer)
    given = known.model_validate(example("optimizer", optimizer)).model_dump()
    slots = SLOTS | {"freeze": freeze, "optimizer": {optimizer: given}}
    trained = train_member(begun(slots), DATA, 0, begins=source).weights
    names = named_layers()
    assert len(names) == 6
    assert same(trained, source) == layer_of(set(names[:frozen]), source)


def test_without_freezing_all_that_is_taken_over_moves(source):
    trained = train_member(begun(SLOTS), DATA, 0, begins=source).weights
    assert same(trained, source) == set()


def test_frozen_layers_of_a_rung_that_begins_by_itself_stay_random():
    slots = SLOTS | {"freeze": FEATURES}
    before = Training(recipe(slots, epochs=2, batch_size=5), DATA, 0, FLOAT32).learner
    before = {name: value.clone() for name, value in before.network.state_dict().items()}
    trained = train_member(recipe(slots, epochs=2, batch_size=5), DATA, 0)
    assert same(before, trained.weights) == layer_of(set(named_layers()[:5]), before)
    assert trained.trainable == sum(
        trained.weights[name].numel() for name in before.keys() - same(before, trained.weights)
    )


def test_freezing_nothing_changes_no_byte():
    nothing = SLOTS | {"freeze": {"first": {"layers": 0}}}
    one, other = (
        everything(train_member(recipe(slots, epochs=2, batch_size=5), DATA, 0))
        for slots in (SLOTS, nothing)
    )
    assert one == other


def test_a_classifier_of_its_own_starts_as_it_would_without_what_is_taken_over(source):
    own = Training(recipe(SLOTS, batch_size=5), DATA, 0, FLOAT32).learner.network.state_dict()
    [*_, classifier] = named_layers()
    given = Training(begun(SLOTS), DATA, 0, FLOAT32, source).learner.network.state_dict()
    new = layer_of({classifier}, source)
    assert same(given, source) == source.keys() - new
    assert new <= same(given, own)


def test_the_classes_may_be_others_where_the_features_are_taken(source):
    fewer = dict(source)
    [*_, classifier] = named_layers()
    for name in layer_of({classifier}, source):
        fewer[name] = source[name][:4]
    train_member(begun(SLOTS), DATA, 0, begins=fewer)
    with pytest.raises(Problem, match=r"found \(4,\) for 6.bias, where this network has \(10,"):
        train_member(begun(SLOTS, take="all"), DATA, 0, begins=fewer)


def test_no_layer_that_learns_is_one_line():
    slots = SLOTS | {"freeze": {"first": {"layers": 4}}}
    words = "freeze: found 4, but this network has 4 layers with weights, the last of which"
    with pytest.raises(Problem, match=words):
        train_member(recipe(slots), DATA, 0)


@pytest.mark.parametrize("take", ["features", "all"])
def test_what_is_taken_over_moves_by_its_share_of_the_rate(take, source):
    """One step of plain gradient descent: the same gradient, a tenth of the step."""
    slots = PLAIN | NORMALIZED
    schedule = {"step": {"every": 1, "factor": 0.5, "warm_up": 1}}
    slower = slots | {"schedule": schedule, "fine_tuning": {"smaller_rate": {"factor": 0.1}}}
    usual = slots | {"schedule": schedule}
    steps = []
    for of in (usual, slower):
        training = Training(begun(of, take), DATA, 0, FLOAT32, source)
        before = {n: p.detach().clone() for n, p in training.learner.network.named_parameters()}
        training.learner.set_rate(0.5)
        training.learner.update(torch.arange(5))
        after = dict(training.learner.network.named_parameters())
        steps.append({name: after[name].detach() - before[name] for name in before})
    [*_, classifier] = named_layers()
    new = layer_of({classifier}, source) if take == "features" else set()
    for name in steps[0]:
        share = 1 if name in new else 0.1
        torch.testing.assert_close(steps[1][name], share * steps[0][name], rtol=1e-3, atol=1e-7)


def test_the_history_has_the_rate_of_what_is_new(source):
    slots = SLOTS | {"fine_tuning": {"smaller_rate": {"factor": 0.1}}}
    rows = train_member(begun(slots), DATA, 0, begins=source).history
    assert [row["learning_rate"] for row in rows] == [0.01] * 3


@pytest.mark.parametrize("freeze", [None, FIRST], ids=["nothing frozen", "two layers frozen"])
def test_the_whole_rate_for_what_is_taken_over_is_the_usual_training(freeze, source):
    slots = SLOTS | ({"freeze": freeze} if freeze else {})
    whole = slots | {"fine_tuning": {"smaller_rate": {"factor": 1.0}}}
    one, other = (train_member(begun(of), DATA, 0, begins=source) for of in (slots, whole))
    for name, value in one.weights.items():
        torch.testing.assert_close(other.weights[name], value)


def test_from_a_kept_state_on_to_the_same_bytes(source):
    slots = {slot: choice for slot, choice in FULL.items() if slot != "dropout"}
    slots |= {"freeze": FIRST, "fine_tuning": {"smaller_rate": {"factor": 0.1}}}
    resolved = begun(slots, take="all")
    training, again = (Training(resolved, DATA, 0, FLOAT32, source) for _ in range(2))
    for _ in training.epoch():
        pass
    again.restore(copy.deepcopy(training.state()))
    for each in (training, again):
        for _ in each.epoch():
            pass
    one, other = (each.learner.network.state_dict() for each in (training, again))
    assert same(one, other) == one.keys()


def test_the_diagnostics_see_a_frozen_normalization_as_training_does(source):
    training = Training(begun(SLOTS | {"freeze": FEATURES}), DATA, 0, FLOAT32, source)
    learner = training.learner
    inputs = learner.scaled(DATA.train_images)
    rows, _ = layers(
        learner.network, learner.logits, learner.task.loss, inputs, DATA.train_targets, False
    )
    hidden = nn.Sequential(*list(learner.network.eval().children())[:-1])
    torch.testing.assert_close(rows[2]["activation_mean"], hidden(inputs).mean().item())
    assert all(row["gradient_norm"] > 0 for row in rows)


def test_in_training_is_the_usual_mode_where_nothing_is_frozen():
    built = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5)).eval()
    assert all(module.training for module in trainable.in_training(built).modules())


def test_all_that_a_start_takes_is_a_network_whole():
    built = nn.Linear(2, 3)
    assert start.taken_over(built, "all") == {"weight", "bias"}
    assert start.taken_over(built, "features") == set()
    assert start.taken_over(built, None) == set()
