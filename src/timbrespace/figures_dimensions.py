"""A picture of a model's dimensions: what they go with in the data, and how far they reach. PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from timbrespace.dimensions import CORRELATED, Dimension
from timbrespace.figures import DOTS_PER_INCH
from timbrespace.files import atomic_path

ROW_INCHES = 0.32
STRONG = 0.6  # correlation whose cell is dark enough for white figures


def save_dimensions(path: Path, dimensions: Sequence[Dimension], title: str, *, force: bool = False) -> None:
    """Correlations (dimension by descriptor, figures in the cells) beside each dimension's range and name.

    Writes a PNG. Errors as `files.atomic_path`.
    """
    figure = Figure(figsize=(11, 1.6 + ROW_INCHES * len(dimensions)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.15, 1])
    _draw_correlations(left, dimensions)
    _draw_ranges(right, dimensions)
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    FigureCanvasAgg(figure)
    with atomic_path(path, force=force) as temporary:
        figure.savefig(temporary, dpi=DOTS_PER_INCH, metadata={"Software": "timbrespace"})


def _draw_correlations(axis: Axes, dimensions: Sequence[Dimension]) -> None:
    values = np.array([[each.correlations[name] for name in CORRELATED] for each in dimensions])
    axis.imshow(np.nan_to_num(values), cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
    for row, column in np.argwhere(~np.isnan(values)):
        value = values[row, column]
        colour = "white" if abs(value) > STRONG else "black"
        axis.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=8, color=colour)
    axis.set_xticks(range(len(CORRELATED)), CORRELATED, fontsize=9)
    labels = [f"z{each.index}" + ("" if each.active else " (off)") for each in dimensions]
    axis.set_yticks(range(len(dimensions)), labels, fontsize=9)
    axis.set_title("rank correlation over the data", loc="left", fontsize=10)


def _draw_ranges(axis: Axes, dimensions: Sequence[Dimension]) -> None:
    rows = np.arange(len(dimensions))
    low, p5, median, p95, high = (
        np.array([getattr(each, name) for each in dimensions])
        for name in ("low", "p5", "median", "p95", "high")
    )
    axis.barh(rows, high - low, left=low, height=0.25, color="lightgrey")
    axis.barh(
        rows, p95 - p5, left=p5, height=0.5, color=["tab:blue" if d.active else "grey" for d in dimensions]
    )
    axis.plot(median, rows, "|", color="white", markersize=7)
    for row, each in zip(rows, dimensions, strict=True):
        place = axis.get_yaxis_transform()
        axis.text(1.02, float(row), each.name, va="center", fontsize=8, transform=place)
    axis.set_title("range, 5 to 95 % in colour; at its right, what going up does", loc="left", fontsize=10)
    axis.set_xlim(float(low.min()) - 0.4, float(high.max()) + 0.4)
    axis.set_xlabel("z")
