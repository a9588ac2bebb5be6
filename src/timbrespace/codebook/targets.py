"""What a descriptor is to do over time: a drawn curve, or one of a few named shapes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace import tables
from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.descriptors import Descriptor, descriptor
from timbrespace.errors import SeriesError, UsageError

Values = NDArray[np.float64]

DEFAULT_SECONDS = 8.0
MIN_SECONDS, MAX_SECONDS = 0.001, 1800.0  # measuring pitch takes a gigabyte a quarter of an hour
PERIOD_SECONDS = 4.0  # of a sine
STEPS = 8
ASKED = {"Hz": (1.0, 96_000.0), "": (1e-9, 1.0)}  # beyond it no sound has the descriptor
SHAPES = ("sine", "ramp", "exp", "steps")


@dataclass(frozen=True)
class Target:
    """A curve for one descriptor, in its unit. seconds: how long it is; None: as long as one likes."""

    descriptor: Descriptor
    curve: Callable[[Values], Values]
    seconds: float | None
    label: str

    def at(self, seconds: Values) -> Values:
        """The target [L] at times [L], held beyond both ends."""
        return np.asarray(self.curve(seconds), dtype=np.float64)


def file_of(text: str) -> Path | None:
    """The file that a target's text names; None for a shape or a number. Raises UsageError."""
    return None if text in SHAPES or _number(text) is not None else Path(text)


def make_target(
    name: str, text: str, *, low: float, high: float, seconds: float, period: float = PERIOD_SECONDS
) -> Target:
    """A target from a word of `SHAPES` between `low` and `high`, from a number, or from a CSV file.

    sine begins in the middle and rises; ramp goes straight, exp by equal ratios, steps by equal ratios in
    eight steps from `low` to `high` over `seconds`. A file has the columns `seconds` and the descriptor's
    name, with or without its unit. Raises UsageError, SeriesError.
    """
    kind = descriptor(name)
    if text in SHAPES:
        _check_range(kind, low, high)
        shape = _shapes(kind, low, high, seconds, period)[text]
        return Target(kind, shape, None, f"{text} {kind.format(low)} to {kind.format(high)}")
    constant = _number(text)
    if constant is not None:
        if not _can_be_asked(kind, constant):
            raise UsageError(f"target '{text}' for {kind.name}; it must be {_allowed(kind)}")
        return Target(kind, lambda time: np.full(len(time), constant), None, kind.format(constant))
    return _from_file(kind, Path(text))


def drawn_target(name: str, seconds: ArrayLike, values: ArrayLike) -> Target:
    """A target drawn by hand: values in the descriptor's unit at seconds, [N] each. Raises UsageError."""
    kind = descriptor(name)
    time, drawn = np.asarray(seconds, dtype=np.float64), np.asarray(values, dtype=np.float64)
    odd = [value for value in drawn.tolist() if not _can_be_asked(kind, value)]
    if odd:
        raise UsageError(f"the target of {kind.name} is {odd[0]:g}; it must be {_allowed(kind)}")
    return Target(kind, lambda at: np.interp(at, time, drawn), float(time[-1]), "drawn")


def steady_level(level_db: float, signal: SignalConfig, samples: int) -> Values:
    """The same loudness from the first sample to the last, [L] dBFS for every frame of the sound.

    A sound that is made of nothing would begin and end in the middle of a wave, with a click. Frames whose
    middle lies within a quarter of a window of either end are silent: it fades in and out in that time.
    """
    place = signal.centre_seconds(signal.frames_of(samples)) * signal.sample_rate
    fade = min(signal.n_fft, samples) / 4
    inside = (place >= fade) & (place <= samples - fade)
    return np.where(inside, level_db, LOUDNESS_FLOOR_DB)


def _shapes(
    kind: Descriptor, low: float, high: float, seconds: float, period: float
) -> dict[str, Callable[[Values], Values]]:
    if not (math.isfinite(period) and period > 0):
        raise UsageError(f"the period is {period:g} seconds; it must be above 0")

    def share(time: Values) -> Values:
        return np.clip(time / seconds, 0.0, 1.0)

    def ratio(part: Values) -> Values:
        ends = kind.to_scale([low, high])
        return kind.from_scale(ends[0] + part * (ends[1] - ends[0]))

    return {
        "sine": lambda time: low + (high - low) * 0.5 * (1.0 + np.sin(2 * np.pi * time / period)),
        "ramp": lambda time: low + (high - low) * share(time),
        "exp": lambda time: ratio(share(time)),
        "steps": lambda time: ratio(np.minimum(np.floor(share(time) * STEPS), STEPS - 1) / (STEPS - 1)),
    }


def _from_file(kind: Descriptor, path: Path) -> Target:
    if not path.suffix and not path.exists():
        raise UsageError(f"target '{path}'; it must be {', '.join(SHAPES)}, a number or a CSV file")
    columns = tables.read_table(path)
    found = [name for name in (kind.name, kind.column) if name in columns]
    if len(columns) != 2 or not found:
        named = ",".join(columns)
        raise SeriesError(f"{path}: the columns are {named}; this target needs seconds,{kind.name}")
    seconds, values = columns["seconds"], columns[found[0]]
    low, high = ASKED[kind.unit]
    odd = np.flatnonzero((values < low) | (values > high))
    if len(odd):
        row = tables.row_number(path, int(odd[0]))
        raise SeriesError(f"{path}: row {row}: {found[0]} is {values[odd[0]]:g}; it must be {_allowed(kind)}")
    return Target(kind, lambda time: np.interp(time, seconds, values), float(seconds[-1]), path.name)


def _check_range(kind: Descriptor, low: float, high: float) -> None:
    for name, value in (("low", low), ("high", high)):
        if not _can_be_asked(kind, value):
            raise UsageError(f"--{name} is {value:g} for {kind.name}; it must be {_allowed(kind)}")
    if low > high:
        raise UsageError(f"--low is {low:g} and --high {high:g} for {kind.name}; low comes first")


def _can_be_asked(kind: Descriptor, value: float) -> bool:
    low, high = ASKED[kind.unit]
    return low <= value <= high


def _allowed(kind: Descriptor) -> str:
    low, high = ASKED[kind.unit]
    return f"{low:g} to {high:g} {kind.unit}".rstrip()


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        raise UsageError(f"target '{text}'; a number must be finite")
    return value
