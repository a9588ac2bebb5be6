"""Parts that samples run through: a delay, and a gain that moves without a click."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class DelayLine:
    """So many samples of silence, then what came in."""

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
