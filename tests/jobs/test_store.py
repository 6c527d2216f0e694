"""What is kept in the store, whole or not at all, and what decides an entry; what a job does with
it: tests/test_trained_once.py."""

import os
import signal
import time
from multiprocessing import get_context

import pytest

from stages import files, records
from stages.jobs import store
from stages.records import WRITES

GB = 10**9
TECHNIQUE = "relu"
RECIPE = {
    "technique": TECHNIQUE,
    "task": "classification",
    "slots": {"activation": {"relu": {}}},
    "budget": {"epochs": 2, "seed": 0},
    "device": "auto",
    "threads": 1,
    "precision": "auto",
    "deterministic": True,
    "cuda_graph": "auto",
    "tensorboard": False,
    "code": {"stages.training": "1"},
}
ORIGIN = {
    "recipe": RECIPE,
    "data": {"train_images": "2", "classes": "3"},
    "environment": {"device": "A processor", "torch": "2.13.0", "precision": "float32"},
}
MACHINE = {"instructions": "avx2", "libc": "2.36"}


def key(machine: dict = MACHINE, data=None, environment=None, **recipe) -> str:
    changed = {"recipe": recipe, "data": data or {}, "environment": environment or {}}
    return store.key({name: ORIGIN[name] | of for name, of in changed.items()}, machine)


@pytest.mark.parametrize(
    "recipe",
    [
        {"technique": "rectified"},
        {"device": "cuda:1"},
        {"tensorboard": True},
        {"precision": "float32"},
    ],
    ids=str,
)
def test_names_and_what_changes_no_byte_decide_nothing(recipe):
    assert key(**recipe) == key()


@pytest.mark.parametrize(
    "change",
    [
        {"slots": {"activation": {"tanh": {}}}},
        {"budget": {"epochs": 2, "seed": 1}},
        {"threads": 2},
        {"deterministic": False},
        {"cuda_graph": False},
        {"task": "segmentation"},
        {"code": {"stages.training": "2"}},
        {"data": {"train_images": "4"}},
        {"environment": {"device": "Another processor"}},
        {"environment": {"torch": "2.14.0"}},
        {"environment": {"precision": "bfloat16"}},
        {"machine": MACHINE | {"instructions": "avx512f"}},
    ],
    ids=str,
)
def test_whatever_can_change_a_byte_decides(change):
    assert key(**change) != key()


def test_of_a_start_its_weights_decide_and_not_its_name():
    def begun(weights: str, **start) -> str:
        begins = {"rung": "basic", "dataset": "digits", "recipe": "5", "take": "all"} | start
        return key(data={"start": weights}, start=begins)

    assert begun("6", rung="first", dataset="few", recipe="7") == begun("6")
    assert len({key(), begun("6"), begun("8"), begun("6", take="features")}) == 4


def made_up(run, content: str = "some", commit: str | None = "a" * 40):
    """A folder as a training job leaves it, with made-up content."""
    for name in WRITES["train"]:
        files.write(run / name, f"{content} {name}\n")
    files.write_json(run / "record.json", {"environment": {"cuda_graph": False}, "parameters": 5})
    ended = {"ended": "2026-11-27T19:23:02+00:00", "host": "there", "commit": commit}
    files.write_json(run / "cost.json", ended | {"run": "runs/one/digits/relu"})
    wrote = [run / name for name in WRITES["train"]]
    records.write(run / "train.json", "train", {}, wrote, records.code_digest("train"))
    return run


def entry(folder, limit: int = GB, name: str = "1" * 64) -> store.Entry:
    return store.Entry(TECHNIQUE, folder / "store" / name, limit)


def test_what_is_kept_comes_back_as_copies_of_its_own(tmp_path):
    run, again = made_up(tmp_path / "run"), tmp_path / "again"
    entry(tmp_path).put(run)
    took = entry(tmp_path).take(again, "b" * 40)
    assert (took["parameters"], took["cuda_graph"]) == (5, False)
    told = {"taken_from": "runs/one/digits/relu", "taken_at_commit": "b" * 40}
    assert took["cost"] == files.read_json(run / "cost.json") | told
    assert {path.name for path in again.iterdir()} == {*WRITES["train"]} - {*store.OWN}
    for path in again.iterdir():
        assert path.read_bytes() == (run / path.name).read_bytes()
        assert path.stat().st_nlink == 1
    (again / "history.csv").write_text("damaged", encoding="utf-8")
    assert entry(tmp_path).take(tmp_path / "third", None) is not None


def test_blocks_are_shared_where_the_file_system_can(tmp_path, monkeypatch):
    asked = []

    def share(new, request, old) -> None:
        asked.append(request)
        os.write(new.fileno(), os.pread(old, 10**6, 0))

    monkeypatch.setattr(store.fcntl, "ioctl", share)
    entry(tmp_path).put(made_up(tmp_path / "run"))
    assert asked == [store.FICLONE] * 10
    assert entry(tmp_path).take(tmp_path / "again", None) is not None


