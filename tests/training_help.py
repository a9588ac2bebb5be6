"""Data sets and values that the tests of training share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.config import ModelConfig, preset
from timbrespace.dataset.prepare import prepare
from timbrespace.training.objective import Material

TINY = preset("tiny")
RATE = TINY.signal.sample_rate


def tones(seconds: float, frequency_hz: float = 300.0) -> NDArray[np.float32]:
    """Three partials and a little seeded noise, float32 [T]."""
    time = np.arange(round(seconds * RATE)) / RATE
    partials = sum(np.sin(2 * np.pi * n * frequency_hz * time) / n**2 for n in (1, 2, 3))
    noise = np.random.default_rng(0).standard_normal(len(time))
    return (0.2 * partials * (0.6 + 0.4 * np.sin(9.0 * time)) + 0.001 * noise).astype(np.float32)


def make_dataset(folder: Path, sounds: Sequence[NDArray[np.float32]]) -> Path:
    """A prepared data set of `sounds` below `folder`."""
    recordings = folder / "recordings"
    recordings.mkdir(parents=True)
    for index, sound in enumerate(sounds):
        soundfile.write(recordings / f"{index}.wav", sound, RATE, subtype="FLOAT")
    prepare([recordings], folder / "dataset", rate=RATE)
    return folder / "dataset"


def material_of(config: ModelConfig) -> Material:
    """What a quiet data set would have."""
    quantiles = tuple(np.linspace(-70.0, -10.0, 257).tolist())
    return Material(-10.0, quantiles, (-3.0,) * config.signal.bins)
