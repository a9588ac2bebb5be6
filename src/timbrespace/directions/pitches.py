"""Another pitch for a latent: the place of the described frames that have it and sound alike otherwise.

Between two notes the decoder has nothing to go along: it fades one into the other. So a frame takes the
place of the data's own frames at the wanted pitch, and carries along half of what set it apart before.
What its pitch is, its decoded partials say: latents near each other may be a semitone apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS

Latents = NDArray[np.float32]
Values = NDArray[np.float64]

ALIKE = ("centroid", "flatness")
ALIKE_DEVIATIONS = 0.5  # of a descriptor, apart, at which a described frame counts for e^−½
ALIKE_SEMITONES = 0.3  # and for pitch
CARRIED = 0.5
ROWS = 512  # frames compared at a time

COMB_LOW_HZ, COMB_HIGH_HZ = 60.0, 1900.0
COMB_STEPS = 48  # in an octave
COMB_PARTIALS, COMB_TOP_HZ = 30, 6000.0
LEAST_LIKENESS = 0.2  # to a comb, of a frame that has a pitch


class Pitches:
    """Where the pitches of a model's data lie in its latent space."""

    def __init__(self, table: DescriptorTable) -> None:
        pitched = table.pitched
        self.z = table.z[pitched]
        self.octaves = DESCRIPTORS["f0"].to_scale(table.values["f0"][pitched])
        scaled = {name: DESCRIPTORS[name].to_scale(table.values[name]) for name in ALIKE}
        self.reach = np.array(
            [max(ALIKE_DEVIATIONS * float(column.std()), 1e-6) for column in scaled.values()]
        )
        sound = np.stack(list(scaled.values()), axis=1)[pitched]
        self.sound = (sound / self.reach).astype(np.float32)

    def moved(self, z: Latents, sound: Values, own: Values, octaves: float) -> Latents:
        """z [L, D] → z so many octaves higher, or as near to it as the data goes.

        sound: its `ALIKE` descriptors on their scales, at the level of the table, [L, 2]. own: its pitch in
        octaves above 1 Hz, [L]; without one (NaN) it stays as it is.
        """
        moved = z.copy()
        pitched = np.flatnonzero(~np.isnan(own))
        for start in range(0, len(pitched), ROWS):
            rows = pitched[start : start + ROWS]
            place = (sound[rows] / self.reach).astype(np.float32)
            apart = np.square(place).sum(axis=1)[:, None] + np.square(self.sound).sum(axis=1)
            apart -= 2.0 * place @ self.sound.T
            before, after = (self._mean(apart, own[rows] + change) for change in (0.0, octaves))
            moved[rows] = after + CARRIED * (z[rows] - before)
        return moved

    def _mean(self, apart: NDArray[np.float32], octaves: Values) -> Latents:
        """The mean of described frames at pitches [N]; apart: how different they sound, [N, K] → [N, D]."""
        semitones = 12.0 * np.subtract.outer(octaves, self.octaves).astype(np.float32)
        distance = apart + np.square(semitones / ALIKE_SEMITONES)
        weight = np.exp(-0.5 * (distance - distance.min(axis=1, keepdims=True)))
        return weight @ self.z / weight.sum(axis=1, keepdims=True)


class Comb:
    """The pitch of a spectrum, by the sum of its partials less what lies halfway between (Hermes 1988)."""

    def __init__(self, bins: int, sample_rate: int) -> None:
        steps = int(COMB_STEPS * np.log2(COMB_HIGH_HZ / COMB_LOW_HZ)) + 1
        self.octaves = np.log2(COMB_LOW_HZ) + np.arange(steps) / COMB_STEPS
        self.teeth = np.stack([_teeth(hz, bins, sample_rate) for hz in np.exp2(self.octaves)], axis=1)

    def pitch(self, magnitudes: NDArray[np.float32]) -> Values:
        """Linear magnitudes [L, F] → octaves above 1 Hz, [L]; NaN where there is no pitch."""
        root = np.sqrt(magnitudes)
        likeness = (root @ self.teeth) / np.linalg.norm(root, axis=1).clip(1e-12)[:, None]
        return np.where(likeness.max(axis=1) > LEAST_LIKENESS, self.octaves[likeness.argmax(axis=1)], np.nan)


def _teeth(hz: float, bins: int, sample_rate: int) -> NDArray[np.float32]:
    """Weights [F] of unit length: partials of `hz` count, less the higher they are; between them, against."""
    top_hz = min(COMB_TOP_HZ, sample_rate / 2)
    partial = np.arange(1, min(COMB_PARTIALS, int(top_hz / hz)) + 1)
    weights = np.zeros(bins + 1)
    for shift, sign in ((0.0, 1.0), (0.5, -1.0)):
        place = (partial - shift) * hz * (2 * (bins - 1) / sample_rate)
        low = place.astype(int)
        share = place - low
        np.add.at(weights, low, sign * (1.0 - share) / np.sqrt(partial))
        np.add.at(weights, low + 1, sign * share / np.sqrt(partial))
    return (weights[:bins] / np.linalg.norm(weights)).astype(np.float32)
