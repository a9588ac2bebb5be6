"""The one building block of encoder and decoder: causal in time, with its left context as state."""

import torch
from torch import Tensor, nn


class CausalBlock(nn.Module):
    """Residual block: causal depthwise convolution over frames, norm, two-layer gated perceptron per frame.

    After ConvNeXt (Liu et al. 2022), turned causal, with the gate of Shazeer (2020): a product of two
    linear maps, as a spectrum is one of partials and envelope. With kernel 1 a frame knows nothing of its
    neighbours.
    """

    def __init__(self, width: int, kernel: int, expansion: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.taps = nn.Parameter(torch.zeros(kernel, width))
        nn.init.normal_(self.taps, std=0.5 / kernel)
        with torch.no_grad():
            self.taps[-1] += 1.0
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 2 * width * expansion)
        self.narrow = nn.Linear(width * expansion, width)

    def forward(self, x: Tensor, left: Tensor) -> tuple[Tensor, Tensor]:
        """x [B, L, W], left [B, kernel − 1, W] → y [B, L, W], new left."""
        if self.kernel == 1:
            return self._per_frame(x, x * self.taps[0]), left
        count = x.shape[1]
        context = torch.cat([left, x], dim=1)
        mixed = context[:, :count] * self.taps[0]
        for tap in range(1, self.kernel):
            mixed = torch.addcmul(mixed, context[:, tap : tap + count], self.taps[tap])
        return self._per_frame(x, mixed), context[:, count:]

    def _per_frame(self, x: Tensor, mixed: Tensor) -> Tensor:
        """x and what its neighbours make of it [B, L, W] → y [B, L, W]."""
        value, gate = self.widen(self.norm(mixed)).chunk(2, dim=2)
        return x + self.narrow(value * nn.functional.gelu(gate))


class CausalStack(nn.Module):
    """Blocks one after another; the state is a list with one left context a block."""

    def __init__(self, width: int, kernel: int, expansion: int, count: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(CausalBlock(width, kernel, expansion) for _ in range(count))
        self.context_frames = count * (kernel - 1)
        self.context_shape = (kernel - 1, width)

    def initial_state(self, batch: int) -> list[Tensor]:
        """No context for any block: [B, kernel − 1, W] each."""
        parameter = next(self.parameters())
        return [parameter.new_zeros(batch, *self.context_shape) for _ in self.blocks]

    def forward(self, x: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """x [B, L, W] → y [B, L, W], new state."""
        following: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            x, left = block(x, state[number])
            following.append(left)
        return x, following
