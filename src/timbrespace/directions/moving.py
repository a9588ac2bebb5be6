"""Moving a latent series along a descriptor: Gauss-Newton steps on the decoder's own descriptors.

The dimensions are uncorrelated and of unit variance over the data, so the shortest step in z is also the
likeliest. Steps are taken for every fourth frame and what they add is interpolated between: that keeps
moving much quicker than decoding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.directions.pitches import ALIKE, Comb, Pitches
from timbrespace.engine import Engine
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.slopes import Slopes, least_step

Latents = NDArray[np.float32]

WORDS: Mapping[str, str] = {"brightness": "centroid", "noisiness": "flatness", "pitch": "f0"}
# Descriptors that stay as they are; a spectral move leaves the pitch alone by itself.
HELD: Mapping[str, tuple[str, ...]] = {
    "centroid": ("flatness",),
    "bandwidth": ("centroid", "flatness"),
    "rolloff": ("flatness",),
    "flatness": ("centroid",),
    "f0": ("centroid", "flatness"),
}
MOST = 10.0  # standard deviations
STEPS = 2  # for each standard deviation
LONGEST_STEP = 1.5  # in z: further off, slopes say nothing
LEAST_DEVIATION = 1e-6  # of a descriptor that is the same in all of the data
RIDGE = 3e-3  # against slopes that nearly vanish; of descriptors in standard deviations
EVERY = 4  # frames, one for which steps are taken
BATCH = 256  # frames


def move(
    engine: Engine,
    series: LatentSeries,
    name: str,
    amount: float,
    *,
    mover: Callable[[Engine], Mover] | None = None,
) -> LatentSeries:
    """The series with one descriptor moved by `amount` standard deviations of it over the model's data.

    name: a descriptor, or brightness, noisiness, pitch. Loudness stays. Frames at the loudness floor are
    not touched; nor, for the pitch, are those without one. mover: gives one that was made before, for who
    moves often; None: one is made of the frames that the model's file describes.
    Raises UsageError where the name or amount makes no sense, the model is discrete or its file describes
    no frames; SeriesError where the series is another model's.
    """
    chosen = descriptor_called(name)
    if engine.kind != "continuous":
        raise UsageError("this model is discrete: its codes have no directions; use `timbrespace follow`")
    if not abs(amount) <= MOST:
        raise UsageError(f"{name} is {amount:g}; it must be {-MOST:g} to {MOST:g} standard deviations")
    if series.latents != engine.config.latents:
        raise SeriesError(f"the series has {series.latents} dimensions and the model {engine.config.latents}")
    ready = Mover(engine, table_of(engine)) if mover is None else mover(engine)
    z = ready.moved(series.z, series.loudness_db, chosen, amount)
    return replace(series, z=z)


def descriptor_called(name: str) -> str:
    """The descriptor that a name or a plain word stands for. Raises UsageError with what there is."""
    chosen = WORDS.get(name, name)
    if chosen not in DESCRIPTORS:
        known = ", ".join([*DESCRIPTORS, *WORDS])
        raise UsageError(f"no descriptor '{name}' to move along; there are {known}")
    return chosen


def deviations(table: DescriptorTable) -> dict[str, float]:
    """Standard deviation of every descriptor over the data, on its scale; of f0, where there is a pitch."""
    scaled = {name: known.to_scale(table.column(name)) for name, known in DESCRIPTORS.items()}
    kept = {name: values[~np.isnan(values)] for name, values in scaled.items()}
    return {name: float(values.std()) if len(values) else 0.0 for name, values in kept.items()}


class Mover:
    """A continuous model and what its data sounds like, ready to move frames."""

    def __init__(self, engine: Engine, table: DescriptorTable) -> None:
        self.deviation = deviations(table)
        self.level_db = table.level_db
        self.slopes = Slopes(engine)
        self.pitches = Pitches(table)
        self.comb = Comb(engine.signal.bins, engine.sample_rate)

    def moved(
        self,
        z: Latents,
        loudness_db: NDArray[np.floating],
        name: str,
        amount: float,
        *,
        every: int = EVERY,
    ) -> Latents:
        """z [L, D] at loudness_db [L] → z moved, the named descriptor by so many standard deviations.

        every: 1 where the frames are no series but each on its own. Raises UsageError for the pitch of data
        that has none.
        """
        if name == "f0" and not len(self.pitches.z):
            raise UsageError("no described frame of this model's data has a pitch, so none can be moved")
        sounding = np.flatnonzero(loudness_db > LOUDNESS_FLOOR_DB)
        if amount == 0.0 or not len(sounding):
            return z
        keys = np.union1d(np.arange(0, len(sounding), every), len(sounding) - 1)
        here = torch.from_numpy(z[sounding][keys])
        level = torch.from_numpy(loudness_db[sounding][keys].astype(np.float32))
        steps = self._transposed if name == "f0" else self._pulled
        parts = [
            steps(here[first : first + BATCH], level[first : first + BATCH], name, amount)
            for first in range(0, len(here), BATCH)
        ]
        added = _between(keys, (torch.cat(parts) - here).numpy(), len(sounding))
        moved = z.copy()
        moved[sounding] += added
        return moved

    def _pulled(self, z: Tensor, level: Tensor, name: str, amount: float) -> Tensor:
        """z [N, D] at level [N] → z moved along a spectral descriptor, others held."""
        names = (name, *HELD[name])
        with torch.no_grad():
            values = self.slopes.values(self.slopes.log_magnitude(z, level), names)
        change = values.new_tensor([amount * self.deviation[name], *[0.0 for _ in HELD[name]]])
        rounds = math.ceil(abs(amount))
        goals = [values + change * (turn / rounds) for turn in range(1, rounds + 1)]
        return self._reached(z, level, names, goals)

    @torch.no_grad()
    def _transposed(self, z: Tensor, level: Tensor, name: str, amount: float) -> Tensor:
        """z [N, D] at level [N] → z at another pitch, what is held brought back to what it was."""
        log_magnitude = self.slopes.log_magnitude(z, level)
        sound = self.slopes.values(log_magnitude, HELD[name])
        own = self.comb.pitch(torch.exp(log_magnitude).numpy())
        described = self.slopes.log_magnitude(z, torch.full_like(level, self.level_db))
        alike = self.slopes.values(described, ALIKE).numpy()
        moved = self.pitches.moved(z.numpy(), alike, own, amount * self.deviation[name])
        return self._reached(torch.from_numpy(moved), level, HELD[name], [sound])

    def _reached(self, z: Tensor, level: Tensor, names: Sequence[str], goals: Sequence[Tensor]) -> Tensor:
        """z [N, D] led to each of the goals [N, R] in turn, descriptors on their scales."""
        scale = torch.tensor([max(self.deviation[each], LEAST_DEVIATION) for each in names])
        for goal in goals:
            for _ in range(STEPS):
                values, slopes = self.slopes.slopes(z, level, names)
                lacking, steep = (goal - values) / scale, slopes / scale[:, None]
                z = z + least_step(lacking, steep, ridge=RIDGE, longest=LONGEST_STEP)
        return z


def _between(keys: NDArray[np.intp], values: Latents, count: int) -> Latents:
    """values [N, D] at frames `keys` → [count, D], linear between them."""
    frames = np.arange(count)
    columns = [np.interp(frames, keys, column) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float32)
