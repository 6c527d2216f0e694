"""The benchmarks run, and what they compare is the same network on the same data."""

import argparse
import json

import pytest
import torch

from benchmarks import __main__ as benchmarks
from benchmarks import kinds, plain, precision
from stages.techniques import bind
from stages.techniques.network._parts import Parts


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RUNGS_MIRROR", raising=False)
        return benchmarks.write_images(tmp_path_factory.mktemp("data") / "images.npz", 256, 64)


def test_each_contender_trains_and_says_how_long_it_took(data, monkeypatch):
    # Compiling takes a minute.
    quick = {name: of for name, of in benchmarks.CONTENDERS.items() if "compiled" not in name}
    monkeypatch.setattr(benchmarks, "CONTENDERS", quick)
    args = argparse.Namespace(epochs=2, repeats=1, threads=1)
    results = benchmarks.compare(data, 2, 256, args)
    assert list(results)[: len(quick)] == list(quick)
    assert all(
        result["images_per_second"] > 0 and 0 <= result["accuracies"][0] <= 1
        for result in results.values()
    )
    assert all(0 < result["start_up"][0] < result["whole"][0] for result in results.values())
    table = benchmarks.table_of(results, 2, 256, args, {"float32": 1e12, "bfloat16": 1e12})
    assert "| plain PyTorch | " in table
    assert "| 1.00 |" in table


def test_all_devices_stand_in_one_table_with_the_fastest_of_each_family(tmp_path):
    of_a_processor = {
        "plain PyTorch": 100.0,
        "by hand, float32": 120.0,
        "by hand, compiled, float32": 150.0,
        "Rungs, float32": 200.0,
        "Rungs, bfloat16": 300.0,
    }
    told = {name: {"images_per_second": speed} for name, speed in of_a_processor.items()}
    of_a_gpu = {"plain PyTorch": 1000.0, "by hand, CUDA graph": 9000.0, "Rungs, tf32": 5000.0}
    for name, found in (("one", {"width 16": told, "rates": {}}), ("two", {"loop": {}})):
        (tmp_path / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")
        (tmp_path / f"{name}.md").write_text(f"# {name} core\n", encoding="utf-8")
    (tmp_path / "two.json").write_text(json.dumps({"loop": {"width 64": of_a_gpu}}), "utf-8")
    kinds.write_table(tmp_path)
    assert (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()[-2:] == [
        "| [one core](one.md) | 16 | 100 | 1.50 | 2.00 | – | 3.00 |",
        "| [two core](two.md) | 64 | 1,000 | – | – | 9.00 | – |",
    ]


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
