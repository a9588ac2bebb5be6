"""How much of a sound's pitch and loudness a model of something else keeps: one row for each pair.

    python benchmarks/conversion.py --model MODEL [--data DATASET] --sounds PATH...
        [--model MODEL [--data DATASET] --sounds PATH...]... [--most 8] [--seconds 10] [--loudness keep match]

A model plays sounds, files or folders, by `Engine.convert` with what a user gets who names no other option.
Of a folder so many files are taken, evenly spread, and of each the first seconds. Pitch is judged where it
lies in the model's range, from the 1st to the 99th percentile of the pitches of its described frames or
codes; a continuous model whose file describes none needs its data set. The columns:

    loudness        how it is shaped
    median, joined  correlation of the levels: median over sounds, and over the frames of all of them
    50 cents        of the frames that are voiced in both and inside the range
    octave          of the same frames, those off by whole octaves
    voiced          of the source's voiced frames inside the range, those voiced in the output
    outside         of the source's voiced frames, those outside the range; and what becomes of them:
    same, octaves, other, none: the same pitch, the same but for octaves, another, no pitch
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.audio import AUDIO_EXTENSIONS, read_audio, resample, without_offset
from timbrespace.codebook import table_of
from timbrespace.conversion import LOUDNESS_WORDS, PITCH_WORDS
from timbrespace.dataset.store import Dataset
from timbrespace.engine import Engine, load
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.pitch import F0_TOLERANCE_CENTS, PitchTrack, track_pitch
from timbrespace.scores.sound import loudness_correlation

Samples = NDArray[np.float32]

RANGE_PERCENTILES = (1.0, 99.0)
HEADINGS = ("model", "sounds", "loudness", "median", "joined", "50 cents", "octave", "voiced", "range Hz",
            "outside", "same", "octaves", "other", "none")  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A model and the sounds that it plays. data: what it was trained on, where that must be described."""

    model: Path
    sounds: tuple[Path, ...]
    data: Path | None


@dataclass(frozen=True)
class Heard:
    """A converted sound beside its source, both [T] at the model's rate, and the pitch of both."""

    source: Samples
    output: Samples
    source_pitch: PitchTrack
    output_pitch: PitchTrack


def pitch_range(engine: Engine, data: Path | None) -> tuple[float, float]:
    """Lowest and highest pitch in Hz that a model plays, but for the odd one. NaN where it has none."""
    f0_hz = table_of(engine, None if data is None else Dataset.open(data)).column("f0")
    f0_hz = f0_hz[np.isfinite(f0_hz)]
    if len(f0_hz) == 0:
        return np.nan, np.nan
    low, high = np.percentile(f0_hz, RANGE_PERCENTILES)
    return float(low), float(high)


def sources(paths: Iterable[Path], most: int) -> list[Path]:
    """Files as they are named, and of each folder `most` of its sounds, evenly spread."""
    found: list[Path] = []
    for path in paths:
        if path.is_file():
            found.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in AUDIO_EXTENSIONS)
        if not inside:
            raise UsageError(f"{path}: there is no sound in there")
        chosen = np.unique(np.linspace(0, len(inside) - 1, most).round().astype(int))
        found += [inside[index] for index in chosen]
    return found


def excerpt(path: Path, seconds: float, rate: int) -> Samples:
    """The first seconds of a sound, one channel, at `rate`, without offset, as `prepare` takes it."""
    sound = read_audio(path)
    samples = sound.samples.mean(axis=0)[: round(seconds * sound.sample_rate)]
    return without_offset(resample(samples, sound.sample_rate, rate))


def hear(engine: Engine, source: Samples, options: dict[str, Any]) -> Heard:
    """Convert a sound [T] at the model's rate and track both pitches."""
    rate = engine.sample_rate
    output = engine.convert(source, rate, **options)
    return Heard(source, output, track_pitch(source, rate), track_pitch(output, rate))


