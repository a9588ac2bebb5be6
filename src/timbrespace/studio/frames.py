"""Where the frames come from that a model plays: a series, one frame that is held, the sounds of a plane.

Each gives one frame at a time and can be changed between two of them from another thread, by putting one
whole thing in the place of another; so what a hand does is in the very next frame.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.alignment import samples_of
from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.latents import LatentSeries
from timbrespace.live.plane import PlaneLoops
from timbrespace.live.shaping import GLIDE_SECONDS, Glide

Samples = NDArray[np.float32]
Values = NDArray[np.float64]


class FrameNow(NamedTuple):
    """What the model is to play next. z: [D]. number: of the frame, in what is played."""

    z: NDArray[np.floating]
    loudness_db: float
    number: int


class Frames(Protocol):
    """length_samples: of all of it; None where it has no end."""

    @property
    def length_samples(self) -> int | None: ...

    def next(self) -> FrameNow:
        """The next frame; silence once all are over."""

    def seek(self, frame: int) -> None:
        """Go on from here."""

    def set_loop(self, frames: tuple[int, int] | None) -> None:
        """Go round in [start, end) from now on, once it is reached."""


class SeriesFrames:
    """A series from a frame on, which may be exchanged at any time."""

    def __init__(self, series: LatentSeries, signal: SignalConfig) -> None:
        self.series = series
        self._signal = signal
        self._head = 0
        self._loop: tuple[int, int] | None = None

    @property
    def length_samples(self) -> int | None:
        """As `Frames`; None in a loop."""
        return samples_of(self.series, self._signal) if self._loop is None else None

    def next(self) -> FrameNow:
        """As `Frames`."""
        series, number = self.series, self._head
        if self._loop is not None:
            start, end = self._inside(self._loop, series)
            number = start if number >= end else number
        self._head = number + 1
        if number < len(series):
            return FrameNow(series.z[number], float(series.loudness_db[number]), number)
        return FrameNow(series.z[-1], LOUDNESS_FLOOR_DB, number)

    def seek(self, frame: int) -> None:
        """As `Frames`."""
        self._head = frame

    def set_loop(self, frames: tuple[int, int] | None) -> None:
        """As `Frames`."""
        self._loop = frames

    def _inside(self, loop: tuple[int, int], series: LatentSeries) -> tuple[int, int]:
        """The loop as far as the series goes, a frame long at least."""
        whole = max(samples_of(series, self._signal) // self._signal.hop, 1)
        start = min(loop[0], whole - 1)
        return start, max(min(loop[1], whole), start + 1)


class HeldFrames:
    """One frame for ever. glides: whether another is reached little by little, or at once, as codes are."""

    length_samples = None

    def __init__(self, z: ArrayLike, loudness_db: float, signal: SignalConfig, *, glides: bool) -> None:
        self._share = 1.0 - math.exp(-1.0 / (signal.frame_rate_hz * GLIDE_SECONDS)) if glides else 1.0
        self._wanted = _row(z, loudness_db)
        self._glide = Glide(self._wanted, self._share)
        self._number = 0

    def hold(self, z: ArrayLike, loudness_db: float) -> None:
        """Hold another frame from now on."""
        self._wanted = _row(z, loudness_db)

    def next(self) -> FrameNow:
        """As `Frames`."""
        row = self._glide.step(self._wanted)
        self._number += 1
        return FrameNow(row[1:], float(row[0]), self._number - 1)

    def seek(self, frame: int) -> None:
        """As `Frames`: it is the same everywhere."""
        self._number = frame

    def set_loop(self, frames: tuple[int, int] | None) -> None:
        """As `Frames`: there is nothing to go round in."""


class PlaneFrames:
    """The sounds of a plane going round and round, weighed by a place [2] that may be moved at any time."""

    length_samples = None

    def __init__(self, loops: PlaneLoops, place: tuple[float, float], signal: SignalConfig) -> None:
        self.loops = loops
        self.place = place
        share = 1.0 - math.exp(-1.0 / (signal.frame_rate_hz * GLIDE_SECONDS))
        self._glide = Glide(np.array(place), share)
        self._head = 0

    def next(self) -> FrameNow:
        """As `Frames`."""
        z, loudness_db = self.loops.at(self._head, self._glide.step(np.array(self.place)))
        self._head += 1
        return FrameNow(z, loudness_db, self._head - 1)

    def seek(self, frame: int) -> None:
        """As `Frames`."""
        self._head = frame

    def set_loop(self, frames: tuple[int, int] | None) -> None:
        """As `Frames`: every sound goes round in its own."""


def _row(z: ArrayLike, loudness_db: float) -> Values:
    return np.concatenate([[max(loudness_db, LOUDNESS_FLOOR_DB)], np.asarray(z, dtype=np.float64)])
