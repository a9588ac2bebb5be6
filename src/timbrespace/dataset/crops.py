"""Batches of crops: every draw is a function of (seed, step), so that a run can be resumed exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from timbrespace.dataset.split import Region
from timbrespace.errors import DatasetError

_WORD = (1 << 64) - 1


class Readable(Protocol):
    """What crops need of a data set."""

    def read(self, start: int, out: NDArray[np.float32]) -> None:
        """Fill `out` [T] with the samples from `start` on."""


@dataclass(frozen=True)
class CropBatch:
    """audio float32 [B, T], zeros behind the end of a region; source int64 [B]: index of the recording;
    valid int64 [B]: how many samples are sound."""

    audio: NDArray[np.float32]
    source: NDArray[np.int64]
    valid: NDArray[np.int64]


class Crops:
    """Random crops of `crop_samples` from `regions`, longer regions drawn in proportion."""

    def __init__(
        self, dataset: Readable, regions: Sequence[Region], crop_samples: int, batch: int, seed: int = 0
    ) -> None:
        if not regions:
            raise DatasetError("no sound to take crops from")
        self._dataset = dataset
        self._regions = tuple(regions)
        self._crop_samples = crop_samples
        self._batch = batch
        self._seed = seed
        lengths = np.array([region.length for region in regions], dtype=np.float64)
        self._bounds = np.cumsum(lengths) / lengths.sum()

    def batch(self, step: int) -> CropBatch:
        """The batch of `step`: always the same for the same seed, whatever was drawn before."""
        key = np.array([self._seed & _WORD, step & _WORD], dtype=np.uint64)
        draws = np.random.Generator(np.random.Philox(key=key)).random((self._batch, 2))
        chosen = np.searchsorted(self._bounds, draws[:, 0], side="right")
        places = []
        for index, share in zip(np.minimum(chosen, len(self._regions) - 1), draws[:, 1], strict=True):
            region = self._regions[int(index)]
            room = max(0, region.length - self._crop_samples)
            places.append((region, int(share * (room + 1))))
        return _cut(self._dataset, places, self._crop_samples)


def sequential(
    dataset: Readable, regions: Sequence[Region], crop_samples: int, batch: int
) -> Iterator[CropBatch]:
    """Everything in `regions` once, in order, in crops side by side; the last batch may be smaller."""
    places = [(region, offset) for region in regions for offset in range(0, region.length, crop_samples)]
    for first in range(0, len(places), batch):
        yield _cut(dataset, places[first : first + batch], crop_samples)


def _cut(dataset: Readable, places: Sequence[tuple[Region, int]], crop_samples: int) -> CropBatch:
    audio = np.zeros((len(places), crop_samples), dtype=np.float32)
    valid = np.empty(len(places), dtype=np.int64)
    for row, (region, offset) in enumerate(places):
        count = min(crop_samples, region.length - offset)
        dataset.read(region.start + offset, audio[row, :count])
        valid[row] = count
    source = np.array([region.source for region, _ in places], dtype=np.int64)
    return CropBatch(audio, source, valid)
