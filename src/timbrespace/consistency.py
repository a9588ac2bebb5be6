"""Phases of overlapping frames made to agree, without waiting for any later frame.

Magnitudes with integrated phases are in general not the spectra of any sound: neighbouring frames say
different things about the samples they share. A projection onto spectra that some sound has (Griffin &
Lim 1984) adds the frames up, looks at the sum through the window again, and keeps the phases it sees
there; going a little past where it leads makes few rounds do (Perraudin, Balazs & Søndergaard 2013). The
frame after the one at hand must be in the sum: without it hardly anything is gained, with two more
hardly anything more. A guess at it stands in for it, which is itself made to agree with all that came
before.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from timbrespace.config import SignalConfig
from timbrespace.spectrum import squared_magnitude

ROUNDS = 5
PAST = 0.6  # of the way from one round's projection to the next, once more
LEAST_POWER = 1e-30  # keeps the phase of nothing finite


class Consistency(nn.Module):
    """State: what the frames so far say of the next one's samples, in each round, [B, ROUNDS, n_fft − hop].

    Only what came in is remembered, nothing is fed back: rounding of one frame never reaches a later one.
    """

    window: Tensor
    views: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.n_fft, self.hop = signal.n_fft, signal.hop
        self.overlap = signal.n_fft // signal.hop
        window = torch.hann_window(signal.n_fft)
        pieces = window.square().reshape(self.overlap, signal.hop)
        present = pieces.flip(0).cumsum(0).flip(0).clamp_min(1e-6)  # a frame and those before it
        and_next = present.clone()
        and_next[1:] += pieces[:-1]
        views = torch.stack([window / and_next.reshape(-1), window / present.reshape(-1)])
        self.register_buffer("window", window, persistent=False)
        self.register_buffer("views", views, persistent=False)  # [2, n_fft], of a frame and of a guess

    def initial_state(self, batch: int) -> Tensor:
        """Silence: [B, ROUNDS, n_fft − hop]."""
        return self.window.new_zeros(batch, ROUNDS, self.n_fft - self.hop)

    def forward(
        self, magnitude: Tensor, phase: Tensor, guess: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Frames complex [B, L, F] of the given magnitudes, whose phases agree better; new state.

        magnitude [B, L + 1, F]: of L frames and the one after them. phase [B, L, F]: of the frames, in turns.
        guess [B, L, F]: at the phase of the frame after each of them.
        """
        wanted = torch.stack([magnitude[:, :-1], magnitude[:, 1:]], dim=2)
        pairs, last_seen = polar(wanted, torch.stack([phase, guess], dim=2)), None
        kept = []
        for index in range(ROUNDS):
            said = self._say(pairs)
            summed = self._add_up(said[:, :, 0], state[:, index])
            kept.append(summed[:, -1, 1 : self.overlap].flatten(1).clone())
            summed[:, :, 1:] += said[:, :, 1]
            looked_at = 1 if index == ROUNDS - 1 else 2  # after the last round nobody asks for the guesses
            seen = self._see(summed, looked_at)
            onward = seen if last_seen is None else _lerp(last_seen[:, :, :looked_at], seen, 1.0 + PAST)
            pairs, last_seen = _with_magnitude(onward, wanted[:, :, :looked_at]), seen
        return pairs[:, :, 0], torch.stack(kept, dim=1)

    def _say(self, pairs: Tensor) -> Tensor:
        """Frames and guesses, complex [B, L, 2, F] → windowed samples hop by hop, [B, L, 2, R, hop]."""
        samples = torch.fft.irfft(pairs, n=self.n_fft) * self.window
        return samples.unflatten(3, (self.overlap, self.hop))

    def _add_up(self, said: Tensor, state: Tensor) -> Tensor:
        """What each frame and those before say of its samples and of a hop more: [B, L, R, hop], state
        [B, (R − 1)·hop] → [B, L, R + 1, hop]."""
        count, overlap = said.shape[1], self.overlap
        summed = nn.functional.pad(said, (0, 0, 0, 1))
        for later in range(1, min(overlap, count)):
            summed[:, later:, : overlap - later] += said[:, : count - later, later:]
        before = state.unflatten(1, (overlap - 1, self.hop))
        for later in range(min(overlap - 1, count)):
            summed[:, later, : overlap - 1 - later] += before[:, later:]
        return summed

    def _see(self, summed: Tensor, count: int) -> Tensor:
        """Samples [B, L, R + 1, hop] through the windows of frame and guess, the first `count` of these:
        complex [B, L, count, F]."""
        looks = summed.flatten(2).unfold(2, self.n_fft, self.hop)[:, :, :count]
        return torch.fft.rfft(looks * self.views[:count])


def polar(magnitude: Tensor, turns: Tensor) -> Tensor:
    """Complex numbers of any shape; quicker than torch.polar."""
    angle = turns * (2.0 * math.pi)
    return torch.complex(magnitude * torch.cos(angle), magnitude * torch.sin(angle))


def _lerp(start: Tensor, end: Tensor, weight: float) -> Tensor:
    """torch.lerp of complex numbers, several times quicker."""
    return torch.view_as_complex(torch.lerp(torch.view_as_real(start), torch.view_as_real(end), weight))


def _with_magnitude(spectra: Tensor, magnitude: Tensor) -> Tensor:
    """Complex numbers scaled to `magnitude`, of the same shape; nothing has phase 0 of no length."""
    scale = magnitude * torch.rsqrt(squared_magnitude(spectra) + LEAST_POWER)
    return torch.view_as_complex(torch.view_as_real(spectra) * scale.unsqueeze(-1))
