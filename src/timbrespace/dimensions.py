"""What each dimension of a continuous model's latent does: what goes with it in the data, and what moving
it alone changes. The two differ: in the data dimensions move together with the notes that are played.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from timbrespace import files
from timbrespace.codebook import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS, SPECTRAL
from timbrespace.directions.measured import amount_text, held_pitch, spectral
from timbrespace.directions.moving import deviations
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.tables import format_table

Values = NDArray[np.float64]
Tell = Callable[[float], None]

LOUDNESS = "loudness"
CORRELATED = (*DESCRIPTORS, LOUDNESS)
PERCENTILES = (5, 50, 95)
FRAMES, PITCHED_FRAMES = 192, 48  # described frames in which a dimension is moved; of these for the pitch
LEAST_PITCHED = 8  # frames that must keep a pitch at both ends
TELLING = 0.5  # standard deviations of a descriptor over the data: smaller effects give no name
WORDS: Mapping[str, tuple[str, str]] = {
    "centroid": ("brighter", "darker"),
    "bandwidth": ("wider", "narrower"),
    "rolloff": ("more treble", "less treble"),
    "flatness": ("noisier", "purer"),
    "f0": ("higher", "lower"),
}


@dataclass(frozen=True)
class Dimension:
    """One dimension of the latent.

    low, p5, median, p95, high: its range over the data. correlations: Spearman, descriptor or loudness → −1
    to 1. effects: descriptor → its change in octaves, or dB for flatness, when this dimension goes from p5
    to p95 and the others stay. NaN where nothing can be said. name: what moving it does, in a few words.
    """

    index: int
    active: bool
    low: float
    p5: float
    median: float
    p95: float
    high: float
    correlations: Mapping[str, float]
    effects: Mapping[str, float]
    name: str

    def row(self) -> str:
        """One line for people."""
        return f"z{self.index}: {self.name if self.active else 'not active'}"


def describe_dimensions(
    engine: Engine, table: DescriptorTable, *, progress: Tell | None = None
) -> list[Dimension]:
    """Every dimension of a continuous model, in order. Raises UsageError for a discrete one."""
    if engine.kind != "continuous":
        raise UsageError("a discrete model has no dimensions to describe; its sounds are its codes")
    ranges = _ranges(engine, table)
    active = engine.model.rotation.active.numpy()
    deviation = deviations(table)
    found = []
    for index in range(engine.config.latents):
        low, p5, median, p95, high = (float(value) for value in ranges[:, index])
        effects = _effects(engine, table, index, p5, p95)
        found.append(
            Dimension(
                index, bool(active[index]), low, p5, median, p95, high,
                _correlations(table, index), effects, _name(effects, deviation),
            )
        )  # fmt: skip
        if progress is not None:
            progress((index + 1) / engine.config.latents)
    return found


def save_dimensions_csv(path: Path, dimensions: Sequence[Dimension], *, force: bool = False) -> None:
    """Write a row a dimension; empty where nothing can be said. Errors as `files.atomic_path`.

    `dimension,active,min,p5,median,p95,max,correlation_centroid,…,effect_centroid,…,name`
    """
    columns = {
        "dimension": [str(each.index) for each in dimensions],
        "active": [str(int(each.active)) for each in dimensions],
        "min": [_cell(each.low) for each in dimensions],
        "p5": [_cell(each.p5) for each in dimensions],
        "median": [_cell(each.median) for each in dimensions],
        "p95": [_cell(each.p95) for each in dimensions],
        "max": [_cell(each.high) for each in dimensions],
    }
    for name in CORRELATED:
        columns[f"correlation_{name}"] = [_cell(each.correlations[name]) for each in dimensions]
    for name in DESCRIPTORS:
        columns[f"effect_{name}"] = [_cell(each.effects[name]) for each in dimensions]
    columns["name"] = [each.name for each in dimensions]
    files.write_text(path, format_table(columns), force=force)


def _ranges(engine: Engine, table: DescriptorTable) -> Values:
    """Least, 5th, 50th and 95th percentile, and greatest of every dimension over the data, [5, D]."""
    latent = engine.header.get("latent") or {}
    kept = latent.get("percentiles") or {}
    rows = [latent.get("min"), *(kept.get(str(percent)) for percent in PERCENTILES), latent.get("max")]
    if all(row is not None and len(row) == engine.config.latents for row in rows):
        return np.array(rows, dtype=np.float64)
    return np.percentile(table.z.astype(np.float64), [0, *PERCENTILES, 100], axis=0)


def _correlations(table: DescriptorTable, index: int) -> dict[str, float]:
    """Spearman correlation of a dimension with each descriptor and loudness over the described frames."""
    columns = {name: table.column(name) for name in DESCRIPTORS} | {LOUDNESS: table.loudness_db}
    return {name: _spearman(table.z[:, index], values) for name, values in columns.items()}


def _spearman(a: NDArray[np.floating], b: Values) -> float:
    known = ~np.isnan(b)
    if known.sum() < 3 or np.ptp(a[known]) == 0 or np.ptp(b[known]) == 0:
        return math.nan
    return float(scipy.stats.spearmanr(a[known], b[known]).statistic)


def _effects(engine: Engine, table: DescriptorTable, index: int, p5: float, p95: float) -> dict[str, float]:
    """Median change of each descriptor over described frames when the dimension goes from p5 to p95."""
    rows = _spread(np.arange(len(table)), FRAMES)
    ends = [spectral(engine, z, table.loudness_db[rows]) for z in _moved(table.z[rows], index, p5, p95)]
    effects = {name: float(np.median(ends[1][name] - ends[0][name])) for name in SPECTRAL}
    rows = _spread(np.flatnonzero(table.pitched), PITCHED_FRAMES)
    if len(rows) < LEAST_PITCHED:
        return effects | {"f0": math.nan}
    low, high = (
        held_pitch(engine, z, table.loudness_db[rows]) for z in _moved(table.z[rows], index, p5, p95)
    )
    change = (high - low)[~np.isnan(high - low)]
    return effects | {"f0": float(np.median(change)) if len(change) >= LEAST_PITCHED else math.nan}


def _moved(z: NDArray[np.float32], index: int, *places: float) -> list[NDArray[np.float32]]:
    """z [N, D] with one dimension at each of the places."""
    copies = [z.copy() for _ in places]
    for copy, place in zip(copies, places, strict=True):
        copy[:, index] = place
    return copies


def _spread(rows: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """At most `count` of the rows, evenly spread."""
    return rows[np.unique(np.linspace(0, max(len(rows) - 1, 0), min(count, len(rows))).round().astype(int))]


def _name(effects: Mapping[str, float], deviation: Mapping[str, float]) -> str:
    """The effect that is greatest beside how much the descriptor varies in the data, in words."""
    shares = {
        name: abs(change) / deviation[name]
        for name, change in effects.items()
        if not math.isnan(change) and deviation[name] > 0
    }
    name = max(shares, key=lambda each: shares[each], default=None)
    if name is None or shares[name] < TELLING:
        return "no descriptor"
    word = WORDS[name][0 if effects[name] > 0 else 1]
    return f"{word} ({name} {amount_text(name, effects[name], '+')})"


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"
