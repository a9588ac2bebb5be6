"""Which course a sound takes from A to B: the straight line, the even one, or the steadier of the two.

"line" is the formula of the paper and nothing else (`timbrespace.interpolation`), "even" bends it
(`timbrespace.even_course`), "auto" makes both and keeps the one that moves more steadily. From Python:

    a, b = (model.encode(audio, sample_rate) for audio in (one, other))
    choice = courses.choose([courses.between(a, b, model.signal, curve="sigmoid")], model)
    sound = choice.chosen.sound[0]  # [T]
    choice.name, choice.scores  # "line" or "even", and how steadily each moves
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace import alignment
from timbrespace.config import SignalConfig
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.even_course import even_out
from timbrespace.interpolation import (
    CURVES,
    Course,
    course_of,
    interpolate,
    interpolation_monotonicity,
    positions,
    read_positions,
    steadiness,
)
from timbrespace.latents import LatentSeries

Samples = NDArray[np.float32]
Tell = Callable[[float], None]

COURSES = ("auto", "line", "even")
LEAST_GAIN = 0.005  # in steadiness, for which a straight line is left


@dataclass(frozen=True)
class Between:
    """A channel: A and B, aligned, the line between them, and where on it every frame stands, [L]."""

    a: LatentSeries
    b: LatentSeries
    line: LatentSeries
    places: NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """A course played. sound [C, T] at the model's rate. scores: its `interpolation_monotonicity`."""

    series: list[LatentSeries]
    sound: Samples
    course: Course
    scores: dict[str, float]


@dataclass(frozen=True)
class Choice:
    """What was chosen: a name of `results`, which holds every course that was made.

    sounds: A's and B's, [C, T]; courses: theirs.
    """

    name: str
    results: dict[str, Result]
    sounds: tuple[Samples, Samples]
    courses: tuple[Course, Course]

    @property
    def chosen(self) -> Result:
        """The result to play."""
        return self.results[self.name]

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """The scores of every course that was made, by course and descriptor."""
        return {name: result.scores for name, result in self.results.items()}


def between(
    a: LatentSeries,
    b: LatentSeries,
    signal: SignalConfig,
    *,
    curve: str | Path | ArrayLike = "linear",
    start: float = 0.0,
    end: float = 1.0,
    align: str = "stretch",
    loudness: str = "mix",
) -> Between:
    """The straight line from A to B, ready for `choose`: aligned, with the place of every frame.

    signal: that of the model that made them. curve: a name of `CURVES`, values [L] of the aligned sound,
    or a file as `read_positions` has it. start, end: as `positions`. align: as `alignment.align`.
    loudness: as `interpolate`. Raises UsageError on a wrong word, position or length, SeriesError where
    A and B do not belong together or the file holds no curve.
    """
    a, b = alignment.align([a, b], signal, align)
    frames, samples = len(a), alignment.samples_of(a, signal)
    if isinstance(curve, str) and curve not in CURVES and Path(curve).is_file():
        curve = Path(curve)
    if isinstance(curve, Path):
        curve = read_positions(curve, signal, frames, samples)
    places = positions(curve, signal, frames, samples, start=start, end=end)
    return Between(a, b, interpolate(a, b, signal, curve=places, loudness=loudness), places)


def steadier(scores: Mapping[str, Mapping[str, float]]) -> str:
    """ "even" where its `steadiness` is greater than that of "line" by more than LEAST_GAIN, else "line".

    scores: by course and descriptor; without a score of "even" it is "line".
    """
    found = {name: steadiness(values) for name, values in scores.items()}
    return "even" if found.get("even", -np.inf) > found["line"] + LEAST_GAIN else "line"


def choose(
    channels: Sequence[Between],
    model: Engine,
    course: str = "auto",
    *,
    seed: int = 0,
    progress: Tell | None = None,
) -> Choice:
    """Play the line, bend it unless the course is "line", and choose one for all channels.

    auto: the `steadier`; where the line cannot be scored there is nothing to gain, and none other is made.
    Scores are those of the channels' mean. seed: of the noise part. progress:
    hears the share done. Raises UsageError on another word.
    """
    if course not in COURSES:
        raise UsageError(f"course is '{course}'; it must be {', '.join(COURSES)}")
    tell = _Shares(progress, (3 if course == "line" else 7) * len(channels))
    a, b = (_play([getattr(c, end) for c in channels], model, seed, tell) for end in ("a", "b"))
    ends = _course(a, model), _course(b, model)
    results = {"line": _result([c.line for c in channels], channels, ends, model, seed, tell)}
    if course == "even" or (course == "auto" and np.isfinite(steadiness(results["line"].scores))):
        bent = [
            even_out(c.line, c.a, c.b, c.places, model, seed=seed, progress=tell.next(3)) for c in channels
        ]
        results["even"] = _result(bent, channels, ends, model, seed, tell)
    name = steadier({name: result.scores for name, result in results.items()}) if course == "auto" else course
    return Choice(name, results, (a, b), ends)


def _result(
    series: Sequence[LatentSeries],
    channels: Sequence[Between],
    ends: tuple[Course, Course],
    model: Engine,
    seed: int,
    tell: _Shares,
) -> Result:
    played = [model.requantise(s) for s in series]
    sound = _play(played, model, seed, tell)
    heard = _course(sound, model)
    scores = interpolation_monotonicity(ends[0], ends[1], heard, channels[0].places, model.signal)
    return Result(played, sound, heard, scores)


def _course(sound: Samples, model: Engine) -> Course:
    """Of [C, T], the channels' mean."""
    return course_of(sound.mean(axis=0), model.sample_rate)


def _play(series: Sequence[LatentSeries], model: Engine, seed: int, tell: _Shares) -> Samples:
    """[C, T]."""
    return np.stack([model.decode(s, seed=seed, progress=tell.next()) for s in series])


class _Shares:
    """Progress of work of `total` equal parts, of which every step takes one or more."""

    def __init__(self, progress: Tell | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._begun = 0

    def next(self, parts: int = 1) -> Tell:
        before = self._begun
        self._begun += parts

        def tell(share: float) -> None:
            if self._progress is not None:
                self._progress((before + parts * share) / self._total)

        return tell
