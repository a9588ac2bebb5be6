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
    view: Tensor
    guess_view: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.n_fft, self.hop = signal.n_fft, signal.hop
        self.overlap = signal.n_fft // signal.hop
        window = torch.hann_window(signal.n_fft)
        pieces = window.square().reshape(self.overlap, signal.hop)
        present = pieces.flip(0).cumsum(0).flip(0).clamp_min(1e-6)  # a frame and those before it
        and_next = present.clone()
        and_next[1:] += pieces[:-1]
        self.register_buffer("window", window, persistent=False)
        self.register_buffer("view", window / and_next.reshape(-1), persistent=False)
        self.register_buffer("guess_view", window / present.reshape(-1), persistent=False)

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
        here, following = magnitude[:, :-1], magnitude[:, 1:]
        frames, guesses = polar(here, phase), polar(following, guess)
        seen, guess_seen, kept = None, None, []
        for index in range(ROUNDS):
            said, guess_said = self._say(frames), self._say(guesses)
            summed = self._add_up(said, state[:, index])
            kept.append(summed[:, -1, 1:].flatten(1).clone())
            if index + 1 < ROUNDS:
                alone = torch.cat([guess_said[:, :, :-1] + summed[:, :, 1:], guess_said[:, :, -1:]], dim=2)
                guesses, guess_seen = self._agreed(alone, self.guess_view, following, guess_seen)
            summed[:, :, 1:] += guess_said[:, :, :-1]
            frames, seen = self._agreed(summed, self.view, here, seen)
        return frames, torch.stack(kept, dim=1)

    def _say(self, frames: Tensor) -> Tensor:
        """complex [B, L, F] → windowed samples hop by hop, [B, L, R, hop]."""
        samples = torch.fft.irfft(frames, n=self.n_fft) * self.window
        return samples.unflatten(2, (self.overlap, self.hop))

    def _add_up(self, said: Tensor, state: Tensor) -> Tensor:
        """What each frame and those before say of its samples: [B, L, R, hop], state [B, (R − 1)·hop]."""
        count, overlap = said.shape[1], self.overlap
        summed = said.clone()
        for later in range(1, min(overlap, count)):
            summed[:, later:, : overlap - later] += said[:, : count - later, later:]
        before = state.unflatten(1, (overlap - 1, self.hop))
        for later in range(min(overlap - 1, count)):
            summed[:, later, : overlap - 1 - later] += before[:, later:]
        return summed

    def _agreed(
        self, samples: Tensor, view: Tensor, magnitude: Tensor, last_seen: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Samples [B, L, R, hop] through the window → `magnitude` with their phases, and what was seen."""
        seen = torch.fft.rfft(samples.flatten(2) * view)
        onward = seen if last_seen is None else _lerp(last_seen, seen, 1.0 + PAST)
        return onward * (magnitude * torch.rsqrt(squared_magnitude(onward) + LEAST_POWER)), seen


def polar(magnitude: Tensor, turns: Tensor) -> Tensor:
    """Complex numbers of any shape; quicker than torch.polar."""
    angle = turns * (2.0 * math.pi)
    return torch.complex(magnitude * torch.cos(angle), magnitude * torch.sin(angle))


def _lerp(start: Tensor, end: Tensor, weight: float) -> Tensor:
    """torch.lerp of complex numbers, several times quicker."""
    return torch.view_as_complex(torch.lerp(torch.view_as_real(start), torch.view_as_real(end), weight))
