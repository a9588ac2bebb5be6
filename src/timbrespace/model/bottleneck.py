"""What is left of a frame between encoder and decoder: a Gaussian latent or one code of a book.

Both squeeze hidden [B, L, H] to latents [B, L, D]. `forward` is for training and draws or learns; `settle`
is for use and is deterministic.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.config import Kind, ModelConfig


class Squeezed(NamedTuple):
    """A training pass through a bottleneck."""

    latents: Tensor  # [B, L, D], as the decoder gets them
    mean: Tensor  # [B, L, D], before sampling or quantising
    cost: Tensor  # [B, L, D], KL divergence in nats, or squared distance to the code


class Bottleneck(nn.Module, ABC):
    """inputs: width H that it wants from the encoder; conditions: channels the decoder is told besides.

    codebook: [K, D], K = 0 where there are no codes. learner: what moves the codes while training.
    """

    inputs: int
    conditions: int
    codebook: Tensor
    learner: nn.Module | None

    def __init__(self) -> None:
        super().__init__()
        self.learner = None

    @abstractmethod
    def forward(self, hidden: Tensor) -> Squeezed:
        """hidden [B, L, H] → `Squeezed`, differentiable, with torch's global random generator."""

    @abstractmethod
    def settle(self, hidden: Tensor) -> Tensor:
        """hidden [B, L, H] → latents [B, L, D], the same every time."""

    @abstractmethod
    def nearest(self, latents: Tensor) -> Tensor:
        """latents [..., D] → the closest ones that the decoder has learnt to hear."""

    @abstractmethod
    def codes(self, latents: Tensor) -> Tensor | None:
        """latents [..., D] → index of the nearest code, int64 [...]; None where there are no codes."""

    @abstractmethod
    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Independent latents [count, D] from the prior."""


class Gaussian(Bottleneck):
    """Diagonal Gaussian posterior against N(0, 1), reparametrised (Kingma & Welling 2014)."""

    conditions = 1

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inputs = 2 * config.latents
        self.register_buffer("codebook", torch.zeros(0, config.latents), persistent=False)

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

    def nearest(self, latents: Tensor) -> Tensor:
        """Any latent will do."""
        return latents

    def codes(self, latents: Tensor) -> None:
        """There are none."""
        return

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Latents [count, D] from N(0, 1)."""
        return torch.randn(count, self.codebook.shape[1], generator=generator)


class Quantised(Bottleneck):
    """Nearest code of a book (van den Oord et al. 2017); `codebook` is [K, D].

    Training moves the codes by exponential averages in `vector-quantize-pytorch`; that learner hangs on
    here only while `learn` has been called, and the codebook is all that use needs.
    """

    conditions = 0

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inputs = config.latents
        self.register_buffer("codebook", torch.zeros(config.codes, config.latents))

    def forward(self, hidden: Tensor) -> Squeezed:
        """Quantise with the learner where there is one (straight-through gradient), else pass hidden on."""
        if self.learner is None:
            return Squeezed(hidden, hidden, torch.zeros_like(hidden))
        latents, _, _ = self.learner(hidden)
        return Squeezed(latents, hidden, (hidden - latents.detach()).square())

    def settle(self, hidden: Tensor) -> Tensor:
        """The nearest code's vector."""
        return self.nearest(hidden)

    def nearest(self, latents: Tensor) -> Tensor:
        """The nearest code's vector."""
        return self.codebook[self.codes(latents)]

    def codes(self, latents: Tensor) -> Tensor:
        """latents [..., D] → index of the nearest code, int64 [...]."""
        distance = self.codebook.square().sum(dim=1) - 2.0 * latents @ self.codebook.T
        return distance.argmin(dim=-1)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Vectors [count, D] of equally likely codes."""
        return self.codebook[torch.randint(len(self.codebook), (count,), generator=generator)]


BOTTLENECKS: dict[Kind, type[Gaussian] | type[Quantised]] = {"continuous": Gaussian, "discrete": Quantised}
