"""What `follow` is asked for: descriptors with their targets, and how long and how loud it is to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from timbrespace.cli.encode_decode import read_sound
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.codebook import DescriptorTable
    from timbrespace.codebook.targets import Target
    from timbrespace.engine import Engine

USUAL_LEVEL_DB = -20.0  # where a model does not say how loud its data is


@dataclass(frozen=True)
class Request:
    """What to follow, as the options say: descriptors and targets in pairs, ends of the shapes.

    files: those that targets are read from.
    """

    descriptors: tuple[str, ...]
    targets: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    seconds: float | None
    period: float
    files: tuple[Path, ...]


def read_request(
    descriptor: Sequence[str],
    target: Sequence[str],
    low: Sequence[float] | None,
    high: Sequence[float] | None,
    seconds: float | None,
    period: float,
    continuity: float,
) -> Request:
    """The options in pairs. Raises UsageError where they do not pair, or a value makes no sense."""
    from timbrespace.codebook.follow import check_request
    from timbrespace.codebook.targets import MAX_SECONDS, MIN_SECONDS, SHAPES, file_of
    from timbrespace.descriptors import descriptor as known

    for name in descriptor:
        known(name)
    if len(descriptor) != len(target):
        raise UsageError(
            f"{len(descriptor)} --descriptor and {len(target)} --target; give one of each, in pairs"
        )
    check_request(descriptor, continuity)
    shapes = sum(text in SHAPES for text in target)
    for option, values in (("--low", low or ()), ("--high", high or ())):
        if len(values) > shapes:
            raise UsageError(
                f"{option}: {len(values)} for {shapes} targets that have a shape ({', '.join(SHAPES)})"
            )
    if seconds is not None and not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise UsageError(f"--seconds is {seconds:g}; it must be {MIN_SECONDS:g} to {MAX_SECONDS:g}")
    files = tuple(file for file in map(file_of, target) if file is not None)
    return Request(
        tuple(descriptor), tuple(target), tuple(low or ()), tuple(high or ()), seconds, period, files
    )


def read_targets(request: Request, table: DescriptorTable, seconds: float) -> list[Target]:
    """A target for every descriptor; shapes lie between the tenths of the sounds that have all, unless
    said otherwise.

    Raises UsageError, SeriesError.
    """
    from timbrespace.codebook.coverage import coverage
    from timbrespace.codebook.targets import SHAPES, make_target

    low, high = iter(request.low), iter(request.high)
    targets = []
    for name, text in zip(request.descriptors, request.targets, strict=True):
        covered = coverage(table, name, request.descriptors)
        if covered is None:
            every = " and a ".join(request.descriptors)
            raise UsageError(f"no sound of this model has a {every}; there is nothing to follow it with")
        ends = covered.middle_low, covered.middle_high
        if text in SHAPES:
            ends = next(low, ends[0]), next(high, ends[1])
        targets.append(
            make_target(name, text, low=ends[0], high=ends[1], seconds=seconds, period=request.period)
        )
    return targets


def read_loudness(
    loaded: Engine, source: Path | None, level_db: float | None, table: DescriptorTable, request: Request
) -> tuple[float, NDArray[np.floating]]:
    """How long the sound is, in seconds, and its loudness, [L] dBFS.

    It is as long as --seconds says, else as the longest target file, else as the source of loudness. Raises
    UsageError where that is too long; SeriesError, AudioError.
    """
    from timbrespace.codebook.targets import DEFAULT_SECONDS, MAX_SECONDS, MIN_SECONDS, steady_level

    lengths = {path: _file_seconds(path) for path in request.files}
    curve = None
    if source is not None:
        curve, heard_seconds = _from_source(loaded, source)
        lengths = {path: own for path, own in lengths.items() if own >= MIN_SECONDS} or {
            source: heard_seconds
        }
    longest, own = max(lengths.items(), key=lambda item: item[1], default=(None, 0.0))
    if request.seconds is None and own > MAX_SECONDS:
        raise UsageError(f"{longest}: it ends at {own:g} seconds; give --seconds, {MAX_SECONDS:g} at most")
    length = request.seconds or (own if own >= MIN_SECONDS else DEFAULT_SECONDS)
    samples = round(length * loaded.sample_rate)
    if curve is not None:
        return length, curve(loaded.signal.frames_of(samples))
    level_db = _usual_level(loaded, table) if level_db is None else level_db
    return length, steady_level(level_db, loaded.signal, samples)


def _from_source(loaded: Engine, source: Path) -> tuple[Callable[[int], NDArray[np.floating]], float]:
    """The loudness in dBFS of so many frames, its last value held, and how many seconds it has."""
    import numpy as np

    from timbrespace import tables

    if source.suffix.lower() == ".csv":
        seconds, level_db = tables.read_curve(source, "loudness_db")
        return lambda frames: np.interp(loaded.signal.centre_seconds(frames), seconds, level_db), seconds[-1]
    if not source.is_file():
        raise UsageError(f"--loudness is '{source}'; there is no such file")
    sound = read_sound(source, "mix", quiet=True)
    heard = loaded.encode(sound.samples[0], sound.sample_rate).loudness_db
    return (
        lambda frames: np.pad(heard, (0, max(0, frames - len(heard))), mode="edge")[:frames],
        sound.samples.shape[1] / sound.sample_rate,
    )


def _file_seconds(path: Path) -> float:
    """How long a target file is; 0 for what is no file. Other errors show as they are read."""
    from timbrespace import tables

    return float(tables.read_table(path)["seconds"][-1]) if path.is_file() else 0.0


def _usual_level(loaded: Engine, table: DescriptorTable) -> float:
    quantiles = (loaded.header.get("latent") or {}).get("loudness_quantiles_db") or []
    if not table.codes:
        return table.level_db
    return float(quantiles[len(quantiles) // 2]) if quantiles else USUAL_LEVEL_DB
