"""Change of sample rate in real time: short and exactly known delay, the same samples for blocks of any size.

Two whole rates in lowest terms, host : model = up : down, share a grid: the host's samples lie `up` points
apart on it and the model's `down`. Both ways are one windowed sinc (Kaiser 1974) sampled on that grid, a
row of it for every place that an output can have between two inputs (a polyphase filter, Crochiere & Rabiner
1983). Places are whole numbers, so nothing drifts. The first samples of both fall together, as offline, and
the way back ends on the host's own samples again: the whole is a whole number of them late.

The stages of a general resampler that work by fast transforms hold back 20 ms in each direction; this holds
back half a filter.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import i0

Samples = NDArray[np.float32]
Place = TypeVar("Place", int, NDArray[np.int64])  # on the grid, one or many

PASS_SHARE = 18_000 / 44_100  # of the lower rate: kept as it is
STOP_SHARE = 0.5  # likewise: gone from here on
REJECTION_DB = 86.0  # of what lies beyond
KAISER_BETA = 0.1102 * (REJECTION_DB - 8.7)  # Kaiser's formula above 50 dB
ROWS_AT_ONCE = 4096  # of a filter bank, when it is made: odd rates have many


class Converter(Protocol):
    """Sound at one rate in blocks → sound at another."""

    def process(self, block: Samples) -> Samples:
        """Next block [T] → what is ready [N], N ≥ 0."""


class Delay:
    """The same rate on both sides: so many samples of silence, then what comes in."""

    def __init__(self, samples: int) -> None:
        self._silence = np.zeros(samples, np.float32)

    def process(self, block: Samples) -> Samples:
        """Next block [T] → [T], the first time with the silence before it."""
        if not len(self._silence):
            return block
        block = np.concatenate([self._silence, block])
        self._silence = self._silence[:0]
        return block


class Resampler:
    """One channel from one rate to another.

    step_in, step_out: grid points between samples. start: grid point of the first sample that comes out;
    the first that goes in lies at 0 and silence before it. half: input samples on either side of an output
    that it is made of.
    """

    def __init__(self, step_in: int, step_out: int, start: int, half: int) -> None:
        self.step_in, self.step_out, self.half = step_in, step_out, half
        self.reach = half * step_in
        self._bank = filter_bank(step_in, step_out, half)
        first = self._first_input(start)
        self._samples = np.zeros(max(0, -first), np.float32)  # what outputs to come are still made of
        self._place = start + len(self._samples) * step_in  # of the next output, from the first of them

    def process(self, block: Samples) -> Samples:
        """Next block [T], finite → what is ready [N], N ≥ 0."""
        samples = np.concatenate([self._samples, block])
        ready = (len(samples) * self.step_in - self.reach - self._place) // self.step_out + 1
        if ready <= 0:
            self._samples = samples
            return samples[:0]
        places = self._place + self.step_out * np.arange(ready)
        firsts = self._first_input(places)
        rows = self._bank[firsts * self.step_in - places + self.reach]
        windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * self.half)[firsts]
        self._place += ready * self.step_out
        done = self._first_input(self._place)
        self._samples = samples[done:].copy()
        self._place -= done * self.step_in
        return np.asarray(np.einsum("nk,nk->n", windows, rows))

    def _first_input(self, place: Place) -> Place:
        """The first of the 2·half inputs that the output at a grid point is made of."""
        return -(-place // self.step_in) - self.half


def round_trip(
    host_hz: int, model_hz: int, *, late: int, hop: int, block: int
) -> tuple[Converter, Converter, int]:
    """Converters from the host's rate to the model's and back, and how late the whole is, in host samples.

    late: samples, at its rate, by which what the model plays comes after what it hears; it works hop by hop.
    block: host samples come in multiples of it. The latency is the least at which there is always a sample
    to play for one that came in.
    """
    if host_hz == model_hz:
        latency = late + hop - math.gcd(block, hop)
        return Delay(0), Delay(latency - late), latency
    common = math.gcd(host_hz, model_hz)
    up, down = model_hz // common, host_hz // common
    reach_in = half_width(up, down) * up
    reach_back = half_width(down, up) * down
    behind = reach_in - down  # grid points by which the filter lets the model's samples come later
    step = math.gcd(block * up, hop * down)
    waiting = hop * down - step + -behind % step + behind  # the most that is ever held back on the way in
    latency = -(-(waiting + reach_back - up + late * down) // up)
    into = Resampler(up, down, 0, reach_in // up)
    back = Resampler(down, up, late * down - latency * up, reach_back // down)
    return into, back, latency


def half_width(step_in: int, step_out: int) -> int:
    """Input samples on either side that the filter takes, after Kaiser's formula."""
    lower = max(step_in, step_out)  # the wider step is that of the lower rate
    widths = (REJECTION_DB - 7.95) / (2 * 14.36 * (STOP_SHARE - PASS_SHARE))
    return math.ceil(widths * lower / step_in)


@lru_cache(maxsize=8)
def filter_bank(step_in: int, step_out: int, half: int) -> NDArray[np.float32]:
    """The filter's values, [step_in, 2·half]: row p for inputs from p points after the filter's begin on.

    Every row sums to 1, so that a constant stays what it is.
    """
    bank = np.empty((step_in, 2 * half), np.float32)
    for first in range(0, step_in, ROWS_AT_ONCE):
        rows = np.arange(first, min(first + ROWS_AT_ONCE, step_in))[:, None]
        points = rows + step_in * np.arange(-half, half)
        edge = np.sqrt(np.maximum(0.0, 1.0 - np.square(points / (half * step_in))))
        cut = PASS_SHARE + STOP_SHARE  # twice the middle between both
        values = np.sinc(cut * points / max(step_in, step_out)) * i0(KAISER_BETA * edge)
        bank[first : first + len(rows)] = values / values.sum(axis=1, keepdims=True)
    bank.setflags(write=False)
    return bank
