"""Moving a latent series along a descriptor: Gauss-Newton steps on the decoder's own descriptors.

The dimensions are uncorrelated and of unit variance over the data, so the shortest step in z is also the
likeliest. Steps are taken for every fourth frame and what they add is interpolated between: that keeps
moving much quicker than decoding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.directions.pitches import Pitches
from timbrespace.directions.slopes import Slopes
from timbrespace.engine import Engine
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries

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


def move(engine: Engine, series: LatentSeries, name: str, amount: float) -> LatentSeries:
    """The series with one descriptor moved by `amount` standard deviations of it over the model's data.

    name: a descriptor, or brightness, noisiness, pitch. Loudness stays. Frames at the loudness floor are
    not touched; nor, for the pitch, are those without one.
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
    z = Mover(engine, table_of(engine)).moved(series.z, series.loudness_db, chosen, amount)
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
        self.slopes = Slopes(engine)
        self.pitches = Pitches(table)

    def moved(
        self,
        z: Latents,
        loudness_db: NDArray[np.floating],
        name: str,
        amount: float,
        *,
        every: int = EVERY,
    ) -> Latents:
        """z [L, D] at loudness_db [L] → z moved. every: 1 where the frames are no series but each on its own. Raises UsageError for f0 where the data has no pitch."""
        sounding = np.flatnonzero(loudness_db > LOUDNESS_FLOOR_DB)
        if amount == 0.0 or not len(sounding):
            return z
        here, level = z[sounding], loudness_db[sounding]
        start = here
        if name == "f0":
            if not self.pitches.pitched.any():
                raise UsageError("no described frame of this model's data has a pitch, so none can be moved")
            start = self.pitches.moved(here, amount * self.deviation["f0"])
        keys = np.union1d(np.arange(0, len(here), every), len(here) - 1)
        pulled = self._pulled(here[keys], start[keys], level[keys], name, amount)
        added = _between(keys, pulled - start[keys], len(here))
        moved = z.copy()
        moved[sounding] = start + added
        return moved

    def _pulled(
        self, z: Latents, start: Latents, loudness_db: NDArray[np.floating], name: str, amount: float
    ) -> Latents:
        """From start [N, D] to where descriptors are those of z, the named one moved."""
        parts = []
        for first in range(0, len(z), BATCH):
            part = slice(first, first + BATCH)
            level = torch.from_numpy(loudness_db[part].astype(np.float32))
            tensors = torch.from_numpy(z[part]), torch.from_numpy(start[part]), level
            parts.append(self._steps(*tensors, name, amount).numpy())
        return np.concatenate(parts)

    def _steps(self, z: Tensor, start: Tensor, level: Tensor, name: str, amount: float) -> Tensor:
        names = HELD[name] if name == "f0" else (name, *HELD[name])
        scale = torch.tensor([max(self.deviation[each], LEAST_DEVIATION) for each in names])
        change = torch.tensor([amount if each == name else 0.0 for each in names])
        own = self.slopes.values(z, level, names) / scale if name == "f0" else None
        rounds = 1 if name == "f0" else max(1, math.ceil(abs(amount)))
        for turn in range(rounds * STEPS):
            values, slopes = self.slopes.slopes(start, level, names)
            values = values / scale
            own = values if own is None else own
            goal = own + change * ((turn // STEPS + 1) / rounds)
            start = start + _step(goal - values, slopes / scale[:, None])
        return start


def _step(lacking: Tensor, slopes: Tensor) -> Tensor:
    """The shortest step in z [N, D] that brings what is lacking, [N, R]. slopes: [N, R, D]."""
    normal = slopes @ slopes.mT + RIDGE * torch.eye(lacking.shape[1])
    step = (slopes.mT @ torch.linalg.solve_ex(normal, lacking[..., None])[0])[..., 0]
    step = torch.nan_to_num(step, nan=0.0, posinf=0.0, neginf=0.0)
    return step * (LONGEST_STEP / step.norm(dim=1, keepdim=True).clamp_min(LONGEST_STEP))


def _between(keys: NDArray[np.intp], values: Latents, count: int) -> Latents:
    """values [N, D] at frames `keys` → [count, D], linear between them."""
    frames = np.arange(count)
    columns = [np.interp(frames, keys, column) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float32)
