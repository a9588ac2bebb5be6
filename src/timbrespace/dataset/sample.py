"""A bounded, evenly spread, always equal sample of a data set's sound: cost does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from timbrespace.config import SignalConfig
from timbrespace.dataset.split import Region
from timbrespace.dataset.store import Dataset

PIECE_FRAMES = 128


class Piece(NamedTuple):
    """A stretch of one recording: audio [1, (lead + L)·hop]; the first `lead` frames are context only.

    level_db: of the recording's loudest frame, dBFS.
    """

    audio: Tensor
    lead: int
    source: int
    level_db: float


class Sample:
    """At most `frames` frames of `regions` in pieces, each led in by up to `lead` frames of its region."""

    def __init__(
        self, dataset: Dataset, regions: Sequence[Region], signal: SignalConfig, lead: int, frames: int
    ) -> None:
        self._dataset = dataset
        self._hop = signal.hop
        self._lead = lead + signal.n_fft // signal.hop
        length = PIECE_FRAMES * signal.hop
        self._places = _thin(
            [(region, offset) for region in regions for offset in range(0, region.length, length)],
            max(1, frames // PIECE_FRAMES),
        )

    def __iter__(self) -> Iterator[Piece]:
        for region, offset in self._places:
            lead = min(self._lead, offset // self._hop)
            first = offset - lead * self._hop
            count = min(region.length - first, (lead + PIECE_FRAMES) * self._hop)
            samples = np.zeros(-(-count // self._hop) * self._hop, dtype=np.float32)
            self._dataset.read(region.start + first, samples[:count])
            level_db = self._dataset.sources[region.source].level_db
            yield Piece(torch.from_numpy(samples)[None], lead, region.source, level_db)


def _thin(places: list[tuple[Region, int]], most: int) -> list[tuple[Region, int]]:
    """Evenly spread, `most` at most."""
    if len(places) <= most:
        return places
    chosen = np.linspace(0, len(places) - 1, most).round().astype(int)
    return [places[index] for index in chosen]
