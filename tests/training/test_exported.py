"""Networks out of a rung's weights: they predict what they predicted when they were trained."""

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save
from test_train import RECIPE, job, random_images

from stages import files
from stages.command import Problem
from stages.training.exported import about, load, write_alone


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return random_images(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def weights(data):
    return job(data, data / "run") / "weights.safetensors"


@pytest.fixture(scope="module")
def test_images(data):
    return torch.from_numpy(np.load(data / "test_images.npy"))


@pytest.fixture(scope="module")
def predicted(weights):
    """[members, images, classes], as training has written them."""
    with np.load(weights.with_name("predictions.npz")) as arrays:
        return arrays["test_predictions"]


@pytest.mark.parametrize("member", [0, 1])
def test_a_network_predicts_what_it_did_at_the_end_of_its_training(
    member, weights, test_images, predicted
):
    predict = load(weights, member)
    np.testing.assert_array_equal(predict(test_images).numpy(), predicted[member])


def test_one_network_alone_is_the_same_and_says_which_it_is(
    weights, test_images, predicted, tmp_path
):
    alone, chosen = tmp_path / "alone.safetensors", {"member": 1, "rung": "dropout"}
    write_alone(weights, chosen, alone)
    np.testing.assert_array_equal(load(alone)(test_images).numpy(), predicted[1])
    assert {name.partition(".")[0] for name in load_file(alone)} == {"0"}
    said = about(alone)
    assert said["chosen"] == chosen
    assert (said["task"], said["slots"]) == ("classification", RECIPE["slots"])
    assert (said["classes"], said["shape"]) == (list("0123456789"), [1, 8, 8])


def test_a_number_that_no_network_has_is_one_line(weights):
    with pytest.raises(Problem, match=r"weights\.safetensors: found no network number 2"):
        load(weights, 2)


def test_weights_of_who_knows_what_are_one_line(tmp_path):
    files.write(tmp_path / "other.safetensors", save({"0.weight": np.zeros(2)}))
    with pytest.raises(Problem, match=r"other\.safetensors: it doesn't say what"):
        load(tmp_path / "other.safetensors")
