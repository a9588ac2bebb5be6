"""A part of the frame before in every frame, so that one code glides into the next.

Neighbouring frames of a sound that hardly moves fall on different codes, and decoded one by one they flicker.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.features import DB_PER_NEPER


class GlideState(NamedTuple):
    """The frame before."""

    log_magnitude: Tensor  # [B, 1, F], at 0 dBFS
    aperiodicity: Tensor  # [B, 1, F]
    loudness_db: Tensor  # [B, 1], dBFS


class Glide(nn.Module):
    """Magnitudes and aperiodicity of a frame averaged with those of the one before, which weighs `share`.

    A frame that was softer weighs less in proportion, silence nothing: what stood before an onset is not
    lifted by it. What lies further back is forgotten. With a share of 0 nothing glides, and the state stays.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def initial_state(self, batch: int, like: Tensor) -> GlideState:
        """Silence. like: [F], where the state is to be."""
        nothing = like.new_zeros(batch, 1, len(like))
        return GlideState(nothing, nothing, like.new_full((batch, 1), LOUDNESS_FLOOR_DB))

    def forward(
        self, log_magnitude: Tensor, aperiodicity: Tensor, loudness_db: Tensor, state: GlideState
    ) -> tuple[Tensor, Tensor, GlideState]:
        """log magnitudes at 0 dBFS and aperiodicity [B, L, F], loudness_db [B, L] → the first two, gliding;
        new state."""
        if self.share == 0.0:
            return log_magnitude, aperiodicity, state
        following = GlideState(log_magnitude[:, -1:], aperiodicity[:, -1:], loudness_db[:, -1:])
        before_db = _before(loudness_db, state.loudness_db)
        rise_db = loudness_db - before_db.masked_fill(before_db <= LOUDNESS_FLOOR_DB, -math.inf)
        weight = self.share * torch.exp(-rise_db.clamp_min(0.0) / DB_PER_NEPER).unsqueeze(2)
        here = log_magnitude + torch.log1p(-weight)
        before = _before(log_magnitude, state.log_magnitude) + torch.log(weight)
        aperiodicity = torch.lerp(aperiodicity, _before(aperiodicity, state.aperiodicity), weight)
        return torch.logaddexp(here, before), aperiodicity, following


def _before(frames: Tensor, previous: Tensor) -> Tensor:
    """Every frame's predecessor: [B, L, …] and what stood before them [B, 1, …] → [B, L, …]."""
    return torch.cat([previous, frames[:, :-1]], dim=1)
