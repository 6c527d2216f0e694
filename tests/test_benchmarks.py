"""The benchmarks run, and what they compare is the same network on the same data."""

import argparse

import pytest
import torch

from benchmarks import __main__ as benchmarks
from benchmarks import plain, precision
from stages.techniques import bind
from stages.techniques.network._parts import Parts


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RUNGS_MIRROR", raising=False)
        return benchmarks.write_images(tmp_path_factory.mktemp("data") / "images.npz", 256, 64)


def test_each_contender_trains_and_says_how_long_it_took(data):
    args = argparse.Namespace(epochs=2, repeats=1, threads=1)
    results = benchmarks.compare(data, 2, 256, args)
    assert list(results)[:4] == list(benchmarks.CONTENDERS)
    assert all(
        result["images_per_second"] > 0 and 0 <= result["accuracies"][0] <= 1
        for result in results.values()
    )
    table = benchmarks.table_of(results, 2, 256, args, {"float32": 1e12, "bfloat16": 1e12})
    assert "| plain PyTorch | " in table
    assert "| 1.00 |" in table


def test_each_batch_has_a_row_of_how_many_times_as_fast_bfloat16_is():
    gains = {
        width: precision.gain(side=8, batch=2, width=width, seconds=0) for width in precision.WIDTHS
    }
    assert min(gains.values()) > 0
    table = precision.table_of([{"side": 8, "batch": 2, "pixels": 128, "gains": gains}], threads=1)
    assert table.endswith(
        "\n| 8x8 | 2 | 128 | " + " | ".join(f"{gain:.2f}" for gain in gains.values()) + " |\n"
    )


def test_it_is_the_same_network():
    ours = bind("network", {"deeper": {"width": 3}})(
        (3, 32, 32), 10, Parts(torch.nn.ReLU, lambda features, maps: torch.nn.BatchNorm2d(features))
    )
    theirs = plain.make_network(3, batch_norm=True, dropout=0.0)
    assert [tuple(p.shape) for p in ours.parameters()] == [
        tuple(p.shape) for p in theirs.parameters()
    ]
    macs = sum(p.numel() * places for p, places in _weights_with_places(theirs))
    assert benchmarks.layers_multiply_accumulates(3) == macs


def _weights_with_places(network):
    places = iter([1024] * 2 + [256] * 2 + [64] * 2 + [16] * 2 + [4] * 2 + [1])
    return [(p, next(places)) for p in network.parameters() if p.ndim > 1]
