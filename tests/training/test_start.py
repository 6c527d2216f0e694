"""A training that begins with the weights of another rung's members."""

import pytest
import torch
from cases import PLAIN, random_data, recipe
from safetensors.torch import save_file
from test_train import INPUTS, RECIPE, job, random_images

from stages import files, train
from stages.command import Problem
from stages.training import start
from stages.training.loop import Training, train_member
from stages.training.member import FLOAT32

DATA = random_data((1, 8, 8))
SLOTS = PLAIN | {"normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}}}
PLAIN_RECIPE = recipe(SLOTS, epochs=2, batch_size=3)
BEGINS = {"start": {"rung": "dropout", "dataset": "digits", "recipe": "0" * 64, "take": "all"}}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return random_images(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def first(data):
    return job(data, data / "first")


def begun(data, run, weights, recipe=RECIPE | BEGINS, **budget):
    """Train from `weights` into the folder `run`."""
    changed = recipe | {"budget": recipe["budget"] | {"batch_size": 10} | budget}
    files.write_json(run.with_suffix(".json"), changed)
    train.main(run.with_suffix(".json"), *(data / name for name in INPUTS), run, weights)
    return run


def test_a_member_begins_with_the_weights_of_its_number(data, first):
    for member, weights in enumerate(start.read(first / "weights.safetensors", 2)):
        training = Training(
            RECIPE | {"budget": RECIPE["budget"] | {"batch_size": 3}},
            data_of(data),
            member,
            FLOAT32,
            weights,
        )
        begun = training.learner.network.state_dict()
        assert begun.keys() == weights.keys()
        assert all(torch.equal(begun[name], value) for name, value in weights.items())


def data_of(data):
    from stages.training import data as images

    paths = {name.partition(".")[0]: data / name for name in INPUTS}
    return images.load(
        paths, RECIPE | {"budget": RECIPE["budget"] | {"batch_size": 10}}, torch.device("cpu")
    )


def test_what_it_begins_with_makes_the_difference_and_nothing_else(data, first, tmp_path):
    """Given a start's own weights, nothing changes: no random number is drawn for them."""
    own = Training(PLAIN_RECIPE, DATA, 0, FLOAT32).learner.network.state_dict()
    own = {name: value.clone() for name, value in own.items()}
    by_itself, begun_alike = (
        train_member(PLAIN_RECIPE, DATA, 0),
        train_member(PLAIN_RECIPE, DATA, 0, begins=own),
    )
    other = train_member(PLAIN_RECIPE, DATA, 0, begins=train_member(PLAIN_RECIPE, DATA, 1).weights)
    assert all(
        torch.equal(by_itself.weights[name], value) for name, value in begun_alike.weights.items()
    )
    assert not all(
        torch.equal(by_itself.weights[name], value) for name, value in other.weights.items()
    )


def test_a_job_that_begins_with_weights_tells_so_in_its_record(data, first, tmp_path):
    run = begun(data, tmp_path / "run", first / "weights.safetensors")
    record, before = files.read_json(run / "record.json"), files.read_json(first / "record.json")
    assert record["data"] == before["data"] | {"start": files.sha256(first / "weights.safetensors")}
    assert record["recipe"]["start"] == BEGINS["start"]
    assert (run / "weights.safetensors").read_bytes() != (
        first / "weights.safetensors"
    ).read_bytes()


def test_fewer_members_may_begin_than_there_are(data, first, tmp_path):
    one, two = (
        begun(data, tmp_path / f"run_{n}", first / "weights.safetensors", members=n) for n in (1, 2)
    )
    weights = [start.read(run / "weights.safetensors", 1)[0] for run in (one, two)]
    assert all(torch.equal(weights[0][name], value) for name, value in weights[1].items())


@pytest.mark.parametrize(
    ("weights", "recipe", "words"),
    [
        (
            False,
            RECIPE | BEGINS,
            "--start: the recipe begins with the weights of dropout on digits; name their file",
        ),
        (True, RECIPE, "--start: found weights, but the recipe begins by itself; remove the flag"),
    ],
    ids=["no weights", "weights that are not asked for"],
)
def test_recipe_and_weights_go_together(weights, recipe, words, data, first, tmp_path):
    with pytest.raises(Problem, match=words):
        begun(data, tmp_path / "run", first / "weights.safetensors" if weights else None, recipe)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda name, value: {name: value[..., :1]},
            r"--start: found \(.*\) for .*, where this network has \(",
        ),
        (
            lambda name, value: {f"{name}.more": value},
            "--start: found nothing for|, where this network has nothing",
        ),
    ],
    ids=["another shape", "another name"],
)
def test_weights_of_another_network_are_one_line(change, words, data, first, tmp_path):
    changed = {}
    for member, weights in enumerate(start.read(first / "weights.safetensors", 2)):
        for name, value in weights.items():
            changed |= {
                f"{member}.{key}": part.contiguous() for key, part in change(name, value).items()
            }
    save_file(changed, tmp_path / "other.safetensors")
    with pytest.raises(Problem, match=words) as problem:
        begun(data, tmp_path / "run", tmp_path / "other.safetensors")
    assert "\n" not in str(problem.value)
    assert not (tmp_path / "run" / "recipe.json").exists()


def test_more_members_than_there_are_weights(data, first, tmp_path):
    with pytest.raises(Problem, match="found 2 members, 3 are to begin with"):
        begun(data, tmp_path / "run", first / "weights.safetensors", members=3)
