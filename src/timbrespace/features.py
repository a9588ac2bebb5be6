"""What the encoder hears and what the decoder is taught, from the spectra of frames.

Every frame is divided by its own K-weighted level, so that a change of input gain changes nothing but
`loudness_db`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.bands import band_filters
from timbrespace.config import SignalConfig
from timbrespace.spectrum import LOUDNESS_FLOOR_POWER, Loudness, squared_magnitude

BAND_FLOOR = 1e-5  # power, 50 dB under the level; with n_fft 2048 that is 107 dB under the peak of a sine
DB_PER_NEPER = 20.0 / math.log(10.0)
DB_PER_BAND_UNIT = 25.0  # what the encoder hears is in units of this


class Frames(NamedTuple):
    """Frames of sound taken apart."""

    log_magnitude: Tensor  # [B, L, F], natural, of the frame scaled to a level of 0 dBFS
    bands: Tensor  # [B, L, M], what the encoder hears, about ±2
    loudness_db: Tensor  # [B, L], K-weighted, dBFS


class FrameFeatures(nn.Module):
    """Spectra complex [B, L, F] → `Frames`."""

    filters: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.loudness = Loudness(signal)
        self.register_buffer(
            "filters", torch.from_numpy(band_filters(signal.bins, signal.bands)), persistent=False
        )

    def forward(self, spectra: Tensor) -> Frames:
        """Spectra complex [B, L, F] → `Frames`. Nothing depends on a frame's neighbours."""
        squared = squared_magnitude(spectra)
        power = self.loudness.power(squared)
        log_magnitude = 0.5 * torch.log(squared / _floored(power) + 1e-20)
        return Frames(log_magnitude, self._bands(squared, power), self.loudness.level_db(power))

    def heard(self, spectra: Tensor) -> tuple[Tensor, Tensor]:
        """Spectra complex [B, L, F] → bands [B, L, M] and loudness_db [B, L] alone, which are quicker."""
        squared = squared_magnitude(spectra)
        power = self.loudness.power(squared)
        return self._bands(squared, power), self.loudness.level_db(power)

    def _bands(self, squared: Tensor, power: Tensor) -> Tensor:
        relative = (squared @ self.filters) / _floored(power)
        return (10.0 / DB_PER_BAND_UNIT) * torch.log10(relative + BAND_FLOOR) - 0.4


def _floored(power: Tensor) -> Tensor:
    """[B, L] → [B, L, 1], safe to divide by."""
    return power.clamp_min(LOUDNESS_FLOOR_POWER).unsqueeze(-1)


class Aperiodicity(nn.Module):
    """How noisy each band of a frame is: a² in [0, 1], 0 for steady partials and 1 for white noise.

    Of three successive frames the phase of X[l]² · conj(X[l−1]·X[l+1]) is the change of the advance of
    phase: 0 for a partial that goes on, anything for noise. The coherence is the length of its mean,
    weighted by power, over the bins of a band.
    """

    filters: Tensor
    noise_coherence: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        filters = torch.from_numpy(band_filters(signal.bins, signal.aperiodicity_bands))
        self.register_buffer("filters", filters, persistent=False)
        self.register_buffer("noise_coherence", torch.zeros(signal.aperiodicity_bands), persistent=False)
        self.noise_coherence = self._coherence(_white_spectra(signal)).mean(dim=(0, 1))

    def forward(self, spectra: Tensor) -> Tensor:
        """spectra complex [B, L + 2, F] → a² [B, L, A] of the inner frames."""
        coherence = self._coherence(spectra)
        return ((1.0 - coherence) / (1.0 - self.noise_coherence)).clamp(0.0, 1.0)

    def _coherence(self, spectra: Tensor) -> Tensor:
        before, here, after = spectra[:, :-2], spectra[:, 1:-1], spectra[:, 2:]
        turn = here.square() * (before * after).conj()
        turn = turn / turn.abs().clamp_min(1e-30)
        weight = here.real.square() + here.imag.square()
        real, imaginary = (weight * turn.real) @ self.filters, (weight * turn.imag) @ self.filters
        return torch.sqrt(real.square() + imaginary.square()) / (weight @ self.filters).clamp_min(1e-30)


def _white_spectra(signal: SignalConfig) -> Tensor:
    """About two thousand frames of seeded white noise, [1, L, F]."""
    from timbrespace.spectrum import Analysis

    analysis = Analysis(signal)
    generator = torch.Generator().manual_seed(0)
    audio = torch.randn(1, 2000 * signal.hop, generator=generator)
    return analysis(audio, analysis.initial_state(1))[0][:, signal.n_fft // signal.hop :]
