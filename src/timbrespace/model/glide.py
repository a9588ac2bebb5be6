"""A part of the frame before in every frame, so that one code glides into the next.

Neighbouring frames of a sound that hardly moves fall on different codes, and decoded one by one they flicker.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

SILENCE = -30.0  # log magnitude


class GlideState(NamedTuple):
    """The frame before."""

    log_magnitude: Tensor  # [B, 1, F]
    aperiodicity: Tensor  # [B, 1, F]


class Glide(nn.Module):
    """Magnitudes and aperiodicity of a frame averaged with those of the one before, which weighs `share`.

    What lies further back is forgotten. With a share of 0 nothing glides and the state stays as it is.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def initial_state(self, batch: int, like: Tensor) -> GlideState:
        """Silence. like: [F]."""
        return GlideState(like.new_full((batch, 1, len(like)), SILENCE), like.new_zeros(batch, 1, len(like)))

    def forward(
        self, log_magnitude: Tensor, aperiodicity: Tensor, state: GlideState
    ) -> tuple[Tensor, Tensor, GlideState]:
        """log magnitudes and aperiodicity [B, L, F] → the same, gliding; new state."""
        if self.share == 0.0:
            return log_magnitude, aperiodicity, state
        following = GlideState(log_magnitude[:, -1:], aperiodicity[:, -1:])
        here = log_magnitude + math.log1p(-self.share)
        before = _before(log_magnitude, state.log_magnitude) + math.log(self.share)
        aperiodicity = torch.lerp(aperiodicity, _before(aperiodicity, state.aperiodicity), self.share)
        return torch.logaddexp(here, before), aperiodicity, following


def _before(frames: Tensor, previous: Tensor) -> Tensor:
    """Every frame's predecessor: [B, L, F] and what stood before them [B, 1, F] → [B, L, F]."""
    return torch.cat([previous, frames[:, :-1]], dim=1)
