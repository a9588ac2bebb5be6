"""The interpolation plane: sounds as points in a square, and a place in it plays the mean of those near.

How much each point weighs follows from distance: Shepard's inverse-distance weights of power 2 in the
form of Franke and Nielson (1980), in which a point's influence fades to nothing at its own radius.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace import tables
from timbrespace.alignment import check_alike, fit, samples_of
from timbrespace.config import SignalConfig
from timbrespace.errors import SeriesError, UsageError
from timbrespace.interpolation import drawn_positions, mix
from timbrespace.latents import LatentSeries

Values = NDArray[np.float64]

CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))  # A, B, C, D
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REACHES_ALL = float(np.sqrt(2.0))  # from corner to corner


def default_points(count: int) -> Values:
    """Places [P, 2] of so many points: the corners for four, else a regular polygon from the left, clockwise.

    Raises UsageError for fewer than two or more than there are letters.
    """
    if not 2 <= count <= len(LETTERS):
        raise UsageError(f"{count} sounds for the plane; it takes 2 to {len(LETTERS)}")
    if count == len(CORNERS):
        return np.array(CORNERS)
    angle = np.pi - 2 * np.pi * np.arange(count) / count
    return 0.5 + 0.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def weights(places: ArrayLike, points: ArrayLike, radii: ArrayLike = REACHES_ALL) -> Values:
    """How much every point counts at every place: places [L, 2], points [P, 2] → [L, P], rows sum to 1.

    radii: of one value or [P]; a point counts for nothing at its radius and beyond. Exactly 1 at a point
    (shared where points coincide). They change continuously wherever a point reaches, and at the edge of
    what is reached. Where none reaches, the one plays alone whose edge is nearest: with equal radii, the
    nearest. Raises UsageError for a radius that is not above 0.
    """
    place, point = np.asarray(places, dtype=np.float64), np.asarray(points, dtype=np.float64)
    radius = np.broadcast_to(np.asarray(radii, dtype=np.float64), (len(point),))
    if not np.all(np.isfinite(radius) & (radius > 0)):
        raise UsageError(
            f"a radius is {radius[~(np.isfinite(radius) & (radius > 0))][0]:g}; it must be above 0"
        )
    distance = np.sqrt(np.square(place[:, None] - point).sum(axis=2))
    reached = distance < radius
    alone = ~reached.any(axis=1)
    reached[alone, np.argmin(distance[alone] - radius, axis=1)] = True
    nearest = np.where(reached, distance, np.inf).min(axis=1, keepdims=True)
    # ((R - d) / (R·d))², times the nearest's d² so that nothing is divided by 0
    closeness = np.divide(nearest, distance, out=np.ones_like(distance), where=distance > nearest)
    fading = np.where(alone[:, None], 1.0, (radius - distance) / radius)
    weight = np.where(reached, np.square(fading * closeness), 0.0)
    return weight / weight.sum(axis=1, keepdims=True)


def blend(
    every: Sequence[LatentSeries],
    point_weights: NDArray[np.floating],
    *,
    latents: int | None = None,
    loudness: int | None = None,
) -> LatentSeries:
    """The mean of P series of L frames (`alignment.fit` makes them so), weighted frame by frame [L, P].

    latents, loudness: the number of the one point that alone gives the z, or the loudness; None: the
    weights do. Loudness is averaged in dB as `interpolation.mix` says, discrete z as `interpolate` says.
    Raises SeriesError where the shapes differ.
    """
    frames, count = np.shape(point_weights)
    if count != len(every) or any(len(series) != frames for series in every):
        lengths = ", ".join(str(len(series)) for series in every)
        raise SeriesError(f"weights of {frames} frames and {count} points for series of {lengths} frames")
    if any(series.latents != every[0].latents for series in every):
        raise SeriesError("the series have different numbers of dimensions; they are of different models")
    return mix(every, steered(point_weights, latents), steered(point_weights, loudness))


def steered(point_weights: NDArray[np.floating], alone: int | None) -> NDArray[np.floating]:
    """What counts of z or of loudness: the weights [L, P], or all of point `alone`, [1, P]."""
    return point_weights if alone is None else np.eye(point_weights.shape[1])[alone : alone + 1]


def walk(
    every: Sequence[LatentSeries],
    path: str | Path | ArrayLike,
    signal: SignalConfig,
    *,
    seconds: float | None = None,
    points: ArrayLike | None = None,
    radii: ArrayLike = REACHES_ALL,
    align: str = "loop",
    latents: int | None = None,
    loudness: int | None = None,
) -> LatentSeries:
    """From P series of any lengths, points of the plane, and a path: the series to decode.

    path: as `path_places`; or a place for every frame, [L, 2]; or one to stay in, [2]. signal: that of the
    model that made them. seconds: how long; None: as the longest. points: [P, 2]; None: `default_points`.
    radii: as `weights`. align: "loop" or "stretch", as `alignment.fit`. latents, loudness: as `blend`.
    Raises UsageError on a wrong word, place or radius, SeriesError where the series do not belong together.
    """
    if align not in ("loop", "stretch"):
        raise UsageError(f"align is '{align}'; it must be loop or stretch")
    if seconds is not None and not (np.isfinite(seconds) and seconds > 0):
        raise UsageError(f"seconds is {seconds:g}; it must be above 0")
    for name, number in (("latents", latents), ("loudness", loudness)):
        if number is not None and not 0 <= number < len(every):
            raise UsageError(f"{name} is {number}; it must be the number of a point, 0 to {len(every) - 1}")
    layout = default_points(len(every)) if points is None else points
    check_alike(every, signal)
    longest = max(samples_of(series, signal) for series in every)
    samples = longest if seconds is None else round(seconds * signal.sample_rate)
    fitted = [fit(series, signal, signal.frames_of(samples), samples, align) for series in every]
    point_weights = weights(_places(path, signal, samples), layout, radii)
    return blend(fitted, point_weights, latents=latents, loudness=loudness)


def _places(path: str | Path | ArrayLike, signal: SignalConfig, samples: int) -> Values:
    """Where every frame of a sound of so many samples stands, [L, 2]."""
    frames = signal.frames_of(samples)
    if isinstance(path, (str, Path)):
        return path_places(str(path), signal, frames, samples)
    places = np.asarray(path, dtype=np.float64)
    if places.shape not in ((2,), (frames, 2)):
        raise UsageError(f"places of the shape {list(places.shape)}; it must be [2] or [{frames}, 2] here")
    if not np.all((places >= 0.0) & (places <= 1.0)):
        raise UsageError("a place lies beyond the plane, which goes from 0 to 1")
    return np.broadcast_to(places, (frames, 2))


def path_places(path: str, signal: SignalConfig, frames: int, length_samples: int) -> Values:
    """Where every frame stands on a path over the whole sound, [L, 2].

    path: one of `PATHS`, or a CSV file `seconds,x,y`, read at the middle of every frame and held beyond
    its ends. Raises UsageError for a word that is neither, SeriesError for a file that does not hold it.
    """
    if path in PATHS:
        seconds = np.clip(signal.centre_seconds(frames), 0.0, length_samples / signal.sample_rate)
        return PATHS[path](seconds * signal.sample_rate / max(length_samples, 1))
    columns = read_path(path)
    places = np.stack([columns["x"], columns["y"]], axis=1)
    return drawn_places(columns["seconds"], places, signal, frames, length_samples)


def drawn_places(
    seconds: ArrayLike, places: ArrayLike, signal: SignalConfig, frames: int, length_samples: int
) -> Values:
    """A drawn path, places [N, 2] at seconds [N], at every frame of a sound of so many samples, [L, 2]."""
    columns = np.asarray(places, dtype=np.float64).T
    return np.stack([drawn_positions(seconds, c, signal, frames, length_samples) for c in columns], axis=1)


def read_path(path: str) -> tables.Columns:
    """A path in a CSV file: `seconds`, `x`, `y`, each [rows]. Errors as `path_places`."""
    if path in PATHS or not Path(path).exists():
        raise UsageError(f"the path is '{path}'; it must be {', '.join(PATHS)} or a file seconds,x,y")
    columns = tables.read_table(Path(path))
    if list(columns) != ["seconds", "x", "y"]:
        raise SeriesError(f"{path}: the columns are {','.join(columns)}; a path needs seconds,x,y")
    for axis in "xy":
        outside = (columns[axis] < 0) | (columns[axis] > 1)
        if outside.any():
            at = int(np.argmax(outside))
            raise SeriesError(
                f"{path}: row {tables.row_number(Path(path), at)}: {axis} is {columns[axis][at]:g}; "
                "the plane goes from 0 to 1"
            )
    return columns


def _circle(share: Values) -> Values:
    """Once round through the middles of the edges, from A-B by B-D."""
    turn = 2 * np.pi * share
    return 0.5 + 0.5 * np.stack([np.sin(turn), -np.cos(turn)], axis=1)


def _diagonal(share: Values) -> Values:
    """From A straight to D."""
    return np.stack([share, share], axis=1)


def _eight(share: Values) -> Values:
    """A lying eight through the middle, near every corner."""
    turn = 2 * np.pi * share
    return 0.5 + 0.5 * np.stack([np.sin(turn), np.sin(2 * turn)], axis=1)


def _square(share: Values) -> Values:
    """Along the edges: A, B, D, C and back to A."""
    corners = np.array([CORNERS[number] for number in (0, 1, 3, 2, 0)])
    return np.stack([np.interp(4 * share, np.arange(5), corners[:, axis]) for axis in (0, 1)], axis=1)


def _spiral(share: Values) -> Values:
    """Three times round from the edge to the middle."""
    turn = 6 * np.pi * share
    return 0.5 + 0.5 * (1 - share[:, None]) * np.stack([np.sin(turn), -np.cos(turn)], axis=1)


PATHS: Mapping[str, Callable[[Values], Values]] = {
    "circle": _circle,
    "diagonal": _diagonal,
    "eight": _eight,
    "square": _square,
    "spiral": _spiral,
}
