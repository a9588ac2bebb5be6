"""How steadily centroid and bandwidth move when a model interpolates between two held sounds.

    python benchmarks/interpolation.py MODEL:FOLDER[:FOLDER]... [--pairs 6] [--difference 20] [--seed 0]

Of every folder the held parts of some recordings are taken: the longest stretch of each within 12 dB of
its loudest moment whose pitch stays within a semitone, without the first and last tenth, and faded; of a
recording over 20 s, as many stretches as there are. What is shorter than 3 s is stretched to that. Pairs,
A from the first folder and B from the last, are drawn with a seed, and kept where the mean centroid or
bandwidth of A and B, as the model plays them, differ by `--difference` per cent or more. One row a pair:
the score `interpolation_monotonicity` of the straight line in z, of the even course, and of the one that
`timbrespace interpolate` takes by itself. A Markdown table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from timbrespace import engine
from timbrespace.alignment import align, fit, samples_of
from timbrespace.audio import AUDIO_EXTENSIONS, read_audio, without_offset
from timbrespace.courses import Between, choose
from timbrespace.interpolation import SCORED, course_of, interpolate, positions
from timbrespace.pitch import track_pitch

Samples = NDArray[np.float32]

HELD_DB = 12.0  # under the loudest moment
HELD_SEMITONES = 1.0  # either side of a stretch's first pitch
ENDS = 0.1  # of a stretch, left out at either end
LONG_SECONDS = 20.0  # a recording with many notes
READ_SECONDS = 150.0  # of it
LEAST_SECONDS = 0.15  # of a held part; also speech has such vowels
FADE_SECONDS = 0.03  # at either end, as an editor fades where it cuts
PLAYED_SECONDS = 3.0  # at least
HOP = 512  # samples, of the pitch track
GOAL = 0.95


@dataclass(frozen=True)
class Held:
    """A held part of a recording. samples [T]."""

    name: str
    samples: Samples
    sample_rate: int


@dataclass(frozen=True)
class Row:
    """A pair's figures, by descriptor. difference: of B from A, in per cent. taken: the course of auto."""

    names: tuple[str, str]
    seconds: float
    difference: dict[str, float]
    line: dict[str, float]
    even: dict[str, float]
    auto: dict[str, float]
    taken: str


def held_parts(path: Path) -> list[Held]:
    """The held parts of a recording, longest first; of a short one the longest only."""
    sound = read_audio(path, channel="mix")
    rate = sound.sample_rate
    samples = without_offset(sound.samples)[0][: round(READ_SECONDS * rate)]
    found = []
    for start, end in _stretches(samples, rate):
        margin = ENDS * (end - start)
        part = samples[round(start + margin) : round(end - margin)]
        if len(part) >= LEAST_SECONDS * rate:
            fade = np.clip(np.arange(len(part)) / (FADE_SECONDS * rate), 0.0, 1.0)
            faded = (part * fade * fade[::-1]).astype(np.float32)
            found.append(Held(f"{path.stem[-18:]} {start / rate:.1f} s", faded, rate))
    found.sort(key=lambda held: -len(held.samples))
    return found if sound.seconds > LONG_SECONDS else found[:1]


def _stretches(samples: Samples, rate: int) -> Iterator[tuple[int, int]]:
    """Where level and pitch hold, in samples."""
    track = track_pitch(samples, rate)
    hop = max(1, round(len(samples) / max(len(track.f0_hz) - 1, 1)))
    padded = np.pad(np.square(samples.astype(np.float64)), HOP)
    power = np.array([padded[n * hop : n * hop + 2 * HOP].mean() for n in range(len(track.f0_hz))])
    good = track.voiced & (power >= power.max() * 10 ** (-HELD_DB / 10))
    start = None
    for number in range(len(good) + 1):
        here = number < len(good) and bool(good[number])
        if start is not None:
            away = 12 * abs(np.log2(track.f0_hz[number] / track.f0_hz[start])) if here else np.inf
            if away > HELD_SEMITONES:
                yield start * hop, number * hop
                start = None
        if start is None and here:
            start = number


