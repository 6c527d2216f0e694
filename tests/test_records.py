"""What a job writes down of what it read and wrote, and that the next one holds its inputs against
it."""

import hashlib
import json
import subprocess
import sys

import pytest
from conftest import ROOT

from stages import files, records
from stages.command import Problem

DAMAGES = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "one bit flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "longer": lambda content: content + b"\n",
}


@pytest.fixture
def made(tmp_path):
    """A folder with what `normalize` has written."""
    for name in records.WRITES["normalize"]:
        files.write(tmp_path / name, f"content of {name}")
    paths = [tmp_path / name for name in records.WRITES["normalize"]]
    written(tmp_path, paths)
    return tmp_path


def written(folder, paths) -> None:
    """A record of `normalize`, which has read a file beside what it wrote."""
    raw, code = folder / "raw.npz", records.code_digest("normalize")
    files.write(raw, "arrays")
    records.write(
        folder / "normalize.json", "normalize", {str(raw): files.sha256(raw)}, paths, code
    )


def test_a_record_holds_code_inputs_and_outputs_by_their_hashes(made):
    record = records.of(made / "normalize.json")
    assert record["code"] == records.code_digest("normalize")
    assert record["read"] == {str(made / "raw.npz"): hashlib.sha256(b"arrays").hexdigest()}
    assert record["wrote"].keys() == set(records.WRITES["normalize"])
    content = (made / "classes.json").read_bytes()
    assert record["wrote"]["classes.json"] == hashlib.sha256(content).hexdigest()


def test_what_is_as_it_was_written_is_read(made):
    path = made / "classes.json"
    assert records.read(path) == {str(path): files.sha256(path)}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_as_it_was_written_is_one_line(damage, made):
    path = made / "train_images.npy"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(Problem) as problem:
        records.read(made / "classes.json", path)
    said = str(problem.value)
    assert said.startswith(f"{path}: is not what normalize wrote")
    assert said.endswith("run snakemake or dvc repro, which make it again")


ODD = '{"code": "", "read": [], "wrote": []}'


@pytest.mark.parametrize("content", ["", "{", "[]", '{"code": ""}', ODD, "\0"])
def test_a_damaged_record_is_none(content, made):
    (made / "normalize.json").write_text(content, encoding="utf-8")
    assert records.of(made / "normalize.json") == {}


def test_a_stage_by_hand_ends_in_one_line(made):
    (made / "classes.json").write_text("{}", encoding="utf-8")
    stage = "stages.evaluate"
    read = "recipe", "predictions", "test-images", "test-labels", "classes", "facts"
    flags = dict.fromkeys(read, "classes.json")
    words = [word for flag, name in flags.items() for word in (f"--{flag}", str(made / name))]
    said = subprocess.run(
        [sys.executable, "-m", stage, *words, "--run", str(made / "run")],
        cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr.startswith(f"error: {made / 'classes.json'}: is not what normalize wrote")
    assert said.stderr.count("\n") == 1


def test_the_data_set_is_held_against_the_record_beside_it(tmp_path):
    raw, record = tmp_path / "digits.npz", tmp_path / "digits.json"
    raw.write_bytes(b"arrays")
    records.write(record, "download", {}, [raw], records.code_digest("download"))
    assert records.read(raw) == {str(raw): files.sha256(raw)}
    raw.write_bytes(b"others")
    with pytest.raises(Problem, match="is not what download wrote"):
        records.read(raw)


def test_a_record_of_what_had_this_name_before_refuses_nothing(tmp_path):
    run = tmp_path / "basic"
    for stage, content in {"train": "before", "ensemble": "now"}.items():
        files.write(run / "predictions.npz", content)
        code = records.code_digest(stage)
        records.write(run / f"{stage}.json", stage, {}, [run / "predictions.npz"], code)
    assert records.read(run / "predictions.npz")
    files.write(run / "predictions.npz", "neither")
    with pytest.raises(Problem, match="is not what train wrote"):
        records.read(run / "predictions.npz")


def test_what_check_wrote_is_held_against_its_record(tmp_path):
    study, recipe = (tmp_path / "runs/tiny" / name for name in ("study.json", "recipes/relu.json"))
    for path in (study, recipe):
        files.write(path, "{}")
    record, code = tmp_path / "runs/tiny.check.json", records.code_digest("check")
    records.write(record, "check", {}, [study, recipe], code)
    records.read(study, recipe)
    for path in (study, recipe):
        files.write(path, "{")
        with pytest.raises(Problem, match="is not what check wrote"):
            records.read(path)


@pytest.mark.parametrize("change", ["other", None], ids=["edited", "gone"])
def test_a_job_whose_input_changes_while_it_works_leaves_no_record(change, tmp_path):
    raw, code = tmp_path / "raw.npz", records.code_digest("normalize")
    files.write(raw, "arrays")
    read = records.read(raw)
    raw.unlink() if change is None else files.write(raw, change)
    with pytest.raises(Problem, match=r"raw\.npz: changed while this job was at work"):
        records.write(tmp_path / "normalize.json", "normalize", read, [], code)
    assert not (tmp_path / "normalize.json").exists()


def test_a_job_whose_code_changes_while_it_works_leaves_no_record(tmp_path):
    with pytest.raises(Problem, match=r"stages/normalize\.py or what it imports: changed while"):
        records.write(tmp_path / "normalize.json", "normalize", {}, [], "another digest")
    assert not (tmp_path / "normalize.json").exists()


def test_folders_stand_for_the_files_below_them(tmp_path):
    for name in ("a/b.csv", "a/c/d.csv", "a/__pycache__/e.pyc", "a/.f.1.partial"):
        files.write(tmp_path / name, name)
    record = tmp_path / "report.json"
    assert records.wrote(record, [tmp_path / "a", tmp_path / "none"]).keys() == {
        "a/b.csv",
        "a/c/d.csv",
    }


def test_the_digest_of_code_changes_with_a_name_and_with_content(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "ROOT", tmp_path)
    files.write(tmp_path / "stages" / "ensemble.py", "one")
    before = records.code_digest("ensemble")
    files.write(tmp_path / "stages" / "ensemble.py", "two")
    assert records.code_digest("ensemble") != before
    assert records.code_digest("train") == hashlib.sha256(b"").hexdigest()


def test_records_of_the_same_are_the_same_bytes(made):
    before = (made / "normalize.json").read_bytes()
    paths = [made / name for name in reversed(records.WRITES["normalize"])]
    written(made, paths)
    assert (made / "normalize.json").read_bytes() == before
    assert json.loads(before)
