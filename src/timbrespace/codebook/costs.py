"""What the sounds of a table cost when a descriptor is followed: what they have of it, how near is near."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook.distances import alone
from timbrespace.codebook.table import DescriptorTable
from timbrespace.descriptors import SPECTRAL, Descriptor, of_spectra
from timbrespace.engine import Engine
from timbrespace.errors import UsageError

Values = NDArray[np.float64]
Rows = NDArray[np.intp]

TOLERANCE = {"Hz": 1 / 12, "": 1.0}  # octaves, dB: an error of so much costs 1
WITHIN_SPREAD = 0.2  # the tolerance is no more than this part of the descriptor's spread in the table
BESIDE_OTHERS_PITCH = 1 / 48  # octaves: the tolerance of a pitch that is followed together with another
LEVEL_STEP_DB = 3.0  # grid on which a continuous model's sounds are described anew
UNSURE_COST = 0.2  # of a pitch in which the tracker has no confidence


def usable(table: DescriptorTable, names: Sequence[str]) -> Rows:
    """The rows of a table that have all of `names`. Raises UsageError where there are none."""
    rows = np.flatnonzero(np.isfinite([table.column(name) for name in names]).all(axis=0))
    if len(rows) == 0:
        raise UsageError(f"no sound of this model has a {' and a '.join(names)}")
    return rows


def tolerance(kind: Descriptor, column: Values, with_others: bool) -> float:
    """How far from the target a sound of `column` [K] may be to cost 1, on the descriptor's scale."""
    if kind.name == "f0" and with_others:
        return BESIDE_OTHERS_PITCH
    spread = WITHIN_SPREAD * float(column.std())
    return min(TOLERANCE[kind.unit], spread) if spread > 0 else TOLERANCE[kind.unit]


def unsure(table: DescriptorTable, rows: Rows, kind: Descriptor) -> Values:
    """What doubt about a pitch costs, [K]; nothing for other descriptors."""
    if kind.name != "f0":
        return np.zeros(len(rows))
    return UNSURE_COST * (1.0 - table.f0_confidence[rows])


class Levels:
    """Spectral descriptors of a table's sounds as a model decodes them at other levels, each found once."""

    def __init__(self, engine: Engine, table: DescriptorTable) -> None:
        self.engine = engine
        self.table = table
        self._found: dict[float, dict[str, Values]] = {}

    def values(self, name: str, level_db: float) -> Values:
        """A spectral descriptor of every sound, [K] in its unit."""
        if level_db not in self._found:
            magnitudes = alone(self.engine, self.table, level_db)
            self._found[level_db] = of_spectra(magnitudes, self.engine.sample_rate)
        return self._found[level_db][name]


def at_levels(
    levels: Levels, rows: Rows, kind: Descriptor, loudness_db: NDArray[np.floating]
) -> tuple[Values, NDArray[np.intp]]:
    """The descriptor [G, K] on its scale at each level of a grid, and each frame's place on the grid [L].

    A discrete model sounds alike at every level. A continuous one gets brighter as it gets louder; how much
    is read off the decoded spectra. Pitch stays.
    """
    table = levels.table
    described = kind.to_scale(table.column(kind.name)[rows])
    if table.codes or kind.name not in SPECTRAL:
        return described[None], np.zeros(len(loudness_db), dtype=np.intp)
    low, high = levels.engine.model.loudness_range_db.tolist()  # beyond it the decoder is told no more
    grid_db = np.round(np.clip(loudness_db, low, high) / LEVEL_STEP_DB) * LEVEL_STEP_DB
    grid, place = np.unique(grid_db, return_inverse=True)

    def scaled(level_db: float) -> Values:
        return kind.to_scale(levels.values(kind.name, level_db)[rows])

    reference = scaled(table.level_db)
    return described + np.stack([scaled(float(level)) - reference for level in grid]), place
