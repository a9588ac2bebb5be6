"""An hour of sound through the stream of a model: memory, drift, faults and speed.

    python benchmarks/hour.py MODEL AUDIO... [--hours 1] [--rate 48000] [--recorded]

Plays the recordings again and again in blocks of changing sizes, as hosts have them and odd ones, one thread.
Ten seconds of clicks in silence stand before and after: where they come out tells the latency at both ends,
so nothing may be gained or lost in between. Prints the resident memory at the start, after five minutes and
at the end, samples that are no numbers, and how many times faster than real time it went.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch, which read it once

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import timbrespace
from timbrespace.audio import read_audio, resample
from timbrespace.stream import Stream

Samples = NDArray[np.float32]

SIZES = (64, 512, 441, 1, 1024, 480, 2048, 37, 256, 4096, 997, 128, 30_000)
CLICK_SECONDS = 10
SETTLED_SECONDS = 300.0


def memory_mb() -> float:
    """What this process holds now, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def clicks(rate: int) -> Samples:
    """A click a second, at odd places, in silence."""
    sound = np.zeros(CLICK_SECONDS * rate, np.float32)
    sound[[rate * second + rate // 2 + 131 * second for second in range(CLICK_SECONDS)]] = 0.5
    return sound


def click_delays(heard: Samples, rate: int) -> list[int]:
    """How many samples each click comes later than it went in; heard: from where the first block went in."""
    places = np.flatnonzero(clicks(rate))
    return [int(np.abs(heard[place : place + rate // 2]).argmax()) for place in places]


@dataclass
class Progress:
    """What has gone through so far, in samples, and what was wrong with it."""

    samples: int = 0
    faults: int = 0
    turn: int = 0


def blocks(sound: Samples, done: Progress) -> Iterator[Samples]:
    """The sound in blocks, each of another size than the last."""
    start = 0
    while start < len(sound):
        block = sound[start : start + SIZES[done.turn % len(SIZES)]]
        start += len(block)
        done.turn += 1
        yield block


def play(stream: Stream, sound: Samples, done: Progress, *, keep: bool = False) -> Samples:
    """The sound through the stream; what came out where it is to be kept."""
    kept = []
    for block in blocks(sound, done):
        played = stream.process(block)
        done.faults += int(np.count_nonzero(~np.isfinite(played))) + abs(len(played) - len(block))
        done.samples += len(block)
        if keep:
            kept.append(played)
    return np.concatenate(kept) if keep else sound[:0]


def play_clicks(stream: Stream, done: Progress) -> list[int]:
    """Delays of a train of clicks, played after a second of silence and at the same place in a hop each time:
    a click between two samples of the model, or elsewhere in its window, comes out a sample or two beside."""
    model_rate = stream.model.config.signal.sample_rate
    period = stream.hop * stream.sample_rate // math.gcd(stream.sample_rate, model_rate)
    silence = -(done.samples + stream.sample_rate) % period + stream.sample_rate
    play(stream, np.zeros(silence, np.float32), done)
    heard = play(stream, clicks(stream.sample_rate), done, keep=True)
    return click_delays(heard, stream.sample_rate)


def recordings(paths: list[Path], rate: int) -> list[Samples]:
    """Each in one channel, at the rate."""
    heard = [read_audio(path, channel="mix") for path in paths]
    return [resample(audio.samples[0], audio.sample_rate, rate) for audio in heard]


def main() -> None:
    """One model, one hour."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("audio", nargs="+", type=Path, metavar="AUDIO")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--rate", type=int, help="Of the host, Hz; the model's if not given.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recorded", action="store_true", help="Play what is recorded of the model.")
    options = parser.parse_args()
    engine = timbrespace.load(options.model, threads=1)
    stream = engine.stream(sample_rate=options.rate, seed=options.seed, recorded=options.recorded)
    rate, done = stream.sample_rate, Progress()
    sounds = recordings(options.audio, rate)
    first = play_clicks(stream, done)
    memory = {"start": memory_mb()}
    started, cpu = time.perf_counter(), time.process_time()
    before = done.samples
    while done.samples < options.hours * 3600 * rate:
        for sound in sounds:
            play(stream, sound, done)
            if "after 5 min" not in memory and done.samples >= SETTLED_SECONDS * rate:
                memory["after 5 min"] = memory_mb()
                print(f"after 5 min: {memory['after 5 min']:.1f} MB", flush=True)
    took, busy = time.perf_counter() - started, time.process_time() - cpu
    memory["end"] = memory_mb()
    seconds = (done.samples - before) / rate
    last = play_clicks(stream, done)
    print(
        f"{seconds / 60:.1f} min at {rate} Hz in {took:.0f} s: {seconds / took:.1f} times real time", end=""
    )
    print(f" ({seconds / busy:.1f} by processor time), {done.turn} blocks")
    print("memory, MB:", ", ".join(f"{name} {size:.1f}" for name, size in memory.items()))
    print(f"samples that are no numbers, or missing: {done.faults}")
    print(f"latency reported {stream.latency_samples}; of clicks before {first}, after {last}")


if __name__ == "__main__":
    main()
