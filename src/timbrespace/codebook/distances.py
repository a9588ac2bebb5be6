"""How far apart two sounds of a table are when one follows the other.

Two things are heard: the jump itself, as the difference of the spectra in dB; and, in every window that holds
the end of one sound and the beginning of the next, a mixture of both, whose descriptor need not lie between
theirs (a vowel and a sibilant may both be narrow, and together they are wide).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook.table import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries
from timbrespace.scores.latent import log_mel

Indices = NDArray[np.intp]
Values = NDArray[np.float32]

MIXED = ("centroid", "bandwidth")  # descriptors that follow from sums over the spectrum


def alone(engine: Engine, table: DescriptorTable, level_db: float) -> Values:
    """The magnitudes [K, F] of every sound by itself, played at `level_db` and scaled to one level."""
    level = np.full(len(table), level_db, dtype=np.float32)
    return engine.decode_magnitudes(
        LatentSeries(table.z, level, engine.signal.frame_rate_hz, engine.model_id)
    )


class Distances:
    """Between the sounds of a table, computed for the pairs that are asked for.

    Spectra are those the decoder makes of each sound alone, at equal level.
    """

    def __init__(self, engine: Engine, table: DescriptorTable) -> None:
        magnitudes = alone(engine, table, table.level_db)
        self.mel_db = log_mel(magnitudes, engine.sample_rate)
        self.mel_db -= self.mel_db.mean(axis=0)  # what all have in common only costs digits
        self.mel_db /= np.float32(np.sqrt(self.mel_db.shape[1]))
        frequency = np.linspace(0.0, engine.sample_rate / 2, magnitudes.shape[1])
        powers = np.stack([frequency**0, frequency, frequency**2], axis=1)
        self.moments = magnitudes.astype(np.float64) @ powers  # [K, 3]
        self._alone = {name: self._scaled(name, self.moments) for name in MIXED}

    def jump_db(self, before: Indices, after: Indices) -> Values:
        """RMS difference of the log-mel spectra in dB, [N] × [M] → [N, M]."""
        a, b = self.mel_db[before], self.mel_db[after]
        squares = np.sum(a * a, axis=1)[:, None] + np.sum(b * b, axis=1) - 2.0 * (a @ b.T)
        squares[np.equal.outer(before, after)] = 0.0  # rounding would make holding a sound cost something
        return np.sqrt(np.maximum(squares, 0.0))

    def mixture(self, name: str, before: Indices, after: Indices) -> Values:
        """How far the descriptor of both together lies from the middle of theirs, signed, on its scale
        (octaves); [N] × [M] → [N, M]. 0 for descriptors that do not mix so."""
        if name not in MIXED:
            return np.zeros((len(before), len(after)), np.float32)
        alone = self._alone[name]
        both = self._scaled(name, self.moments[before][:, None] + self.moments[after])
        return np.asarray(both - 0.5 * (alone[before][:, None] + alone[after]), dtype=np.float32)

    @staticmethod
    def _scaled(name: str, moments: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.maximum(moments[..., 0], 1e-20)
        mean = moments[..., 1] / total
        if name == "bandwidth":
            return DESCRIPTORS[name].to_scale(
                np.sqrt(np.maximum(moments[..., 2] / total - mean * mean, 1e-3))
            )
        return DESCRIPTORS[name].to_scale(mean)
