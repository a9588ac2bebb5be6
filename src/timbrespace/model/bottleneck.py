"""What is left of a frame between encoder and decoder: a Gaussian latent or one code of a book.

Both squeeze hidden [B, L, H] to latents [B, L, D]. `forward` is for training and draws or learns; `settle`
is for use and is deterministic.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.config import ModelConfig


class Squeezed(NamedTuple):
    """A training pass through a bottleneck."""

    latents: Tensor  # [B, L, D], as the decoder gets them
    mean: Tensor  # [B, L, D], before sampling or quantising
    cost: Tensor  # [B, L, D], KL divergence in nats, or squared distance to the code


class Bottleneck(nn.Module, ABC):
    """inputs: width H that it wants from the encoder; conditions: channels the decoder is told besides."""

    inputs: int
    conditions: int

    @abstractmethod
    def forward(self, hidden: Tensor) -> Squeezed:
        """hidden [B, L, H] → `Squeezed`, differentiable, with torch's global random generator."""

    @abstractmethod
    def settle(self, hidden: Tensor) -> Tensor:
        """hidden [B, L, H] → latents [B, L, D], the same every time."""


class Gaussian(Bottleneck):
    """Diagonal Gaussian posterior against N(0, 1), reparametrised (Kingma & Welling 2014)."""

    conditions = 1

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inputs = 2 * config.latents

    def forward(self, hidden: Tensor) -> Squeezed:
        """Draw a latent; the cost is its KL divergence from the prior."""
        mean, log_variance = hidden.chunk(2, dim=2)
        log_variance = log_variance.clamp(-12.0, 6.0)
        latents = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        divergence = 0.5 * (mean.square() + torch.exp(log_variance) - 1.0 - log_variance)
        return Squeezed(latents, mean, divergence)

    def settle(self, hidden: Tensor) -> Tensor:
        """The posterior mean."""
        return hidden.chunk(2, dim=2)[0]


class Quantised(Bottleneck):
    """Nearest code of a book (van den Oord et al. 2017); `codebook` is [K, D].

    Training moves the codes by exponential averages in `vector-quantize-pytorch`; that learner hangs on
    here only while `learn` has been called, and the codebook is all that use needs.
    """

    conditions = 0
    codebook: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inputs = config.latents
        self.register_buffer("codebook", torch.zeros(config.codes, config.latents))
        self.learner: nn.Module | None = None

    def forward(self, hidden: Tensor) -> Squeezed:
        """Quantise with the learner where there is one (straight-through gradient), else pass hidden on."""
        if self.learner is None:
            return Squeezed(hidden, hidden, torch.zeros_like(hidden))
        latents, _, _ = self.learner(hidden)
        return Squeezed(latents, hidden, (hidden - latents.detach()).square())

    def settle(self, hidden: Tensor) -> Tensor:
        """The nearest code's vector."""
        return self.vectors(self.codes(hidden))

    def codes(self, hidden: Tensor) -> Tensor:
        """hidden [B, L, D] → index of the nearest code, int64 [B, L]."""
        distance = self.codebook.square().sum(dim=1) - 2.0 * hidden @ self.codebook.T
        return distance.argmin(dim=2)

    def vectors(self, codes: Tensor) -> Tensor:
        """codes int64 [B, L] → their vectors [B, L, D]."""
        return self.codebook[codes]


BOTTLENECKS: dict[str, type[Gaussian] | type[Quantised]] = {"continuous": Gaussian, "discrete": Quantised}
