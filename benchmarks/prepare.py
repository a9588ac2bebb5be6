"""How fast `prepare` is: times real time per core, on WAV files that this script makes.

    python benchmarks/prepare.py [--minutes 20] [--jobs 1] [--profile]

Everything counts: decoding, offset, hash, level, bandwidth, writing. With several jobs the figure is
divided by their number.
"""

import argparse
import cProfile
import os
import pstats
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from timbrespace.dataset.prepare import prepare

CASES = {
    "44.1 kHz 16 bit mono": (44_100, 1, "PCM_16"),
    "44.1 kHz 24 bit stereo": (44_100, 2, "PCM_24"),
    "48 kHz 24 bit stereo (resampled)": (48_000, 2, "PCM_24"),
}
FILE_SECONDS = 30


def make(folder: Path, minutes: float, rate: int, channels: int, subtype: str) -> None:
    """Files of half a minute of decaying tones in noise."""
    random = np.random.default_rng(0)
    time_seconds = np.arange(FILE_SECONDS * rate) / rate
    for index in range(max(1, round(minutes * 60 / FILE_SECONDS))):
        tone = np.sin(2 * np.pi * (110 + index) * time_seconds) * np.exp(-(time_seconds % 2))
        mono = 0.5 * tone + random.normal(0, 0.01, len(tone))
        path = folder / f"{index:04}.wav"
        soundfile.write(path, np.stack([mono] * channels, axis=1), rate, subtype=subtype)


def run(folder: Path, minutes: float, jobs: int, case: tuple[int, int, str]) -> None:
    """Prepare once and again, print both."""
    recordings = folder / "in"
    recordings.mkdir()
    make(recordings, minutes, *case)
    cpu = time_cpu()
    start = time.perf_counter()
    report = prepare([recordings], folder / "set", jobs=jobs)
    wall = time.perf_counter() - start
    cpu = time_cpu() - cpu
    start = time.perf_counter()
    prepare([recordings], folder / "set", jobs=jobs)
    again = time.perf_counter() - start
    speed = f"{report.seconds / wall / jobs:.0f} x real time per core"
    by_processor = f"{report.seconds / max(cpu, 1e-9):.0f} by processor time"
    print(f"{report.seconds / 60:.1f} min in {wall:.2f} s: {speed} ({by_processor}); again: {again:.2f} s")


def time_cpu() -> float:
    """Processor seconds of this process and the ones it ran."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    """All cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--profile", action="store_true", help="where the time goes, first case")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for name, case in CASES.items():
        print(f"{name}: ", end="", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            if options.profile:
                with cProfile.Profile() as profile:
                    run(Path(folder), options.minutes, options.jobs, case)
                pstats.Stats(profile).sort_stats("tottime").print_stats(14)
                return
            run(Path(folder), options.minutes, options.jobs, case)


if __name__ == "__main__":
    main()
