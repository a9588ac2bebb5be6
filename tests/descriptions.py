"""A descriptor table of a tiny model's decoder, made on the spot, for tests of directions and dimensions."""

from __future__ import annotations

import numpy as np

from timbrespace.codebook import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.directions.measured import spectral
from timbrespace.engine import Engine


def describe(engine: Engine, count: int = 120, pitched: bool = True) -> DescriptorTable:
    """Random latents, what they decode to, and pitches that rise with the first dimension."""
    rng = np.random.default_rng(5)
    z = rng.standard_normal((count, engine.config.latents)).astype(np.float32)
    loudness_db = rng.uniform(-40.0, -10.0, count)
    scaled = spectral(engine, z, np.full(count, -20.0))
    values = {name: DESCRIPTORS[name].from_scale(column) for name, column in scaled.items()}
    values["f0"] = 220.0 * np.exp2(z[:, 0] / 2)
    confidence = np.full(count, 1.0 if pitched else 0.0)
    return DescriptorTable(z, loudness_db, np.ones(count, dtype=np.int64), values, confidence, -20.0, False)
