"""Spectra of short windows on bands of equal intervals, as pictures of sound show them.

Where bands lie closer than the bins of the transform the level is interpolated between bins, above that a
band shows the highest of its bins: partials stay lines at any height. Plain numpy, as pictures are drawn
where torch need not be loaded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TINY = 1e-10  # of magnitude: −200 dB


class OctaveBands:
    """Levels of windows of n_fft samples on `bands` bands from low_hz to high_hz, the lowest first.

    A full-scale sine reads 0 dB; bands beyond half the sample rate read −200 dB.
    """

    def __init__(self, sample_rate: int, n_fft: int, bands: int, low_hz: float, high_hz: float) -> None:
        self.centres_hz = low_hz * (high_hz / low_hz) ** np.linspace(0.0, 1.0, bands)
        half_step = (high_hz / low_hz) ** (0.5 / (bands - 1))
        bin_hz, last = sample_rate / n_fft, n_fft // 2
        inside = self.centres_hz <= sample_rate / 2
        place = self.centres_hz[inside] / bin_hz
        first = np.ceil(place / half_step).astype(np.intp)
        stop = np.minimum(np.ceil(place * half_step).astype(np.intp), last + 1)
        wide = stop - first >= 2  # two bins and more; from here on all are
        self._narrow = int(np.argmax(wide)) if wide.any() else len(place)
        self._lower = np.minimum(place[: self._narrow].astype(np.intp), last - 1)
        self._share = (place[: self._narrow] - self._lower).astype(np.float32)
        self._edges = np.stack([first, stop], axis=1)[self._narrow :].ravel()
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
        self._bands = bands

    def levels_db(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """windows [L, n_fft] → dB [L, bands]."""
        scale = np.float32(2.0 / self._window.sum())
        magnitude = np.abs(np.fft.rfft(windows * self._window, axis=1)).astype(np.float32) * scale
        levels = 20.0 * np.log10(np.maximum(magnitude, _TINY))
        out = np.full((len(levels), self._bands), 20.0 * np.log10(_TINY), np.float32)
        below, above = levels[:, self._lower], levels[:, self._lower + 1]
        out[:, : self._narrow] = below + self._share * (above - below)
        if len(self._edges):
            padded = np.pad(levels, ((0, 0), (0, 1)), constant_values=20.0 * np.log10(_TINY))
            highest = np.maximum.reduceat(padded, self._edges, axis=1)[:, ::2]
            out[:, self._narrow : self._narrow + highest.shape[1]] = highest
        return out