def _cut(path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flipped(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [*WRITES["train"], "train.json"])
@pytest.mark.parametrize("damage", [_flipped, _cut, lambda path: path.unlink()])
def test_what_is_damaged_is_removed_and_nothing_of_it_taken(name, damage, tmp_path, caplog):
    if (name, damage) == ("train.json", _cut):
        damage = lambda path: path.write_text("{}")  # noqa: E731 its last byte says nothing
    caplog.set_level("INFO", "rungs")
    kept, again = entry(tmp_path), tmp_path / "again"
    kept.put(made_up(tmp_path / "run"))
    damage(kept.path / name)
    assert entry(tmp_path).take(again, None) is None
    [line] = caplog.messages
    assert line.startswith(f"relu: {kept.path}: ")
    assert line.endswith("is not what was kept; all is removed, and the rung trained anew")
    assert list((tmp_path / "store").iterdir()) == []
    assert not again.exists() or list(again.iterdir()) == []


def test_what_cannot_be_read_or_kept_is_a_line_and_no_more(tmp_path, caplog, monkeypatch):
    caplog.set_level("INFO", "rungs")
    run = made_up(tmp_path / "run")
    files.write(tmp_path / "file", "")
    store.Entry(TECHNIQUE, tmp_path / "file" / "1", GB).put(run)
    assert caplog.messages[-1].startswith(f"relu: not kept in {tmp_path / 'file'}: ")
    entry(tmp_path).put(run)

    def refuse(*paths):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(store, "_copy", refuse)
    assert entry(tmp_path).take(tmp_path / "again", None) is None
    assert caplog.messages[-1].startswith(f"relu: not taken from {entry(tmp_path).path}: ")
    assert entry(tmp_path).path.is_dir()


def test_one_that_is_removed_meanwhile_is_as_one_that_is_not_there(tmp_path, caplog, monkeypatch):
    caplog.set_level("INFO", "rungs")
    kept, copy = entry(tmp_path), store._copy
    kept.put(made_up(tmp_path / "run"))

    def remove_and_copy(source, target):
        store._remove(kept.path)
        copy(source, target)

    monkeypatch.setattr(store, "_copy", remove_and_copy)
    assert entry(tmp_path).take(tmp_path / "again", None) is None
    assert (caplog.messages, list((tmp_path / "again").iterdir())) == ([], [])


def test_what_was_used_last_is_kept_longest(tmp_path):
    run = made_up(tmp_path / "run")
    size = sum(path.stat().st_size for path in run.iterdir())
    names = [letter * 64 for letter in "abc"]
    for age, name in zip((30, 20), names, strict=False):
        entry(tmp_path, name=name).put(run)
        os.utime(tmp_path / "store" / name, (time.time() - age,) * 2)
    entry(tmp_path, name=names[0]).take(tmp_path / "again", None)
    entry(tmp_path, 2 * size, names[2]).put(run)
    assert sorted(os.listdir(tmp_path / "store")) == [names[0], names[2]]


def test_what_is_larger_than_the_store_may_be_is_not_kept_and_drives_nothing_out(tmp_path, caplog):
    caplog.set_level("INFO", "rungs")
    entry(tmp_path).put(made_up(tmp_path / "run"))
    entry(tmp_path, 1000, "2" * 64).put(made_up(tmp_path / "other"))
    assert os.listdir(tmp_path / "store") == ["1" * 64]
    assert caplog.messages == ["relu: not kept: 0 MB are more than the store may hold"]


def _put(folder, content: str, times: int) -> None:
    for i in range(times):
        entry(folder, name=f"{i:064}").put(folder / content)


def test_jobs_that_keep_the_same_at_once_leave_one_of_them_whole(tmp_path):
    fork, contents = get_context("fork"), ("one", "two", "three", "four")
    for content in contents:
        made_up(tmp_path / content, content)
    jobs = [fork.Process(target=_put, args=(tmp_path, content, 25)) for content in contents]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert [job.exitcode for job in jobs] == [0] * 4
    assert sorted(os.listdir(tmp_path / "store")) == [f"{i:064}" for i in range(25)]
    for i in range(25):
        assert entry(tmp_path, name=f"{i:064}").take(tmp_path / "again", None) is not None


def _put_and_die(folder, after: int) -> None:
    """Put an entry, and be killed in the middle of its copy number `after`, or, above the last,
    before it is renamed."""
    copy, copied = store._copy, []

    def die(*arguments):
        os.kill(os.getpid(), signal.SIGKILL)

    def copy_half(source, target):
        copied.append(source)
        if len(copied) > after:
            target.write_bytes(source.read_bytes()[:5])
            die()
        copy(source, target)

    store._copy, store.Path.rename = copy_half, die
    entry(folder).put(folder / "run")


@pytest.mark.parametrize("after", [0, 4, 10])
def test_a_kill_leaves_no_half_entry_and_in_the_end_no_trace(after, tmp_path):
    run = made_up(tmp_path / "run")
    job = get_context("fork").Process(target=_put_and_die, args=(tmp_path, after))
    job.start()
    job.join()
    assert job.exitcode == -signal.SIGKILL
    assert entry(tmp_path).take(tmp_path / "again", None) is None
    [left] = (tmp_path / "store").iterdir()
    assert store.held(tmp_path / "store") == []
    entry(tmp_path).put(run)
    assert left.is_dir(), "another job may be at work there"
    os.utime(left, (time.time() - 2 * store.A_DAY,) * 2)
    entry(tmp_path, name="2" * 64).put(run)
    assert sorted(os.listdir(tmp_path / "store")) == ["1" * 64, "2" * 64]
    assert entry(tmp_path).take(tmp_path / "again", None) is not None


def test_what_is_kept_is_told_with_its_place(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", "rungs")
    monkeypatch.chdir(tmp_path)
    store.main()
    assert caplog.messages[-1].startswith("kept: 0 trained rungs, 0.0 MB, in .rungs; ")
    (tmp_path / ".dvc").mkdir()
    store.Entry(TECHNIQUE, store.place() / ("1" * 64), GB).put(
        made_up(tmp_path / "run", "x" * 10**5)
    )
    store.main()
    assert caplog.messages[-1].startswith("kept: 1 trained rungs, 0.7 MB, in .dvc/cache/rungs; ")
