"""What a model has heard: how far its latents and levels went over its data, and what lies outside.

Nothing stops a series from leaving that range, and a little outside is often worth hearing; but there a
model guesses, so whoever moves a series should be told, and be able to hold it inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.controls import LOUDNESS
from timbrespace.latents import Dimensions, LatentSeries
from timbrespace.latents.checks import select
from timbrespace.latents.operators import silent


@dataclass(frozen=True)
class Excess:
    """name: `z3` or `loudness`. reached: its value furthest out. limit: where the data ended."""

    name: str
    reached: float
    limit: float

    @property
    def distance(self) -> float:
        """How far beyond the data, in the unit of the value."""
        return abs(self.reached - self.limit)


@dataclass(frozen=True)
class DataRange:
    """Least and most of every latent over a model's data, float64 [D], and its loudest frame in dBFS.

    There is no softest: what is softer than the data is a fade, and plays as one.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    loudest_db: float

    @classmethod
    def of_header(cls, header: Mapping[str, Any]) -> DataRange | None:
        """The range in a bundle's header; None where it has none."""
        latent = header.get("latent") or {}
        ends = [latent.get(name) for name in ("min", "max", "loudness_quantiles_db")]
        if not all(ends):
            return None
        low, high, levels_db = (np.asarray(values, np.float64) for values in ends)
        return cls(low, high, float(levels_db[-1]))

    def hold(self, series: LatentSeries, *, dimensions: Dimensions = None) -> LatentSeries:
        """The series with z inside, and loudness not above; dimensions: only these."""
        named = [*range(series.latents), LOUDNESS] if dimensions is None else dimensions
        chosen, loudness = select(named, series.latents)
        inside = series.clip(self.low[chosen], self.high[chosen], dimensions=chosen) if chosen else series
        if not loudness:
            return inside
        loudest_db = max(self.loudest_db, LOUDNESS_FLOOR_DB)
        return inside.clip(LOUDNESS_FLOOR_DB, loudest_db, dimensions=LOUDNESS)

    def beyond(self, every: Sequence[LatentSeries]) -> list[Excess]:
        """What in the frames of some series that can be heard lies outside, the furthest first."""
        heard = [~silent(series.loudness_db) for series in every]
        z = np.concatenate([series.z[keep] for series, keep in zip(every, heard, strict=True)])
        level = np.concatenate([series.loudness_db[keep] for series, keep in zip(every, heard, strict=True)])
        if len(z) == 0:
            return []
        pairs = [(f"z{d}", low, self.low[d]) for d, low in enumerate(np.minimum(z.min(axis=0), self.low))]
        pairs += [
            (f"z{d}", high, self.high[d]) for d, high in enumerate(np.maximum(z.max(axis=0), self.high))
        ]
        pairs += [("loudness", max(float(level.max()), self.loudest_db), self.loudest_db)]
        found = [Excess(name, float(reached), float(limit)) for name, reached, limit in pairs]
        outside = [excess for excess in found if excess.distance > 0.0]
        return sorted(outside, key=lambda excess: excess.distance, reverse=True)
