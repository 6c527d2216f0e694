"""Layers that can't be initialized, counted or looked into are refused by name; what the others
cost is torch's own count."""

import shutil
import subprocess
import sys

import pytest
import torch
from cases import NAMES, PLAIN, example, random_data
from conftest import ROOT, TINY
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from stages import files
from stages.check import main
from stages.command import Problem
from stages.compute.convolution import Convolution
from stages.training import diagnostics, layers
from stages.training import network as networks
from stages.training.randomness import generator

IMAGE = (1, 8, 8)


class Scaled(nn.Linear):
    """A known kind, with a parameter more."""

    def __init__(self):
        super().__init__(2, 2)
        self.scale = nn.Parameter(torch.ones(2))


class Idle(nn.Sequential):
    """Its second layer is never called."""

    def forward(self, x):
        return self[0](x.flatten(1))


class Tokens(nn.Module):
    """A linear layer on a sequence."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(8, 4)

    def forward(self, x):
        return self.embed(x[:, 0])


class Twice(nn.Module):
    """One layer called twice."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(64, 64)

    def forward(self, x):
        return self.layer(self.layer(x.flatten(1)))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.ConvTranspose2d(1, 2, 3), "ConvTranspose2d at '1', whose parameters (weight, bias)"),
        (nn.PReLU(), "PReLU at '1', whose parameters (weight)"),
        (nn.Embedding(4, 2), "Embedding"),
        (nn.LSTM(8, 2), "LSTM"),
        (nn.MultiheadAttention(4, 2), "MultiheadAttention"),
        (nn.LazyLinear(3), "LazyLinear"),
        (Scaled(), "Scaled at '1', whose parameters (weight, bias, scale)"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)), "parametrizations.weight"),
        (nn.Sequential(nn.ParameterList([torch.zeros(1)])), "ParameterList at '1.0'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_layer_that_no_initialization_reaches_is_refused(layer, words):
    with pytest.raises(Problem) as problem:
        layers.refuse_unknown(nn.Sequential(nn.Flatten(), layer))
    assert words in str(problem.value)
    assert "allowed: Conv1d, Conv2d, Linear, " in str(problem.value)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Idle(nn.Linear(64, 2), nn.Linear(2, 2)), "Linear at '1', which the network doesn't call"),
        (Tokens(), "Linear at 'embed', with outputs of 3 dimensions; allowed: 2"),
    ],
    ids=["never called", "on a sequence"],
)
def test_a_layer_that_cannot_be_looked_into_is_refused(network, words):
    layers.refuse_unknown(network)
    with pytest.raises(Problem) as problem:
        layers.table(network, IMAGE)
    assert words in str(problem.value)


@pytest.mark.parametrize("slot", ["network", "activation", "normalization", "dropout"])
def test_every_name_that_shapes_a_network_passes(slot):
    for name in [name for of, name in NAMES if of == slot]:
        slots = PLAIN | {slot: {name: example(slot, name)}}
        for shape in (IMAGE, (3, 32, 32)):
            assert networks.table(slots, shape, 10, torch.device("cpu"))


def test_the_table_of_a_network():
    """`basic` of width 2 on 8x8: 2 and 4 filters without a bias, because they are
    normalized, then 16 → 24 → 10."""
    slots = PLAIN | {"normalization": {"batch_normalization": {}}}
    rows = networks.table(slots, IMAGE, 10, torch.device("cpu"))
    assert [
        tuple(row[column] for column in layers.COLUMNS if column != "name") for row in rows
    ] == [
        (1, "convolution", "2x8x8", 18, 64 * 18),
        (1, "normalization", "2x8x8", 4, 0),
        (2, "convolution", "4x4x4", 72, 16 * 72),
        (2, "normalization", "4x4x4", 8, 0),
        (3, "linear", "24", 16 * 24 + 24, 16 * 24),
        (4, "linear", "10", 24 * 10 + 10, 24 * 10),
    ]
    network = networks.build(slots, IMAGE, 10, generator(0, 0, "start"), generator(0, 0, "dropout"))
    assert [row["name"] for row in rows] == ["0.0", "0.1", "2.0", "2.1", "5.0", "6"]
    assert sum(row["parameters"] for row in rows) == sum(p.numel() for p in network.parameters())


def test_its_numbers_are_those_of_the_diagnostics():
    slots, data = PLAIN | {"normalization": {"batch_normalization": {}}}, random_data(IMAGE)
    network = networks.build(slots, IMAGE, 10, generator(0, 0, "start"), generator(0, 0, "dropout"))
    seen, _ = diagnostics.layers(
        network,
        lambda module, x: module(x),
        nn.functional.cross_entropy,
        data.train_images.float(),
        data.train_targets,
        binned=False,
    )
    rows = [
        row
        for row in networks.table(slots, IMAGE, 10, torch.device("cpu"))
        if row["kind"] != "normalization"
    ]
    assert [(row["layer"], row["kind"]) for row in rows] == [
        (row["layer"], row["kind"]) for row in seen
    ]


def test_what_is_called_twice_costs_twice_and_is_stored_once():
    rows = layers.table(Twice(), IMAGE)
    assert [(row["parameters"], row["multiply_accumulates"]) for row in rows] == [
        (64 * 64 + 64, 64 * 64),
        (0, 64 * 64),
    ]


