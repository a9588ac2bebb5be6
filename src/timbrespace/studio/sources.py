"""Where a part's series comes from, made by the verbs of the layers below: one function a kind of source.

What each gives is what the command line would write for the same: `encode`, `interpolate`, `plane`, `follow`.
Of a discrete model it is quantised, with its codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from timbrespace import alignment, audio, plane
from timbrespace.codebook import DescriptorTable
from timbrespace.codebook.costs import Levels
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.rows import series_of_rows
from timbrespace.codebook.targets import steady_level
from timbrespace.engine import Engine
from timbrespace.errors import SeriesError, UsageError
from timbrespace.interpolation import drawn_positions
from timbrespace.latents import LatentSeries
from timbrespace.progress import Tell, tell
from timbrespace.studio.document import (
    CodesSource,
    FollowSource,
    MorphSource,
    PlanePoint,
    PlaneSource,
    SeriesSource,
    Sound,
    SoundSource,
    Source,
)
from timbrespace.studio.editing import middle_db
from timbrespace.studio.quantities import LONGEST_SECONDS, Loudness

if TYPE_CHECKING:
    from timbrespace.codebook.targets import Target


@dataclass(frozen=True)
class Sourced:
    """What a source gave. glide_frames: for `Engine.decode`."""

    series: LatentSeries
    glide_frames: int | None = None


@dataclass(frozen=True)
class Bench:
    """What sources are made with.

    sound: by its id. samples: of a sound, from and to seconds, at its own rate. load: a series that was
    brought in. of: the series that a ref stands for. seed: of the noise part. tell: hears the share done.
    quick: a hand is moving, so what takes seconds is left out.
    """

    engine: Engine
    table: Callable[[], DescriptorTable]
    distances: Callable[[], Distances]
    levels: Callable[[], Levels]
    sound: Callable[[str], Sound]
    samples: Callable[[Sound, float, float], NDArray[np.float32]]
    load: Callable[[str], LatentSeries]
    of: Callable[[str], LatentSeries]
    seed: int = 0
    tell: Tell | None = None
    quick: bool = False


def make(source: Source, bench: Bench) -> Sourced:
    """The series of a source. Raises UsageError, SeriesError, Missing, AudioError."""
    made: Sourced = MAKERS[source.kind](source, bench)
    if len(made.series) == 0:
        raise SeriesError("the source has no frames; there is nothing in it to play")
    return replace(made, series=bench.engine.requantise(made.series))


def _sound(source: SoundSource, bench: Bench) -> Sourced:
    sound = bench.sound(source.sound)
    whole = sound.frames / sound.sample_rate
    end = whole if source.end is None else min(source.end, whole)
    if source.start >= end:
        raise UsageError(
            f"from {source.start:g} s to {end:g} s of '{sound.name}' there is nothing; it lasts {whole:.2f} s"
        )
    if end - source.start > LONGEST_SECONDS:
        raise UsageError(
            f"{end - source.start:.0f} s of '{sound.name}' are chosen; a part has {LONGEST_SECONDS:g} s "
            "at most, so select less of it"
        )
    samples = audio.without_offset(bench.samples(sound, source.start, end))
    return Sourced(bench.engine.encode(samples, sound.sample_rate, progress=bench.tell))


def _morph(source: MorphSource, bench: Bench) -> Sourced:
    from timbrespace import courses

    signal = bench.engine.signal
    a, b = bench.of(source.a), bench.of(source.b)
    leading = alignment.leading([a, b], signal, source.align)
    samples = alignment.samples_of(leading, signal)
    share, place = _columns(source.curve, "share", "place")
    places = drawn_positions(share * samples / signal.sample_rate, place, signal, len(leading), samples)
    line = courses.between(
        a, b, signal, curve=places, align=source.align, loudness=source.loudness
    )  # fmt: skip
    if source.course == "line" or bench.quick:
        return Sourced(line.line)
    choice = courses.choose([line], bench.engine, source.course, seed=bench.seed, progress=bench.tell)
    return Sourced(choice.chosen.series[0])


def _plane(source: PlaneSource, bench: Bench) -> Sourced:
    signal = bench.engine.signal
    for name, number in (("latents", source.latents), ("loudness", source.loudness)):
        if number is not None and number >= len(source.points):
            raise UsageError(f"{name} is {number}; there are points 0 to {len(source.points) - 1}")
    samples = round(source.seconds * signal.sample_rate)
    frames = signal.frames_of(samples)
    fitted = [_fit_point(point, bench, frames, samples, source.align) for point in source.points]
    alignment.check_alike(fitted, signal)
    seconds, x, y = _columns(source.path, "seconds", "x", "y")
    places = plane.drawn_places(seconds, np.stack([x, y], axis=1), signal, frames, samples)
    points = [(point.x, point.y) for point in source.points]
    shares = plane.weights(places, points, [point.radius for point in source.points])
    return Sourced(plane.blend(fitted, shares, latents=source.latents, loudness=source.loudness))


def _fit_point(point: PlanePoint, bench: Bench, frames: int, samples: int, align: str) -> LatentSeries:
    """What a point of the plane plays, for so many frames and samples; one frame is held."""
    signal = bench.engine.signal
    if point.ref is not None:
        check_point(point)
        return alignment.fit(bench.of(point.ref), signal, frames, samples, align)
    return alignment.hold(point_state(point, bench.engine), signal, 0.0, frames, samples)


def check_point(point: PlanePoint) -> None:
    """Raise UsageError where a point of the plane is nothing, or more than one thing."""
    if sum(given is not None for given in (point.ref, point.seed, point.held)) != 1:
        raise UsageError(f"point '{point.name}' needs one of a sound, a random draw and a held state")


def point_state(point: PlanePoint, engine: Engine) -> LatentSeries:
    """The one frame of a point that is no sound. Raises UsageError, or SeriesError where it does not fit."""
    check_point(point)
    if point.seed is not None:
        return engine.prior_series(1, middle_db(engine), point.seed)
    assert point.held is not None
    z, level = np.array([point.held.z]), np.array([point.held.loudness_db])
    state = LatentSeries(z, level, engine.signal.frame_rate_hz, engine.model_id)
    engine.check_fits(state)
    return state


def asked_of(source: FollowSource, engine: Engine) -> tuple[int, NDArray[np.float64], list[Target]]:
    """What is to be followed: samples of the sound, its loudness [L] in dBFS, and the targets."""
    from timbrespace.codebook.targets import drawn_target

    samples, level = _length_and_level(source.seconds, source.loudness, engine)
    targets = [drawn_target(aim.descriptor, *_columns(aim.target, "seconds", "value")) for aim in source.aims]
    return samples, level, targets


def _follow(source: FollowSource, bench: Bench) -> Sourced:
    from timbrespace.codebook.follow import follow

    samples, level, targets = asked_of(source, bench.engine)
    continuity = 0.0 if bench.quick else source.continuity
    tell(bench.tell, 0.0)  # what is prepared once for a model takes a second
    found = follow(
        bench.engine, bench.table(), targets, level, continuity=continuity, length_samples=samples,
        distances=bench.distances() if continuity else None, levels=bench.levels(), progress=bench.tell,
    )  # fmt: skip
    return Sourced(found.series, found.glide_frames)


def _codes(source: CodesSource, bench: Bench) -> Sourced:
    table = bench.table()
    samples, level = _length_and_level(source.seconds, source.loudness, bench.engine)
    seconds, painted = _columns(source.path, "seconds", "row")
    rows = painted.astype(np.intp)
    if rows.max() >= len(table):
        raise UsageError(f"the path has the sound {rows.max()}; this model has 0 to {len(table) - 1}")
    heard = bench.engine.signal.centre_seconds(len(level))
    place = np.maximum(np.searchsorted(seconds, heard, side="right") - 1, 0)
    return Sourced(series_of_rows(bench.engine, table, rows[place], level, samples))


def _series(source: SeriesSource, bench: Bench) -> Sourced:
    return Sourced(bench.load(source.series))


def _length_and_level(seconds: float, loudness: Loudness, engine: Engine) -> tuple[int, NDArray[np.float64]]:
    """Samples of a sound of so many seconds, and its loudness in every frame, [L] dBFS."""
    signal = engine.signal
    samples = round(seconds * signal.sample_rate)
    if isinstance(loudness, list):
        time, level = _columns(loudness, "seconds", "db")
        return samples, np.interp(signal.centre_seconds(signal.frames_of(samples)), time, level)
    return samples, steady_level(float(loudness), signal, samples)


def _columns(points: Sequence[Any], *names: str) -> list[NDArray[np.float64]]:
    """Fields of drawn points, the first of which is their time and must not go back. Raises UsageError."""
    columns = [np.array([getattr(point, name) for point in points], dtype=np.float64) for name in names]
    back = np.flatnonzero(np.diff(columns[0]) < 0)
    if len(back):
        at = int(back[0]) + 1
        raise UsageError(
            f"{names[0]} is {columns[0][at]:g} after {columns[0][at - 1]:g}; a curve goes forward in time"
        )
    return columns


MAKERS: Mapping[str, Callable[[Any, Bench], Sourced]] = {
    "sound": _sound,
    "morph": _morph,
    "plane": _plane,
    "follow": _follow,
    "codes": _codes,
    "series": _series,
}
