"""Traversing and following: the figures of docs/benchmarks.md, measured on the sounds themselves.

    python benchmarks/creative.py MODEL... [--seconds 60]

Every MODEL must hold a descriptor table (a finished training stores one, `timbrespace codebook --store`
adds it). Two tables in Markdown: the ordered traverse at four frames a sound and at one, and a sine of
four seconds a period followed over the middle of the range, by the paper's nearest sound and by the
cheapest path. "tenths" leaves out the lowest and the highest tenth of the sounds, "span" a tenth of the
range at either end. Then the time that following a target of so many seconds takes, and its decoding.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.codebook.achieved import achieved
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.follow import follow
from timbrespace.codebook.targets import make_target
from timbrespace.codebook.traverse import traverse, traverse_spearman
from timbrespace.engine import Engine, load

NAMES = ("centroid", "bandwidth", "f0")
FOLLOW_SECONDS = 20.0
CONTINUITIES = (0.0, 1.0)


def main() -> None:
    """Measure every model named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the target that is timed")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    opened = [(path.stem, load(path)) for path in arguments.models]
    ready = [(name, engine, table_of(engine)) for name, engine in opened]
    print("| model | traverse | sounds | 4 frames a sound | 1 frame |\n| --- | --- | ---: | ---: | ---: |")
    for name, engine, table in ready:
        for row in traverses(engine, table):
            print(f"| {name} | {row}", flush=True)
    print(
        "\n| model | descriptor | range | continuity | rank correlation | median error | octave errors | "
        "frames with it |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"
    )
    for name, engine, table in ready:
        for row in followings(engine, table):
            print(f"| {name} | {row}", flush=True)
    print(f"\n| model | sounds | following {arguments.seconds:g} s | decoding it |")
    print("| --- | ---: | ---: | ---: |")
    for name, engine, table in ready:
        print(f"| {name} | {len(table)} | {timing(engine, table, arguments.seconds)}", flush=True)


def traverses(engine: Engine, table: DescriptorTable) -> Iterator[str]:
    """A row a descriptor: rank correlation of time with the descriptor of the sound."""
    distances = Distances(engine, table)
    for name in NAMES:
        scores = []
        for frames in (4, 1):
            travelled = traverse(engine, table, name, frames=frames, distances=distances)
            scores.append(traverse_spearman(travelled, travelled.play(engine), engine.sample_rate)[0])
        yield f"{name} | {len(travelled.rows)} | {scores[0]:.4f} | {scores[1]:.4f} |"


def followings(engine: Engine, table: DescriptorTable) -> Iterator[str]:
    """Rows: each descriptor, over both ranges, nearest and cheapest."""
    distances = Distances(engine, table)
    samples = round(FOLLOW_SECONDS * engine.sample_rate)
    level = np.full(engine.signal.frames_of(samples), table.level_db)
    for name in NAMES:
        column = table.column(name)
        column = column[np.isfinite(column)]
        low, high = float(column.min()), float(column.max())
        margin = 0.1 * (high - low)
        ends = {"tenths": np.percentile(column, [10, 90]), "span": (low + margin, high - margin)}
        for where, (bottom, top) in ends.items():
            for continuity in CONTINUITIES:
                target = make_target(name, "sine", low=bottom, high=top, seconds=FOLLOW_SECONDS)
                found = follow(
                    engine, table, [target], level, continuity=continuity, length_samples=samples,
                    distances=distances,
                )  # fmt: skip
                one = achieved(found, found.play(engine), engine.sample_rate)[name]
                error = f"{one.error_cents:.1f} cents" if name == "f0" else f"{one.error_percent:.2f} %"
                yield (
                    f"{name} | {where}, {bottom:.0f} to {top:.0f} Hz | {continuity:g} | "
                    f"{one.follow_spearman:.4f} | {error} | {100 * one.octave_errors:.1f} % | "
                    f"{100 * one.measurable:.0f} % |"
                )


def timing(engine: Engine, table: DescriptorTable, seconds: float) -> str:
    """Processor seconds: distances and path, and decoding."""
    samples = round(seconds * engine.sample_rate)
    level = np.full(engine.signal.frames_of(samples), table.level_db)
    low, high = np.percentile(table.column("centroid"), [10, 90])
    target = make_target("centroid", "sine", low=low, high=high, seconds=seconds)
    started = time.process_time()
    found = follow(engine, table, [target], level, length_samples=samples)
    followed = time.process_time()
    found.play(engine)
    return f"{followed - started:.2f} s | {time.process_time() - followed:.2f} s |"


if __name__ == "__main__":
    main()
