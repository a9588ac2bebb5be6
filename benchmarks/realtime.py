"""Exported models on one thread of this machine: times of blocks, latency, loading, size, and following.

    python benchmarks/realtime.py MODEL... [--work DIR]

Exports every model as `timbrespace export` does, which measures it in a process of its own, and prints the
certificates, and how a sine of centroid, bandwidth and f0 is followed frame by frame, beside the path that
`follow` finds with the future known. Take it on an idle machine.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

import timbrespace
from timbrespace.codebook import follow, table_of
from timbrespace.codebook.achieved import achieved
from timbrespace.codebook.targets import make_target
from timbrespace.engine import Engine
from timbrespace.export.building import name_of
from timbrespace.export.exporter import export

FOLLOWED = ("centroid", "bandwidth", "f0")
FOLLOW_SECONDS, LEVEL_DB = 8.0, -20.0
DECILES = (10, 90)  # of the table, between which the sine moves


def certificate_rows(name: str, certificate: dict[str, Any]) -> Iterator[list[str]]:
    """A row a block size."""
    for row in certificate["blocks"]:
        share = 100 * row["p99_ms"] / row["duration_ms"]
        times = [f"{row[key]:.2f}" for key in ("median_ms", "p99_ms", "worst_ms")]
        yield [name, str(row["block"]), *times, f"{row['rtf']:.1f}", f"{share:.0f} %"]


def file_row(name: str, certificate: dict[str, Any]) -> list[str]:
    """What is not a matter of blocks."""
    return [
        name,
        str(certificate["latency_samples"]),
        f"{certificate['latency_measured_samples']:.0f}",
        f"{certificate['size_bytes'] / 1e6:.1f}",
        f"{certificate['ready_seconds']:.2f}",
        ", ".join(f"{value:.1f}" for value in certificate["first_calls_ms"][:2]),
        f"{certificate['forward_error_db']:.4f}",
    ]


def follow_rows(name: str, engine: Engine, path: Path) -> Iterator[list[str]]:
    """Rank correlation and median error, greedy and by the path, of every descriptor that the model has."""
    module, table = torch.jit.load(str(path)), table_of(engine)
    frames = int(FOLLOW_SECONDS * engine.signal.frame_rate_hz)
    level = np.full(frames, LEVEL_DB, dtype=np.float32)
    for descriptor in FOLLOWED:
        column = table.column(descriptor)
        if np.isfinite(column).sum() < 50:
            continue
        low, high = np.percentile(column[np.isfinite(column)], DECILES)
        target = make_target(descriptor, "sine", low=low, high=high, seconds=FOLLOW_SECONDS)
        path_found = follow.follow(engine, table, [target], level)
        values = torch.from_numpy(np.stack([path_found.asked[descriptor], level])[None].astype(np.float32))
        module.set_reset(1)
        played = getattr(module, f"follow_{descriptor}")(values)[0, 0, engine.signal.latency_samples :]
        cells = []
        for sound in (played.numpy(), path_found.play(engine)):
            scores = achieved(path_found, sound, engine.sample_rate)[descriptor].scores()
            cells += [f"{scores['follow_spearman']:.4f}", f"{scores['error_percent']:.2f} %"]
        yield [name, descriptor, *cells]


def show(heads: list[str], rows: list[list[str]]) -> None:
    """A table in Markdown."""
    for row in (heads, ["---"] * len(heads), *rows):
        print(f"| {' | '.join(row)} |", flush=True)
    print()


def main() -> None:
    """Measure the models named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, help="keep the exported files here")
    options = parser.parse_args()
    blocks: list[list[str]] = []
    about: list[list[str]] = []
    followed: list[list[str]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for number, model in enumerate(options.models):
            engine, name = timbrespace.load(model, threads=1), name_of(model)
            path = folder / f"{number}-{name}.ts"
            certificate = export(engine, path, name=name, anyway=True, force=True)
            blocks += certificate_rows(name, certificate)
            about.append(file_row(name, certificate))
            followed += follow_rows(name, engine, path)
    show(["model", "block", "median ms", "99 % ms", "worst ms", "× real time", "99 % of the block"], blocks)
    show(["model", "latency", "by a click", "MB", "ready s", "first calls ms", "lsd_2048 off"], about)
    show(["model", "descriptor", "greedy", "error", "path", "error"], followed)


if __name__ == "__main__":
    main()
