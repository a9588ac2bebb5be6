"""Crops played a little faster or slower, so that notes are met at the pitches of their neighbours.

A note that was recorded loud only once teaches where its high partials lie and how strong they are; a soft
one of that pitch hides them in the floor. Played at the pitch of the soft one, its neighbour shows them.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from timbrespace.config import SignalConfig

SPEEDS = (  # samples in for samples out
    (17, 18), (18, 17),  # 99 cents down and up
    (8, 9), (9, 8),  # 204 cents
    (16, 19), (19, 16),  # 298 cents
    (23, 29), (29, 23),  # 401 cents
    (3, 4), (4, 3),  # 498 cents
)  # fmt: skip
TAPS = 128  # of the interpolating filter
STOP_DB = 90.0
TRANSITION = (STOP_DB - 8.0) / (2.285 * math.pi * TAPS)  # its width, 1 is the Nyquist frequency
CROSSFADE = 0.02  # likewise: below what a transposed crop lacks, down to where it is itself again


class Transposition(nn.Module):
    """Crops at other speeds, about equally many at each; what the filter takes is put back."""

    def __init__(self, signal: SignalConfig, samples: int) -> None:
        """samples: T that are wanted of every crop."""
        super().__init__()
        self.samples = samples
        fastest = max(taken / given for taken, given in SPEEDS)
        self.margin = math.ceil(samples * (fastest - 1.0) / 2.0) + TAPS + max(taken for taken, _ in SPEEDS)
        for index, (taken, given) in enumerate(SPEEDS):
            kernel = torch.from_numpy(interpolator(taken, given))
            self.register_buffer(f"kernel{index}", kernel, persistent=False)
            own = torch.from_numpy(share_of_own(taken / given, signal.bins))
            self.register_buffer(f"own{index}", own, persistent=False)

    def centre(self, audio: Tensor) -> Tensor:
        """audio [B, T + 2·margin] → [B, T] as it was recorded."""
        return audio[:, self.margin : self.margin + self.samples]

    def forward(self, audio: Tensor, first: int) -> Tensor:
        """audio [B, T + 2·margin] → [B, T], a run of rows at each speed from the `first` on, round to the one
        before it; the middle stays in place. With fewer rows than speeds the last ones are left out."""
        parts = zip(audio.tensor_split(len(SPEEDS)), _order(first), strict=True)
        return torch.cat([self._played(part, index) for part, index in parts])

    def whole(self, moved: Tensor, recorded: Tensor, first: int) -> Tensor:
        """Spectra [B, L, F] of `forward` with the top of those of `centre`, which they lack."""
        runs = zip(
            moved.tensor_split(len(SPEEDS)), recorded.tensor_split(len(SPEEDS)), _order(first), strict=True
        )
        return torch.cat(
            [there + (here - there) * self.get_buffer(f"own{index}") for here, there, index in runs]
        )

    def _played(self, audio: Tensor, index: int) -> Tensor:
        taken, given = SPEEDS[index]
        blocks = -(-self.samples // given)
        middle = self.margin + self.samples / 2
        first = round(middle - 0.5 * self.samples * taken / given) - TAPS // 2
        needed = audio[:, first : first + (blocks - 1) * taken + taken + TAPS]
        played = needed.unfold(1, taken + TAPS, taken) @ self.get_buffer(f"kernel{index}")
        return played.flatten(1)[:, : self.samples]


def _order(first: int) -> list[int]:
    """Indices of all speeds from one on."""
    return [(first + index) % len(SPEEDS) for index in range(len(SPEEDS))]


def interpolator(taken: int, given: int) -> NDArray[np.float32]:
    """Kaiser-windowed sincs at `given` places in `taken` samples, each of sum 1: [taken + TAPS, given].

    They pass what is under the Nyquist frequency before and after. Formulas: Kaiser & Schafer 1980.
    """
    place = np.arange(given) * taken / given + TAPS // 2
    distance = np.arange(taken + TAPS)[:, None] - place
    cutoff = min(1.0, given / taken) - TRANSITION / 2.0
    inside = np.clip(1.0 - np.square(2.0 * distance / TAPS), 0.0, None)
    window = np.where(np.abs(distance) <= TAPS / 2, np.i0(0.1102 * (STOP_DB - 8.7) * np.sqrt(inside)), 0.0)
    kernel = np.sinc(cutoff * distance) * window
    return np.asarray(kernel / kernel.sum(axis=0), dtype=np.float32)


def share_of_own(speed: float, bins: int) -> NDArray[np.float32]:
    """1 where the spectrum of a crop at that speed is its own, 0 where the filter has taken it, [bins]."""
    top = min(speed, 1.0) - TRANSITION * speed
    place = np.arange(bins) / (bins - 1)
    return np.asarray(np.clip((top - place) / CROSSFADE, 0.0, 1.0), dtype=np.float32)
