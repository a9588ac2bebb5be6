"""The pitch of a frame from its magnitudes alone, and the partials of a frame moved to another pitch.

A frame that a model decodes has no phase yet, so its pitch cannot be had from a period. The inverse transform
of its magnitudes (not of their squares, which would be the autocorrelation) has a peak at the period too,
and a lower one at twice the period, since weak partials count for more (compressed spectra: Indefrey, Hess &
Seeser, ICASSP 1985). How high the peak stands is how clear the pitch is.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from timbrespace.config import SignalConfig

LOWEST_HZ, HIGHEST_HZ = 50.0, 1500.0
TOP_HZ = 5000.0  # what lies above says little of the pitch, and much of noise
BOTTOM_HZ = 40.0
FIRST_OF = 0.8  # the shortest period whose peak is so high, relative to the highest, is the pitch
DOUBT = 2.0  # how much clarity suffers where a longer period has a higher peak: it may be an octave too high
PARTIALS = 6  # the lowest ones, from whose peaks a pitch is refined
AUDIBLE = 5.0  # nepers under the frame's highest peak; a lower partial does not count
OUTLIER_CENTS = 25.0  # a partial so far from the others counts half
ENVELOPE_HZ = 2500.0  # the finest detail of an envelope: wider than the distance of partials


def frame_pitch(magnitude: Tensor, signal: SignalConfig) -> tuple[Tensor, Tensor]:
    """magnitude [..., F], linear → pitch in Hz and its clarity, 0 none … 1, both [...].

    The pitch of a steady tone is right to about 5 cents, and is a guess where clarity is low.
    """
    frequency_hz = torch.arange(signal.bins) * (signal.sample_rate / signal.n_fft)
    weight = (frequency_hz > BOTTOM_HZ) / (1.0 + (frequency_hz / TOP_HZ) ** 8)
    wave = torch.fft.irfft((magnitude * weight).double(), n=signal.n_fft)
    wave = wave[..., : signal.n_fft // 2] / wave[..., :1].clamp_min(1e-30)
    shortest = int(signal.sample_rate / HIGHEST_HZ)
    longest = min(int(signal.sample_rate / LOWEST_HZ), signal.n_fft // 2 - 2)
    around = wave[..., shortest - 1 : longest + 2]
    here = around[..., 1:-1]
    is_peak = (here > around[..., :-2]) & (here >= around[..., 2:])
    height = torch.where(is_peak, here, torch.full_like(here, -1.0))
    highest = height.amax(dim=-1, keepdim=True).clamp_min(1e-3)
    at = (height >= FIRST_OF * highest).double().argmax(dim=-1, keepdim=True)
    left, peak, right = (around.gather(-1, at + side)[..., 0] for side in range(3))
    period = shortest + at[..., 0] + _vertex(left, peak, right)
    return signal.sample_rate / period, (peak - DOUBT * (highest[..., 0] - peak)).clamp(0.0, 1.0)


def refined_pitch(magnitude: Tensor, f0_hz: Tensor, signal: SignalConfig) -> tuple[Tensor, Tensor]:
    """magnitude [..., F] and a pitch near the true one, Hz [...] → the pitch on which the peaks of the lowest
    partials agree, and how far they are from agreeing, in cents; both [...]."""
    level = torch.log(magnitude.double().clamp_min(1e-9))
    loudest = level.amax(dim=-1, keepdim=True)
    number = torch.arange(1, PARTIALS + 1, dtype=torch.float64)
    bin_hz = signal.sample_rate / signal.n_fft
    refined = f0_hz.double()
    for _ in range(2):
        place = refined[..., None] * number / bin_hz
        nearest = place.round().long().clamp(3, signal.bins - 4)
        values = torch.stack([level.gather(-1, nearest + side) for side in range(-2, 3)], dim=-1)
        inner = values[..., 1:-1].argmax(dim=-1, keepdim=True)
        left, peak, right = (values.gather(-1, inner + side)[..., 0] for side in range(3))
        found = nearest + (inner[..., 0] - 1) + _vertex(left, peak, right)
        away = 1200.0 * torch.log2(found / place)
        counts = (peak >= left) & (peak >= right) & (peak - loudest > -AUDIBLE)
        weight = counts * torch.exp(0.5 * (peak - loudest)) * number
        middle = _mean(away, weight)
        agreeing = weight / (1.0 + ((away - middle[..., None]) / OUTLIER_CENTS) ** 2)
        middle = _mean(away, agreeing)
        refined = refined * 2.0 ** (middle.clamp(-150.0, 150.0) / 1200.0)
    spread = torch.sqrt(_mean((away - middle[..., None]).square(), weight))
    return refined, spread


class Tuning(nn.Module):
    """Partials moved in frequency by a ratio close to 1, under an envelope that stays where it is."""

    cosines: Tensor
    index: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        index = torch.arange(signal.bins, dtype=torch.float32)
        order = torch.arange(max(2, round(signal.sample_rate / ENVELOPE_HZ)))
        cosines = torch.linalg.qr(torch.cos(2.0 * math.pi / signal.n_fft * index[:, None] * order))[0]
        self.register_buffer("cosines", cosines, persistent=False)
        self.register_buffer("index", index, persistent=False)

    def forward(self, log_magnitude: Tensor, ratio: Tensor) -> Tensor:
        """log_magnitude [B, L, F], natural, and ratio [B, L] → [B, L, F].

        Cubic interpolation (Catmull & Rom 1974): a linear one would flatten the peaks.
        """
        envelope = self.envelope(log_magnitude)
        partials = log_magnitude - envelope
        last = len(self.index) - 1
        place = (self.index / ratio.unsqueeze(-1)).clamp(0.0, float(last))
        below = place.floor().clamp(max=last - 1)
        t = place - below
        a, b, c, d = (partials.gather(-1, (below.long() + side).clamp(0, last)) for side in range(-1, 3))
        moved = b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
        return envelope + moved

    def envelope(self, log_magnitude: Tensor) -> Tensor:
        """log_magnitude [..., F] without what changes faster over frequency than `ENVELOPE_HZ`, [..., F]."""
        return log_magnitude @ self.cosines @ self.cosines.T


def _vertex(left: Tensor, peak: Tensor, right: Tensor) -> Tensor:
    """Where the parabola through three neighbours has its peak, from the middle one, −½ … ½."""
    curve = left - 2.0 * peak + right
    return (0.5 * (left - right) / torch.where(curve < 0.0, curve, torch.full_like(curve, -1e9))).clamp(
        -0.5, 0.5
    )


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean along the last axis; 0 without weight."""
    return (values * weight).sum(dim=-1) / weight.sum(dim=-1).clamp_min(1e-12)
