"""One number for many files: the median, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
DRAWS = 2000  # resamplings; the interval's own error is then a few per cent of its width


@dataclass(frozen=True)
class Spread:
    """Median of `count` values and its bootstrap interval; NaN where there is nothing to say."""

    median: float
    low: float
    high: float
    count: int


def median_spread(values: Sequence[float], seed: int = 0) -> Spread:
    """Median and 95 % percentile bootstrap interval (Efron 1979) of the values that are not NaN.

    Fewer than two values have no interval.
    """
    known = np.array([value for value in values if not math.isnan(value)])
    if known.size < 2:
        return Spread(float(known[0]) if known.size else math.nan, math.nan, math.nan, int(known.size))
    rng = np.random.default_rng(seed)
    medians = [np.median(rng.choice(known, known.size)) for _ in range(DRAWS)]
    low, high = np.quantile(medians, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Spread(float(np.median(known)), float(low), float(high), int(known.size))
