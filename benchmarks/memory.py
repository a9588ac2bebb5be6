"""How much memory training takes, and that the length of the data set does not count.

    python benchmarks/memory.py FOLDER... [--hours 10] [--steps 30] [--kind continuous] [--work DIR]

Trains on the recordings as they are, and on a data set that repeats them, every time a little softer, until
it is so long; prints the peak of the resident memory of either training process. The long data set takes
0.64 GB of disk an hour, in DIR or the system's temporary folder, and is deleted at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from timbrespace.dataset.prepare import prepare
from timbrespace.dataset.store import AUDIO, MANIFEST, Dataset, Manifest

TRAIN = "from timbrespace.cli.app import main; main()"
LEAST_GAIN = 0.5  # of the last repetition


def repeat(short: Dataset, folder: Path, hours: float) -> None:
    """Write a data set of `short` again and again, recording by recording."""
    target = round(hours * 3600 * short.sample_rate)
    rounds = math.ceil(target / short.manifest.samples)
    if shutil.disk_usage(folder.parent).free < 1.2 * 4 * rounds * short.manifest.samples:
        sys.exit(f"{folder.parent}: not enough room for {hours:g} hours of sound")
    folder.mkdir()
    sources = []
    with (folder / AUDIO).open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (rounds * short.manifest.samples,)}
        np.lib.format.write_array_header_1_0(file, header)
        for number in range(rounds):
            gain = np.float32(1 - (1 - LEAST_GAIN) * number / rounds)
            for source in short.sources:
                samples = gain * short.audio[source.start : source.start + source.length]
                file.write(samples.tobytes())
                sources.append(
                    replace(
                        source,
                        sha256=hashlib.sha256(samples.data).hexdigest(),
                        start=source.start + number * short.manifest.samples,
                        peak=float(gain) * source.peak,
                        level_db=source.level_db + 20 * math.log10(gain),
                    )
                )
    manifest = Manifest(short.sample_rate, short.manifest.settings, tuple(sources), ())
    (folder / MANIFEST).write_text(manifest.to_json(), "utf-8")


def peak_mib(kind: str, dataset: Path, run: Path, steps: int) -> float:
    """Largest resident memory of a training process, MiB; its children do not count, it has none."""
    command = [
        sys.executable,
        "-c",
        TRAIN,
        "train",
        kind,
        str(dataset),
        str(run),
        "--steps",
        str(steps),
        "-q",
    ]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"training ended with status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Both data sets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--hours", type=float, default=10.0)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--kind", default="continuous", choices=("continuous", "discrete"))
    parser.add_argument("--work", type=Path, metavar="DIR")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        work = Path(name)
        prepare(options.folders, work / "short")
        repeat(Dataset.open(work / "short"), work / "long", options.hours)
        for length in ("short", "long"):
            data = Dataset.open(work / length).manifest
            started = time.perf_counter()
            peak = peak_mib(options.kind, work / length, work / f"run-{length}", options.steps)
            hours, took = data.samples / data.sample_rate / 3600, time.perf_counter() - started
            print(
                f"{hours:.2f} h, {len(data.sources)} recordings: {peak:.0f} MiB at most "
                f"({options.steps} steps, {took:.0f} s)",
                flush=True,
            )


if __name__ == "__main__":
    main()
