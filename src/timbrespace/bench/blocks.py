"""How long a model takes for a block of sound, by the size of the block, as a host would call it.

A model computes a frame when a hop of sound has come in. Blocks smaller than the hop are therefore quick
most of the time, and every hop / block-th one does the work of all: times are given of the calls that
compute, and what concerns the whole (the real-time factor, blocks over the budget) of all calls.

The first calls, in which libraries set themselves up, stand apart. Rounds of Python's garbage collector are
part of the times, and counted. Beside the time by the clock, which is what a listener hears, stands the time
that the processor worked for the call: where the two differ, the system was busy with something else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from timbrespace.bench.machine import CollectorWatch

Audio = NDArray[np.float32]
Milliseconds = NDArray[np.float64]

BLOCKS = (64, 128, 256, 512, 1024, 2048, 4096)  # samples, as hosts have them
WARM_UP_FRAMES = 10  # calls until so many have computed stand apart


class BlockPlayer(Protocol):
    """A model that plays sound block by block."""

    latency_samples: int

    def process(self, block: Audio) -> Audio:
        """block [T] → as many samples."""


class Playable(Protocol):
    """A model that can be opened to play sound block by block, at its own rate."""

    @property
    def sample_rate(self) -> int:
        """Hz."""

    def stream(self, block_samples: int) -> BlockPlayer:
        """A player for blocks of so many samples."""


@dataclass(frozen=True)
class Times:
    """How long calls took; NaN where there were none."""

    calls: int
    median_ms: float
    p99_ms: float
    worst_ms: float

    @classmethod
    def of(cls, milliseconds: Milliseconds) -> Times:
        """Of calls one by one, [N]."""
        if not len(milliseconds):
            return cls(0, math.nan, math.nan, math.nan)
        median, p99 = np.percentile(milliseconds, [50, 99])
        return cls(len(milliseconds), float(median), float(p99), float(milliseconds.max()))


@dataclass(frozen=True)
class BlockTimes:
    """What blocks of one size took.

    block_ms: how long a block lasts. latency: from a sample in to the same out, besides the host's own
    buffers. computing: calls that computed a frame; own: the same in processor time; every: all calls. rtf:
    real-time factor of the whole, rtf_own: in processor time.
    over_budget: share of all blocks that took more than the budget. dropouts: blocks that took longer than
    they last. first_ms: the longest of the first calls, which count nowhere else. collections: rounds of the
    garbage collector, and the longest.
    """

    block_samples: int
    block_ms: float
    latency_samples: int
    latency_ms: float
    computing: Times
    own: Times
    every: Times
    rtf: float
    rtf_own: float
    over_budget: float
    dropouts: int
    dropouts_per_hour: float
    first_ms: float
    collections: int
    longest_collection_ms: float


@dataclass(frozen=True)
class Calls:
    """Calls one by one, [N] each: by the clock, in processor time, and whether a frame was computed."""

    milliseconds: Milliseconds
    own_milliseconds: Milliseconds
    computed: NDArray[np.bool_]
    first_ms: float
    collections: int
    longest_collection_ms: float
    latency_samples: int


def time_blocks(
    model: Playable, audio: Audio, block_samples: int, hop: int, budget: float = 0.5
) -> BlockTimes:
    """Play `audio` [T] in blocks of so many samples.

    hop: samples a frame. budget: share of a block's time.
    """
    calls = time_calls(model.stream(block_samples), audio, block_samples, hop)
    lasts_ms = 1000 * block_samples / model.sample_rate
    took = calls.milliseconds
    dropouts = int(np.count_nonzero(took > lasts_ms))
    played_ms = len(took) * lasts_ms
    return BlockTimes(
        block_samples,
        lasts_ms,
        calls.latency_samples,
        1000 * calls.latency_samples / model.sample_rate,
        Times.of(took[calls.computed]),
        Times.of(calls.own_milliseconds[calls.computed]),
        Times.of(took),
        played_ms / float(took.sum()),
        played_ms / float(calls.own_milliseconds.sum()),
        float(np.mean(took > budget * lasts_ms)),
        dropouts,
        3.6e6 * dropouts / played_ms,
        calls.first_ms,
        calls.collections,
        calls.longest_collection_ms,
    )


def time_calls(
    player: BlockPlayer,
    audio: Audio,
    block_samples: int,
    hop: int,
    *,
    wait: Callable[[int], None] | None = None,
) -> Calls:
    """Play `audio` [T], as long as `samples_for` says or longer, and time every call.

    wait: called before call number n, where calls are to come as a sound card makes them.
    """
    blocks = len(audio) // block_samples
    clock, processor = np.zeros(blocks, np.int64), np.zeros(blocks, np.int64)
    with CollectorWatch() as collector:
        for number in range(blocks):
            block = audio[number * block_samples : (number + 1) * block_samples]
            if wait is not None:
                wait(number)
            own, started = time.thread_time_ns(), time.perf_counter_ns()
            player.process(block)
            clock[number] = time.perf_counter_ns() - started
            processor[number] = time.thread_time_ns() - own
    ends = np.arange(blocks + 1) * block_samples // hop
    computed = np.diff(ends) > 0
    first = int(np.searchsorted(np.cumsum(computed), WARM_UP_FRAMES, side="left")) + 1
    return Calls(
        clock[first:] / 1e6, processor[first:] / 1e6, computed[first:], float(clock[:first].max()) / 1e6,
        collector.rounds, collector.longest_ms, player.latency_samples,
    )  # fmt: skip


def looped(audio: Audio, samples: int) -> Audio:
    """audio [T] again and again, [samples]."""
    return np.resize(audio, samples)


def samples_for(seconds: float, sample_rate: int, block_samples: int, hop: int) -> int:
    """Samples of so many seconds of blocks after the first calls, which need not last as long."""
    return round(seconds * sample_rate) + (WARM_UP_FRAMES + 1) * max(block_samples, hop)
