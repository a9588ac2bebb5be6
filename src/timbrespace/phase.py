"""Phases for magnitudes, frame by frame: a peak-tracked phase gradient that carries its state.

Where the sound is steady the phase of a partial advances by hop × its frequency, and the bins around
it are tied to it by the slope of phase over frequency. That slope says where in the window the energy
lies, and the growth of the magnitude tells it: for an impulse t samples after the centre of a Hann
window of n samples, with a = πt/n and b = π·hop/n,

    tan a · tan b = tanh(¼·(ln M[l+1] − ln M[l−1]))          and at an onset, where M[l−1] says nothing,
    tan a · sin b = exp(½·(ln M[l+1] − ln M[l])) − cos b,

both exact for an impulse; the first is 0 for a steady partial. The slope is −(½ + t/n) turns per bin.
This costs one frame of look-ahead.

The idea stands on real-time phase gradient heap integration (Průša & Søndergaard, DAFx 2016) and single
pass spectrogram inversion (Beauregard, Harish & Wyse, DSP 2015); here there is no heap, only gathers and
cumulative sums over all frames at once, and then one gather-and-add a frame.

Phases are in turns (1 turn = 2π), kept in [0, 1).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from timbrespace.config import SignalConfig

SILENT_LOG_MAGNITUDE = -40.0  # natural logarithm; lies under any 24-bit sound
ONSET_RISE = 1.5  # natural logarithm (13 dB) in one hop: a new event, not a partial going on
STEEPEST_TANGENT = 3.0  # tan a, a little over the 1 + √2 of an impulse entering the last quarter
CROWDED_BINS = 48  # where partials of a chord lie closer than the main lobe of the window


class PhaseIntegrator(nn.Module):
    """Log magnitudes → phases, one frame late (the look-ahead).

    State: log magnitudes of the two last frames, [B, 2, F], and the phase of the older one, [B, F].
    """

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.bins = signal.bins
        self.hop_turns = signal.hop / signal.n_fft  # what bin 1 advances in a hop
        self.hop_angle = math.pi * self.hop_turns

    def initial_state(self, batch: int, device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """Two silent frames with phase 0."""
        silence = torch.full((batch, 2, self.bins), SILENT_LOG_MAGNITUDE, device=device)
        return silence, torch.zeros(batch, self.bins, device=device)

    def forward(
        self, log_magnitude: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """log_magnitude [B, L, F] (natural) → phases [B, L, F] of the frames one earlier; new state."""
        recent, phase = state
        context = torch.cat([recent, log_magnitude.clamp_min(SILENT_LOG_MAGNITUDE)], dim=1)
        before, here, after = context[:, :-2], context[:, 1:-1], context[:, 2:]
        owner, step = self._steps(before, here, after)
        phases = torch.empty_like(here)
        for frame in range(here.shape[1]):
            phase = torch.frac(torch.gather(phase, 1, owner[:, frame]) + step[:, frame])
            phases[:, frame] = phase
        return phases, (context[:, -2:], phase)

    def _steps(self, before: Tensor, here: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
        """Bin whose last phase each bin continues, and what is added to it, turns in [0, 1)."""
        is_peak = _peaks(here)
        is_steady = is_peak & _peaks(before) & _peaks(after)
        offset = torch.where(is_peak, self._frequency_offset(0.5 * (before + here), is_steady), 0.0)
        owner = _align_onsets(_nearest(is_peak), here, here - before)
        delay = self._delay(before, here, after)
        slope = torch.cumsum(delay, dim=2) - 0.5 * delay  # of the delay alone: the −½ a bin is added exactly
        bins = torch.arange(self.bins, device=here.device)
        advance = torch.frac(self.hop_turns * owner) + self.hop_turns * torch.gather(offset, 2, owner)
        step = advance + 0.5 * ((bins - owner) % 2) + torch.gather(slope, 2, owner) - slope
        return owner, step - torch.floor(step)

    def _frequency_offset(self, log_magnitude: Tensor, is_steady: Tensor) -> Tensor:
        """From a peak's bin to its partial's frequency, in bins; both formulas are exact for a Hann sine.

        The mean of the log magnitudes before and after the hop stands for the hop itself, and cancels
        the beating of two partials in one main lobe (the mean log of |A + B·e^jθ| over θ is that of the
        larger). From the peak and its larger neighbour alone where partials crowd or stand still, since
        the smaller neighbour may belong to somebody else; from both in noise.
        """
        left = nn.functional.pad(log_magnitude[..., :-1], (1, 0), value=SILENT_LOG_MAGNITUDE)
        right = nn.functional.pad(log_magnitude[..., 1:], (0, 1), value=SILENT_LOG_MAGNITUDE)
        lower, upper = torch.exp(left - log_magnitude), torch.exp(right - log_magnitude)
        from_three = 2.0 * (upper - lower) / (lower + 2.0 + upper)
        ratio = torch.maximum(lower, upper)
        from_two = torch.where(upper >= lower, 1.0, -1.0) * (2.0 * ratio - 1.0) / (1.0 + ratio)
        is_crowded = torch.arange(self.bins, device=log_magnitude.device) < CROWDED_BINS
        return torch.where(is_steady | is_crowded, from_two, from_three).clamp(-1.0, 1.0)

    def _delay(self, before: Tensor, here: Tensor, after: Tensor) -> Tensor:
        """Where in the window each bin's energy lies, in windows from the centre."""
        steady = torch.tanh(0.25 * (after - before)) / math.tan(self.hop_angle)
        growth = torch.exp((0.5 * (after - here)).clamp(-20.0, 20.0))
        entering = (growth - math.cos(self.hop_angle)) / math.sin(self.hop_angle)
        entering = entering.clamp(-STEEPEST_TANGENT, STEEPEST_TANGENT)
        return torch.atan(torch.where(here - before > ONSET_RISE, entering, steady)) / math.pi


def _peaks(log_magnitude: Tensor) -> Tensor:
    """Local maxima along the last axis; an edge counts, so there is one in every row."""
    left = nn.functional.pad(log_magnitude[..., :-1], (1, 0), value=-math.inf)
    right = nn.functional.pad(log_magnitude[..., 1:], (0, 1), value=-math.inf)
    return (log_magnitude > left) & (log_magnitude >= right)


def _nearest(is_peak: Tensor) -> Tensor:
    """Index of the nearest True along the last axis, [..., F]; there is at least one in every row."""
    count = is_peak.shape[-1]
    index = torch.arange(count, device=is_peak.device).expand_as(is_peak)
    below = torch.cummax(torch.where(is_peak, index, -count), dim=-1).values
    above = torch.where(is_peak, index, 3 * count).flip(-1)
    above = torch.cummin(above, dim=-1).values.flip(-1)
    return torch.where(index - below <= above - index, below, above)


def _align_onsets(owner: Tensor, here: Tensor, rise: Tensor) -> Tensor:
    """A peak that was not there a hop ago starts in line with the strongest bin that was.

    owner: index [B, L, F]. here, rise: log magnitude and its growth, [B, L, F].
    """
    is_new = rise > ONSET_RISE
    anchor = torch.argmax(torch.where(is_new, here - 1000.0, here), 2, keepdim=True)
    return torch.where(torch.gather(is_new, 2, owner), anchor, owner)
