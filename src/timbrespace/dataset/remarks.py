"""How a source differs from what one expects or from the rest, in words. It is used all the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from timbrespace.dataset.store import Source

_BANDWIDTH_TOLERANCE = 0.1  # of the usual bandwidth
_NOTABLE_DC = 0.001  # full scale 1
_NOTABLE_PEAK = 1.05


def with_remarks(sources: Sequence[Source], sample_rate: int) -> tuple[Source, ...]:
    """The same sources with their notes: rate, bandwidth, offset, over full scale."""
    rates: Counter[int] = Counter()
    for source in sources:
        rates[source.original_rate] += source.length
    usual_rate = max(rates, key=lambda rate: (rates[rate], rate))
    usual_bandwidth = _weighted_median([(source.bandwidth_hz, source.length) for source in sources])
    return tuple(
        replace(source, notes=tuple(_notes(source, usual_rate, usual_bandwidth, sample_rate)))
        for source in sources
    )


def remarks_on_all(sources: Sequence[Source], sample_rate: int) -> list[str]:
    """What is worth knowing of the set as a whole."""
    lines = []
    highest = max(source.bandwidth_hz for source in sources)
    if highest < 0.75 * sample_rate / 2:
        rate = next(
            rate for rate in (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 96_000) if rate >= 2 * highest
        )
        if rate < sample_rate:
            lines.append(
                f"no source goes above {_khz(highest)}: --rate {rate} loses nothing and trains faster"
            )
    levels = [source.level_db for source in sources]
    if max(levels) < -40.0:
        lines.append(f"everything is very soft: the loudest moment is at {max(levels):.0f} dBFS")
    return lines


def _notes(source: Source, usual_rate: int, usual_bandwidth: float, sample_rate: int) -> list[str]:
    notes = []
    if source.truncation:
        notes.append(f"truncated: {source.truncation}; used as it is")
    if source.original_rate != usual_rate:
        notes.append(
            f"{source.original_rate} Hz where most have {usual_rate} Hz: resampled to {sample_rate} Hz"
        )
    if abs(source.bandwidth_hz - usual_bandwidth) > _BANDWIDTH_TOLERANCE * usual_bandwidth:
        notes.append(f"bandwidth {_khz(source.bandwidth_hz)} where most have {_khz(usual_bandwidth)}")
    if abs(source.dc) >= _NOTABLE_DC:
        notes.append(f"offset of {100 * source.dc:+.1f} % removed")
    if source.peak > _NOTABLE_PEAK:
        notes.append(f"peak {20 * math.log10(source.peak):.1f} dB over full scale")
    return notes


def _weighted_median(values: list[tuple[float, int]]) -> float:
    half = sum(weight for _, weight in values) / 2
    passed = 0
    for value, weight in sorted(values):
        passed += weight
        if passed >= half:
            return value
    return values[-1][0]


def _khz(frequency_hz: float) -> str:
    return f"{frequency_hz / 1000:.1f} kHz"
