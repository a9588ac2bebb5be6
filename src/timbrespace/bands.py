"""Frequency bands: as fine as the transform where partials lie apart, constant in ratio above.

Centres are one bin apart up to some bin, and from there each lies the same ratio above the last; the
knee follows from the number of bands. With 192 bands at n_fft 2048 it lies at 1 kHz, and the bands above
are 36 cents apart: fine enough to hear pitch, coarse enough for a small encoder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def band_centres(bins: int, bands: int) -> NDArray[np.float64]:
    """Centre of every band in bins, ascending from 0 to bins − 1; shape [bands]."""
    low, high = 1e-3, float(bins)
    for _ in range(100):
        knee = 0.5 * (low + high)
        low, high = (knee, high) if _count(knee, bins) < bands else (low, knee)
    position = np.linspace(0.0, 1.0, bands) * _count(knee, bins)
    growth = np.log1p(1.0 / knee)
    centres = np.where(position <= knee, position, knee * np.exp((position - knee) * growth))
    return np.asarray(centres * (bins - 1) / centres[-1])


def band_filters(bins: int, bands: int) -> NDArray[np.float32]:
    """Triangles over the power spectrum between neighbouring centres, each of sum 1; shape [bins, bands]."""
    centres = band_centres(bins, bands)
    lower = np.concatenate([[centres[0] - 1.0], centres[:-1]])
    upper = np.concatenate([centres[1:], [centres[-1] + 1.0]])
    lower, upper = np.minimum(lower, centres - 1.0), np.maximum(upper, centres + 1.0)
    index = np.arange(bins)[:, None]
    rising, falling = (index - lower) / (centres - lower), (upper - index) / (upper - centres)
    filters = np.clip(np.minimum(rising, falling), 0.0, None)
    return np.asarray(filters / filters.sum(axis=0), dtype=np.float32)


def band_interpolation(bins: int, bands: int) -> NDArray[np.float32]:
    """Linear interpolation from band values to bins; shape [bands, bins], columns sum to 1."""
    centres = band_centres(bins, bands)
    columns = [np.interp(np.arange(bins), centres, unit) for unit in np.eye(bands)]
    return np.asarray(columns, dtype=np.float32)


def _count(knee: float, bins: int) -> float:
    """How many bands a knee at that bin gives."""
    return (
        float(knee + max(np.log((bins - 1) / knee), 0.0) / np.log1p(1.0 / knee))
        if knee < bins
        else float(bins)
    )
