"""Latents laid out flat, for pictures and maps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def principal_axes(z: NDArray[np.float32]) -> Values:
    """z [K, D] → its coordinates on its two principal axes, [K, 2]."""
    centred = z.astype(np.float64) - z.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2, np.abs(axes[:2]).argmax(axis=1)].diagonal())[:, None]
    places = centred @ axes.T
    return places if places.shape[1] == 2 else np.pad(places, ((0, 0), (0, 1)))
