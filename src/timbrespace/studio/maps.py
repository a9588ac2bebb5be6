"""The map of what a model can play, as the page draws it: where each sound lies, and what it is like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook import DescriptorTable
from timbrespace.codebook.coverage import Coverage, coverage
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.engine import Engine
from timbrespace.latents.axes import principal_axes
from timbrespace.studio import packets


def map_packet(engine: Engine, table: DescriptorTable) -> bytes:
    """A packet of K sounds: place [K, 2] in 0…1 on the two principal axes of the latents, count [K], and
    every descriptor [K] in its unit, NaN where a sound has none. Header: kind, codes (whether row k is code
    k), level_db, and `descriptors`: unit, help, and the coverage, null where no sound has it."""
    columns = {name: table.column(name).astype(np.float32) for name in DESCRIPTORS}
    arrays = {"place": unit_places(table.z), "count": table.count.astype(np.int32), **columns}
    described = {name: _described(name, coverage(table, name)) for name in DESCRIPTORS}
    return packets.pack(
        arrays, kind=engine.kind, codes=table.codes, level_db=table.level_db, descriptors=described
    )


def unit_places(z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Latents [K, D] → their places [K, 2] on the principal axes, each axis from 0 to 1; all alike: 0.5."""
    places = principal_axes(z)
    low, high = places.min(axis=0), places.max(axis=0)
    spread = high - low
    shares = (places - low) / np.where(spread > 0, spread, 1.0)
    return np.where(spread > 0, shares, 0.5).astype(np.float32)


def _described(name: str, reach: Coverage | None) -> Mapping[str, Any]:
    kind = DESCRIPTORS[name]
    told = {"unit": kind.unit, "help": kind.help, "coverage": None}
    if reach is None:
        return told
    return told | {
        "coverage": {
            "sounds": reach.sounds,
            "low": reach.low,
            "high": reach.high,
            "middle_low": reach.middle_low,
            "middle_high": reach.middle_high,
            "gaps": [list(gap) for gap in reach.gaps],
            "covered": reach.covered,
            "words": reach.describe(),
        }
    }
