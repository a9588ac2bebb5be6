"""The scores of what a model lets one do: traversing, following, interpolating, streaming."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.codebook.achieved import Achieved, achieved
from timbrespace.codebook.coverage import coverage
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.follow import follow
from timbrespace.codebook.targets import make_target
from timbrespace.codebook.traverse import traverse, traverse_spearman
from timbrespace.courses import between, choose
from timbrespace.errors import UsageError
from timbrespace.interpolation import SCORED, course_of
from timbrespace.latent_evaluation import Heard
from timbrespace.scores.sound import log_spectral_distance

if TYPE_CHECKING:
    from timbrespace.dataset.store import Dataset
    from timbrespace.engine import Engine

Audio = NDArray[np.float32]
Tell = Callable[[float], None]

FOLLOWED = ("centroid", "bandwidth", "f0")
SECONDS = 8.0  # of a followed sine, two periods
TRAVERSE_FRAMES = 1  # a sound: twelve seconds for a thousand codes
DIFFERENCE = 0.2  # in centroid or bandwidth, from which a pair says something about the way between
PAIRS = 3
COMPARED = 8  # sounds that pairs are taken from
LONGEST_SECONDS = 6.0  # of a sound in a pair
STREAM_SECONDS = 5.0
STREAM_BLOCKS = (64, 500, 2048, 777)  # samples, in turn


@dataclass(frozen=True)
class Exhibit:
    """Something made on the way, to be heard and drawn. curves: "target" and "measured", or one of them."""

    name: str
    title: str
    sound: Audio
    curves: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Creative:
    """scores: name → value, or name → descriptor → value; NaN where one has no meaning.

    table: what the model can play, None where its file does not say.
    """

    scores: Mapping[str, float | dict[str, float]]
    table: DescriptorTable | None
    traverses: tuple[Exhibit, ...] = ()
    followed: tuple[Exhibit, ...] = ()


def creative_scores(
    engine: Engine,
    heard: Sequence[Heard],
    sounds: Callable[[Heard], Audio],
    dataset: Dataset | None,
    seed: int,
    progress: Tell | None = None,
) -> tuple[Creative, tuple[str, ...]]:
    """The scores, and notes on how they were made. sounds: gives the samples of a heard sound."""
    tell = progress or (lambda share: None)
    monotonicity, note = _between(engine, heard, seed)
    scores: dict[str, Any] = {
        "stream_error": _stream_error(engine, sounds(heard[0]), seed),
        "interpolation_monotonicity": monotonicity,
    }
    tell(0.3)
    try:
        table = table_of(engine, dataset if engine.kind == "continuous" else None)
    except UsageError as error:
        return Creative(scores, None), (note, str(error))
    tell(0.5)
    traverses, followed = [], []
    distances = Distances(engine, table)
    for number, name in enumerate(FOLLOWED):
        if coverage(table, name) is not None and np.isfinite(table.column(name)).sum() > 1:
            traverses.append(_traversed(engine, table, name, distances, seed, scores))
            followed.append(_followed(engine, table, name, distances, seed, scores))
        tell(0.5 + 0.5 * (number + 1) / len(FOLLOWED))
    return Creative(scores, table, tuple(traverses), tuple(followed)), (note,)


def _traversed(
    engine: Engine, table: DescriptorTable, name: str, distances: Distances, seed: int, scores: dict[str, Any]
) -> Exhibit:
    travelled = traverse(engine, table, name, frames=TRAVERSE_FRAMES, distances=distances)
    sound = travelled.play(engine, seed)
    score, measured = traverse_spearman(travelled, sound, engine.sample_rate)
    scores.setdefault("traverse_spearman", {})[name] = score
    title = f"{len(travelled.rows)} sounds in the order of {name}, rank correlation with time {score:.3f}"
    return Exhibit(name, title, sound, {"measured": measured})


def _followed(
    engine: Engine, table: DescriptorTable, name: str, distances: Distances, seed: int, scores: dict[str, Any]
) -> Exhibit:
    """A sine over the middle eight tenths of the sounds, at the level the table was made at."""
    covered = coverage(table, name)
    assert covered is not None
    low, high = covered.middle_low, covered.middle_high
    target = make_target(name, "sine", low=low, high=high, seconds=SECONDS)
    samples = round(SECONDS * engine.sample_rate)
    level = np.full(engine.signal.frames_of(samples), table.level_db)
    found = follow(engine, table, [target], level, length_samples=samples, distances=distances)
    sound = found.play(engine, seed=seed)
    one: Achieved = achieved(found, sound, engine.sample_rate)[name]
    for score in ("follow_spearman", "follow_median_error", "follow_reached"):
        scores.setdefault(score, {})[name] = getattr(one, score)
    title = f"{name}, {target.label}: rank correlation {one.follow_spearman:.3f}"
    return Exhibit(name, title, sound, {"target": one.target, "measured": one.measured})


def _between(engine: Engine, heard: Sequence[Heard], seed: int) -> tuple[dict[str, float], str]:
    """Median interpolation_monotonicity between the sounds that differ most, on the course that `interpolate`
    takes by itself; and a note on what the straight line reaches."""
    signal, rate = engine.signal, engine.sample_rate
    longest = signal.frames_of(round(LONGEST_SECONDS * rate))
    cut = [item.series.at(np.arange(min(len(item.series), longest))) for item in heard[:COMPARED]]
    courses = [course_of(engine.decode(series, seed=seed), rate) for series in cut]

    def apart(pair: tuple[int, int]) -> float:
        ratios = [abs(math.log(courses[pair[0]].mean(n) / courses[pair[1]].mean(n))) for n in SCORED]
        return max((ratio for ratio in ratios if math.isfinite(ratio)), default=0.0)

    pairs = sorted(combinations(range(len(cut)), 2), key=apart, reverse=True)
    found: dict[str, list[dict[str, float]]] = {"chosen": [], "line": []}
    for first, second in [pair for pair in pairs if apart(pair) > math.log(1 + DIFFERENCE)][:PAIRS]:
        choice = choose([between(cut[first], cut[second], signal)], engine, seed=seed)
        found["chosen"].append(choice.chosen.scores)
        found["line"].append(choice.scores["line"])
    middle = {
        course: {name: _median([one[name] for one in scores]) for name in SCORED}
        for course, scores in found.items()
    }
    if not found["line"]:
        return middle["chosen"], "no two of these sounds differ enough to interpolate between them"
    line = ", ".join(f"{name} {value:.3f}" for name, value in middle["line"].items())
    note = f"interpolation_monotonicity is of {len(found['line'])} pairs; on the straight line it is {line}"
    return middle["chosen"], note


def _median(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return float(np.median(finite)) if finite else math.nan


def _stream_error(engine: Engine, audio: Audio, seed: int) -> float:
    """lsd_2048 in dB between a sound streamed in blocks of changing size and the same offline."""
    audio = audio[: round(STREAM_SECONDS * engine.sample_rate)]
    stream = engine.stream(seed=seed)
    padded = np.concatenate([audio, np.zeros(stream.latency_samples, np.float32)])
    blocks: list[Audio] = []
    start = 0
    while start < len(padded):
        size = STREAM_BLOCKS[len(blocks) % len(STREAM_BLOCKS)]
        blocks.append(stream.process(padded[start : start + size]))
        start += size
    streamed = np.concatenate(blocks)[stream.latency_samples :][: len(audio)]
    offline = engine.decode(engine.encode(audio, engine.sample_rate), seed=seed)
    return log_spectral_distance(offline, streamed, 2048)
