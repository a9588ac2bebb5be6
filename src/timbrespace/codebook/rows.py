"""Rows of a table as a series: what plays the sounds that they describe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook.table import DescriptorTable
from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries


def series_of_rows(
    engine: Engine,
    table: DescriptorTable,
    rows: NDArray[np.integer],
    loudness_db: NDArray[np.floating],
    length_samples: int | None = None,
) -> LatentSeries:
    """The sound of row rows[n] in frame n at loudness_db[n], dBFS, [L] each; codes where rows are codes."""
    codes = rows.astype(np.int32) if table.codes else None
    level = loudness_db.astype(np.float32)
    rate = engine.signal.frame_rate_hz
    return LatentSeries(table.z[rows], level, rate, engine.model_id, codes, length_samples)
