"""A picture of what blocks took over minutes: their course and their distribution. PNG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from timbrespace.bench.course import Course
from timbrespace.figures import save_figure

SHOWN_SECONDS = 1.0  # of sound in a point of the course
BINS = 120  # of the distribution


def save_course(path: Path, course: Course, title: str, *, force: bool = False) -> None:
    """The course of block times beside their distribution. Writes a PNG."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[2, 1], sharey=True)
    _draw_course(left, course)
    _draw_distribution(right, course)
    budget_ms = course.budget * course.block_ms
    for axis in (left, right):
        axis.axhline(course.block_ms, color="crimson", linewidth=1, label="a block lasts")
        axis.axhline(budget_ms, color="darkorange", linewidth=1, linestyle="--", label="budget")
    left.set_title(title, loc="left", fontsize=10)
    left.set_ylabel("ms a block")
    left.set_yscale("log")
    left.yaxis.set_major_formatter("{x:g}")
    left.set_ylim(0.5 * course.own_milliseconds.min(), 3 * max(course.every.worst_ms, course.block_ms))
    left.legend(loc="upper right", fontsize=7, ncols=3)
    right.legend(loc="upper right", fontsize=7)
    save_figure(figure, path, force)


def _draw_course(axis: Axes, course: Course) -> None:
    """Of every second of sound the worst by the clock, and median and worst in processor time."""
    shown = max(1, round(1000 * SHOWN_SECONDS / course.block_ms))
    whole = max(1, len(course.milliseconds) // shown)
    clock, own = (
        took[: whole * shown].reshape(whole, -1) for took in (course.milliseconds, course.own_milliseconds)
    )
    minutes = np.arange(whole) * clock.shape[1] * course.block_ms / 60_000
    axis.plot(minutes, clock.max(axis=1), ".", color="0.7", markersize=3, label="worst of a second")
    axis.plot(minutes, own.max(axis=1), linewidth=0.6, color="tab:blue", label="the same, processor time")
    axis.plot(minutes, np.median(own, axis=1), linewidth=1, color="black", label="median, processor time")
    axis.set_xlabel("minutes of sound")


def _draw_distribution(axis: Axes, course: Course) -> None:
    clock, own = course.milliseconds, course.own_milliseconds
    edges = np.geomspace(own.min() * 0.99, clock.max() * 1.01, BINS).tolist()
    axis.hist(clock, bins=edges, orientation="horizontal", color="0.7", label="by the clock")
    axis.hist(own, bins=edges, orientation="horizontal", color="tab:blue", alpha=0.7, label="processor time")
    axis.set_xscale("log")
    axis.set_xlabel("blocks")
    for times, place in ((course.every, 1.06), (course.own, 1.01)):
        axis.text(
            1.0,
            place,
            f"median {times.median_ms:.2f}, 99 % {times.p99_ms:.2f}, worst {times.worst_ms:.2f} ms"
            + (", clock" if times is course.every else ", processor"),
            transform=axis.transAxes,
            ha="right",
            fontsize=8,
        )
