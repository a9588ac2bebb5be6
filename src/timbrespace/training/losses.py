"""What training minimises, term by term; weights are applied once, in `total`.

Distances are in dB. A frame counts by its level, so that silence teaches nothing; a bin counts down to a
floor under the source's loudest frame, as the score `lsd_n` measures it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from timbrespace.config import SignalConfig
from timbrespace.features import DB_PER_NEPER

FLOOR_DB = (
    86.0  # under the peak of a sine as loud as the source's loudest frame: about 80 under its real peak
)


@dataclass(frozen=True)
class LossWeights:
    """One number a term. Final values; warm-up multiplies them by a ramp in [0, 1]."""

    spectrum: float = 1.0  # per dB over bins
    bands: float = 0.5  # per dB over the encoder's bands: low partials and pitch
    aperiodicity: float = 2.0  # per unit of a²
    divergence: float = 0.005  # per nat and dimension sum (continuous)
    commitment: float = 1.0  # per squared unit (discrete)
    adversary: float = 1.0  # share of the push of the reversed gradient (continuous)


def frame_weight(loudness_db: Tensor, loudest_db: Tensor | float) -> Tensor:
    """clip((level + 80)/20, 0.05, 1), level relative to the data set's loudest frame; any shape."""
    return ((loudness_db - loudest_db + 80.0) / 20.0).clamp(0.05, 1.0)


def sine_peak(signal: SignalConfig) -> float:
    """Natural log of the peak magnitude of a sine at a level of 0 dBFS: amplitude √2, Hann window."""
    return math.log(math.sqrt(2.0) * signal.n_fft / 4.0)


def bin_floor(loudness_db: Tensor, source_level_db: Tensor, signal: SignalConfig) -> Tensor:
    """Log magnitude, relative to the frame's own level, under which nothing counts.

    loudness_db [B, L], source_level_db [B] (loudest frame of the source) → [B, L, 1].
    """
    below_db = source_level_db[:, None] - loudness_db - FLOOR_DB
    return (sine_peak(signal) + below_db / DB_PER_NEPER).unsqueeze(-1)


def rms_db(decoded: Tensor, target: Tensor, floor: Tensor) -> Tensor:
    """RMS over the last axis of the difference of floored natural logs, in dB: [B, L, X] → [B, L]."""
    difference = torch.maximum(decoded, floor) - torch.maximum(target, floor)
    return DB_PER_NEPER * torch.sqrt(difference.square().mean(dim=-1) + 1e-8)


def weighted_mean(values: Tensor, weight: Tensor) -> Tensor:
    """Mean of values [...] by weight [...]; 0 where nothing weighs anything."""
    return (values * weight).sum() / weight.sum().clamp_min(1e-8)


def band_logs(log_magnitude: Tensor, filters: Tensor) -> Tensor:
    """Log magnitudes [B, L, F] → natural log of the magnitude of bands, filters [F, M] → [B, L, M]."""
    power = torch.exp(2.0 * log_magnitude.clamp(-12.0, 12.0)) @ filters
    return 0.5 * torch.log(power)
