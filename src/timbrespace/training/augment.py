"""Variations of the recordings in which a note keeps its pitch and gets other spectral envelopes.

A note that was recorded twice has two timbres, and a model that learns them by heart plays one of them
whenever it hears the pitch. So a crop gets a part of the envelopes of another one and random ones besides,
and pitch and envelope are met in all combinations. There are two envelopes: that of the partials and that of
the floor between them, since a louder note lifts its partials out of a floor that stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from timbrespace.bands import band_centres
from timbrespace.config import SignalConfig
from timbrespace.spectrum import squared_magnitude

CURVES = 24  # cosines over the bands; the slowest is a tilt, the fastest turns every eighth of 192 bands
MOST_GAIN_DB = 24.0  # of an exchanged envelope, up or down: what lies deeper is background, not timbre
NEIGHBOURS = 12  # bins to either side among which a bin is a partial or the floor
CLEAR_DB = 15.0  # what stands out so far is a partial
RIPPLE_DB = 3.0  # what stands out no further is none
KNOT_BINS = 8  # between independent gains of single partials
RIDGE = 1e-4  # of the envelopes' least squares: where there are no partials, theirs stays near the mean
SILENCE = 1e-12  # power


@dataclass(frozen=True)
class Deviations:
    """How far random envelopes go, standard deviations in dB."""

    tilt: float = 3.0  # of the first cosine of either envelope; the j-th has that divided by j
    floor: float = 3.0  # of the whole floor against the partials
    partial: float = 3.0  # of single partials
    level: float = 4.0  # of the whole crop: envelope and loudness are met in other combinations too


class Variation(nn.Module):
    """Spectra [B, L, F], each of B with other envelopes; draws with torch's global generator.

    Either envelope moves a random share of the way to that of another of B, and by a random one.
    """

    over_bins: Tensor
    over_bands: Tensor
    products: Tensor
    band_of_bin: Tensor

    def __init__(self, signal: SignalConfig, deviations: Deviations) -> None:
        super().__init__()
        self.deviations = deviations
        places = bin_places(signal)
        over_bands = cosines(torch.linspace(0.0, 1.0, signal.bands))
        band = (places * (signal.bands - 1)).round().long()
        band_of_bin = nn.functional.one_hot(band, signal.bands).float()
        self.register_buffer("over_bins", cosines(places), persistent=False)
        self.register_buffer("over_bands", over_bands, persistent=False)
        products = torch.einsum("jm,km->mjk", over_bands, over_bands).flatten(1)
        self.register_buffer("products", products, persistent=False)
        shares = band_of_bin / (signal.bands * band_of_bin.sum(dim=0).clamp_min(1.0))
        self.register_buffer("band_of_bin", shares, persistent=False)

    def forward(self, spectra: Tensor) -> Tensor:
        """spectra complex [B, L, F] → the same with a gain by bin, the same all along L."""
        level_db = 10.0 * torch.log10(squared_magnitude(spectra).mean(dim=1) + SILENCE)
        partial = prominence(level_db)
        level_db = level_db - level_db.mean(dim=1, keepdim=True)
        other = torch.randperm(len(spectra), device=spectra.device)
        of_partials = self._moved(level_db, partial, other)
        of_floor = self._moved(level_db, 1.0 - partial, other)
        common = of_partials.mean(dim=1, keepdim=True)
        of_partials = of_partials - common + self._single_partials(spectra)
        of_floor = of_floor - common + self.deviations.floor * _normal(len(spectra), 1, like=level_db)
        gain_db = torch.lerp(of_floor, of_partials, partial).clamp(-MOST_GAIN_DB, MOST_GAIN_DB)
        gain_db = gain_db + self.deviations.level * _normal(len(spectra), 1, like=level_db)
        return spectra * (10.0 ** (gain_db / 20.0)).unsqueeze(1)

    def envelope(self, level_db: Tensor, weight: Tensor) -> Tensor:
        """level_db [B, F] where weight [B, F] lies → coefficients of cosines [B, 1 + CURVES]."""
        squared = weight.square()
        normal = ((squared @ self.band_of_bin) @ self.products).unflatten(1, (len(self.over_bands), -1))
        normal = normal + RIDGE * torch.eye(len(self.over_bands), device=level_db.device)
        seen = (squared * level_db) @ self.band_of_bin @ self.over_bands.T
        return torch.linalg.solve(normal, seen)

    def _moved(self, level_db: Tensor, weight: Tensor, other: Tensor) -> Tensor:
        """What one of the envelopes gains, in dB [B, F]."""
        coefficients = self.envelope(level_db, weight)
        way = torch.rand(len(level_db), 1, device=level_db.device)
        change = way * (coefficients[other] - coefficients)
        order = torch.arange(1, CURVES + 1, device=level_db.device)
        change[:, 1:] += self.deviations.tilt / order * _normal(len(level_db), CURVES, like=level_db)
        return change @ self.over_bins

    def _single_partials(self, spectra: Tensor) -> Tensor:
        """A gain in dB that differs from partial to partial, [B, F]."""
        bins = spectra.shape[2]
        knots = self.deviations.partial * _normal(len(spectra), 1, bins // KNOT_BINS + 2, like=spectra.real)
        return nn.functional.interpolate(knots, scale_factor=KNOT_BINS, mode="linear")[:, 0, :bins]


def prominence(level_db: Tensor) -> Tensor:
    """level_db [B, F] → 1 where a bin is a partial, 0 where it is floor, [B, F]."""
    width = 2 * NEIGHBOURS + 1
    highest = nn.functional.max_pool1d(level_db.unsqueeze(1), width, 1, NEIGHBOURS)[:, 0]
    lowest = -nn.functional.max_pool1d(-level_db.unsqueeze(1), width, 1, NEIGHBOURS)[:, 0]
    range_db = (highest - lowest - RIPPLE_DB).clamp_min(CLEAR_DB)
    return ((level_db - lowest - RIPPLE_DB) / range_db).clamp(0.0, 1.0)


def cosines(places: Tensor) -> Tensor:
    """cos(π·j·place) for j = 0 … `CURVES`, places [N] in 0 … 1 → [1 + CURVES, N]."""
    return torch.cos(math.pi * torch.arange(CURVES + 1).unsqueeze(1) * places)


def bin_places(signal: SignalConfig) -> Tensor:
    """Where every bin lies on the axis of the bands, 0 … 1, [F]."""
    centres = band_centres(signal.bins, signal.bands)
    places = np.interp(np.arange(signal.bins), centres, np.linspace(0.0, 1.0, signal.bands))
    return torch.from_numpy(places.astype(np.float32))


def _normal(*shape: int, like: Tensor) -> Tensor:
    return torch.randn(shape, device=like.device)
