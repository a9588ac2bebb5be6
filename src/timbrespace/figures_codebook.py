"""Pictures of what a model can play: its map, its histogram, a traverse, and how a target was followed.

After figure 2 of Caillon et al., *Timbre latent space: exploration and creative aspects* (2020). PNG.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from timbrespace import descriptors
from timbrespace.descriptors import DESCRIPTORS, Descriptor
from timbrespace.figures import LOWEST_HZ, draw_curve, draw_spectrogram, save_figure, spectrogram_db
from timbrespace.latents.axes import principal_axes

Values = NDArray[np.float64]

TARGET_COLOUR, MEASURED_COLOURS = "white", ("cyan", "lime", "orange", "violet", "yellow")
BINS = 60
LEGEND = {"loc": "upper right", "fontsize": 7, "framealpha": 0.6}


def save_map(path: Path, z: NDArray[np.float32], columns: Mapping[str, Values], title: str, *,
             force: bool = False) -> None:  # fmt: skip
    """Sounds [K, D] on their two principal axes, a panel a descriptor, coloured by it; grey where it is NaN.

    Writes a PNG.
    """
    places = principal_axes(z)
    figure = Figure(figsize=(5.2 * len(columns), 4.6), layout="constrained")
    figure.suptitle(title, fontsize=10, x=0.01, ha="left")
    for axis, (name, values) in zip(
        figure.subplots(1, len(columns), squeeze=False)[0], columns.items(), strict=True
    ):
        kind, has = DESCRIPTORS[name], np.isfinite(values)
        axis.scatter(places[~has, 0], places[~has, 1], s=6, color="lightgrey", label=f"no {name}")
        dots = axis.scatter(places[has, 0], places[has, 1], c=kind.to_scale(values[has]), cmap="viridis", s=9)
        bar = figure.colorbar(dots, ax=axis, shrink=0.85)
        ticks = _ticks(kind, values[has], 4)
        bar.set_ticks(kind.to_scale(ticks).tolist(), labels=[kind.format(tick) for tick in ticks])
        axis.set(xlabel="first principal axis", ylabel="second", title=name)
        if not has.all():
            axis.legend(**LEGEND)
    save_figure(figure, path, force)


def save_histogram(
    path: Path, columns: Mapping[str, Values], counts: NDArray[np.int64], title: str, *, force: bool = False
) -> None:
    """How many sounds have what value, a panel a descriptor, and how many frames of the data fall on them.

    Writes a PNG.
    """
    figure = Figure(figsize=(4.2 * len(columns), 3.4), layout="constrained")
    figure.suptitle(title, fontsize=10, x=0.01, ha="left")
    for axis, (name, values) in zip(
        figure.subplots(1, len(columns), squeeze=False)[0], columns.items(), strict=True
    ):
        has = np.isfinite(values)
        kind = DESCRIPTORS[name]
        scaled = kind.to_scale(values[has])
        edges = np.histogram_bin_edges(scaled, BINS)
        axis.hist(scaled, edges, color="tab:blue", label="sounds")
        if np.ptp(counts) > 0:
            other = axis.twinx()
            frames, _ = np.histogram(scaled, edges, weights=counts[has])
            other.step(edges[:-1], frames, where="post", color="tab:orange", linewidth=1)
            other.set_ylabel("frames of the data", color="tab:orange", fontsize=8)
        ticks = _ticks(kind, values[has], 3)
        axis.set_xticks(kind.to_scale(ticks), [kind.format(tick) for tick in ticks], fontsize=8)
        axis.set(ylabel="sounds", title=name)
    save_figure(figure, path, force)


def save_curves(
    path: Path,
    samples: NDArray[np.float32],
    curves: Mapping[str, Mapping[str, Values]],
    sample_rate: int,
    title: str,
    *,
    force: bool = False,
) -> None:
    """A sound [T] and, by descriptor, its curves "target" and "measured", [L], as `of_sound` frames them.

    Frequencies are drawn over the spectrogram; what is none gets a panel below. Writes a PNG.
    """
    others = [name for name in curves if DESCRIPTORS[name].unit != "Hz"]
    figure = Figure(figsize=(10, 4.2 + 1.6 * len(others)), layout="constrained")
    heights = [3] + [1] * len(others)
    axes = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    level = spectrogram_db(samples)
    draw_spectrogram(axes[0], level, len(samples) / sample_rate, sample_rate, float(level.max()))
    for name, parts in curves.items():
        axis = axes[0] if name not in others else axes[1 + others.index(name)]
        colour = MEASURED_COLOURS[list(curves).index(name) % len(MEASURED_COLOURS)]
        for part, values in parts.items():
            _draw(axis, name, part, values, sample_rate, TARGET_COLOUR if part == "target" else colour)
        axis.legend(**LEGEND)
    axes[0].set_title(title, loc="left", fontsize=10)
    axes[-1].set_xlabel("seconds")
    save_figure(figure, path, force)


def _draw(axis: Axes, name: str, part: str, values: Values, sample_rate: int, colour: str) -> None:
    seconds = descriptors.frame_seconds(len(values), sample_rate)
    label = f"{name}, {part}"
    if DESCRIPTORS[name].unit == "Hz":
        draw_curve(axis, seconds, np.where(values < LOWEST_HZ, np.nan, values), colour, label)
        return
    axis.plot(seconds, values, color="black" if part == "target" else "tab:blue", linewidth=1, label=label)
    axis.set_yscale("log")
    axis.set_ylabel(name)


def _ticks(kind: Descriptor, values: Values, count: int) -> Values:
    """So many round values from low to high, apart on the descriptor's scale; none where there are none."""
    if len(values) == 0:
        return np.zeros(0)
    low, high = kind.to_scale(np.percentile(values, [2, 98]))
    rough = kind.from_scale(np.linspace(low, high, count))
    return np.unique([float(f"{value:.2g}") for value in rough])
