"""A waveform as a page draws it: the lowest and highest sample of every column, however long the sound.

Of a kept sound a pyramid lies beside the file: the extremes of every SPAN samples, of FACTOR times as many,
and again. Zoomed out a picture is taken from the level that fits, zoomed in from the samples themselves, so
that an hour costs no more than a second.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import UsageError
from timbrespace.studio.packets import pack

SPAN = 256  # samples of a bin of the finest level
FACTOR, LEVELS = 16, 3
BINS_A_COLUMN = 4  # at least, so that what a bin holds of the next column is not seen
FULL_SCALE = 32_767
MOST_COLUMNS = 4096

Samples = NDArray[np.float32]
Pyramid = NDArray[np.int16]
Read = Callable[[int, int], Samples]  # samples [first, last) of a sound


class PeakBuilder:
    """The pyramid of a sound that comes in blocks."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._bins: list[Pyramid] = []

    def add(self, block: Samples) -> None:
        """The next samples [T]."""
        samples = np.concatenate([self._rest, block])
        whole = len(samples) // SPAN * SPAN
        if whole:
            rows = samples[:whole].reshape(-1, SPAN)
            self._bins.append(_extremes(rows.min(axis=1), rows.max(axis=1)))
        self._rest = samples[whole:].copy()

    def finish(self) -> Pyramid:
        """int16 [N, 2], lowest and highest of full scale 32767; one level after the other, finest first."""
        if len(self._rest):
            self._bins.append(_extremes(self._rest.min(keepdims=True), self._rest.max(keepdims=True)))
        levels = [np.concatenate(self._bins)]
        for _ in range(LEVELS - 1):
            starts = np.arange(0, len(levels[-1]), FACTOR)
            low = np.minimum.reduceat(levels[-1][:, 0], starts)
            levels.append(np.stack([low, np.maximum.reduceat(levels[-1][:, 1], starts)], axis=1))
        return np.concatenate(levels)


def pyramid_of(samples: Samples) -> Pyramid:
    """The pyramid of a sound [T] in memory."""
    builder = PeakBuilder()
    builder.add(samples)
    return builder.finish()


def draw(
    read: Read,
    frames: int,
    sample_rate: int,
    *,
    start: float = 0.0,
    end: float | None = None,
    columns: int = 800,
    pyramid: Pyramid | None = None,
) -> bytes:
    """A packet to draw seconds [start, end) of a sound of `frames` samples from.

    Arrays: `low` and `high`, int16 [columns] of full scale; where there are fewer samples than columns
    `samples`, float32 [T], instead. Header: sample_rate, start and end (seconds, of what was taken). Raises
    UsageError where nothing lies between start and end.
    """
    first, last = region(frames, sample_rate, start, end)
    header = {"sample_rate": sample_rate, "start": first / sample_rate, "end": last / sample_rate}
    if last - first <= columns:
        return pack({"samples": read(first, last)}, **header)
    edges = first + (last - first) * np.arange(columns + 1, dtype=np.int64) // columns
    low, high = _columns(read, edges, frames, pyramid)
    return pack({"low": low, "high": high}, **header)


def region(frames: int, sample_rate: int, start: float, end: float | None) -> tuple[int, int]:
    """Seconds as samples [first, last) of a sound of `frames`. Raises UsageError where there are none."""
    length = frames / sample_rate
    stop = length if end is None else min(end, length)
    if not 0.0 <= start < stop:
        asked = "its end" if end is None else f"{end:g} s"
        raise UsageError(f"from {start:g} s to {asked} there is nothing of a sound of {length:.3f} s")
    first = min(int(start * sample_rate), frames - 1)
    return first, max(first + 1, min(frames, int(np.ceil(stop * sample_rate))))


def _columns(
    read: Read, edges: NDArray[np.int64], frames: int, pyramid: Pyramid | None
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Extremes between neighbouring edges, int16 [columns] each."""
    step = (edges[-1] - edges[0]) / (len(edges) - 1)
    if pyramid is None or step < SPAN * BINS_A_COLUMN:
        samples = read(int(edges[0]), int(edges[-1]))
        starts = edges[:-1] - edges[0]
        found = _extremes(np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts))
        return found[:, 0].copy(), found[:, 1].copy()
    level, begin = 0, 0
    while level + 1 < LEVELS and span_of(level + 1) * BINS_A_COLUMN <= step:
        begin += _bins_of(frames, level)
        level += 1
    span = span_of(level)
    starts = edges[:-1] // span
    bins = pyramid[begin + starts[0] : begin - (-edges[-1] // span)]
    starts = starts - starts[0]
    return np.minimum.reduceat(bins[:, 0], starts), np.maximum.reduceat(bins[:, 1], starts)


def span_of(level: int) -> int:
    """Samples of a bin of a level, 0 the finest."""
    return SPAN * int(FACTOR**level)


def length_of_pyramid(frames: int) -> int:
    """Rows of the pyramid of a sound of `frames` samples."""
    return sum(_bins_of(frames, level) for level in range(LEVELS))


def _bins_of(frames: int, level: int) -> int:
    return -(-frames // span_of(level))


def _extremes(low: Samples, high: Samples) -> NDArray[np.int16]:
    both = np.stack([low, high], axis=1) * np.float32(FULL_SCALE)
    return np.rint(np.clip(both, -FULL_SCALE, FULL_SCALE)).astype(np.int16)
