"""Pictures: spectrograms side by side, latent curves, the use of a codebook. PNG, no window opened."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from timbrespace.files import atomic_path
from timbrespace.latents import LatentSeries

N_FFT = 2048
HOP = 512
COLUMNS, ROWS = 2000, 400  # of a spectrogram's image
RANGE_DB = 80.0
LOWEST_HZ = 60.0
DOTS_PER_INCH = 110


def save_spectrograms(
    path: Path, sounds: Sequence[tuple[str, NDArray[np.float32]]], sample_rate: int, *, force: bool = False
) -> None:
    """One spectrogram below the other on one scale: (title, samples [T]) each. Writes a PNG."""
    levels = [spectrogram_db(samples) for _, samples in sounds]
    top = max(float(level.max()) for level in levels)
    figure = Figure(figsize=(9, 2.6 * len(sounds)), layout="constrained")
    axes = figure.subplots(len(sounds), 1, sharex=True, squeeze=False)[:, 0]
    for axis, (title, samples), level in zip(axes, sounds, levels, strict=True):
        draw_spectrogram(axis, level, len(samples) / sample_rate, sample_rate, top)
        axis.set_title(title, loc="left", fontsize=10)
    axes[-1].set_xlabel("seconds")
    save_figure(figure, path, force)


def save_latent_curves(path: Path, series: LatentSeries, title: str, *, force: bool = False) -> None:
    """Loudness and every dimension of a latent series over time. Writes a PNG."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[1, 3])
    top.plot(series.seconds, series.loudness_db, color="black", linewidth=1)
    top.set_ylabel("loudness (dBFS)")
    top.set_title(title, loc="left", fontsize=10)
    for dimension in range(series.latents):
        label = f"z{dimension}" if series.latents <= 16 else None
        bottom.plot(series.seconds, series.z[:, dimension], linewidth=0.9, label=label)
    if series.latents <= 16:
        bottom.legend(ncols=8, fontsize=7, loc="upper right")
    bottom.set_ylabel("latent")
    bottom.set_xlabel("seconds")
    save_figure(figure, path, force)


def save_scores(
    path: Path, systems: Mapping[str, Mapping[str, float]], title: str, *, force: bool = False
) -> None:
    """One panel a score, one bar a system; `systems` gives name → score → value. Writes a PNG."""
    names = list(dict.fromkeys(name for scores in systems.values() for name in scores))
    figure = Figure(figsize=(2.2 * max(len(names), 1), 3.2), layout="constrained")
    figure.suptitle(title, fontsize=10)
    colours = [f"C{number}" for number in range(len(systems))]
    for axis, name in zip(figure.subplots(1, max(len(names), 1), squeeze=False)[0], names, strict=True):
        heights = [np.nan_to_num(scores.get(name, np.nan)) for scores in systems.values()]
        axis.bar(list(systems), heights, color=colours)
        axis.set_title(name, fontsize=8)
        axis.tick_params(axis="x", labelrotation=90, labelsize=7)
        axis.tick_params(axis="y", labelsize=7)
    save_figure(figure, path, force)


def save_code_use(
    path: Path, codes: NDArray[np.int32], total: int, title: str, *, force: bool = False
) -> None:
    """How often each of `total` codes stands in codes [L], most used first. Writes a PNG."""
    counts = np.sort(np.bincount(codes, minlength=total))[::-1]
    figure = Figure(figsize=(9, 3), layout="constrained")
    axis = figure.subplots()
    axis.bar(np.arange(total), counts, width=1.0, color="tab:blue")
    axis.set_title(f"{title}: {np.count_nonzero(counts)} of {total} codes used", loc="left", fontsize=10)
    axis.set_xlabel("codes, most used first")
    axis.set_ylabel("frames")
    save_figure(figure, path, force)


def octave_spectrogram_db(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float64]:
    """Power spectrogram in dB [ROWS, L] on rows of equal intervals, LOWEST_HZ first."""
    return spectrogram_db(samples)[_octave_bins(sample_rate)]


def octave_place(hz: float, sample_rate: int) -> float:
    """Where a frequency stands in `octave_spectrogram_db`: 0 at LOWEST_HZ, 1 at half the sample rate."""
    return float(np.log2(hz / LOWEST_HZ) / np.log2(sample_rate / 2 / LOWEST_HZ))


def _octave_bins(sample_rate: int) -> NDArray[np.intp]:
    """The bin behind each of the ROWS rows."""
    octaves = float(np.log2(sample_rate / 2 / LOWEST_HZ))
    row_hz = LOWEST_HZ * 2 ** np.linspace(0, octaves, ROWS)
    return np.round(row_hz * N_FFT / sample_rate).astype(np.intp)


def spectrogram_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Hann power spectrogram in dB [F, L], at most COLUMNS frames; a short sound is padded to one window."""
    padded = np.pad(samples, (0, max(0, N_FFT - len(samples))))
    hop = max(HOP, len(padded) // COLUMNS)
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::hop]
    spectrum = np.fft.rfft(windows * np.hanning(N_FFT).astype(np.float32), axis=-1)
    return 20 * np.log10(np.abs(spectrum).T + 1e-9)


def draw_spectrogram(
    axis: Axes, level_db: NDArray[np.float64], seconds: float, sample_rate: int, top_db: float
) -> None:
    """The spectrogram on an axis of octaves above LOWEST_HZ, as an image: far quicker than a mesh."""
    octaves = float(np.log2(sample_rate / 2 / LOWEST_HZ))
    axis.imshow(
        level_db[_octave_bins(sample_rate)],
        extent=(0, seconds, 0, octaves),
        vmin=top_db - RANGE_DB,
        vmax=top_db,
        cmap="magma",
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    ticks_hz = [hz for hz in (100, 300, 1000, 3000, 10_000) if hz < sample_rate / 2]
    axis.set_yticks([float(np.log2(hz / LOWEST_HZ)) for hz in ticks_hz], [str(hz) for hz in ticks_hz])
    axis.set_ylabel("Hz")


def draw_curve(
    axis: Axes,
    seconds: NDArray[np.float64],
    values_hz: NDArray[np.float64],
    colour: str,
    label: str,
    *,
    style: str = "-",
) -> None:
    """A curve in Hz on the octaves of a spectrogram, with a dark edge so that it shows on any ground."""
    octaves = np.log2(np.maximum(values_hz, LOWEST_HZ) / LOWEST_HZ)
    axis.plot(seconds, octaves, color="black", linewidth=2.4)
    axis.plot(seconds, octaves, style, color=colour, linewidth=1.2, label=label)


def save_figure(figure: Figure, path: Path, force: bool) -> None:
    """Write a PNG without opening a window; the same figure gives the same bytes.

    A letter that the font lacks becomes a box, a title that is too long is cut: no reason to warn.
    """
    FigureCanvasAgg(figure)
    with atomic_path(path, force=force) as temporary, warnings.catch_warnings(action="ignore"):
        figure.savefig(temporary, dpi=DOTS_PER_INCH, metadata={"Software": "timbrespace"})
