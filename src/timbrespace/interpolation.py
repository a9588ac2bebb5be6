"""From one sound to another: z[n] = (1 - n/N) · z_a[n] + (n/N) · z_b[n], and how smoothly it gets there.

The time-variant interpolation of Caillon, Bitton, Gatinet and Esling, *Timbre latent space: exploration
and creative aspects* (Timbre 2020), figure 3, with any other course of positions in the place of n/N.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace import descriptors, tables
from timbrespace.alignment import align, samples_of
from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries

Values = NDArray[np.float64]

CURVES = ("linear", "sigmoid")
LOUDNESSES = ("mix", "a", "b")
STEEPNESS = 10.0  # of the sigmoid: nearly level at both ends, 2.5 times as steep as the line in the middle
FARTHEST = 10.0  # beyond A and B, in distances from A to B; more is a slip of the pen
SCORED = ("centroid", "bandwidth")
LEAST_DIFFERENCE = 0.01  # between A and B, of A's value; with less there is no way to go


def interpolate(
    a: LatentSeries,
    b: LatentSeries,
    signal: SignalConfig,
    *,
    curve: str | ArrayLike = "linear",
    start: float = 0.0,
    end: float = 1.0,
    how: str = "stretch",
    loudness: str = "mix",
) -> LatentSeries:
    """A series that moves from A to B; position 0 is exactly A, 1 exactly B, beyond them lies more of each.

    signal: that of the model that made them. curve, start, end: as `positions`. how: as
    `alignment.align`. loudness: "mix", in dB, within 0…1 only; "a" or "b", that sound's own.
    Of a discrete model the mixed vectors stand between codes; decoding takes the nearest, so the sound
    walks over codes that lie between A's and B's (`Engine.requantise` gives them).
    Raises UsageError on a wrong word or position, SeriesError where A and B do not belong together.
    """
    if loudness not in LOUDNESSES:
        raise UsageError(f"loudness is '{loudness}'; it must be {', '.join(LOUDNESSES)}")
    a, b = align([a, b], signal, how)
    place = positions(curve, signal, len(a), samples_of(a, signal), start=start, end=end)
    weights = np.stack([1.0 - place, place], axis=1)
    heard = {"mix": np.clip(weights, 0.0, 1.0), "a": np.array([[1.0, 0.0]]), "b": np.array([[0.0, 1.0]])}
    return mix([a, b], weights, heard[loudness])


def mix(
    every: Sequence[LatentSeries], weights: NDArray[np.floating], loudness_weights: NDArray[np.floating]
) -> LatentSeries:
    """Weighted sums, frame by frame, of z and of loudness: [L, P] or [1, P] each, of P series of L frames.

    Loudness is summed in dB down to the floor of -100 dBFS, at which a sound is silent: on the way to
    silence a sound falls by as many dB in every step, as under a fader, and is gone at the end only.
    """
    frames = len(every[0])
    z = np.zeros_like(every[0].z)
    loudness_db = np.zeros(frames, np.float32)
    for number, series in enumerate(every):
        z += weights[:, number, None].astype(np.float32) * series.z
        level_db = np.maximum(series.loudness_db, LOUDNESS_FLOOR_DB)
        loudness_db += loudness_weights[:, number].astype(np.float32) * level_db
    return replace(every[0], z=z, loudness_db=loudness_db, codes=None)


def positions(
    curve: str | ArrayLike,
    signal: SignalConfig,
    frames: int,
    samples: int,
    *,
    start: float = 0.0,
    end: float = 1.0,
) -> Values:
    """Where between A (0) and B (1) every frame stands, [L].

    curve: "linear", "sigmoid", or values [L]; its 0 is put at `start` and its 1 at `end`. It runs over
    the sound's own time: n/N is 0 until the first sample and 1 from the last one on.
    Raises UsageError on another word, a wrong length, or positions beyond ±FARTHEST.
    """
    if isinstance(curve, str):
        share = np.clip(signal.centre_seconds(frames) * signal.sample_rate / max(samples, 1), 0.0, 1.0)
        shape = _shape(curve, share)
    else:
        shape = np.asarray(curve, dtype=np.float64)
        if shape.shape != (frames,):
            raise UsageError(f"a curve of the shape {list(shape.shape)}; it must have {frames} frames")
    place = (1.0 - shape) * start + shape * end
    allowed = np.abs(place) <= FARTHEST + 1e-9  # rounding
    if not np.all(allowed):
        worst = place[np.argmax(~allowed)]
        raise UsageError(
            f"a position is {worst:g}; it must be -{FARTHEST:g} to {FARTHEST:g} (0 is A, 1 is B)"
        )
    return place


def read_positions(path: Path, signal: SignalConfig, frames: int, samples: int) -> Values:
    """A curve from a CSV file `seconds,<any name>` at every frame, [L], held beyond its ends.

    Raises SeriesError.
    """
    columns = tables.read_table(path)
    if len(columns) != 2:
        raise SeriesError(f"{path}: the columns are {','.join(columns)}; this curve needs seconds,position")
    seconds, values = columns.values()
    return drawn_positions(seconds, values, signal, frames, samples)


def drawn_positions(
    seconds: ArrayLike, values: ArrayLike, signal: SignalConfig, frames: int, samples: int
) -> Values:
    """A drawn curve, values at seconds, [N] each, at every frame of a sound of so many samples, [L]."""
    centres = np.clip(signal.centre_seconds(frames), 0.0, samples / signal.sample_rate)
    return np.interp(centres, np.asarray(seconds, np.float64), np.asarray(values, np.float64))


@dataclass(frozen=True)
class Course:
    """Centroid and bandwidth of a sound over time. values: Hz by name, [L] each. sounds: bool [L].

    seconds: the time at the middle of every frame, [L].
    """

    values: Mapping[str, Values]
    sounds: NDArray[np.bool_]
    seconds: Values

    def mean(self, name: str) -> float:
        """The mean over the frames that sound; NaN in silence."""
        heard = self.values[name][self.sounds]
        return float(heard.mean()) if len(heard) else math.nan

    def heard(self) -> dict[str, Values]:
        """The values where it sounds, NaN elsewhere: what there is to draw."""
        return {name: np.where(self.sounds, values, np.nan) for name, values in self.values.items()}


def course_of(samples: NDArray[np.floating], sample_rate: int) -> Course:
    """The course of a sound [T]; frames within 50 dB of the loudest sound."""
    every = descriptors.of_sound(samples, sample_rate, pitch=False)
    sounds = descriptors.sounding(samples)
    seconds = descriptors.frame_seconds(len(sounds), sample_rate)
    return Course({name: every[name] for name in SCORED}, sounds, seconds)


def interpolation_monotonicity(
    a: Course, b: Course, result: Course, places: Values, signal: SignalConfig
) -> dict[str, float]:
    """How steadily the centroid and the bandwidth of a sound move from A's to B's, by name.

    places: where between A and B every frame of the series of `result` stands. Spearman's rank
    correlation of descriptor and position over the frames that sound, signed so that 1 moves from A to B
    and -1 from B to A; NaN where A and B do not differ, or the position never moves.
    """
    place = np.interp(result.seconds, signal.centre_seconds(len(places)), places)
    return {name: _monotonicity(a.mean(name), b.mean(name), result, name, place) for name in SCORED}


def steadiness(scores: Mapping[str, float]) -> float:
    """The smaller of the scores that have a meaning; -inf where none has."""
    return min((value for value in scores.values() if not math.isnan(value)), default=-math.inf)


def _monotonicity(from_hz: float, to_hz: float, result: Course, name: str, places: Values) -> float:
    from scipy.stats import spearmanr

    place, values = places[result.sounds], result.values[name][result.sounds]
    differ = abs(to_hz - from_hz) >= LEAST_DIFFERENCE * from_hz  # False where one of them is silent
    if not differ or len(values) < 3 or np.ptp(place) == 0.0 or np.ptp(values) == 0.0:
        return math.nan
    return float(np.sign(to_hz - from_hz) * spearmanr(place, values).statistic)


def _shape(curve: str, share: Values) -> Values:
    """A named curve at shares 0…1 of the sound's time; every one of them goes from 0 to 1."""
    if curve == "linear":
        return share
    if curve == "sigmoid":
        rising = np.tanh(STEEPNESS / 2 * (share - 0.5)) / np.tanh(STEEPNESS / 4)
        return 0.5 + 0.5 * rising
    raise UsageError(f"the curve is '{curve}'; it must be {', '.join(CURVES)} or a file")
