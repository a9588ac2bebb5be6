"""The steps of a model in real time, recorded: encoding and decoding some frames at once, state in and out.

Frames come one by one at the smallest block and several at a time in larger ones, where one call for all of
them is quicker; so every step is recorded for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from timbrespace.model.glide import Glide
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.recording import Packing, record

MANY = 4  # frames a call in large blocks: 2048 samples of the standard preset


@dataclass(frozen=True)
class Steps:
    """Recorded functions for one and for MANY frames, and the state before the first frame, as `Packing` has
    it: numbers [S] and whole numbers [N]."""

    one: torch.jit.ScriptFunction
    many: torch.jit.ScriptFunction
    initial: tuple[Tensor, Tensor]

    def run(
        self, x: Tensor, unit: int, state: tuple[Tensor, Tensor], *more: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """All frames of x [1, L·unit, …], one at least → what they give, along dimension 1; new state."""
        frames, at, pieces = x.shape[1] // unit, 0, []
        while at < frames:
            step, count = (self.many, MANY) if frames - at >= MANY else (self.one, 1)
            piece, *state = step(x[:, at * unit : (at + count) * unit], *state, *more)
            pieces.append(piece)
            at += count
        return torch.cat(pieces, dim=1), (state[0], state[1])


@dataclass(frozen=True)
class Recorded:
    """Both halves of a model. They hold no state, so whoever plays the model may share them."""

    encode: Steps
    decode: Steps

    @classmethod
    def of(cls, model: TimbreModel) -> Recorded:
        """Record them, in about two seconds."""
        return cls(encoding(model), decoding(model))


def encoding(model: TimbreModel) -> Steps:
    """audio [1, L·hop], state → z and loudness_db side by side [1, L, D + 1], state."""
    initial = model.initial_encoder_state(1)
    packing = Packing(initial)

    def step(audio: Tensor, numbers: Tensor, whole: Tensor) -> tuple[Tensor, ...]:
        z, loudness_db, following = model.encode(audio, packing.unpack(numbers, whole))
        return torch.cat([z, loudness_db.unsqueeze(2)], dim=2), *packing.pack(following)

    def examples(frames: int) -> tuple[Tensor, ...]:
        return torch.zeros(1, frames * model.config.signal.hop), *rows

    rows = packing.pack(initial)
    return _recorded(step, examples, rows)


def decoding(model: TimbreModel, glide: Glide | None = None) -> Steps:
    """z and loudness_db [1, L, D + 1], state, noisiness [], seed [] (int64) → audio [1, L·hop], state.

    z of a discrete model goes to the nearest code. glide: another than the model's own.
    """
    initial = model.initial_decoder_state(1, glide)
    packing = Packing(initial)

    def step(
        series: Tensor, numbers: Tensor, whole: Tensor, noisiness: Tensor, seed: Tensor
    ) -> tuple[Tensor, ...]:
        z, loudness_db = model.settled(series[..., :-1]), series[..., -1]
        state = packing.unpack(numbers, whole)
        audio, following = model.decode(z, loudness_db, state, seed, glide, noisiness=noisiness)
        return audio, *packing.pack(following)

    def examples(frames: int) -> tuple[Tensor, ...]:
        series = torch.zeros(1, frames, model.config.latents + 1)
        return series, *rows, torch.tensor(1.0), torch.tensor(0)

    rows = packing.pack(initial)
    return _recorded(step, examples, rows)


def _recorded(
    step: Callable[..., tuple[Tensor, ...]],
    examples: Callable[[int], tuple[Tensor, ...]],
    initial: tuple[Tensor, Tensor],
) -> Steps:
    return Steps(record(step, *examples(1), serial=True), record(step, *examples(MANY)), initial)
