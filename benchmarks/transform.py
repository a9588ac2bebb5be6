"""How fast operators and decoding are: times real time, on one thread, on a series that this script draws.

    python benchmarks/transform.py MODEL... [--seconds 180] [--runs 3]

Every operator that `transform` has runs once, in a row that keeps the length; then the result is decoded.
Wall time is what one waits for, processor time what it would be on a quiet machine. The best run counts.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch, which read it once

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from timbrespace.engine import Engine, load
from timbrespace.latents import LatentSeries

Result = TypeVar("Result")


def draw(engine: Engine, seconds: float) -> LatentSeries:
    """Smooth curves as wide as the data, at -20 dB, moving by 3 dB."""
    frames = round(seconds * engine.signal.frame_rate_hz)
    flat = LatentSeries(
        np.zeros((frames, engine.config.latents), np.float32),
        np.full(frames, -20.0, np.float32),
        engine.signal.frame_rate_hz,
        engine.model_id,
    )
    return flat.random(1.0, smoothness_hz=4.0).random(3.0, smoothness_hz=2.0, dimensions="loudness")


def operate(engine: Engine, series: LatentSeries) -> LatentSeries:
    """Everything once; as long at the end as at the beginning."""
    half = (
        series.scale(1.2)
        .bias(-3.0, dimensions="loudness")
        .random(0.2, smoothness_hz=5.0, seed=1)
        .smooth(20.0)
        .mix(series, 0.3)
        .reverse()
        .stretch(0.5)
    )
    whole = half.loop(2).concatenate(half, crossfade_seconds=0.5).quantise(0.01).clip(-3.0, 3.0)
    return engine.requantise(whole.at(np.arange(len(series))))


def best(work: Callable[[], Result], runs: int) -> tuple[float, float, Result]:
    """Least wall and processor time, seconds, and what `work` gave."""
    wall, processor = [], []
    for _ in range(runs):
        started = time.perf_counter(), time.process_time()
        result = work()
        wall.append(time.perf_counter() - started[0])
        processor.append(time.process_time() - started[1])
    return min(wall), min(processor), result


def main() -> None:
    """One model after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for path in options.models:
        engine = load(path, threads=1)
        series = draw(engine, options.seconds)
        changing = best(lambda: operate(engine, series), options.runs)  # noqa: B023
        decoding = best(lambda: engine.decode(changing[2]), options.runs)  # noqa: B023
        print(f"{path}: {engine.kind}, {len(series)} frames, {options.seconds:g} s")
        total = [changing[side] + decoding[side] for side in (0, 1)]
        for name, took in (("operators", changing), ("decode", decoding), ("together", total)):
            speed = " / ".join(f"{options.seconds / max(taken, 1e-9):.0f}" for taken in took[:2])
            print(f"  {name:<9}  {took[0]:.2f} s wall, {took[1]:.2f} s processor: {speed} x real time")


if __name__ == "__main__":
    main()
