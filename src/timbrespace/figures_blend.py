"""Pictures of mixed sounds: A, B and what lies between them; the plane and a path on it. PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray

from timbrespace.figures import draw_curve, draw_spectrogram, save_figure, spectrogram_db

COLOURS = {"centroid": "cyan", "bandwidth": "lime"}
PATH_POINTS = 2000  # drawn of a path; more cannot be told apart
LEGEND = {"loc": "upper right", "fontsize": 7, "framealpha": 0.6}


@dataclass(frozen=True)
class Panel:
    """A sound to draw. samples [T]. curves: by name, Hz [L] each, NaN where nothing is to be drawn.

    seconds: the time of every value of the curves, [L].
    """

    title: str
    samples: NDArray[np.float32]
    curves: Mapping[str, NDArray[np.float64]]
    seconds: NDArray[np.float64]


def save_interpolation(path: Path, panels: Sequence[Panel], sample_rate: int, *, force: bool = False) -> None:
    """Spectrograms one below the other on one scale, curves over them. Writes a PNG.

    After figure 3 of Caillon et al., *Timbre latent space: exploration and creative aspects* (2020).
    """
    levels = [spectrogram_db(panel.samples) for panel in panels]
    top = max(float(level.max()) for level in levels)
    figure = Figure(figsize=(9, 2.8 * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, panel, level in zip(axes, panels, levels, strict=True):
        draw_spectrogram(axis, level, len(panel.samples) / sample_rate, sample_rate, top)
        for name, values in panel.curves.items():
            draw_curve(axis, panel.seconds, values, COLOURS[name], name)
        axis.set_title(panel.title, loc="left", fontsize=10)
    axes[0].legend(**LEGEND)
    axes[-1].set_xlabel("seconds")
    save_figure(figure, path, force)


def save_plane(
    path: Path,
    points: NDArray[np.float64],
    radii: NDArray[np.float64],
    names: Sequence[str],
    places: NDArray[np.float64],
    panel: Panel,
    sample_rate: int,
    *,
    force: bool = False,
) -> None:
    """The plane beside what it played. points [P, 2], radii [P], places [L, 2]. Writes a PNG."""
    figure = Figure(figsize=(12, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.6])
    _draw_plane(left, points, radii, names)
    _draw_path(figure, left, places, len(panel.samples) / sample_rate)
    level = spectrogram_db(panel.samples)
    draw_spectrogram(right, level, len(panel.samples) / sample_rate, sample_rate, float(level.max()))
    for name, values in panel.curves.items():
        draw_curve(right, panel.seconds, values, COLOURS[name], name)
    right.legend(**LEGEND)
    right.set_title(panel.title, loc="left", fontsize=10)
    right.set_xlabel("seconds")
    save_figure(figure, path, force)


def _draw_plane(
    axis: Axes, points: NDArray[np.float64], radii: NDArray[np.float64], names: Sequence[str]
) -> None:
    """Points, and their zones of influence as far as they do not cover the whole plane."""
    for number, ((x, y), radius, name) in enumerate(zip(points, radii, names, strict=True)):
        colour = f"C{number % 10}"
        axis.add_patch(Circle((x, y), radius, facecolor=colour, edgecolor=colour, alpha=0.12))
        axis.add_patch(Circle((x, y), radius, fill=False, edgecolor=colour, linewidth=0.8))
        axis.plot(x, y, "o", color=colour, markersize=9, markeredgecolor="black", clip_on=False, zorder=4)
        below, right = y < 0.5, x > 0.5
        axis.annotate(
            name, (x, y), xytext=(0, -11 if below else 9), textcoords="offset points", zorder=5,
            ha="right" if right else "left", va="top" if below else "bottom", fontsize=8,
        )  # fmt: skip
    axis.set(xlim=(-0.12, 1.12), ylim=(-0.12, 1.12), aspect="equal", xlabel="x", ylabel="y")
    axis.set_xticks([0, 0.5, 1])
    axis.set_yticks([0, 0.5, 1])


def _draw_path(figure: Figure, axis: Axes, places: NDArray[np.float64], seconds: float) -> None:
    """The path coloured by time, its start marked; a place where it stays is a star."""
    if np.ptp(places, axis=0).max() == 0.0:
        axis.plot(*places[0], "*", color="black", markersize=14, zorder=6)
        return
    step = max(1, len(places) // PATH_POINTS)
    shown = places[::step]
    axis.plot(shown[:, 0], shown[:, 1], color="grey", linewidth=0.6, zorder=2)
    time = np.linspace(0.0, seconds, len(shown))
    dots = axis.scatter(shown[:, 0], shown[:, 1], c=time, cmap="viridis", s=9, zorder=3)
    axis.plot(*shown[0], ">", color="black", markersize=7, zorder=6)
    figure.colorbar(dots, ax=axis, label="seconds", shrink=0.8)
