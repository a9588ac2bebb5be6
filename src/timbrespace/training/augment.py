"""Variations of the recordings that a model should not mind, so that it does not learn them by heart.

A few dozen notes say little about the sounds between them. `Colour` sends every crop through a random
smooth filter, so that a pitch has many spectra; `hide_bands` takes some of what the encoder hears away,
so that no single band decides where a frame lies.
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


def hide_bands(bands: Tensor, most: float) -> Tensor:
    """bands [B, L, M] → the same with some set to 0, all along a crop; a random share of at most `most`."""
    share = most * torch.rand(len(bands), 1, 1, device=bands.device)
    hidden = torch.rand(len(bands), 1, bands.shape[2], device=bands.device) < share
    return bands.masked_fill(hidden, 0.0)
