"""A part of the frames before in every frame, so that one code glides into the next.

Neighbouring frames of a sound that hardly moves fall on different codes, and decoded one by one they flicker.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.features import DB_PER_NEPER


class GlideState(NamedTuple):
    """The frames before, G of them, the oldest first."""

    log_magnitude: Tensor  # [B, G, F], at 0 dBFS
    aperiodicity: Tensor  # [B, G, F]
    loudness_db: Tensor  # [B, G], dBFS


class Glide(nn.Module):
    """Magnitudes and aperiodicity of a frame averaged with those before it.

    shares: what the frame before weighs, the one before that, and so on; the frame itself weighs the rest. A
    frame that was softer weighs less in proportion, silence nothing: what stood before an onset is not lifted
    by it. What lies further back is forgotten. Without shares nothing glides.
    """

    def __init__(self, shares: Sequence[float]) -> None:
        super().__init__()
        self.shares = tuple(share for share in shares if share > 0.0)

    @classmethod
    def across(cls, frames: int) -> Glide:
        """The mean of so many frames, this one counted: held codes cross-fade over as many frames."""
        return cls([1.0 / frames] * (frames - 1))

    def initial_state(self, batch: int, like: Tensor) -> GlideState:
        """Silence. like: [F], where the state is to be."""
        frames = max(1, len(self.shares))
        nothing = like.new_zeros(batch, frames, len(like))
        return GlideState(nothing, nothing, like.new_full((batch, frames), LOUDNESS_FLOOR_DB))

    def forward(
        self, log_magnitude: Tensor, aperiodicity: Tensor, loudness_db: Tensor, state: GlideState
    ) -> tuple[Tensor, Tensor, GlideState]:
        """log magnitudes at 0 dBFS and aperiodicity [B, L, F], loudness_db [B, L] → the first two, gliding;
        new state."""
        if not self.shares:
            return log_magnitude, aperiodicity, state
        magnitudes = torch.cat([state.log_magnitude, log_magnitude], dim=1)
        noisy = torch.cat([state.aperiodicity, aperiodicity], dim=1)
        levels_db = torch.cat([state.loudness_db, loudness_db], dim=1)
        weights = [self._weight(back, levels_db) for back in range(1, len(self.shares) + 1)]
        rest = 1.0 - torch.stack(weights).sum(dim=0)
        glided = log_magnitude + torch.log(rest)
        mixed = rest * aperiodicity
        for back, weight in enumerate(weights, start=1):
            glided = torch.logaddexp(glided, self._earlier(magnitudes, back) + torch.log(weight))
            mixed = mixed + weight * self._earlier(noisy, back)
        kept = len(self.shares)
        following = GlideState(magnitudes[:, -kept:], noisy[:, -kept:], levels_db[:, -kept:])
        return glided, mixed, following

    def _weight(self, back: int, levels_db: Tensor) -> Tensor:
        """What the frame `back` frames earlier weighs in every frame, [B, L, 1]; 0 where it was silent."""
        here, before = levels_db[:, len(self.shares) :], self._earlier(levels_db, back)
        rise_db = here - before.masked_fill(before <= LOUDNESS_FLOOR_DB, -math.inf)
        softer = torch.exp(-rise_db.clamp_min(0.0) / DB_PER_NEPER)
        return (self.shares[back - 1] * softer).unsqueeze(2)

    def _earlier(self, frames: Tensor, back: int) -> Tensor:
        """Frames with G earlier ones in front, [B, G + L, …] → those `back` frames earlier, [B, L, …]."""
        start = len(self.shares) - back
        return frames[:, start : frames.shape[1] - back]
