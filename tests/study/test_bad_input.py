"""Bad input gets one clear line, in both engines, before any work starts; nothing is lost."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from bad_studies import BAD, FINER, STRAY, UNREADABLE, WITHOUT_LINE, spoil, with_anchors
from conftest import ROOT, copy_project, run

from stages.command import Problem
from stages.study.source import read
from stages.study.study import load

TINY = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")
GROUP = "\n  - {title: Without one idea, rungs: [without_dropout], against: dropout}"
PREDICTION = (
    "\n  - {rung: dropout, better_than: without_dropout, because: it is the usual reason to add it}"
)
CASES = BAD | UNREADABLE | FINER | STRAY
# Starting an engine takes seconds: what differs from these in its option alone is left to the
# check that both run.
BOTH_ENGINES = [*list(BAD)[::2], *UNREADABLE]
BY_HAND = [
    "unknown option",
    "rung that is not defined",
    "name that leads elsewhere",
    "no YAML",
    "key twice",
    "empty file",
]


@pytest.mark.parametrize("case", CASES)
def test_one_line_says_where_and_what(case, tmp_path):
    old, new, words = CASES[case]
    study = tmp_path / "params.yaml"
    study.write_text(spoil(TINY, old, new), encoding="utf-8")
    with pytest.raises(Problem) as problem:
        load(study)
    text = str(problem.value)
    assert "\n" not in text
    assert text.startswith(str(study))
    assert all(word in text for word in words), text


@pytest.mark.parametrize("case", sorted(CASES.keys() - WITHOUT_LINE))
def test_the_line_is_the_one_with_the_mistake(case, tmp_path):
    old, new, _ = CASES[case]
    study, text = tmp_path / "params.yaml", spoil(TINY, old, new)
    study.write_text(text, encoding="utf-8")
    lines = [TINY.splitlines(), text.splitlines()]
    changed = {
        number
        for number, (before, after) in enumerate(zip(*lines, strict=False), start=1)
        if before != after
    }
    with pytest.raises(Problem) as problem:
        load(study)
    assert int(re.match(r".*?params\.yaml:(\d+): ", str(problem.value))[1]) in changed


@pytest.mark.parametrize("case", STRAY)
def test_no_file_keeps_one_waiting(case, tmp_path):
    old, new, _ = CASES[case]
    (tmp_path / "params.yaml").write_text(spoil(TINY, old, new), encoding="utf-8")
    began = time.process_time()
    with pytest.raises(Problem) as problem:
        load(tmp_path / "params.yaml")
    assert time.process_time() - began < 1
    assert len(str(problem.value)) < 500


def test_what_a_mistake_says_of_a_large_value_is_short(tmp_path):
    large = f"[{', '.join(['word'] * 1000)}]"
    (tmp_path / "params.yaml").write_text(
        TINY.replace("threads: 1", f"threads: {large}"), encoding="utf-8"
    )
    with pytest.raises(Problem) as problem:
        load(tmp_path / "params.yaml")
    assert len(str(problem.value)) < 500


@pytest.mark.parametrize(
    ("slot", "written"), [("activation", "activation: relu}"), ("network", "network: ")]
)
def test_the_line_of_a_mistake_in_an_anchor_is_where_it_was_written(slot, written, tmp_path):
    study, text = tmp_path / "params.yaml", with_anchors(TINY)
    study.write_text(text, encoding="utf-8")
    [line] = [
        number for number, content in enumerate(text.splitlines(), start=1) if written in content
    ]
    assert str(read(study).problem(("techniques", "dropout", slot), "wrong")).startswith(
        f"{study}:{line}: "
    )


@pytest.mark.parametrize("case", BY_HAND)
def test_the_command_says_it_in_one_line_and_writes_nothing(case, tmp_path):
    old, new, words = CASES[case]
    (tmp_path / "params.yaml").write_text(spoil(TINY, old, new), encoding="utf-8")
    said = _check(tmp_path)
    _is_one_line(said, str(tmp_path / "params.yaml"))
    assert all(word in said.stderr for word in words)
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]


def test_a_folder_with_spaces_and_other_scripts_letters(tmp_path):
    folder = tmp_path / "Ordner mit Übung 한글"
    folder.mkdir()
    (folder / "params.yaml").write_text(TINY, encoding="utf-8")
    assert _check(folder).returncode == 0
    assert (folder / "out" / "tiny" / "recipes" / "relu.json").exists()


def test_a_batch_of_one_to_normalize_over(tmp_path):
    text = TINY.replace("batch_size: 100", "batch_size: 1").replace(
        "label: ReLU, activation: relu}", "normalization: batch_normalization}"
    )
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(
        Problem, match=r"params.yaml:\d+: budget.batch_size: found 1, but relu normalizes over"
    ):
        load(tmp_path / "params.yaml")


def test_numbers_that_yaml_takes_for_words_are_numbers(tmp_path):
    study = tmp_path / "params.yaml"
    study.write_text(TINY.replace("learning_rate: 0.1", "learning_rate: 1e-1"), encoding="utf-8")
    assert load(study) == load(ROOT / "tests" / "tiny.yaml")


@pytest.mark.parametrize("content", [b"study: \xff\xfe", None], ids=["not UTF-8", "no file"])
def test_a_file_that_cannot_be_read(content, tmp_path):
    study = tmp_path / "params.yaml"
    if content is not None:
        study.write_bytes(content)
    with pytest.raises(Problem, match=r"UTF-8|No such file"):
        load(study)


@pytest.fixture(scope="module")
def results(
    tmp_path_factory,
) -> dict[tuple[str, str], tuple[subprocess.CompletedProcess, list[str]]]:
    """What each engine said to each case, and which files it left; two at a time."""

    def attempt(engine: str, case: str):
        project = copy_project(
            tmp_path_factory.mktemp("project") / "p", ROOT / "tests" / "tiny.yaml"
        )
        old, new, _ = CASES[case]
        (project / "params.yaml").write_text(spoil(TINY, old, new), encoding="utf-8")
        said = run(
            project, *{"snakemake": ["snakemake", "--cores", "2"], "dvc": ["dvc", "repro"]}[engine]
        )
        made = [
            str(p.relative_to(project))
            for name in ("runs", "data", "reports/tiny")
            for p in (project / name).rglob("*")
        ]
        return said, made

    keys = [(engine, case) for engine in ("snakemake", "dvc") for case in BOTH_ENGINES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(keys, pool.map(lambda key: attempt(*key), keys), strict=True))


@pytest.mark.parametrize("case", BOTH_ENGINES)
@pytest.mark.parametrize("engine", ["snakemake", "dvc"])
def test_both_engines_refuse_before_any_work(results, engine, case):
    said, made = results[engine, case]
    assert said.returncode != 0
    assert "Traceback" not in said.stdout
    assert made == []
    lines = [line for line in said.stdout.splitlines() if line.startswith("error: ")]
    if engine == "snakemake" or case in BAD:
        assert len(lines) == 1, said.stdout
        assert all(word in lines[0] for word in CASES[case][2])
    else:
        assert "ERROR: " in said.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--config", "techniques={relu: {activation: sigmoid}}"],
            ["--config techniques", "can't be overridden"],
        ),
        (["--config", "budget={epochs: few}"], ["--config budget.epochs", "'few'"]),
        (["--config", "ladder=[basic,nothing]"], ["--config ladder.1", "'nothing' is not defined"]),
        (["--configfile", "a.yaml", "b.yaml"], ["--configfile", "one whole file"]),
    ],
    ids=["a stanza", "a bad value", "an unknown rung", "two studies"],
)
def test_overrides_are_checked_too(tiny, arguments, words):
    for name in ("a.yaml", "b.yaml"):
        (tiny / name).write_text(TINY, encoding="utf-8")
    said = run(tiny, "snakemake", "--dry-run", *arguments)
    lines = [line for line in said.stdout.splitlines() if line.startswith("error: ")]
    assert said.returncode != 0
    assert len(lines) == 1
    assert all(word in lines[0] for word in words)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_device_that_is_not_there(tmp_path):
    study = tmp_path / "params.yaml"
    study.write_text(TINY.replace("device: cpu", "device: cuda"), encoding="utf-8")
    _is_one_line(_check(tmp_path), "device: found cuda")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_precision_that_no_device_here_has(tmp_path):
    study = tmp_path / "params.yaml"
    tf32 = TINY.replace("device: cpu", "device: auto\nprecision: tf32")
    study.write_text(tf32, encoding="utf-8")
    _is_one_line(_check(tmp_path), "precision: found tf32, which only GPUs multiply in")
    assert not (tmp_path / "out").exists()


def test_a_batch_larger_than_the_data(tmp_path):
    study = tmp_path / "params.yaml"
    study.write_text(TINY.replace("batch_size: 100", "batch_size: 1000"), encoding="utf-8")
    _stage("check", params=study, runs=tmp_path / "runs")
    _stage("download", dataset="digits", raw=tmp_path / "raw.npz")
    _stage("normalize", raw=tmp_path / "raw.npz", normalized=tmp_path)
    arrays = {
        name: tmp_path / f"{name}.npy" for name in ("train_images", "train_labels", "test_images")
    }
    said = _stage(
        "train",
        recipe=tmp_path / "runs/tiny/recipes/basic.json",
        **arrays,
        classes=tmp_path / "classes.json",
        run=tmp_path / "run",
    )
    _is_one_line(said, "budget.batch_size: found 1000, but there are 900")
    assert not (tmp_path / "run").exists()


def test_a_data_set_by_hand_that_is_not_there(tmp_path):
    _is_one_line(
        _stage("download", dataset="digitz", raw=tmp_path / "raw.npz"), "did you mean 'digits'"
    )


def test_an_input_by_hand_that_is_not_there(tmp_path):
    _is_one_line(
        _stage("normalize", raw=tmp_path / "raw.npz", normalized=tmp_path),
        str(tmp_path / "raw.npz"),
    )


@pytest.mark.parametrize(
    "missing",
    [
        "beside: [without_dropout]\n",
        "starts: []\n",
        "ensembles:\n  - {name: mean_of_softmax, of: dropout, combine: mean}\n",
    ],
)
def test_a_list_that_dvc_reads_and_params_yaml_does_not_have(missing, tiny):
    """In any other study file it may be absent."""
    text, name = (
        TINY.replace(missing, "").replace(GROUP, " []").replace(PREDICTION, " []"),
        missing.partition(":")[0],
    )
    (tiny / "params.yaml").write_text(text, encoding="utf-8")
    words = (
        f"error: params.yaml: DVC reads {name} here before anything runs; "
        f"add `{name}: []`, or run make use STUDY=NAME"
    )
    said = run(tiny, "snakemake", "--dry-run")
    assert words in said.stdout.splitlines()
    assert said.returncode != 0
    check = [sys.executable, "-m", "stages.check", "--params", "params.yaml", "--runs", "runs"]
    assert words in run(tiny, *check).stdout.splitlines()
    (tiny / "mine.yaml").write_text(text, encoding="utf-8")
    assert load(tiny / "mine.yaml").study == "tiny"


def test_an_old_params_yaml_is_told_what_to_write(tiny):
    old = "ablations: {of: dropout, rungs: [without_dropout]}\n"
    text = TINY.replace("beside: [without_dropout]\n", old).replace("starts: []\n", "")
    (tiny / "params.yaml").write_text(text, encoding="utf-8")
    said = run(tiny, "snakemake", "--dry-run")
    [line] = [line for line in said.stdout.splitlines() if line.startswith("error: ")]
    assert (
        "write `beside: [without_dropout]` and `comparisons: "
        "[{title: Without one idea, rungs: [without_dropout], against: dropout}]`" in line
    )


def test_use_keeps_changes_that_are_nowhere_else(tmp_path):
    studies, params = tmp_path / "studies", tmp_path / "params.yaml"
    studies.mkdir()
    (studies / "tiny.yaml").write_text(TINY, encoding="utf-8")
    params.write_text(TINY + "# mine\n", encoding="utf-8")
    _is_one_line(
        _stage("workflow.use", study=studies / "tiny.yaml", params=params), "holds changes of yours"
    )
    _is_one_line(
        _stage("workflow.use", study=studies / "tinny.yaml", params=params), "did you mean 'tiny'"
    )
    assert params.read_text(encoding="utf-8") == TINY + "# mine\n"
    params.unlink()
    assert _stage("workflow.use", study=studies / "tiny.yaml", params=params).returncode == 0
    assert params.read_text(encoding="utf-8") == TINY


def _check(folder: Path) -> subprocess.CompletedProcess:
    return _stage("check", params=folder / "params.yaml", runs=folder / "out")


def _stage(name: str, **flags: Path | str) -> subprocess.CompletedProcess:
    arguments = [
        word
        for flag, value in flags.items()
        for word in (f"--{flag.replace('_', '-')}", str(value))
    ]
    return subprocess.run(
        [sys.executable, "-m", f"stages.{name}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def _is_one_line(said: subprocess.CompletedProcess, words: str) -> None:
    assert said.returncode == 1
    assert said.stderr.startswith("error: ")
    assert said.stderr.count("\n") == 1
    assert words in said.stderr
