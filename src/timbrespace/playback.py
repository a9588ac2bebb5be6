"""Frames to sound as they come: the decoder of a model alone, with its state.

The other half of `stream`: where a stream hears what it plays, here the frames come from elsewhere, from an
edited series, a place on a plane, a code under the hand. Each may be decided when its turn has come.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from timbrespace.codec import Codec, LiveCodec, RecordedCodec
from timbrespace.config import LOUDEST_PLAYED_DB, LOUDNESS_FLOOR_DB
from timbrespace.errors import SeriesError, UsageError
from timbrespace.model.glide import Glide
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.noise_knobs import NoiseKnobs
from timbrespace.steps import Recorded
from timbrespace.stream import WARM_UP_FRAMES

Samples = NDArray[np.float32]


class Playback(NoiseKnobs):
    """Frames in, a hop of sound for each out; what goes in is heard `latency_samples` later.

    seed: of the noise part. recorded: what to play instead of the modules; half the time a frame.
    glide_frames: frames over which one glides into the next, as of `Engine.decode`; the modules themselves
    then play. Raises UsageError, here or where knobs are set, for a value that cannot be.
    """

    def __init__(
        self,
        model: TimbreModel,
        *,
        seed: int = 0,
        recorded: Recorded | None = None,
        glide_frames: int | None = None,
    ) -> None:
        if glide_frames is not None and glide_frames < 1:
            raise UsageError(f"glide_frames is {glide_frames}; it must be 1 or more")
        self.model = model
        self.seed = seed
        self.aperiodicity = 1.0
        self.latency_samples = model.config.signal.latency_samples
        if recorded is None or glide_frames is not None:
            glide = None if glide_frames is None else Glide.across(glide_frames)
            self._codec: Codec = LiveCodec(model, glide)
        else:
            self._codec = RecordedCodec(recorded, model.config.signal.hop)
        for frames in WARM_UP_FRAMES:
            self.play(
                np.zeros((frames, model.config.latents), np.float32),
                np.full(frames, LOUDNESS_FLOOR_DB, np.float32),
            )
        self.reset()

    def reset(self) -> None:
        """Forget everything played, as if newly opened: silence before the first frame."""
        self._codec.reset()

    @torch.inference_mode()
    def play(self, z: ArrayLike, loudness_db: ArrayLike) -> Samples:
        """z [L, D] and loudness_db [L], in dBFS, of the next frames → sound [L·hop].

        A discrete model takes the nearest codes. What is louder than LOUDEST_PLAYED_DB is played at that, and
        what is no number as the middle of the data, or as silence: a fault never reaches loudspeakers.
        Raises SeriesError where the shapes are others.
        """
        latents, level = (np.asarray(values, dtype=np.float32) for values in (z, loudness_db))
        expected = (len(level) if level.ndim == 1 else 0, self.model.config.latents)
        if level.ndim != 1 or latents.shape != expected:
            raise SeriesError(
                f"frames of the shapes {list(latents.shape)} and {list(level.shape)}; this model plays z "
                f"[L, {self.model.config.latents}] and loudness_db [L]"
            )
        if not len(level):
            return np.zeros(0, np.float32)
        level = np.nan_to_num(level, nan=LOUDNESS_FLOOR_DB, posinf=LOUDEST_PLAYED_DB)
        frames = torch.from_numpy(latents.copy())[None]
        levels = torch.from_numpy(np.minimum(level, np.float32(LOUDEST_PLAYED_DB)))[None]
        samples: Samples = self._codec.decode(frames, levels, self.seed, self.aperiodicity)[0].numpy()
        return samples
