"""Another pitch for a latent: the place of the described frames that have it and sound alike otherwise.

Between two notes the decoder has nothing to go along: it fades one into the other. So a frame takes the
place of the data's own frames at the wanted pitch, and carries along half of what set it apart before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS

Latents = NDArray[np.float32]

ALIKE = ("centroid", "flatness")
ALIKE_DEVIATIONS = 0.5  # of a descriptor, apart, at which a described frame counts for e^−½
ALIKE_DB = 10.0  # the same for loudness
ALIKE_SEMITONES = 0.3  # and for pitch
CARRIED = 0.5
ROWS = 512  # frames compared at a time


class Pitches:
    """Where the pitches of a model's data lie in its latent space. The table must have pitched frames."""

    def __init__(self, table: DescriptorTable) -> None:
        self.z = table.z
        self.pitched = table.pitched
        self.octaves = DESCRIPTORS["f0"].to_scale(table.values["f0"])
        scaled = [DESCRIPTORS[name].to_scale(table.values[name]) for name in ALIKE]
        columns = [column / max(float(column.std()), 1e-6) / ALIKE_DEVIATIONS for column in scaled]
        self.sound = np.stack([*columns, table.loudness_db / ALIKE_DB], axis=1).astype(np.float32)

    def moved(self, z: Latents, octaves: float) -> Latents:
        """z [L, D] → z so many octaves higher, or as near to it as the data goes.

        What a frame's pitch is, its nearest described frame says; without a pitch it stays as it is.
        """
        row = self._nearest(z)
        rows, place = np.unique(row, return_inverse=True)
        carried = CARRIED * (z - self.z[row])
        moved = self._targets(rows, octaves)[place] + carried
        return np.where(self.pitched[row][:, None], moved, z).astype(np.float32)

    def _nearest(self, z: Latents) -> NDArray[np.intp]:
        square = np.square(self.z).sum(axis=1)
        parts = [
            np.argmin(square - 2.0 * z[start : start + ROWS] @ self.z.T, axis=1)
            for start in range(0, len(z), ROWS)
        ]
        return np.concatenate(parts)

    def _targets(self, rows: NDArray[np.intp], octaves: float) -> Latents:
        """Of described frames `rows` [N]: the mean of those alike at the other pitch, [N, D]."""
        z, sound, pitch = self.z[self.pitched], self.sound[self.pitched], self.octaves[self.pitched]
        means = []
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            semitones = 12.0 * np.subtract.outer(self.octaves[part] + octaves, pitch).astype(np.float32)
            here = self.sound[part]
            apart = np.square(here).sum(axis=1)[:, None] + np.square(sound).sum(axis=1) - 2.0 * here @ sound.T
            apart += np.square(semitones / ALIKE_SEMITONES)
            weight = np.exp(-0.5 * (apart - apart.min(axis=1, keepdims=True)))
            means.append(weight @ z / weight.sum(axis=1, keepdims=True))
        return np.concatenate(means)
