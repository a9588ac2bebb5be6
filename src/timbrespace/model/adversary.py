"""The latent regressor that predicts loudness, behind a gradient reversal (Ganin & Lempitsky 2015).

It learns to read the loudness from the latents while the encoder, which gets its gradient with the sign
turned, learns to leave none in them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class ReverseGradient(torch.autograd.Function):
    """Identity forward; backward multiplies the gradient by −strength."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, strength: float) -> Tensor:
        """x, any shape, unchanged."""
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """−strength × gradient."""
        return -ctx.strength * gradient, None


class Adversary(nn.Module):
    """Standardised posterior means [N, D] → flattened loudness in (0, 1), [N]."""

    def __init__(self, latents: int, width: int = 128) -> None:
        super().__init__()
        self.standardise = nn.BatchNorm1d(latents, affine=False)
        self.layers = nn.Sequential(
            nn.Linear(latents, width),
            nn.GELU(),
            nn.Linear(width, width),
            nn.GELU(),
            nn.Linear(width, 1),
            nn.Sigmoid(),
        )

    def forward(self, mean: Tensor, strength: float) -> Tensor:
        """mean [N, D], strength of the reversal → flattened loudness [N]."""
        hidden = self.standardise(ReverseGradient.apply(mean, strength))
        return self.layers(hidden).squeeze(-1)
