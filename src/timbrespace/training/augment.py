"""Variations of the recordings that a model should not mind: each crop gets a tone colour of its own.

A few dozen notes say little about the sounds between them. A random smooth curve over frequency, another
for every crop, makes the spectra of one pitch many, and the models learn pitch and colour apart.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from timbrespace.bands import band_centres
from timbrespace.config import SignalConfig

CURVES = 5  # cosines over the bands; the slowest is a tilt


class Colour(nn.Module):
    """Spectra [B, L, F] × a random gain over frequency, drawn with torch's global generator.

    deviation_db: standard deviation of the tilt; the j-th cosine has that divided by j.
    """

    curves: Tensor

    def __init__(self, signal: SignalConfig, deviation_db: float) -> None:
        super().__init__()
        centres = band_centres(signal.bins, signal.bands)
        place = np.interp(np.arange(signal.bins), centres, np.linspace(0.0, 1.0, signal.bands))
        order = np.arange(1, CURVES + 1)[:, None]
        curves = np.cos(math.pi * order * place) * deviation_db / order
        self.register_buffer("curves", torch.from_numpy(curves.astype(np.float32)), persistent=False)

    def forward(self, spectra: Tensor) -> Tensor:
        """spectra complex [B, L, F] → the same, each of B through its own filter."""
        gain_db = torch.randn(len(spectra), CURVES, device=spectra.device) @ self.curves
        return spectra * (10.0 ** (gain_db / 20.0)).unsqueeze(1)
