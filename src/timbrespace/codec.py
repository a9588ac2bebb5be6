"""Encoder and decoder with their states, for whoever plays frame after frame.

There are two, which give the same: `LiveCodec` calls the modules themselves, `RecordedCodec` what was
recorded of them (`steps`), which takes about two seconds to make and then half the time a frame.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from timbrespace.model.glide import Glide
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.steps import Recorded


class Codec(Protocol):
    """Frames of one channel. Audio [1, L·hop]; z [1, L, D]; loudness_db [1, L]. L is 1 at least."""

    def reset(self) -> None:
        """Forget everything heard and played."""

    def encode(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """audio → z, loudness_db."""

    def decode(self, z: Tensor, loudness_db: Tensor, seed: int, noisiness: float) -> Tensor:
        """z (a discrete model takes the nearest codes), loudness_db, factor on the aperiodicity → audio."""


class LiveCodec:
    """The modules of the model. glide: another than the model's own."""

    def __init__(self, model: TimbreModel, glide: Glide | None = None) -> None:
        self.model = model
        self.glide = glide
        self.reset()

    def reset(self) -> None:
        """As `Codec`."""
        self._ear = self.model.initial_encoder_state(1)
        self._voice = self.model.initial_decoder_state(1, self.glide)

    def encode(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """As `Codec`."""
        z, loudness_db, self._ear = self.model.encode(audio, self._ear)
        return z, loudness_db

    def decode(self, z: Tensor, loudness_db: Tensor, seed: int, noisiness: float) -> Tensor:
        """As `Codec`."""
        factor = None if noisiness == 1.0 else torch.tensor(noisiness)
        audio, self._voice = self.model.decode(
            self.model.settled(z), loudness_db, self._voice, seed, self.glide, noisiness=factor
        )
        return audio


class RecordedCodec:
    """What was recorded of them."""

    def __init__(self, recorded: Recorded, hop: int) -> None:
        self._hop = hop
        self._encoding, self._decoding = recorded.encode, recorded.decode
        self.reset()

    def reset(self) -> None:
        """As `Codec`."""
        self._ear, self._voice = self._encoding.initial, self._decoding.initial

    def encode(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """As `Codec`."""
        series, self._ear = self._encoding.run(audio, self._hop, self._ear)
        return series[..., :-1], series[..., -1]

    def decode(self, z: Tensor, loudness_db: Tensor, seed: int, noisiness: float) -> Tensor:
        """As `Codec`."""
        series = torch.cat([z, loudness_db.unsqueeze(2)], dim=2)
        factor, number = torch.tensor(noisiness), torch.tensor(seed)
        audio, self._voice = self._decoding.run(series, 1, self._voice, factor, number)
        return audio
