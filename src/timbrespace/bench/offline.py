"""How fast a model is offline: encoding and decoding of one sound, each alone and both together.

The median of several runs after one that is not counted. A real-time factor of 10 is ten seconds of sound a
second.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from timbrespace.engine import Engine

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Speed:
    """Real-time factors with a number of threads."""

    threads: int
    rtf_encode: float
    rtf_decode: float
    rtf_both: float


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
