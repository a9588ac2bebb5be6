"""What is said of a recording without listening: its loudest moment and its bandwidth.

Both come from one short-time spectrum taken on the way through, in constant memory. Plain numpy, as the
processes that prepare files start in a fraction of the time without torch; the level is the one of
`spectrum.frame_loudness_db` (a test holds the two together).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.loudness import LOUDNESS_OFFSET_DB, k_weighting_power

N_FFT, HOP = 2048, 512  # samples
_BATCH_FRAMES = 64  # spectra in flight stay within a core's cache
_TINY_POWER = 1e-20

_BAND_BINS = 10  # spectra are averaged over this many bins before a wall is looked for
_WALL_DB = 20.0  # a fall this deep, this quick, is a filter or a codec, not an instrument
_LOWEST_WALL_HZ = 3_000.0  # the telephone's; further down partials stand too far apart to tell
_BELOW_HZ = 1_000.0  # the level must be kept over this span below the wall,
_BELOW_SHARE, _ABOVE_SHARE = 0.08, 0.05  # or this share of its frequency; and has room to fall above


class Measure:
    """Running measurement of one channel.

    Feed blocks of any length to `add`, then read `level_db` and `bandwidth_hz`.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)
        weights = k_weighting_power(np.fft.rfftfreq(N_FFT, 1 / sample_rate), sample_rate)
        weights[1:-1] *= 2  # the negative frequencies
        weights *= 10 ** (LOUDNESS_OFFSET_DB / 10) / (N_FFT * np.sum(self._window.astype(np.float64) ** 2))
        self._weights = weights.astype(np.float32)
        self._waiting = np.zeros(N_FFT - HOP, dtype=np.float32)
        self._power = np.zeros(N_FFT // 2 + 1)
        self._frames = 0
        self._loudest = 0.0

    def add(self, block: NDArray[np.float32]) -> None:
        """The next samples, float32 [T]."""
        samples = np.concatenate([self._waiting, block])
        count = max(0, (len(samples) - N_FFT) // HOP + 1)
        frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP] if count else samples[:0]
        for first in range(0, count, _BATCH_FRAMES):
            spectra = np.fft.rfft(frames[first : first + _BATCH_FRAMES] * self._window)
            power = spectra.real**2 + spectra.imag**2
            self._power += power.sum(axis=0)
            self._loudest = max(self._loudest, float((power @ self._weights).max()))
        self._frames += count
        self._waiting = samples[count * HOP :].copy()

    def finish(self) -> None:
        """Count a sound shorter than a hop as one frame; call after the last block."""
        if self._frames == 0:
            self.add(np.zeros(N_FFT - len(self._waiting), dtype=np.float32))

    @property
    def level_db(self) -> float:
        """K-weighted level of the loudest frame, dBFS."""
        return max(LOUDNESS_FLOOR_DB, float(10 * np.log10(max(self._loudest, _TINY_POWER))))

    @property
    def bandwidth_hz(self) -> float:
        """Where the long-term spectrum ends in a wall; half the sample rate where there is none."""
        return find_wall(self._power / max(self._frames, 1), self._rate)


def find_wall(power: NDArray[np.float64], sample_rate: int) -> float:
    """Frequency in Hz above which a long-term power spectrum [F] falls at once and for good.

    A wall is a fall by _WALL_DB or more from everything just below it (noise between the partials
    included, so that a highest partial is none) to everything above it. Instruments roll off more
    gently; anti-alias filters and codecs do not.
    """
    bands = len(power) // _BAND_BINS
    level_db = 10 * np.log10(
        power[: bands * _BAND_BINS].reshape(bands, _BAND_BINS).mean(axis=1) + _TINY_POWER
    )
    band_hz = sample_rate / 2 / (len(power) - 1) * _BAND_BINS
    peak_above = np.maximum.accumulate(level_db[::-1])[::-1]
    best_fall, best_edge, last = _WALL_DB, bands, bands
    edge = math.ceil(_LOWEST_WALL_HZ / band_hz)
    while edge < last:
        kept = math.ceil(max(_BELOW_HZ, _BELOW_SHARE * edge * band_hz) / band_hz)
        start = edge + max(1, round(edge * _ABOVE_SHARE))
        if start < bands:
            fall = level_db[max(0, edge - kept) : edge].min() - peak_above[start]
            if fall >= _WALL_DB:  # the lowest wall counts; the best place for it is within its reach
                last = min(last, start)
            if fall > best_fall:
                best_fall, best_edge = fall, edge
        edge += 1
    return float(best_edge * band_hz) if best_edge < bands else sample_rate / 2
