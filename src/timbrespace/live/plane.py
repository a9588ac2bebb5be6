"""Sounds on the interpolation plane that go round and round while the place among them moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.alignment import SEAM_SECONDS
from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.latents import LatentSeries
from timbrespace.plane import REACHES_ALL, default_points, steered, weights

Values = NDArray[np.float64]


class PlaneLoops:
    """What P sounds are to one model, each a loop of its own length.

    points, radii, latents, loudness: as `plane.walk`. Errors as `default_points`.
    """

    def __init__(
        self,
        every: Sequence[LatentSeries],
        signal: SignalConfig,
        *,
        points: ArrayLike | None = None,
        radii: ArrayLike = REACHES_ALL,
        latents: int | None = None,
        loudness: int | None = None,
    ) -> None:
        self.points = default_points(len(every)) if points is None else np.asarray(points, np.float64)
        self.radii = radii
        self._alone = latents, loudness
        self._loops = [_loop(series, signal) for series in every]

    def at(self, frame: int, place: ArrayLike) -> tuple[Values, float]:
        """Latents [D] and loudness in dB of the `frame`-th frame at a place [2] of the plane."""
        share = weights(np.asarray(place)[None], self.points, self.radii)
        rows = np.stack([loop[frame % len(loop)] for loop in self._loops])
        of_latents, of_loudness = (steered(share, alone)[0] for alone in self._alone)
        return of_latents @ rows[:, 1:], float(of_loudness @ rows[:, 0])


def _loop(series: LatentSeries, signal: SignalConfig) -> Values:
    """Loudness and latents [L, 1 + D] to go round in: the frames that lie wholly in the sound, the last of
    them fading into the first; a code changes over in the middle of that."""
    level = np.maximum(series.loudness_db, LOUDNESS_FLOOR_DB)
    rows = np.concatenate([level[:, None], series.z], axis=1).astype(np.float64)
    edge = min(signal.n_fft // signal.hop - 1, (len(rows) - 1) // 2)
    body = rows[edge : len(rows) - edge]
    seam = min(round(SEAM_SECONDS * signal.frame_rate_hz), len(body) // 2)
    loop = body[: len(body) - seam].copy()
    rise = ((np.arange(seam) + 1.0) / (seam + 1.0))[:, None]
    before, after = body[len(body) - seam :], body[:seam]
    loop[:seam] = rise * after + (1.0 - rise) * before
    if series.codes is not None:
        loop[:seam, 1:] = np.where(rise < 0.5, before, after)[:, 1:]
    return loop
