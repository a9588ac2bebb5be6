"""Latents (and loudness, in the continuous model) → log magnitudes and aperiodicity of a frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from timbrespace.bands import band_interpolation
from timbrespace.config import ModelConfig
from timbrespace.model.blocks import CausalStack

LEAST_SQUARE = 1e-8  # of a²: −80 dB of noise; the slope of the root is infinite at 0
TONAL = 0.1  # a² that vibrato and breath leave in the bands of a held note


class Decoder(nn.Module):
    """latents [B, L, D] and condition [B, L, C] → log magnitudes [B, L, F], a² by band [B, L, A].

    The discrete model's decoder sees one frame only; what stood before it is heard one frame on, in `Glide`.
    """

    interpolation: Tensor
    mean_log_magnitude: Tensor

    def __init__(self, config: ModelConfig, conditions: int) -> None:
        super().__init__()
        signal = config.signal
        kernel = config.kernel if config.kind == "continuous" else 1
        self.bins = signal.bins
        self.enter = nn.Linear(config.latents + conditions, config.width)
        self.stack = CausalStack(config.width, kernel, config.expansion, config.decoder_blocks)
        self.norm = nn.LayerNorm(config.width)
        self.leave = nn.Linear(config.width, signal.bins + signal.aperiodicity_bands)
        interpolation = torch.from_numpy(band_interpolation(signal.bins, signal.aperiodicity_bands))
        self.register_buffer("interpolation", interpolation, persistent=False)
        self.register_buffer("mean_log_magnitude", torch.full((signal.bins,), -3.0))

    def initial_state(self, batch: int) -> list[Tensor]:
        """Nothing decoded yet."""
        return self.stack.initial_state(batch)

    def forward(
        self, latents: Tensor, condition: Tensor, state: list[Tensor]
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """latents [B, L, D], condition [B, L, C] → log magnitudes [B, L, F], a² [B, L, A], new state."""
        hidden, state = self.stack(self.enter(torch.cat([latents, condition], dim=2)), state)
        out = self.leave(self.norm(hidden))
        log_magnitude = out[..., : self.bins] + self.mean_log_magnitude
        return log_magnitude, torch.sigmoid(out[..., self.bins :]), state

    def aperiodicity(self, squared: Tensor) -> Tensor:
        """a² by band [B, L, A] → a of every bin [B, L, F]; what a steady note shows anyway counts as none."""
        noisy = (squared @ self.interpolation - TONAL) * (1.0 / (1.0 - TONAL))
        return torch.sqrt(noisy.clamp(LEAST_SQUARE, 1.0))
