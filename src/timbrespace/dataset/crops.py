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
    """Random crops of `crop_samples` from `regions`, every place in them equally likely.

    margin_samples: crops may begin so much before a region and end so much behind it, in silence, so that
    beginnings and ends are met as often as the rest, and what lies about the middle of a crop may be for
    filters only.
    """

    def __init__(
        self,
        dataset: Readable,
        regions: Sequence[Region],
        crop_samples: int,
        batch: int,
        seed: int = 0,
        *,
        margin_samples: int = 0,
    ) -> None:
        if not regions:
            raise DatasetError("no sound to take crops from")
        self._dataset = dataset
        self._regions = tuple(regions)
        self._crop_samples = crop_samples
        self._batch = batch
        self._seed = seed
        self._margin = margin_samples
        places = np.array([self._room(region) + 1 for region in regions], dtype=np.float64)
        self._bounds = np.cumsum(places) / places.sum()

    def batch(self, step: int) -> CropBatch:
        """The batch of `step`: always the same for the same seed, whatever was drawn before."""
        key = np.array([self._seed & _WORD, step & _WORD], dtype=np.uint64)
        generator = np.random.Generator(np.random.Philox(key=key))
        draws = generator.random((self._batch, 2))
        chosen = np.searchsorted(self._bounds, draws[:, 0], side="right")
        audio = np.zeros((self._batch, self._crop_samples), dtype=np.float32)
        valid = np.empty(self._batch, dtype=np.int64)
        source = np.empty(self._batch, dtype=np.int64)
        for row, index in enumerate(np.minimum(chosen, len(self._regions) - 1)):
            region = self._regions[int(index)]
            offset = int(draws[row, 1] * (self._room(region) + 1)) - self._margin
            audio[row], valid[row] = _read(self._dataset, region, offset, self._crop_samples)
            source[row] = region.source
        return CropBatch(audio, source, valid)

    def _room(self, region: Region) -> int:
        """How far the start of a crop can move."""
        return max(0, region.length + 2 * self._margin - self._crop_samples)


def sequential(
    dataset: Readable, regions: Sequence[Region], crop_samples: int, batch: int
) -> Iterator[CropBatch]:
    """Everything in `regions` once, in order, in crops side by side; the last batch may be smaller."""
    places = [(region, offset) for region in regions for offset in range(0, region.length, crop_samples)]
    for first in range(0, len(places), batch):
        yield _cut(dataset, places[first : first + batch], crop_samples)


def _cut(dataset: Readable, places: Sequence[tuple[Region, int]], crop_samples: int) -> CropBatch:
    pieces = [_read(dataset, region, offset, crop_samples) for region, offset in places]
    source = np.array([region.source for region, _ in places], dtype=np.int64)
    valid = np.array([count for _, count in pieces], dtype=np.int64)
    return CropBatch(np.stack([audio for audio, _ in pieces]), source, valid)


def _read(dataset: Readable, region: Region, offset: int, samples: int) -> tuple[NDArray[np.float32], int]:
    """`samples` samples from `offset` of a region on, zeros outside of it; and how many lie inside."""
    audio = np.zeros(samples, dtype=np.float32)
    first, last = max(offset, 0), min(offset + samples, region.length)
    if last > first:
        dataset.read(region.start + first, audio[first - offset : last - offset])
    return audio, max(0, last - first)