def score_pair(a: Held, b: Held, model: engine.Engine, least: float) -> Row | None:
    """The figures of a pair; None where A and B are less different than `least` per cent."""
    signal = model.signal
    pair = align([model.encode(held.samples, held.sample_rate) for held in (a, b)], signal)
    length = max(samples_of(pair[0], signal), round(PLAYED_SECONDS * signal.sample_rate))
    first, second = (fit(s, signal, signal.frames_of(length), length, "stretch") for s in pair)
    places = positions("linear", signal, len(first), samples_of(first, signal))
    ends = [course_of(model.decode(series), model.sample_rate) for series in (first, second)]
    difference = {name: 100 * (ends[1].mean(name) / ends[0].mean(name) - 1) for name in SCORED}
    if not max(abs(value) for value in difference.values()) >= least:
        return None

    between = Between(first, second, interpolate(first, second, signal), places)
    choice = choose([between], model)
    scores = choice.scores
    seconds = samples_of(first, signal) / signal.sample_rate
    return Row(
        (a.name, b.name),
        seconds,
        difference,
        scores["line"],
        scores.get("even", scores["line"]),
        scores[choice.name],
        choice.name,
    )


def draw_pairs(
    folders: list[Path], model: engine.Engine, count: int, least: float, seed: int
) -> Iterator[Row]:
    """`count` rows of pairs drawn with a seed; fewer where a hundred draws do not give as many."""
    rng = np.random.default_rng(seed)
    known: dict[Path, list[Held]] = {}
    drawn: set[tuple[str, str]] = set()
    found = 0
    for _ in range(100):
        chosen = []
        for folder in (folders[0], folders[-1]):
            paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in AUDIO_EXTENSIONS)
            path = paths[rng.integers(len(paths))]
            if path not in known:
                known[path] = held_parts(path)
            parts = known[path][:12]
            chosen.append(parts[rng.integers(len(parts))] if parts else None)
        a, b = chosen
        if a is None or b is None or a is b or (min(a.name, b.name), max(a.name, b.name)) in drawn:
            continue
        drawn.add((min(a.name, b.name), max(a.name, b.name)))
        row = score_pair(a, b, model, least)
        if row is not None:
            yield row
            found += 1
        if found == count:
            return


def main() -> None:
    """Print a table and what it comes to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", metavar="MODEL:FOLDER[:FOLDER]")
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--difference", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| model | A | B | s | centroid, bandwidth differ by | line | even | auto | taken |")
    print("|---|---|---|---|---|---|---|---|---|")
    rows: dict[str, list[Row]] = {"continuous": [], "discrete": []}
    for text in options.models:
        name, *folders = text.split(":")
        model = engine.load(name)
        for row in draw_pairs(
            [Path(f) for f in folders], model, options.pairs, options.difference, options.seed
        ):
            rows[model.kind].append(row)
            differ = ", ".join(f"{value:+.0f} %" for value in row.difference.values())
            scores = " | ".join(_pair(s) for s in (row.line, row.even, row.auto))
            label = f"{Path(folders[0]).name} in {Path(name).parent.name}"
            cells = f"{label} | {row.names[0]} | {row.names[1]} | {row.seconds:.1f} | {differ}"
            print(f"| {cells} | {scores} | {row.taken} |", flush=True)
    for kind, every in rows.items():
        if every:
            print(f"\n{kind}: {len(every)} pairs")
            for way in ("line", "even", "auto"):
                _sum_up(way, [getattr(row, way) for row in every])


def _pair(scores: dict[str, float]) -> str:
    return ", ".join(f"{value:.3f}" for value in scores.values())


def _sum_up(way: str, every: list[dict[str, float]]) -> None:
    medians = ", ".join(f"{name} {np.nanmedian([s[name] for s in every]):.3f}" for name in SCORED)
    reached = ", ".join(f"{name} {sum(s[name] >= GOAL for s in every)}" for name in SCORED)
    both = sum(all(value >= GOAL for value in s.values()) for s in every)
    print(f"- {way}: median {medians}; {GOAL} or more: {reached}, both {both}")


if __name__ == "__main__":
    main()
