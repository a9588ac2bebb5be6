"""Variations of the recordings in which a note keeps its pitch and gets another spectral envelope.

A note that was recorded twice has two envelopes, and a model that learns them by heart plays one of them
whenever it hears the pitch. `Exchange` gives a crop a part of the envelope of another one, `Colour` a random
one besides, so that pitch and envelope are met in all combinations.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from timbrespace.bands import band_centres
from timbrespace.config import SignalConfig
from timbrespace.features import DB_PER_BAND_UNIT

CURVES = 24  # cosines over the bands; the slowest is a tilt, the fastest turns every eighth of 192 bands
MOST_GAIN_DB = 24.0  # of an exchanged envelope, up or down: what lies deeper is background, not timbre


class Colour(nn.Module):
    """Spectra [B, L, F] × a random gain over frequency, drawn with torch's global generator.

    deviation_db: standard deviation of the tilt; the j-th cosine has that divided by j.
    """

    curves: Tensor

    def __init__(self, signal: SignalConfig, deviation_db: float) -> None:
        super().__init__()
        order = torch.arange(1, CURVES + 1).unsqueeze(1)
        curves = cosines(bin_places(signal)) * deviation_db / order
        self.register_buffer("curves", curves, persistent=False)

    def forward(self, spectra: Tensor) -> Tensor:
        """spectra complex [B, L, F] → the same, each of B through its own filter."""
        gain_db = torch.randn(len(spectra), len(self.curves), device=spectra.device) @ self.curves
        return amplified(spectra, gain_db)


class Exchange(nn.Module):
    """Spectra [B, L, F], each of B moved towards the envelope of another one by a random share of the way.

    An envelope is the mean of a crop's bands (in dB), smoothed to the first `CURVES` cosines. Draws with
    torch's global generator.
    """

    curves: Tensor
    analysis: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        over_bands = cosines(torch.linspace(0.0, 1.0, signal.bands))
        self.register_buffer("curves", cosines(bin_places(signal)), persistent=False)
        self.register_buffer("analysis", torch.linalg.pinv(over_bands), persistent=False)

    def forward(self, spectra: Tensor, bands: Tensor, weight: Tensor) -> Tensor:
        """spectra complex [B, L, F], bands [B, N, M] of their frames, weight [B, N] → spectra [B, L, F]."""
        share = weight / weight.sum(dim=1, keepdim=True).clamp_min(1e-8)
        coefficients = DB_PER_BAND_UNIT * (bands * share.unsqueeze(-1)).sum(dim=1) @ self.analysis
        other = torch.randperm(len(bands), device=bands.device)
        way = torch.rand(len(bands), 1, device=bands.device)
        gain_db = (way * (coefficients[other] - coefficients)) @ self.curves
        return amplified(spectra, gain_db.clamp(-MOST_GAIN_DB, MOST_GAIN_DB))


def cosines(places: Tensor) -> Tensor:
    """cos(π·j·place) for j = 1 … `CURVES`, places [N] in 0 … 1 → [CURVES, N]."""
    return torch.cos(math.pi * torch.arange(1, CURVES + 1).unsqueeze(1) * places)


def bin_places(signal: SignalConfig) -> Tensor:
    """Where every bin lies on the axis of the bands, 0 … 1, [F]."""
    centres = band_centres(signal.bins, signal.bands)
    places = np.interp(np.arange(signal.bins), centres, np.linspace(0.0, 1.0, signal.bands))
    return torch.from_numpy(places.astype(np.float32))


def amplified(spectra: Tensor, gain_db: Tensor) -> Tensor:
    """spectra complex [B, L, F], each of B by its gain_db [B, F]."""
    return spectra * (10.0 ** (gain_db / 20.0)).unsqueeze(1)
