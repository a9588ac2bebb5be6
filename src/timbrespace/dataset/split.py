"""Which part of a data set is trained on and which is held out: a function of content and seed only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

WHOLE_SOURCES_FROM = 5  # with fewer, a part of each source is held out instead
GAP_SECONDS = 1.0  # between the parts of one source, so that reverberation does not tell
_LARGEST_GAP_SHARE = 0.25  # of a source; shorter than four seconds, the gap shrinks with it
_OVERSHOOT = 1.5  # a held-out source may take the total this far past the share asked for


class Placed(Protocol):
    """What a split needs to know of a source."""

    @property
    def sha256(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def length(self) -> int: ...


@dataclass(frozen=True)
class Region:
    """A stretch of one source. source: its index. start (absolute), length: samples."""

    source: int
    start: int
    length: int


def split_regions(
    sources: Sequence[Placed], sample_rate: int, hold_out: float = 0.1, seed: int = 0
) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    """Training and validation regions of `sources`.

    Five or more sources: whole ones are held out, about `hold_out` of the duration, at least one. Fewer:
    the last part of each, after a gap of a second (a quarter of the source where that is less).
    """
    if not 0.0 < hold_out < 1.0:
        raise ValueError(f"hold_out is {hold_out}; it must lie between 0 and 1")
    if len(sources) >= WHOLE_SOURCES_FROM:
        return _by_source(sources, hold_out, seed)
    return _within_sources(sources, sample_rate, hold_out)


def describe_split(sources: Sequence[Placed], sample_rate: int, hold_out: float = 0.1, seed: int = 0) -> str:
    """In plain words what is held out."""
    _, validation = split_regions(sources, sample_rate, hold_out, seed)
    seconds = sum(region.length for region in validation) / sample_rate
    if len(sources) >= WHOLE_SOURCES_FROM:
        return f"{len(validation)} of {len(sources)} sources are held out ({seconds:.1f} s)"
    gaps = [_parts(source.length, sample_rate, hold_out)[1] / sample_rate for source in sources]
    short = "" if min(gaps) >= GAP_SECONDS else " (shortened: there is little material)"
    return f"the end of each source is held out ({seconds:.1f} s) after a gap of {min(gaps):.2g} s{short}"


def _by_source(
    sources: Sequence[Placed], hold_out: float, seed: int
) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    wanted = hold_out * sum(source.length for source in sources)
    held: set[int] = set()
    total = 0
    for index in sorted(range(len(sources)), key=lambda i: _rank(sources[i].sha256, seed)):
        if total < wanted and total + sources[index].length <= _OVERSHOOT * wanted:
            held.add(index)
            total += sources[index].length
    if not held:
        held = {min(range(len(sources)), key=lambda i: (sources[i].length, sources[i].sha256))}
    whole = [Region(i, source.start, source.length) for i, source in enumerate(sources)]
    train = tuple(region for region in whole if region.source not in held)
    return train, tuple(region for region in whole if region.source in held)


def halves(sources: Sequence[Placed], regions: Sequence[Region], seed: int = 0) -> tuple[int, ...]:
    """For every source 0 or 1: two halves of those in `regions`, of about equal duration.

    By content, as the split is: names order recordings by pitch and dynamics, and halves that differ in
    those would say nothing of each other. Sources that are not in `regions` count as 0.
    """
    half, filled = [0] * len(sources), [0, 0]
    length = {region.source: region.length for region in regions}
    for index in sorted(length, key=lambda i: _rank(sources[i].sha256, seed)):
        half[index] = filled.index(min(filled))
        filled[half[index]] += length[index]
    return tuple(half)


def _within_sources(
    sources: Sequence[Placed], sample_rate: int, hold_out: float
) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    train, validation = [], []
    for index, source in enumerate(sources):
        first, gap, last = _parts(source.length, sample_rate, hold_out)
        train.append(Region(index, source.start, first))
        if last > 0:
            validation.append(Region(index, source.start + first + gap, last))
    return tuple(train), tuple(validation)


def _parts(length: int, sample_rate: int, hold_out: float) -> tuple[int, int, int]:
    """Lengths of the training part, the gap and the held-out part of one source, samples."""
    last = min(round(length * hold_out), length - 1)
    gap = min(round(GAP_SECONDS * sample_rate), int(length * _LARGEST_GAP_SHARE), length - last - 1)
    return length - gap - last, gap, last


def _rank(sha256: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{sha256}".encode()).hexdigest()
