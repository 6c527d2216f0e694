"""What training went through: learning curves and learning rates."""

import matplotlib.pyplot as plt
import pandas as pd

from stages.page.figures.multiples import small_multiples, with_labels
from stages.page.figures.style import ACCENT, score_axis, score_label
from stages.scoring.score import Score


def curves(table: pd.DataFrame, score: Score) -> plt.Figure:
    """Test score after every epoch, one small chart a rung: the mean over members, and between
    which values they lie."""
    figure, multiples = small_multiples(
        table, share_x=table.groupby("rung")["epoch"].max().nunique() == 1
    )
    for axes, part in multiples:
        shown = score.factor * part[["mean", "least", "greatest"]]
        axes.fill_between(
            part["epoch"], shown["least"], shown["greatest"], color=ACCENT, alpha=0.2, linewidth=0
        )
        axes.plot(part["epoch"], shown["mean"], color=ACCENT, linewidth=1.6)
    score_axis(figure.axes[0], score)
    return with_labels(figure, "epoch", score_label(score))


def rates(table: pd.DataFrame) -> plt.Figure:
    """The learning rate of every epoch, one small chart a rung."""
    figure, multiples = small_multiples(table, share_x=False)
    for axes, part in multiples:
        axes.plot(part["epoch"], part["learning_rate"], color=ACCENT, linewidth=1.6)
    figure.axes[0].set_ylim(bottom=0)
    return with_labels(figure, "epoch", "learning rate")
