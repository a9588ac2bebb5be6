"""The latent regressors that predict loudness, behind a gradient reversal (Ganin & Lempitsky 2015).

They learn to read the loudness from the latents while the encoder, which gets their gradient with the sign
turned, learns to leave none in them. A regressor that lags behind pushes the encoder about without
clearing anything, so these learn by themselves, several times a step, from what the encoder said of late.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

MEMORY = 2048  # frames of the latest batches
UPDATES = 4  # of the regressor in every training step
DRAWN = 512  # remembered frames for each of them
LEARNING_RATE = 2e-3
DECAYS = (0.9, 0.99)  # of Adam's two averages (Kingma & Ba 2015)

SKILL_MEMORY = 0.95  # of the running skill, a step
LEAST_SKILL = 0.2  # as which it counts at the least
LEAST_SPREAD = 1e-3  # variance of the flattened loudness of a batch that says something about skill


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
    """Posterior means [N, D], standardised here, → flattened loudness in (0, 1), [N]: three layers.

    Weights, Adam's averages and the memory are buffers: no optimiser but its own moves them, checkpoints
    hold them, and several processes share those of the first.
    """

    weights: Tensor
    slope: Tensor
    square: Tensor
    means: Tensor
    loudness: Tensor
    seen: Tensor
    updates: Tensor

    def __init__(self, latents: int, width: int = 128) -> None:
        super().__init__()
        layers = [nn.Linear(latents, width), nn.Linear(width, width), nn.Linear(width, 1)]
        self.shapes = [parameter.shape for layer in layers for parameter in layer.parameters()]
        flat = torch.cat([p.detach().flatten() for layer in layers for p in layer.parameters()])
        self.register_buffer("weights", flat)
        self.register_buffer("slope", torch.zeros_like(flat))
        self.register_buffer("square", torch.zeros_like(flat))
        self.register_buffer("means", torch.zeros(MEMORY, latents))
        self.register_buffer("loudness", torch.zeros(MEMORY))
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))
        self.register_buffer("updates", torch.zeros((), dtype=torch.int64))

    def forward(self, mean: Tensor, strength: float) -> Tensor:
        """mean [N, D], strength of the reversal → flattened loudness [N]."""
        return self._read(ReverseGradient.apply(mean, strength), self.weights)

    @torch.no_grad()
    def learn(self, mean: Tensor, loudness: Tensor) -> None:
        """Remember mean [N, D] with its flattened loudness [N], and learn from all that is remembered.

        Draws with torch's global generator. Nothing happens before there is anything.
        """
        sane = mean.isfinite().all(dim=1) & loudness.isfinite()
        mean, loudness = mean[sane][-MEMORY:].detach(), loudness[sane][-MEMORY:]
        place = (self.seen + torch.arange(len(mean), device=mean.device)) % MEMORY
        self.means[place], self.loudness[place] = mean, loudness
        self.seen += len(mean)
        known = min(int(self.seen), MEMORY)
        for _ in range(UPDATES if known else 0):
            drawn = torch.randint(known, (DRAWN,), device=mean.device)
            self._update(self.means[drawn], self.loudness[drawn])

    def _update(self, mean: Tensor, loudness: Tensor) -> None:
        """One step of Adam on the squared error."""
        weights = self.weights.clone().requires_grad_()
        with torch.enable_grad():
            error = (self._read(mean, weights) - loudness).square().mean()
            (gradient,) = torch.autograd.grad(error, weights)
        self.updates += 1
        self.slope.lerp_(gradient, 1.0 - DECAYS[0])
        self.square.lerp_(gradient.square(), 1.0 - DECAYS[1])
        count = int(self.updates)
        slope, square = self.slope / (1.0 - DECAYS[0] ** count), self.square / (1.0 - DECAYS[1] ** count)
        self.weights -= LEARNING_RATE * slope / (square.sqrt() + 1e-8)

    def _read(self, mean: Tensor, weights: Tensor) -> Tensor:
        """mean [N, D] → [N], with any weights."""
        sizes = [shape.numel() for shape in self.shapes]
        parts = [part.view(shape) for part, shape in zip(weights.split(sizes), self.shapes, strict=True)]
        reference = mean if self.training else self.means[: min(int(self.seen), MEMORY)]
        hidden = mean
        if len(reference) > 1:  # with a gradient: running out of the range known gains the encoder nothing
            hidden = (mean - reference.mean(dim=0)) / (reference.var(dim=0) + 1e-5).sqrt()
        for index in (0, 2):
            hidden = nn.functional.gelu(nn.functional.linear(hidden, parts[index], parts[index + 1]))
        return torch.sigmoid(nn.functional.linear(hidden, parts[4], parts[5])).squeeze(-1)


class CrossReaders(nn.Module):
    """Two adversaries, each of which learns from one half of the sources and reads the other.

    One that read what it had learnt from would know every recording by its timbre, and its loudness by
    heart; clearing that away means clearing away what tells recordings apart. The reversed gradient is
    scaled by the skill of the two, the share of the variance of the loudness that they explain, and never
    less than LEAST_SKILL: the skill is that of readers who lag behind. And it comes only from frames that are
    read better than guessed. To be read worse than that would gain the encoder nothing but the distance to
    where the readers are just then.
    """

    skill: Tensor

    def __init__(self, latents: int) -> None:
        super().__init__()
        self.first, self.second = Adversary(latents), Adversary(latents)
        self.register_buffer("skill", torch.ones(()))

    def forward(self, mean: Tensor, rank: Tensor, heard: Tensor, fold: Tensor, strength: float) -> Tensor:
        """mean [B, L, D], rank [B, L] (flattened loudness), heard [B, L] (frames that count), fold [B] (0 or
        1) → mean squared error, a scalar; in training, learn and keep account of the skill besides."""
        predicted = torch.zeros_like(rank)
        push = strength * max(float(self.skill), LEAST_SKILL)
        for index, adversary in enumerate((self.first, self.second)):
            known, new = heard & (fold == index)[:, None], heard & (fold != index)[:, None]
            if self.training:
                adversary.learn(mean[known], rank[known])
            predicted = predicted.masked_scatter(new, adversary(mean[new], push))
        count = heard.sum().clamp_min(1)
        centre = (rank * heard).sum() / count
        of_guess = (rank - centre).square()
        squared = (predicted - rank).square()
        squared = torch.where(squared < of_guess, squared, squared.detach())
        error = (squared * heard).sum() / count
        if self.training:
            spread = (of_guess * heard).sum() / count
            skill = (1.0 - error.detach() / spread).clamp(0.0, 1.0)
            if spread > LEAST_SPREAD and skill.isfinite():
                self.skill.lerp_(skill, 1.0 - SKILL_MEMORY)
        return error
