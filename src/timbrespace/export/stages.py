"""Recorded steps as modules behind an interface, so that torch prepares each of them once.

TorchScript looks at a function when it is first called, and again the second time, which takes a tenth of
a second: a drop-out. What is called directly is looked at anew within each of its callers; what is called by
way of an interface has its preparation to itself, so it can be called at loading and is ready on stage.

TorchScript reads the annotations of this file as they stand, so they are not postponed.
"""

import torch
from torch import Tensor, nn


@torch.jit.interface
class Encoding(nn.Module):
    """x, state → what is heard, state."""

    def forward(self, x: Tensor, numbers: Tensor, whole: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # type: ignore[empty-body]
        pass


@torch.jit.interface
class Decoding(nn.Module):
    """series, state, noisiness, seed → sound, state."""

    def forward(  # type: ignore[empty-body]
        self, x: Tensor, numbers: Tensor, whole: Tensor, noisiness: Tensor, seed: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        pass


class EncodingStage(nn.Module):
    """A recorded step of `steps.encoding`."""

    def __init__(self, step: torch.jit.ScriptFunction) -> None:
        super().__init__()
        self.step = step

    def forward(self, x: Tensor, numbers: Tensor, whole: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `Encoding`."""
        return self.step(x, numbers, whole)


class DecodingStage(nn.Module):
    """A recorded step of `steps.decoding`."""

    def __init__(self, step: torch.jit.ScriptFunction) -> None:
        super().__init__()
        self.step = step

    def forward(
        self, x: Tensor, numbers: Tensor, whole: Tensor, noisiness: Tensor, seed: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """As `Decoding`."""
        return self.step(x, numbers, whole, noisiness, seed)
