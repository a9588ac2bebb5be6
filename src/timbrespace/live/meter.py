"""How loud it is and how hard the machine works: counted where sound is made, read where it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

LOWEST_DB = -100.0
RECENT = 0.05  # share of the newest block in the load that is shown


@dataclass(frozen=True)
class Reading:
    """What a meter shows. Levels: the highest peak since the last reading, dBFS. Loads: share of a block's
    time that was used on it, recently and at worst since the last reading."""

    model: str
    input_db: float
    output_db: float
    load: float
    load_peak: float
    dropouts: int
    osc_received: int
    osc_sent: int
    seconds: float

    def line(self) -> str:
        """As one line."""
        osc = f", OSC {self.osc_received} in {self.osc_sent} out" if self.osc_received + self.osc_sent else ""
        return (
            f"{self.model}: in {self.input_db:.0f} dB, out {self.output_db:.0f} dB, "
            f"load {100 * self.load:.0f} % (peak {100 * self.load_peak:.0f} %), "
            f"{self.dropouts} drop-outs{osc}"
        )


@dataclass(frozen=True)
class Summary:
    """A whole performance. loads: share of a block's time, on the mean, at the 99th percentile, at worst."""

    blocks: int
    block_samples: int
    sample_rate: int
    seconds: float
    load_mean: float
    load_p99: float
    load_worst: float
    dropouts: int
    clipped: int
    latency_samples: int
    device_latency_seconds: float
    osc_received: int
    osc_refused: int
    osc_sent: int

    def line(self) -> str:
        """As one line."""
        loads = f"load {100 * self.load_mean:.0f} %, 99 % of blocks within {100 * self.load_p99:.0f} %"
        clipped = f", {self.clipped} samples clipped" if self.clipped else ""
        return (
            f"{self.blocks} blocks, {self.seconds:.1f} s, {loads}, worst {100 * self.load_worst:.0f} %, "
            f"{self.dropouts} drop-outs{clipped}"
        )


class Meter:
    """Counts blocks. Written by one thread and read by another."""

    BINS_PER_OCTAVE = 16

    def __init__(self, block_samples: int, sample_rate: int) -> None:
        self.block_samples, self.sample_rate = block_samples, sample_rate
        self.block_seconds = block_samples / sample_rate
        self.blocks = 0
        self.load_worst = 0.0
        self._busy_seconds = 0.0
        self._load = self._load_peak = 0.0
        self._input = self._output = 0.0
        self._histogram = np.zeros(40 * self.BINS_PER_OCTAVE, np.int64)  # of loads, from 2⁻²⁰ up

    def count(self, came: Samples, went: Samples, seconds: float) -> None:
        """A block came in and went out; `seconds` were spent on it."""
        load = seconds / self.block_seconds
        self._load = load if self.blocks == 0 else self._load + RECENT * (load - self._load)
        self.blocks += 1
        self._busy_seconds += seconds
        self.load_worst = max(self.load_worst, load)
        self._load_peak = max(self._load_peak, load)
        place = round((math.log2(max(load, 2.0**-20)) + 20.0) * self.BINS_PER_OCTAVE)
        self._histogram[min(place, len(self._histogram) - 1)] += 1
        self._input = max(self._input, float(np.max(np.abs(came), initial=0.0)))
        self._output = max(self._output, float(np.max(np.abs(went), initial=0.0)))

    def read(self, model: str, dropouts: int, received: int = 0, sent: int = 0) -> Reading:
        """What to show; peaks begin anew."""
        reading = Reading(
            model, decibels(self._input), decibels(self._output), self._load, self._load_peak,
            dropouts, received, sent, self.blocks * self.block_seconds,
        )  # fmt: skip
        self._input = self._output = self._load_peak = 0.0
        return reading

    def load_within(self, share: float) -> float:
        """The load that so great a share of the blocks kept within, to 5 %."""
        place = int(np.searchsorted(np.cumsum(self._histogram), share * self.blocks))
        return min(2.0 ** (place / self.BINS_PER_OCTAVE - 20.0), self.load_worst)

    def summary(self, **counts: Any) -> Summary:
        """All of it; counts: the fields of `Summary` that a meter does not know."""
        return Summary(
            blocks=self.blocks,
            block_samples=self.block_samples,
            sample_rate=self.sample_rate,
            seconds=self.blocks * self.block_seconds,
            load_mean=self._busy_seconds / self.block_seconds / max(self.blocks, 1),
            load_p99=self.load_within(0.99),
            load_worst=self.load_worst,
            **counts,
        )


def decibels(peak: float) -> float:
    """dBFS of a peak, LOWEST_DB at the least."""
    return max(LOWEST_DB, 20.0 * math.log10(max(peak, 1e-9)))
