"""What every task of this project has, whatever it is."""

import pytest

from stages.scoring import combining, tasks
from stages.scoring.score import Score
from stages.study.tasks import combinations, known_tasks


@pytest.mark.parametrize("name", known_tasks())
def test_a_task_says_how_it_is_scored_and_combined(name):
    task = tasks.load(name)
    assert isinstance(task.SCORE, Score)
    assert task.SCORE.name.isidentifier(), "it heads a column"
    assert combinations(name) == list(task.COMBINE)
    assert all(callable(combining.load(way)) for way in task.COMBINE)
