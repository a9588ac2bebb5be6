"""Sound in, sound out, in blocks as they come: the encoder and the decoder of a model in a row.

The same modules as offline, called often with little: their states carry what a block needs to know of
the ones before.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from timbrespace.model.timbre_model import TimbreModel

Samples = NDArray[np.float32]


class Stream:
    """Sound in, sound out, blocks of any size; `latency_samples` later.

    A frame needs a whole hop of input, so a block that is no multiple of the hop waits for the next ones.
    """

    def __init__(self, model: TimbreModel, seed: int) -> None:
        self.model = model
        self.seed = seed
        self.hop = model.config.signal.hop
        self.latency_samples = model.config.signal.latency_samples + self.hop
        self._encoder_state = model.initial_encoder_state(1)
        self._decoder_state = model.initial_decoder_state(1)
        self._waiting = np.zeros(0, np.float32)
        self._ready = np.zeros(self.hop, np.float32)

    @torch.inference_mode()
    def process(self, block: Samples) -> Samples:
        """block [T], any T → as many samples."""
        samples = np.concatenate([self._waiting, np.asarray(block, dtype=np.float32)])
        whole = len(samples) // self.hop * self.hop
        self._waiting = samples[whole:]
        if whole:
            audio = torch.from_numpy(samples[None, :whole].copy())
            z, loudness_db, self._encoder_state = self.model.encode(audio, self._encoder_state)
            out, self._decoder_state = self.model.decode(z, loudness_db, self._decoder_state, self.seed)
            self._ready = np.concatenate([self._ready, out[0].numpy()])
        played, self._ready = self._ready[: len(block)], self._ready[len(block) :]
        return played
