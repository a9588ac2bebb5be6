"""Parts that samples run through: a delay, a gain that moves without a click, a mean that is taken away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SETTLING_SECONDS = 2.0  # long against the lowest sound, short against a performance


class DelayLine:
    """So many samples of silence, then what came in; as many at a time as come.

    The delay of `resampling` gives its silence out at once, for a stream to have some to spare.
    """

    def __init__(self, samples: int) -> None:
        self._kept = np.zeros(samples, np.float32)

    def process(self, block: Samples) -> Samples:
        """block [T] → [T]."""
        if not len(self._kept):
            return block
        line = np.concatenate([self._kept, block])
        self._kept = line[len(block) :].copy()
        return line[: len(block)]


class Ramp:
    """A gain that goes to where it is wanted in a straight line, the whole way from 0 to 1 in `samples`."""

    def __init__(self, value: float, samples: int) -> None:
        self.value = value
        self._step = 1.0 / max(samples, 1)

    def next(self, wanted: float, count: int) -> Samples | float:
        """The gain of the next `count` samples, [count]; one number where it stands still."""
        if self.value == wanted:
            return wanted
        step = self._step if wanted > self.value else -self._step
        way = self.value + step * np.arange(1, count + 1)
        way = np.minimum(way, wanted) if step > 0 else np.maximum(way, wanted)
        self.value = float(way[-1])
        return way.astype(np.float32)


class OffsetRemover:
    """What a converter adds to everything, taken away: the slow mean of what came in.

    Files have their whole mean taken off before they are encoded; on stage it is not known, so it is the mean
    of the last SETTLING_SECONDS or so. A model hears an offset as timbre (`docs/decisions.md`).
    """

    def __init__(self, sample_rate: int) -> None:
        self._most = SETTLING_SECONDS * sample_rate
        self._heard = 0.0  # samples, up to `most`
        self._mean = 0.0

    def process(self, block: Samples) -> Samples:
        """block [T] → [T]; what is no number is left for others and not counted."""
        self._heard = min(self._heard + len(block), self._most)
        before = self._mean
        with np.errstate(invalid="ignore"):  # infinities of both signs have no mean
            new = float(np.mean(block, dtype=np.float64)) if len(block) else 0.0
        if not np.isfinite(new) or not len(block):
            return block - np.float32(before)
        self._mean += min(len(block) / self._heard, 1.0) * (new - before)
        return block - np.linspace(before, self._mean, len(block), dtype=np.float32)
