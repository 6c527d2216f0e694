"""The confusion matrix of many classes: colours alone, one picture, of a size that a page has."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from stages.page.tasks.classification.figures import confusion


@pytest.mark.parametrize(("classes", "counts"), [(10, 100), (100, 0)])
def test_counts_stand_in_it_where_there_is_room(classes, counts):
    names = [f"class {i}" for i in range(classes)]
    rows = [(truth, prediction, 1) for truth in names for prediction in names]
    figure = confusion(pd.DataFrame(rows, columns=["truth", "prediction", "count"]))
    [axes] = figure.axes
    assert len(axes.texts) == counts
    assert max(figure.get_size_inches()) < 13
    plt.close(figure)
