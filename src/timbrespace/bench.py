"""How fast a model is offline, and how much memory it takes.

Encoding and decoding of one sound, each alone and both together, on one thread and on all; the median of
several runs after one that is not counted. A real-time factor of 10 is ten seconds of sound a second.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from timbrespace.engine import Engine

Audio = NDArray[np.float32]

SIGNAL_SECONDS = 20.0
RUNS = 5
PARTIALS_HZ = (110.0, 220.0, 330.0, 550.0, 1210.0, 2750.0)


@dataclass(frozen=True)
class Speed:
    """Real-time factors with a number of threads."""

    threads: int
    rtf_encode: float
    rtf_decode: float
    rtf_both: float


@dataclass(frozen=True)
class Bench:
    """What was measured. Memory is that of the whole process, MiB; None where the system does not say."""

    model_id: str
    kind: str
    sample_rate: int
    latency_samples: int
    seconds: float
    runs: int
    one_thread: Speed
    all_threads: Speed
    memory_before_mib: float | None
    memory_peak_mib: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "latency_ms": 1000 * self.latency_samples / self.sample_rate}


def bench(
    engine: Engine,
    audio: Audio | None = None,
    *,
    runs: int = RUNS,
    progress: Callable[[float, str], None] | None = None,
) -> Bench:
    """Measure `engine` on `audio` [T] at the model's rate, `bench_signal` where there is none.

    `progress` hears the share done (0 to 1) and what is being measured. The number of torch's threads
    is put back afterwards.
    """
    sound = bench_signal(engine.sample_rate) if audio is None else audio
    tell = progress or (lambda share, note: None)
    before = peak_memory_mib()
    threads = torch.get_num_threads()
    every = available_threads()
    try:
        tell(0.0, "one thread")
        one = measure(engine, sound, 1, runs)
        tell(0.6, f"{every} threads")
        full = measure(engine, sound, every, runs) if every > 1 else one
    finally:
        torch.set_num_threads(threads)
    tell(1.0, "")
    return Bench(
        engine.model_id,
        engine.kind,
        engine.sample_rate,
        engine.signal.latency_samples,
        len(sound) / engine.sample_rate,
        runs,
        one,
        full,
        before,
        peak_memory_mib(),
    )


def measure(engine: Engine, audio: Audio, threads: int, runs: int) -> Speed:
    """Speed on `audio` [T] with so many threads; leaves torch set to them."""
    torch.set_num_threads(threads)
    encode_seconds, decode_seconds = [], []
    for _ in range(runs + 1):
        started = time.perf_counter()
        series = engine.encode(audio, engine.sample_rate)
        encoded = time.perf_counter()
        engine.decode(series)
        encode_seconds.append(encoded - started)
        decode_seconds.append(time.perf_counter() - encoded)
    both_seconds = [a + b for a, b in zip(encode_seconds, decode_seconds, strict=True)]
    seconds = len(audio) / engine.sample_rate
    factors = [seconds / statistics.median(t[1:]) for t in (encode_seconds, decode_seconds, both_seconds)]
    return Speed(threads, *factors)


def bench_signal(sample_rate: int, seconds: float = SIGNAL_SECONDS) -> Audio:
    """The same sound every time: swelling partials over noise, [T]."""
    samples = round(seconds * sample_rate)
    time_seconds = np.arange(samples) / sample_rate
    rng = np.random.default_rng(0)
    sound = 0.02 * rng.standard_normal(samples)
    for number, frequency_hz in enumerate(PARTIALS_HZ):
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * (0.3 + 0.1 * number) * time_seconds)
        sound += 0.1 * swell * np.sin(2 * np.pi * frequency_hz * time_seconds)
    return sound.astype(np.float32)


def available_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_mib() -> float | None:
    """Largest memory this process has held so far, MiB; None on systems without `resource`."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
