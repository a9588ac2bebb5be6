"""What tests of streams share: a stand-in for a model, and sounds played through a stream."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from conftest import RATE, TINY, make_tone
from signals import noise

from timbrespace.engine import Engine
from timbrespace.stream import Stream

HOP, N_FFT = TINY.signal.hop, TINY.signal.n_fft
Sizes = Sequence[int]


class Echo:
    """In place of a model: plays what it hears, n_fft samples later; notes how many frames it gets."""

    config = TINY

    def __init__(self) -> None:
        self.frames: list[int] = []

    def initial_encoder_state(self, batch: int) -> None:
        return None

    def initial_decoder_state(self, batch: int, glide: None = None) -> torch.Tensor:
        return torch.zeros(batch, N_FFT)

    def encode(self, audio: torch.Tensor, state: None) -> tuple[torch.Tensor, torch.Tensor, None]:
        assert audio.shape[1] % HOP == 0
        self.frames.append(audio.shape[1] // HOP)
        return audio, audio, state

    def settled(self, z: torch.Tensor) -> torch.Tensor:
        return z

    def decode(
        self,
        z: torch.Tensor,
        loudness_db: torch.Tensor,
        state: torch.Tensor,
        seed: int,
        glide: None,
        noisiness: None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        heard = torch.cat([state, z], dim=1)
        return heard[:, : z.shape[1]], heard[:, z.shape[1] :]


def play(stream: Stream, sound: np.ndarray, sizes: Sizes) -> np.ndarray:
    """The sound through the stream in blocks of the sizes, over and over, and silence until the last of it is
    out: as long as the sound."""
    padded = np.pad(sound, (0, stream.latency_samples + max(sizes)))
    blocks, start = [], 0
    while start < len(sound) + stream.latency_samples:
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(stream.process(padded[start : start + size]))
        assert len(blocks[-1]) == min(size, len(padded) - start)
        start += size
    return np.concatenate(blocks)[stream.latency_samples :][: len(sound)]


def offline(engine: Engine, sound: np.ndarray, seed: int = 0) -> np.ndarray:
    return engine.decode(engine.encode(sound, engine.sample_rate), seed=seed)


def a_sound(seconds: float = 0.4, rate: int = RATE) -> np.ndarray:
    """A swelling tone, breath, and silence: nothing is the same from frame to frame."""
    tone = make_tone(seconds, rate) + noise(round(seconds * rate), level=0.01)
    tone[len(tone) // 3 : len(tone) // 2] = 0.0
    return tone
