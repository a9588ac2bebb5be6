"""Bands of a frame → what the bottleneck squeezes."""

from __future__ import annotations

from torch import Tensor, nn

from timbrespace.config import ModelConfig
from timbrespace.model.blocks import CausalStack


class Encoder(nn.Module):
    """bands [B, L, M] → [B, L, outputs], causal, with state."""

    def __init__(self, config: ModelConfig, outputs: int) -> None:
        super().__init__()
        self.enter = nn.Linear(config.signal.bands, config.width)
        self.stack = CausalStack(config.width, config.kernel, config.expansion, config.encoder_blocks)
        self.norm = nn.LayerNorm(config.width)
        self.leave = nn.Linear(config.width, outputs)

    def initial_state(self, batch: int) -> list[Tensor]:
        """Nothing heard yet."""
        return self.stack.initial_state(batch)

    def forward(self, bands: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """bands [B, L, M] → [B, L, outputs], new state."""
        hidden, state = self.stack(self.enter(bands), state)
        return self.leave(self.norm(hidden)), state
