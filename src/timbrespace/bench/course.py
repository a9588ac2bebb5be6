"""Minutes of sound in blocks of one hop: is the cost of a block nearly constant, and does it stay so?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.bench.blocks import Calls, Milliseconds, Playable, Times, looped, samples_for, time_calls
from timbrespace.bench.machine import one_thread

Audio = NDArray[np.float32]

TOLD_SECONDS = 1.0  # of sound between two words of progress


@dataclass(frozen=True)
class Course:
    """What blocks of one hop took over minutes.

    paced: whether blocks came as a sound card makes them, or one right after the other. milliseconds: of
    each by the clock, [N], own_milliseconds: in processor time. share_near: of blocks that took between half
    and twice the median, first_minute_ms, last_minute_ms: medians; these in processor time. The rest as of
    `BlockTimes`.
    """

    block_samples: int
    block_ms: float
    budget: float
    seconds: float
    paced: bool
    every: Times
    own: Times
    p999_ms: float
    share_near: float
    over_budget: float
    dropouts: int
    first_minute_ms: float
    last_minute_ms: float
    first_ms: float
    collections: int
    longest_collection_ms: float
    milliseconds: Milliseconds
    own_milliseconds: Milliseconds

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the single blocks."""
        values = asdict(self)
        return {name: value for name, value in values.items() if not name.endswith("milliseconds")}


def run_course(
    model: Playable,
    audio: Audio,
    hop: int,
    *,
    seconds: float,
    budget: float,
    paced: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Course:
    """Play `audio` [T] over and over in blocks of `hop` samples, on one thread.

    progress: hears the share done.
    """
    sound = looped(audio, samples_for(seconds, model.sample_rate, hop, hop))
    lasts = hop / model.sample_rate
    every = max(1, round(TOLD_SECONDS / lasts))
    began = 0.0  # when the first block came

    def wait(number: int) -> None:
        nonlocal began
        if number == 0:
            began = time.perf_counter()
        if paced:
            time.sleep(max(0.0, began + number * lasts - time.perf_counter()))
        if progress is not None and number % every == 0:
            progress(number * hop / len(sound))

    with one_thread():
        calls = time_calls(model.stream(hop), sound, hop, hop, wait=wait)
    return _told(calls, hop, lasts, budget, paced)


def _told(calls: Calls, hop: int, lasts: float, budget: float, paced: bool) -> Course:
    """What the calls took, of blocks that last so many seconds."""
    took, own = calls.milliseconds, calls.own_milliseconds
    median = float(np.median(own))
    minute = min(len(took), round(60 / lasts))
    return Course(
        hop,
        1000 * lasts,
        budget,
        len(took) * lasts,
        paced,
        Times.of(took),
        Times.of(own),
        float(np.percentile(took, 99.9)),
        float(np.mean((own > median / 2) & (own < 2 * median))),
        float(np.mean(took > 1000 * budget * lasts)),
        int(np.count_nonzero(took > 1000 * lasts)),
        float(np.median(own[:minute])),
        float(np.median(own[-minute:])),
        calls.first_ms,
        calls.collections,
        calls.longest_collection_ms,
        took,
        own,
    )
