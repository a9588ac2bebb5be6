"""One model being played: its stream with the controls in it, as late as the slowest of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timbrespace.engine import Engine
from timbrespace.export.knobs import knobs
from timbrespace.latents import LatentSeries
from timbrespace.live.controls import Settings
from timbrespace.live.lines import DelayLine
from timbrespace.live.plane import PlaneLoops
from timbrespace.live.shaping import Shaper
from timbrespace.ranges import DataRange
from timbrespace.stream import Stream

Samples = NDArray[np.float32]
Values = NDArray[np.float64]

WARM_UP_WINDOWS = 2  # of silence and beginnings before a model has heard enough to be heard


@dataclass(frozen=True)
class Loaded:
    """A model ready to be played. plane: sounds as it hears them, or none."""

    name: str
    engine: Engine
    plane: tuple[LatentSeries, ...] = ()

    @property
    def reach(self) -> Values:
        """How far up and down its biases go, as in an exported file: from end to end of its data, [D]."""
        described = knobs(self.engine.config, DataRange.of_header(self.engine.header))
        return np.array([knob.high for knob in described if knob.name.endswith("_bias")])


def widest_reach(models: Sequence[Loaded]) -> Values:
    """How far the biases of several models go, [D] of the one with most dimensions."""
    reach = np.zeros(max(len(model.reach) for model in models))
    for model in models:
        reach[: len(model.reach)] = np.maximum(reach[: len(model.reach)], model.reach)
    return reach


class Voice:
    """A model at work, by a stream of its own, whose `change` it becomes.

    latency_samples: from sound in to sound out, at the stream's rate; `align` sets it later than it need be.
    """

    def __init__(self, model: Loaded, settings: Settings, stream: Stream) -> None:
        self.model, self.settings, self.stream = model, settings, stream
        signal = model.engine.signal
        plane = PlaneLoops(model.plane, signal) if model.plane else None
        self.shaper = Shaper(settings, signal, model.reach, plane)
        stream.change = self.shaper
        self.latency_samples = stream.latency_samples
        self.sign = 1.0  # −1 turns the sound over, which nobody hears, so that it adds to another's
        self._wait = 0
        self._delay = DelayLine(0)

    def align(self, latency_samples: int) -> None:
        """Be so late, which is no earlier than it can be."""
        self._wait = latency_samples - self.stream.latency_samples
        self._delay = DelayLine(self._wait)
        self.latency_samples = latency_samples

    @property
    def warm_up_samples(self) -> int:
        """After so many samples it sounds as if it had always played."""
        signal = self.model.engine.signal
        windows = WARM_UP_WINDOWS * signal.n_fft * self.stream.sample_rate / signal.sample_rate
        return self.latency_samples + round(windows)

    def start_beside(self, other: Voice) -> None:
        """Forget what was heard before; the controls go on from where the other's stand."""
        self.stream.reset()
        self._delay = DelayLine(self._wait)
        self.shaper.take_over(other.shaper)

    def process(self, block: Samples) -> Samples:
        """block [T] → [T]."""
        self.stream.seed = int(self.settings.of("seed")[0])
        self.stream.aperiodicity = self.shaper.aperiodicity
        return np.float32(self.sign) * self._delay.process(self.stream.process(block))
