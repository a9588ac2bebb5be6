"""What moving along each descriptor achieves on a model's decoder, and what else it moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from timbrespace import descriptors, files
from timbrespace.codebook import DescriptorTable
from timbrespace.codebook.describe import BATCH, held_sounds
from timbrespace.descriptors import DESCRIPTORS, SPECTRAL
from timbrespace.directions.moving import Mover, deviations
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries
from timbrespace.pitch import F0_WINDOW, steady_pitch
from timbrespace.tables import format_table

Values = NDArray[np.float64]
Tell = Callable[[float], None]

FRAMES = 96  # described frames that are moved, and taken out of the table meanwhile
AMOUNTS = (-1.0, -0.5, 0.5, 1.0)  # standard deviations


@dataclass(frozen=True)
class Movement:
    """Moving along one descriptor, measured on the decoder; NaN where nothing could be measured.

    deviation: what an amount of 1 asks for, in octaves, or dB for flatness. achieved, low, high: median and
    quartiles of what was achieved for 1 asked. leaks: other descriptor → the size of its change for 1
    asked, median, in its own standard deviations.
    """

    name: str
    deviation: float
    achieved: float
    low: float
    high: float
    leaks: Mapping[str, float]

    def row(self) -> str:
        """One line for people."""
        leaks = ", ".join(f"{name} {leak:.2f}" for name, leak in self.leaks.items())
        spread = f"{self.achieved:.2f} ({self.low:.2f} to {self.high:.2f})"
        return f"{self.name}: 1 is {amount_text(self.name, self.deviation)}; achieved {spread}; moves {leaks}"


@dataclass(frozen=True)
class Directions:
    """Every descriptor along which a model's series can be moved, and how well that goes."""

    measured: Mapping[str, Movement]

    def rows(self) -> list[str]:
        """One line a descriptor, for people."""
        return [movement.row() for movement in self.measured.values()]

    def to_csv(self) -> str:
        """`descriptor,deviation,achieved,low,high,leak_centroid,…`, a row a descriptor."""
        moved = list(self.measured.values())
        columns = {
            "descriptor": [each.name for each in moved],
            "deviation": [f"{each.deviation:.6g}" for each in moved],
            "achieved": [_cell(each.achieved) for each in moved],
            "low": [_cell(each.low) for each in moved],
            "high": [_cell(each.high) for each in moved],
        }
        for name in DESCRIPTORS:
            columns[f"leak_{name}"] = [_cell(each.leaks.get(name, math.nan)) for each in moved]
        return format_table(columns)


def save_directions_csv(path: Path, directions: Directions, *, force: bool = False) -> None:
    """Write `Directions.to_csv`. Errors as `files.atomic_path`."""
    files.write_text(path, directions.to_csv(), force=force)


def amount_text(name: str, change: float, sign: str = "") -> str:
    """A change on a descriptor's scale with its unit, for people: semitones for pitch. sign: '+' shows it."""
    if name == "f0":
        return f"{12 * change:{sign}.1f} semitones"
    return f"{change:{sign}.2f} octaves" if DESCRIPTORS[name].unit == "Hz" else f"{change:{sign}.1f} dB"


def fit_directions(table: DescriptorTable, engine: Engine, *, progress: Tell | None = None) -> Directions:
    """Move described frames along every descriptor and look at what they decode to.

    The frames that are moved are left out of what the mover knows. Raises UsageError for a discrete model.
    """
    if engine.kind != "continuous":
        raise UsageError(
            "a discrete model has no directions; its codes are described by `timbrespace codebook`"
        )
    chosen = _spread(table)
    rest = np.setdiff1d(np.arange(len(table)), chosen)
    mover = Mover(engine, _rows(table, rest if table.pitched[rest].any() else np.arange(len(table))))
    names = [name for name in DESCRIPTORS if name != "f0" or len(mover.pitches.z)]
    z, loudness_db = table.z[chosen], table.loudness_db[chosen]
    before = decoded(engine, z, loudness_db)
    measured = {}
    for number, name in enumerate(names):
        changes = []
        for amount in AMOUNTS:
            moved = mover.moved(z, loudness_db, name, amount, every=1)
            after = decoded(engine, moved, loudness_db)
            changes.append({each: (after[each] - before[each]) / amount for each in DESCRIPTORS})
        together = {each: np.concatenate([change[each] for change in changes]) for each in DESCRIPTORS}
        measured[name] = _movement(name, together, deviations(table))
        if progress is not None:
            progress((number + 1) / len(names))
    return Directions(measured)


def decoded(engine: Engine, z: NDArray[np.float32], loudness_db: Values) -> dict[str, Values]:
    """Descriptors [N] of latents z [N, D] as decoded at loudness_db [N], on their scales."""
    return spectral(engine, z, loudness_db) | {"f0": held_pitch(engine, z, loudness_db)}


def held_pitch(engine: Engine, z: NDArray[np.float32], loudness_db: Values) -> Values:
    """Pitch of z [N, D], each held: octaves above 1 Hz, [N]; NaN without one."""
    parts = []
    for start in range(0, len(z), BATCH):
        part = slice(start, start + BATCH)
        sounds = held_sounds(engine, z[part], loudness_db[part], F0_WINDOW)
        pitch = steady_pitch(sounds, engine.sample_rate)
        parts.append(np.where(pitch.voiced, DESCRIPTORS["f0"].to_scale(pitch.f0_hz), np.nan))
    return np.concatenate(parts)


def spectral(engine: Engine, z: NDArray[np.float32], loudness_db: Values) -> dict[str, Values]:
    """Spectral descriptors [N] of z [N, D], of single frames' magnitudes, on their scales."""
    series = LatentSeries(z, loudness_db.astype(np.float32), engine.signal.frame_rate_hz, engine.model_id)
    values = descriptors.of_spectra(engine.decode_magnitudes(series), engine.sample_rate)
    return {name: DESCRIPTORS[name].to_scale(values[name]) for name in SPECTRAL}


def _movement(name: str, changes: Mapping[str, Values], deviation: Mapping[str, float]) -> Movement:
    """changes: descriptor → its change for 1 asked, [N], on its scale; NaN where it had or has no pitch."""
    scaled = {each: _known(values) / max(deviation[each], 1e-6) for each, values in changes.items()}
    quartiles = np.percentile(scaled[name], [25, 50, 75]) if len(scaled[name]) else [math.nan] * 3
    low, middle, high = (float(value) for value in quartiles)
    others = {each: values for each, values in scaled.items() if each != name}
    leaks = {
        each: float(np.median(np.abs(values))) if len(values) else math.nan for each, values in others.items()
    }
    return Movement(name, deviation[name], middle, low, high, leaks)


def _known(values: Values) -> Values:
    return values[~np.isnan(values)]


def _spread(table: DescriptorTable) -> NDArray[np.intp]:
    """Described frames, evenly spread; of those with a pitch, where there are any."""
    rows = np.flatnonzero(table.pitched) if table.pitched.any() else np.arange(len(table))
    return rows[np.unique(np.linspace(0, len(rows) - 1, FRAMES).round().astype(int))]


def _rows(table: DescriptorTable, rows: NDArray[np.intp]) -> DescriptorTable:
    return replace(
        table,
        z=table.z[rows],
        loudness_db=table.loudness_db[rows],
        count=table.count[rows],
        values={name: values[rows] for name, values in table.values.items()},
        f0_confidence=table.f0_confidence[rows],
    )


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"