def judge(heard: Sequence[Heard], rate: int, low_hz: float, high_hz: float) -> dict[str, float]:
    """Every column of a pair that is a number; shares are NaN where nothing is counted."""
    alone = [loudness_correlation(h.source, h.output, rate) for h in heard]
    joined = loudness_correlation(
        np.concatenate([h.source for h in heard]), np.concatenate([h.output for h in heard]), rate
    )
    f0_hz = np.concatenate([h.source_pitch.f0_hz for h in heard])
    voiced = np.concatenate([h.source_pitch.voiced for h in heard])
    sounding = np.concatenate([h.output_pitch.voiced for h in heard])
    cents = 1200 * np.log2(np.concatenate([h.output_pitch.f0_hz for h in heard]) / f0_hz)
    inside = voiced & (f0_hz >= low_hz) & (f0_hz <= high_hz)
    outside = voiced & ~inside
    same = np.abs(cents) <= F0_TOLERANCE_CENTS
    folded = np.abs(cents - 1200 * np.round(cents / 1200)) <= F0_TOLERANCE_CENTS
    return {
        "median": float(np.nanmedian(alone)),
        "joined": joined,
        "50 cents": share(same, inside & sounding),
        "octave": share(folded & ~same, inside & sounding),
        "voiced": share(sounding, inside),
        "outside": share(outside, voiced),
        "same": share(sounding & same, outside),
        "octaves": share(sounding & folded & ~same, outside),
        "other": share(sounding & ~folded, outside),
        "none": share(~sounding, outside),
    }


def share(what: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    """How many of some frames."""
    return float(what[among].mean()) if among.any() else np.nan


def rows(pair: Pair, options: argparse.Namespace) -> list[list[str]]:
    """One row of cells for every way of loudness."""
    engine = load(pair.model)
    low_hz, high_hz = pitch_range(engine, pair.data)
    paths = sources(pair.sounds, options.most)
    excerpts = [excerpt(path, options.seconds, engine.sample_rate) for path in paths]
    name = pair.model.resolve().parent.name if pair.model.name == "model.timbre" else pair.model.stem
    sounds = pair.sounds[0].name if len(pair.sounds) == 1 else f"{len(paths)} sounds"
    found = []
    for loudness in options.loudness:
        heard = [hear(engine, source, {"loudness": loudness, "pitch": options.pitch}) for source in excerpts]
        values = judge(heard, engine.sample_rate, low_hz, high_hz)
        cells = {key: "–" if np.isnan(value) else f"{value:.3f}" for key, value in values.items()}
        cells |= {"model": name, "sounds": sounds, "loudness": loudness,
                  "range Hz": "–" if np.isnan(low_hz) else f"{low_hz:.0f}–{high_hz:.0f}"}  # fmt: skip
        found.append([cells[heading] for heading in HEADINGS])
        print(f"{name}, {sounds}, {loudness}: done", file=sys.stderr)
    return found


class InOrder(argparse.Action):
    """Keeps --model, --data and --sounds in the order in which they were given."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option: Any = None) -> None:
        """One more pair begins with each --model."""
        if self.dest == "model":
            namespace.pairs = [*(getattr(namespace, "pairs", None) or []), {"model": values}]
        elif not getattr(namespace, "pairs", None):
            parser.error(f"{option} comes after the --model that it belongs to")
        else:
            namespace.pairs[-1][self.dest] = values


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, action=InOrder)
    parser.add_argument("--data", type=Path, action=InOrder, metavar="DATASET")
    parser.add_argument("--sounds", type=Path, nargs="+", action=InOrder, metavar="PATH")
    parser.add_argument("--most", type=int, default=8, help="files of a folder")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each file")
    parser.add_argument("--loudness", nargs="+", choices=LOUDNESS_WORDS, default=["keep", "match"])
    parser.add_argument("--pitch", choices=PITCH_WORDS, default="keep")
    options = parser.parse_args()
    if lacking := [pair["model"] for pair in options.pairs if "sounds" not in pair]:
        parser.error(f"{lacking[0]} has no --sounds to play")
    options.pairs = [Pair(p["model"], tuple(p["sounds"]), p.get("data")) for p in options.pairs]
    return options


def main() -> int:
    """Convert, judge, print."""
    options = parse()
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
    for pair in options.pairs:
        for cells in rows(pair, options):
            print(f"| {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except TimbrespaceError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)
