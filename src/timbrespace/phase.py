"""Phases for magnitudes, frame by frame: a peak-tracked phase gradient that carries its state.

Where the sound is steady the phase of a partial advances by hop × its frequency, and the bins around
it are tied to it by the slope of phase over frequency. That slope says where in the window the energy
lies, and the growth of the magnitude tells it: for an impulse t samples after the centre of a Hann
window of n samples, with a = πt/n, b = π·hop/n and q = √M the root of a magnitude,

    tan a · tan b = (q[l+1] − q[l−1]) / (q[l+1] + q[l−1])     and at an onset, where q[l−1] says nothing,
    tan a · sin b = q[l+1] / q[l] − cos b,

both exact for an impulse; the first is 0 for a steady partial. The slope is −(½ + t/n) turns per bin.
This costs one frame of look-ahead. Of the frame looked at a guess is given too, for those who must know
now how it may go on. All that follows is rational in q, so q is what is passed in.

The idea stands on real-time phase gradient heap integration (Průša & Søndergaard, DAFx 2016) and single
pass spectrogram inversion (Beauregard, Harish & Wyse, DSP 2015); here there is no heap, only gathers and
cumulative sums over all frames at once, and then one gather-and-add a frame.

Phases are in turns (1 turn = 2π), kept in (−1, 1). Masks are 0 and 1 in floating point: multiplying is
many times quicker than choosing.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from timbrespace.config import SignalConfig

SILENT_ROOT = math.exp(-20.0)  # of a magnitude that lies under any 24-bit sound
ONSET_GROWTH = math.exp(0.75)  # of q in one hop (13 dB of the magnitude): a new event, not one going on
STEEPEST_TANGENT = 3.0  # tan a, a little over the 1 + √2 of an impulse entering the last quarter
CROWDED_BINS = 48  # where partials of a chord lie closer than the main lobe of the window


class PhaseIntegrator(nn.Module):
    """Roots of magnitudes → phases, one frame late (the look-ahead).

    State: roots of the two last frames, [B, 2, F], and the phase of the older one, [B, F].
    """

    bin_index: Tensor
    bin_phase: Tensor
    bin_parity: Tensor
    is_crowded: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.bins = signal.bins
        self.hop_turns = signal.hop / signal.n_fft  # what bin 1 advances in a hop
        self.hop_angle = math.pi * self.hop_turns
        index = torch.arange(signal.bins, dtype=torch.float32)
        self.register_buffer("bin_index", index, persistent=False)
        self.register_buffer("bin_phase", torch.frac((self.hop_turns + 0.5) * index), persistent=False)
        self.register_buffer("bin_parity", torch.frac(0.5 * index), persistent=False)
        self.register_buffer("is_crowded", (index < CROWDED_BINS).float(), persistent=False)

    def initial_state(self, batch: int) -> tuple[Tensor, Tensor]:
        """Two silent frames with phase 0."""
        return self.bin_index.new_zeros(batch, 2, self.bins), self.bin_index.new_zeros(batch, self.bins)

    def forward(
        self, root: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """root √M [B, L, F] → phases in turns [B, L, F] of the frames one earlier; a guess at those of the
        frames themselves, [B, L, F]; new state."""
        recent, phase = state
        context = torch.cat([recent, root], dim=1)
        owner, phases, onward = self._steps(context.clamp_min(SILENT_ROOT))
        for frame_owner, frame_phase in zip(owner.unbind(1), phases.unbind(1), strict=False):
            phase = frame_phase.add_(torch.gather(phase, 1, frame_owner)).frac_()
        guess = onward.add_(torch.gather(phases, 2, owner[:, 1:])).frac_()
        return phases, guess, (context[:, -2:], phase)

    def _steps(self, root: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Bin whose last phase each bin continues, and what is added to it, turns in (−1, 1).

        root: of L + 2 frames. Owners are of all but the first, [B, L + 1, F]; steps are of the inner L, and,
        as a guess, of the last L.
        """
        edged = nn.functional.pad(root, (1, 1))
        before, here, after = root[:, :-2], root[:, 1:-1], root[:, 2:]
        peak = _peaks(edged)
        is_new = _positive(root[:, 1:] - ONSET_GROWTH * root[:, :-1])
        owner = self._align_onsets(self._nearest(peak[:, 1:]), root[:, 1:], is_new).long()
        steady = peak[:, :-1] * peak[:, 1:]
        offset = self._frequency_offset(edged[:, :-1] * edged[:, 1:], steady) * peak[:, 1:]
        advance = self.bin_phase + self.hop_turns * offset
        delay = self._delay(before, here, after, is_new[:, :-1])
        delay_onward = self._delay(here, after, self._next(before, here, after), is_new[:, 1:])
        return (
            owner,
            self._step(advance[:, :-1], owner[:, :-1], delay),
            self._step(advance[:, 1:], owner[:, 1:], delay_onward),
        )

    def _step(self, advance: Tensor, owner: Tensor, delay: Tensor) -> Tensor:
        """What is added to the owner's last phase: its advance, and the slope from it to each bin."""
        slope = torch.cumsum(delay, dim=2) - 0.5 * delay  # of the delay alone; the −½ a bin is in bin_phase
        return torch.frac(torch.gather(advance + slope, 2, owner) - slope + self.bin_parity)

    def _frequency_offset(self, magnitude: Tensor, steady: Tensor) -> Tensor:
        """From a peak's bin to its partial's frequency, in bins; both formulas are exact for a Hann sine.

        magnitude: the geometric mean before and after the hop, with an edge bin on either side. It stands
        for the hop itself, and cancels the beating of two partials in one main lobe (the mean log of
        |A + B·e^jθ| over θ is that of the larger). From the peak and its larger neighbour alone where
        partials crowd or stand still, since the smaller neighbour may belong to somebody else; from both
        in noise.
        """
        left, peak, right = magnitude[..., :-2], magnitude[..., 1:-1], magnitude[..., 2:]
        difference = right - left
        from_three = 2.0 * difference / (left + 2.0 * peak + right)
        larger = torch.maximum(left, right)
        from_two = torch.sign(difference) * (2.0 * larger - peak) / (peak + larger)
        alone = torch.maximum(steady, self.is_crowded)
        return torch.lerp(from_three, from_two, alone).clamp(-1.0, 1.0)

    def _nearest(self, peak: Tensor) -> Tensor:
        """Index of the nearest peak along the last axis, the lower of two; there is one in every row."""
        far = 3.0 * self.bins
        index = self.bin_index
        below = torch.cummax(peak * (index + far) - far, dim=-1).values
        above = torch.cummax((peak * (far - index) - far).flip(-1), dim=-1).values.flip(-1)  # negative
        return torch.lerp(-above, below, _positive(below - above - 2.0 * index + 0.5))

    def _align_onsets(self, owner: Tensor, here: Tensor, is_new: Tensor) -> Tensor:
        """A peak that was not there a hop ago starts in line with the strongest bin that was."""
        candidate = here * (1.0 - is_new).clamp_min(1e-20)
        anchor = torch.argmax(candidate, dim=2, keepdim=True).to(owner.dtype)
        return torch.lerp(owner, anchor.expand_as(owner), torch.gather(is_new, 2, owner.long()))

    def _next(self, first: Tensor, second: Tensor, third: Tensor) -> Tensor:
        """A guess at the root that follows three: as far as they are equal, the same again; as far as they
        are those of an impulse, which lie on a sine of one hop_angle a frame, the next point of the sine."""
        turn = 2.0 * math.cos(self.hop_angle)
        curvature = (first + third - turn * second) / (first + second + third)
        equal = curvature * (3.0 / (2.0 - turn))
        return torch.lerp(turn * third - second, third, equal.clamp(0.0, 1.0)).clamp_min(SILENT_ROOT)

    def _delay(self, before: Tensor, here: Tensor, after: Tensor, is_new: Tensor) -> Tensor:
        """Where in the window each bin's energy lies, in windows from the centre."""
        steady = (after - before) / (after + before) * (1.0 / math.tan(self.hop_angle))
        entering = (after / here - math.cos(self.hop_angle)) * (1.0 / math.sin(self.hop_angle))
        entering = entering.clamp(-STEEPEST_TANGENT, STEEPEST_TANGENT)
        return torch.atan(torch.lerp(steady, entering, is_new)) * (1.0 / math.pi)


def _positive(x: Tensor) -> Tensor:
    """1 where x > 0, else 0."""
    return torch.sign(x).clamp_min(0.0)


def _peaks(edged: Tensor) -> Tensor:
    """1 at local maxima along the last axis, [..., F + 2] → [..., F]; 0 beyond both edges makes one a row."""
    rises = _positive(edged[..., 1:] - edged[..., :-1])
    return rises[..., :-1] * (1.0 - rises[..., 1:])
