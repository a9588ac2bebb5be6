"""From the latents of training to those of use: an invertible principal component rotation, and back.

Over the data set the rotated dimensions are uncorrelated, centred, of unit variance, and ordered by how
much they move the latent; dimension 0 moves most.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

LEAST_SCALE = 0.05  # of the prior's unit deviation: a dimension under it says nothing and is not amplified


class Rotation(nn.Module):
    """z = ((latents − centre) @ axes) / scale. Starts as the identity."""

    centre: Tensor
    axes: Tensor
    scale: Tensor
    active: Tensor

    def __init__(self, latents: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(latents))
        self.register_buffer("axes", torch.eye(latents))
        self.register_buffer("scale", torch.ones(latents))
        self.register_buffer("active", torch.ones(latents, dtype=torch.bool))

    def forward(self, latents: Tensor) -> Tensor:
        """latents [..., D] of the bottleneck → z [..., D]."""
        return ((latents - self.centre) @ self.axes) / self.scale

    def back(self, z: Tensor) -> Tensor:
        """z [..., D] → latents [..., D] of the bottleneck."""
        return (z * self.scale) @ self.axes.T + self.centre

    @torch.no_grad()
    def fit(self, latents: Tensor) -> None:
        """Learn centre, axes and scale from latents [N, D] of the data set.

        The sign of an axis is chosen so that its largest entry is positive, so that the result does not
        hang on the linear algebra library. Dimensions whose deviation is under LEAST_SCALE are marked
        inactive and keep that scale.
        """
        data = latents.double()
        centre = data.mean(dim=0)
        covariance = (data - centre).T @ (data - centre) / max(len(data) - 1, 1)
        variance, axes = torch.linalg.eigh(covariance)
        variance, axes = variance.flip(0).clamp_min(0.0), axes.flip(1)
        largest = axes.abs().argmax(dim=0)
        axes = axes * torch.where(axes.gather(0, largest[None])[0] < 0, -1.0, 1.0)
        deviation = variance.sqrt()
        self.centre.copy_(centre)
        self.axes.copy_(axes)
        self.scale.copy_(deviation.clamp_min(LEAST_SCALE))
        self.active.copy_(deviation >= LEAST_SCALE)
