"""Where processor time goes: counted by what is at work, told by stage."""

import time

from benchmarks import where
from benchmarks.accounts import sitecustomize


def test_time_is_of_the_innermost_part_that_is_at_work(monkeypatch):
    clock = iter([1.0, 3.0, 7.0, 8.0, 10.0])
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    account = sitecustomize.Account()
    given = account.within("training", account.within, "looking inside", lambda: "seen")
    account.turn()
    assert given == "seen"
    # Before, between and after the two: 0 to 1, 1 to 3 to 7, 7 to 8, 8 to 10.
    assert account.seconds == {"other": 3.0, "training": 3.0, "looking inside": 4.0}


def test_stages_have_rows_and_the_engine_what_is_left():
    told = [
        {"command": ["python", "-m", "stages.train", "--recipe"], "seconds": {"training": 6.0}},
        {"command": ["python", "-m", "stages.train"], "seconds": {"imports": 2.0}},
        {"command": ["python", "-m", "dvc", "commit"], "seconds": {"imports": 1.0}},
    ]
    table = where.table_of(10.0, told)
    cells = dict(
        line.strip("| ").split(" | ", 1) for line in table.splitlines() if "---" not in line
    )
    assert cells["train, 2 jobs"] == "8.0 | 2.0 | – | 6.0 | – | – | – | – | –"
    assert cells[where.ENGINE] == "2.0 | 1.0 | – | – | – | – | – | – | 1.0"
    assert cells["all"] == "10.0 | 3.0 | – | 6.0 | – | – | – | – | 1.0"
    assert cells["share"].startswith("100% | 30.0% | 0.0% | 60.0% |")


def test_the_table_takes_the_place_of_the_one_before():
    before = f"text\n{where.BEGIN}old\n{where.END}more\n"
    after = where.between(before, "| new |")
    assert after == f"text\n{where.BEGIN}\n| new |\n\n{where.END}more\n"
    assert where.between(after, "| new |") == after
    assert where.BEGIN in where.DOCS.read_text(encoding="utf-8")
