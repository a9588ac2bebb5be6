"""Sound in, sound out, in blocks as they come: the encoder and the decoder of a model in a row.

The same modules as offline, called often with little: their states carry what a block needs to know of
the ones before. A host at another rate than the model's is met by a change of rate on either side.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.codec import Codec, LiveCodec, RecordedCodec
from timbrespace.config import LOUDEST_PLAYED_DB
from timbrespace.errors import UsageError
from timbrespace.model.timbre_model import LARGEST_SAMPLE, TimbreModel
from timbrespace.noise_knobs import NoiseKnobs, whole_number
from timbrespace.resampling import round_trip
from timbrespace.steps import Recorded

Samples = NDArray[np.float32]
# z [L, D], loudness_db [L] → both as they are to be
Change = Callable[[Samples, Samples], tuple[Samples, Samples]]

PIECE_SAMPLES = 16_384  # of a block at once: memory stays bounded however long it is
WARM_UP_FRAMES = (1, 1, 1, 4, 4, 4)  # a call: what torch sets up, it does in the first calls of a size
LARGEST_BLOCK = 1 << 20
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000


class Stream(NoiseKnobs):
    """Sound in, as much sound out, one channel; what goes in is heard `latency_samples` later.

    block_samples: every block has a multiple of so many samples; None where they have any number. A frame
    needs a whole hop of input, so what a block leaves over waits for the next ones; knowing the blocks keeps
    that wait short. sample_rate: the host's, Hz, the model's where None. seed: of the noise part.
    change: called on new frames between encoder and decoder, z [L, D] and loudness_db [L], as they come;
    it returns both, in the same shapes. A discrete model takes the nearest codes to what it returns. Where
    it raises, the stream starts anew. What is louder than LOUDEST_PLAYED_DB after it is played at that, so
    that faults do not reach loudspeakers. recorded: what to play instead of the modules; half the time a
    frame.
    Raises UsageError, here or where knobs are set, for a size, a rate or a value that cannot be.
    """

    def __init__(
        self,
        model: TimbreModel,
        block_samples: int | None = None,
        *,
        sample_rate: float | None = None,
        seed: int = 0,
        change: Change | None = None,
        recorded: Recorded | None = None,
    ) -> None:
        self.model = model
        self.seed = seed
        self.aperiodicity = 1.0
        self.hop = model.config.signal.hop
        self.block_samples = 1
        if block_samples is not None:
            remedy = "; leave it out where blocks have any size"
            self.block_samples = whole_number("block_samples", block_samples, 1, LARGEST_BLOCK, remedy)
        self.sample_rate = model.config.signal.sample_rate
        if sample_rate is not None:
            self.sample_rate = whole_number(
                "sample_rate", sample_rate, LOWEST_RATE_HZ, HIGHEST_RATE_HZ, " Hz"
            )
        self.change: Change | None = None
        self._codec: Codec = LiveCodec(model)
        if recorded is not None:
            self._codec = RecordedCodec(recorded, self.hop)
        self.reset()
        for frames in WARM_UP_FRAMES:
            self._play(np.zeros(frames * self.hop, np.float32))
        self.reset()
        self.change = change

    def reset(self) -> None:
        """Forget everything heard, as if newly opened: silence before the first sample."""
        signal = self.model.config.signal
        self._into_model, self._out_of_model, self.latency_samples = round_trip(
            self.sample_rate,
            signal.sample_rate,
            late=signal.latency_samples,
            hop=self.hop,
            block=self.block_samples,
        )
        self._codec.reset()
        self._waiting = np.zeros(0, np.float32)
        self._ready = np.zeros(0, np.float32)

    def twin(self) -> Stream:
        """Another of the same kind, as newly opened, which shares what was recorded; without a `change`."""
        other = copy.copy(self)
        other.change, other._codec = None, copy.copy(self._codec)
        other.reset()
        return other

    def process(self, block: Any) -> Samples:
        """block [T], floats of which 1 is full scale → as many samples; NaN counts as silence.

        Raises UsageError where it is not one channel, holds whole numbers, whose full scale is unknown, or T
        is no multiple of `block_samples`.
        """
        samples = self._checked(block)
        ready = [self._ready]
        try:
            for start in range(0, len(samples), PIECE_SAMPLES):
                ready.append(self._converted(samples[start : start + PIECE_SAMPLES]))
        except Exception:
            self.reset()
            raise
        out = np.concatenate(ready)
        self._ready = out[len(samples) :].copy()
        return out[: len(samples)]

    def _checked(self, block: Any) -> Samples:
        array = np.asarray(block)
        if array.ndim != 1:
            raise UsageError(
                f"the block has shape {list(array.shape)}; a stream takes one channel, [T]: "
                "open a stream for each channel, or mix them"
            )
        if array.dtype.kind in "iu" and len(array):
            raise UsageError(
                f"the block holds {array.dtype}; a stream takes floats of which 1 is full scale: "
                "divide it by its full scale, which is 32768 for samples of 16 bits"
            )
        if array.dtype.kind != "f" and len(array):
            raise UsageError(f"the block holds {array.dtype}; a stream takes floats of which 1 is full scale")
        if len(array) % self.block_samples:
            raise UsageError(
                f"the block has {len(array)} samples; this stream was opened for multiples of "
                f"{self.block_samples}: give those, or open it without block_samples"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            samples = array.astype(np.float32, copy=False)
            if np.isfinite(samples.sum()):
                return samples
        sane = np.nan_to_num(samples, nan=0.0, posinf=LARGEST_SAMPLE, neginf=-LARGEST_SAMPLE)
        return np.clip(sane, -LARGEST_SAMPLE, LARGEST_SAMPLE)

    def _converted(self, samples: Samples) -> Samples:
        """Next samples [T] at the host's rate → what is ready, [N], N ≥ 0."""
        self._waiting = np.concatenate([self._waiting, self._into_model.process(samples)])
        whole = len(self._waiting) // self.hop * self.hop
        if not whole:
            return self._out_of_model.process(self._waiting[:0])
        played = self._play(self._waiting[:whole])
        self._waiting = self._waiting[whole:].copy()
        return self._out_of_model.process(played)

    @torch.inference_mode()
    def _play(self, samples: Samples) -> Samples:
        """samples [L·hop] at the model's rate → as many."""
        z, loudness_db = self._codec.encode(torch.from_numpy(samples)[None])
        if self.change is not None:
            z, loudness_db = self._changed(self.change, z[0], loudness_db[0])
        loudness_db = loudness_db.clamp_max(LOUDEST_PLAYED_DB)
        played: Samples = self._codec.decode(z, loudness_db, self.seed, self.aperiodicity)[0].numpy()
        return played

    def _changed(self, change: Change, z: Tensor, loudness_db: Tensor) -> tuple[Tensor, Tensor]:
        """z [L, D], loudness_db [L] → what `change` makes of them, [1, L, D] and [1, L]."""
        given = change(z.numpy().copy(), loudness_db.numpy().copy())
        new_z, new_loudness = (torch.from_numpy(np.array(values, dtype=np.float32)) for values in given)
        if new_z.shape != z.shape or new_loudness.shape != loudness_db.shape:
            raise UsageError(
                f"change returned shapes {list(new_z.shape)} and {list(new_loudness.shape)}; "
                f"they must be {list(z.shape)} and {list(loudness_db.shape)}, as given"
            )
        return new_z[None], new_loudness[None]
