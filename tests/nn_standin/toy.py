"""A scripted module of the contract whose every sample is known beforehand; hop 128, two latents."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

HOP = 128
PARAMS = {
    "forward": (1, 1, 1, 1),
    "encode": (1, 1, 2, HOP),
    "decode": (2, HOP, 1, 1),
    "slow": (2, HOP // 2, 3, HOP),
    "wrong": (1, 1, 1, 1),
}


class Toy(nn.Module):
    """forward: times `gain`. encode: last sample and mean of each frame. decode: an impulse of z0 at each
    frame's first sample, and z1 on the others. slow: frames of two values. wrong: a short answer."""

    def __init__(self) -> None:
        super().__init__()
        for name, params in PARAMS.items():
            self.register_buffer(f"{name}_params", torch.tensor(params))
        self.register_buffer("gain_params", torch.tensor([2]))
        self.register_buffer("reset_params", torch.tensor([1]))
        self.register_buffer("pair_params", torch.tensor([2, 2]))
        self.gain = 1.0
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        if bool((x > 9).any()):
            raise ValueError("too loud")
        self.calls += 1
        return x * self.gain

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        frames = x.reshape(x.shape[0], -1, 128)
        return torch.stack([frames[..., -1], frames.mean(-1)], dim=1)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        frames = z[:, 1, :, None].repeat(1, 1, 128)
        frames[..., 0] = z[:, 0]
        return frames.reshape(z.shape[0], 1, -1)

    @torch.jit.export
    def slow(self, z: Tensor) -> Tensor:
        first, second = z[:, :, 0::2], z[:, :, 1::2]
        return torch.cat([first, second[:, :1] * self.gain], dim=1)

    @torch.jit.export
    def wrong(self, x: Tensor) -> Tensor:
        return x[..., 1:]

    @torch.jit.export
    def get_methods(self) -> list[str]:
        return ["forward", "encode", "decode", "slow", "wrong"]

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        return ["gain", "reset", "pair"]

    @torch.jit.export
    def get_gain(self) -> float:
        return self.gain

    @torch.jit.export
    def set_gain(self, value: float) -> int:
        self.gain = value
        return 0

    @torch.jit.export
    def get_reset(self) -> int:
        return self.calls

    @torch.jit.export
    def set_reset(self, value: int) -> int:
        self.calls = 0
        return 0 if value == 1 else -1


def save_toy(path: Path) -> Path:
    """Write the module; its name."""
    torch.jit.script(Toy().eval()).save(str(path))
    return path