@pytest.mark.parametrize(
    "network",
    [
        nn.Sequential(Convolution(3, 4, bias=True), nn.Flatten(), nn.Linear(4 * 81, 5)),
        nn.Sequential(
            nn.Conv2d(3, 6, 3, stride=2, groups=3),
            nn.GroupNorm(2, 6),
            nn.Flatten(),
            nn.Linear(96, 5),
        ),
        nn.Sequential(
            nn.Conv2d(3, 4, (1, 3), dilation=2, padding=1),
            nn.Flatten(),
            nn.LayerNorm(4 * 11 * 7),
            nn.Linear(308, 5),
        ),
    ],
    ids=["plain", "grouped and strided", "dilated"],
)
def test_multiply_accumulates_are_half_of_torchs_operations(network):
    with FlopCounterMode(display=False) as counter:
        network.eval()(torch.zeros(1, 3, 9, 9))
    rows = layers.table(network, (3, 9, 9))
    assert sum(row["multiply_accumulates"] for row in rows) == counter.get_total_flops() // 2


@pytest.mark.parametrize(
    "network",
    [{"basic": {"width": 3}}, {"deeper": {"width": 4}}, {"dense": {"units": 5}}],
    ids=lambda value: next(iter(value)),
)
@pytest.mark.parametrize("shape", [IMAGE, (3, 32, 32)], ids=str)
def test_so_are_those_of_the_networks(network, shape):
    slots = PLAIN | {"network": network}
    torchs = networks.build(slots, shape, 10, generator(0, 0, "start"), generator(0, 0, "dropout"))
    with FlopCounterMode(display=False) as counter:
        torchs(torch.zeros(1, *shape))
    rows = networks.table(slots, shape, 10, torch.device("cpu"))
    assert sum(row["multiply_accumulates"] for row in rows) == counter.get_total_flops() // 2


PROJECT = {
    "a transposed convolution": (
        "return nn.Sequential(nn.ConvTranspose2d(shape[0], outputs, 3), nn.Flatten())",
        "found ConvTranspose2d at '0', whose parameters (weight, bias)",
    ),
    "a parameter of its own": (
        "return _Positioned(nn.Flatten(), nn.Linear(shape[0] * shape[1] * shape[2], outputs))",
        "found _Positioned as a whole, whose parameters (position)",
    ),
    "a recurrent layer": (
        "return nn.Sequential(nn.Flatten(2), nn.LSTM(shape[1] * shape[2], outputs))",
        "found LSTM at '1', whose parameters (weight_ih_l0, ",
    ),
    "no parameters": (
        "return nn.Sequential(nn.AvgPool2d(shape[1:]), nn.Flatten(), nn.Linear(shape[0], outputs))",
        None,
    ),
}
NETWORK = """
from torch import nn, zeros


class _Positioned(nn.Sequential):
    def __init__(self, *layers):
        super().__init__(*layers)
        self.position = nn.Parameter(zeros(1))


def upward(shape, outputs, parts) -> nn.Module:
    \"\"\"A network.\"\"\"
    {}
"""


@pytest.mark.parametrize("case", PROJECT)
def test_check_refuses_it_in_one_line_before_anything_is_written(case, tmp_path):
    body, words = PROJECT[case]
    shutil.copytree(
        ROOT / "stages", tmp_path / "stages", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "stages" / "techniques" / "network" / "upward.py").write_text(
        NETWORK.format(body), encoding="utf-8"
    )
    text = TINY.read_text(encoding="utf-8").replace(
        "activation: relu}", "activation: relu, network: upward}"
    )
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    [line] = [
        number for number, content in enumerate(text.splitlines(), start=1) if "upward" in content
    ]
    said = check(tmp_path)
    if words is None:
        assert said.returncode == 0, said.stderr
        return
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert said.stderr.startswith(f"error: params.yaml:{line}: techniques.relu.network: {words}")
    assert not (tmp_path / "out").exists()


def test_a_network_that_does_not_fit_the_images_is_one_line(tmp_path):
    """Whatever the data set that it doesn't fit, and although it stood there before."""
    network = "{convolutional: {kernel: 7, padding: valid, layers: 1, pool: none}}"
    text = TINY.read_text(encoding="utf-8").replace("{basic: {width: 4}}", network)
    params = tmp_path / "tiny.yaml"
    files.write(params, text)
    main(params, tmp_path / "runs")
    smaller = "datasets: [digits, small]\ndata: {small: {of: digits, size: 6}}"
    files.write(params, text.replace("datasets: [digits]", smaller))
    words = r"techniques\.basic\.network: a filter of 7 does not fit into a side of 6 pixels"
    with pytest.raises(Problem, match=words):
        main(params, tmp_path / "runs")


def test_a_network_that_torch_cannot_build_is_one_line(tmp_path, monkeypatch):
    def build(*_, **__):
        raise RuntimeError("no such shape\nand much more")

    monkeypatch.setattr(networks, "table", build)
    words = r"techniques\.basic\.network: can't be built for the images of digits, 1x8x8: no such"
    with pytest.raises(Problem, match=words) as problem:
        main(TINY, tmp_path / "runs")
    assert "\n" not in str(problem.value)


def test_what_has_passed_is_not_looked_at_again(tmp_path, monkeypatch):
    """Torch takes seconds to import: only for a recipe that is new, or whose code is."""
    shutil.copytree(
        ROOT / "stages", tmp_path / "stages", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(TINY, tmp_path / "params.yaml")
    assert check(tmp_path).returncode == 0
    # Not beside the project's own modules: it would be one of them, and count.
    files.write(tmp_path / "instead" / "torch.py", "raise SystemExit('torch was imported')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "instead"))
    assert check(tmp_path).returncode == 0
    with open(tmp_path / "stages" / "training" / "layers.py", "a", encoding="utf-8") as file:
        file.write("\nKINDS.clear()\n")
    assert "torch was imported" in check(tmp_path).stderr


def check(folder) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "stages.check", "--params", "params.yaml", "--runs", "out"]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
