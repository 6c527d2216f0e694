"""The audit of a study of made-up networks, which has what the tiny one is too small for: rungs
that partly learn, networks that diverge or stop, groups, choices, and all kinds of predictions."""

import pytest
from audited_files import differences, rows
from audited_tables import TABLES
from made_up import made


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return made(tmp_path_factory.mktemp("made_up"))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_was_computed_anew(study, name):
    file = study.page / "tables" / f"{name}.csv"
    wrong, checked = differences(name, file, TABLES[name](study))
    assert not wrong, "\n".join(wrong)
    assert checked, "nothing was audited"


def test_it_has_what_the_tiny_study_is_too_small_for(study):
    def of(name: str, column: str) -> set[str]:
        return {row[column] for row in rows(study.page / "tables" / f"{name}.csv")}

    assert {"better", "worse", "can't tell", "the first rung"} <= of("ladder", "verdict")
    assert of("ladder", "kind") == {"trained", "beside", "apart", "combined"}
    assert {"held", "not held", "can't tell"} == of("expectations", "outcome")
    assert {"level", "better", "difference", "relative", "range", "best"} == of(
        "expectations", "form"
    )
    assert {"0", "1", "2", "3", "4"} <= of("ladder", "learned_members")
    assert of("reasons", "how") != {"too few"}
