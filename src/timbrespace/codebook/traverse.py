"""The ordered traverse: everything a model can play, from the lowest to the highest of a descriptor.

Codes are held a few frames each and cross-fade over as many, so that no window of the ear or of an analyser
falls on a cut: a cut between two tones widens the spectrum in the windows that hold it, which alone cost
.01 of rank correlation. Within a small reach the order gives way to small jumps (`order.smooth_order`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from timbrespace import descriptors
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.order import Order, smooth_order
from timbrespace.codebook.rows import series_of_rows
from timbrespace.codebook.table import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS, descriptor
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries

Values = NDArray[np.float64]

FRAMES = 4  # a sound
LEAST_GLIDE = 3  # frames: sounds that are held for less cross-fade with more than one other
MAX_SECONDS = 1800.0  # of a traverse
MOST_SOUNDS = 1024  # of a table of frames, evenly spread over the order; codes are all there
REACHES = (128, 64, 32, 16)  # the reach is a hundred-and-twenty-eighth of the places or, in need, more
SMOOTH_ENOUGH = 0.995  # predicted rank correlation: no need to reach further
MIXTURE_DB = 60.0  # what a mixture off by one standard deviation of the descriptor counts as


@dataclass(frozen=True)
class Traverse:
    """A way through a table. rows: table row of every place [P]. frames: how long each is held.

    predicted: the rank correlation that mixtures of neighbours and places given up leave; NaN where all are
    alike.
    """

    name: str
    rows: Order
    frames: int
    series: LatentSeries
    predicted: float

    def play(
        self, engine: Engine, seed: int = 0, progress: Callable[[float], None] | None = None
    ) -> NDArray[np.float32]:
        """The sound, [T] at the model's rate."""
        glide = max(LEAST_GLIDE, self.frames)
        return engine.decode(self.series, seed=seed, glide_frames=glide, progress=progress)


def traverse(
    engine: Engine,
    table: DescriptorTable,
    name: str,
    *,
    frames: int = FRAMES,
    distances: Distances | None = None,
) -> Traverse:
    """Order a table by a descriptor; f0 leaves out what has no pitch.

    Raises UsageError for an unknown descriptor, no frames, or a table with fewer than two sounds to order.
    """
    descriptor(name)
    if not 1 <= frames <= 1000:
        raise UsageError(f"{frames} frames a sound; it must be 1 to 1000")
    column = table.column(name)
    rows = np.flatnonzero(np.isfinite(column))
    if len(rows) < 2:
        raise UsageError(f"{len(rows)} sounds of this model have a {name}; there is nothing to order")
    rows = rows[np.argsort(column[rows], kind="stable")]
    if not table.codes and len(rows) > MOST_SOUNDS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_SOUNDS).round().astype(int)]
    seconds = len(rows) * frames / engine.signal.frame_rate_hz
    if seconds > MAX_SECONDS:
        raise UsageError(
            f"{frames} frames for each of {len(rows)} sounds last {seconds:.0f} s; {MAX_SECONDS:g} at most, "
            f"{int(frames * MAX_SECONDS / seconds)} frames each"
        )
    order, predicted = _best_order(distances or Distances(engine, table), name, rows, column[rows])
    placed = rows[order]
    return Traverse(name, placed, frames, hold(engine, table, placed, frames), predicted)


def hold(engine: Engine, table: DescriptorTable, rows: Order, frames: int) -> LatentSeries:
    """A series that plays sounds of a table one after the other, `frames` each, at the table's level."""
    played = np.repeat(rows, frames)
    return series_of_rows(engine, table, played, np.full(len(played), table.level_db))


def traverse_spearman(
    travelled: Traverse, sound: NDArray[np.float32], sample_rate: int
) -> tuple[float, Values]:
    """Rank correlation of time with the descriptor measured on the sound itself, and its curve [L].

    NaN where the descriptor is hardly ever there or never changes.
    """
    values = descriptors.of_sound(sound, sample_rate, pitch=travelled.name == "f0")[travelled.name]
    heard = np.isfinite(values)
    return _rank_correlation(np.flatnonzero(heard), values[heard]), values


def _best_order(distances: Distances, name: str, rows: Order, values: Values) -> tuple[Order, float]:
    """The order of the smallest reach that is smooth enough, else the one predicted to be best."""
    scaled = DESCRIPTORS[name].to_scale(values)
    mixture = distances.mixture(name, rows, rows)
    spread = max(float(scaled.std()), 1e-6)
    cost = (distances.jump_db(rows, rows) + MIXTURE_DB * np.abs(mixture) / spread).astype(np.float32)
    best, most = np.arange(len(rows)), math.nan
    for share in REACHES:
        order = smooth_order(cost, len(rows) // share)
        predicted = _predicted(scaled, mixture, order)
        if not predicted <= most:  # the first, too
            best, most = order, predicted
        if predicted >= SMOOTH_ENOUGH:
            break
    return best, most


def _predicted(scaled: Values, mixture: NDArray[np.float32], order: Order) -> float:
    """Rank correlation of sounds and the mixtures between them with time."""
    placed = scaled[order]
    between = 0.5 * (placed[:-1] + placed[1:]) + mixture[order[:-1], order[1:]]
    curve = np.empty(2 * len(placed) - 1)
    curve[::2], curve[1::2] = placed, between
    return _rank_correlation(np.arange(len(curve)), curve)


def _rank_correlation(places: Order, values: Values) -> float:
    if len(values) < 3 or np.ptp(values) == 0.0:
        return math.nan
    return float(scipy.stats.spearmanr(places, values).statistic)
