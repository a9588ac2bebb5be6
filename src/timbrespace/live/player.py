"""Blocks of sound through one of several models, with changes from one to another in an equal-power fade.

The incoming model first runs beside the outgoing one, unheard, until its windows and contexts are full;
then both are heard for a moment. All models are as late as the slowest, so nothing moves in time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from timbrespace.live.controls import Settings
from timbrespace.live.lines import DelayLine, Ramp
from timbrespace.live.shaping import Listener
from timbrespace.live.voice import Loaded, Voice

Samples = NDArray[np.float32]

SWAP_SECONDS = 0.05  # of fade from model to model
RAMP_SECONDS = 0.02  # of mute, dry/wet, and the fades at either end
LIKENESS_WINDOWS = 1  # of sound from which the likeness of two models' sounds is told


class Player:
    """A set of models as one: what goes in is heard `latency_samples` later.

    block: every block has so many samples. sample_rate: the device's. recorded: as of `Stream`.
    progress: hears how many models are ready. There are two voices of each model, so that one can fade into
    itself afresh.
    """

    def __init__(
        self,
        models: Sequence[Loaded],
        settings: Settings,
        sample_rate: int,
        block: int,
        *,
        recorded: bool = False,
        progress: Callable[[float], None] = lambda done: None,
    ) -> None:
        self.settings = settings
        self.sample_rate = sample_rate
        self._voices: list[list[Voice]] = []
        for model in models:
            stream = model.engine.stream(block, sample_rate=sample_rate, recorded=recorded)
            self._voices.append([Voice(model, settings, each) for each in (stream, stream.twin())])
            progress(len(self._voices))
        every = [voice for pair in self._voices for voice in pair]
        self.latency_samples = max(voice.latency_samples for voice in every)
        for voice in every:
            voice.align(self.latency_samples)
        self._listener: Listener | None = None
        self._heard = self._voices[0][0]
        self._swap: Swap | None = None
        self._wanted: int | None = None
        self._dry = DelayLine(self.latency_samples)
        ramp_samples = round(RAMP_SECONDS * sample_rate)
        self._wet = Ramp(float(settings.of("drywet")[0]), ramp_samples)
        self._mute = Ramp(1.0 - float(settings.of("mute")[0]), ramp_samples)
        self._end = Ramp(1.0, ramp_samples)
        self._ending = False

    @property
    def model(self) -> int:
        """Number of the model that plays, or is about to."""
        if self._wanted is not None:
            return self._wanted
        voice = self._heard if self._swap is None else self._swap.incoming
        return next(number for number, pair in enumerate(self._voices) if voice in pair)

    @property
    def swapping(self) -> bool:
        """Whether two models run at the moment."""
        return self._swap is not None

    @property
    def silent(self) -> bool:
        """Whether the fade that `fade_out` asked for is over."""
        return self._ending and self._end.value == 0.0

    def listen(self, listener: Listener) -> None:
        """Have the frames that are played heard, on the thread that plays them."""
        self._listener = self._heard.shaper.listener = listener

    def play_model(self, number: int) -> None:
        """Fade to a model; to the one that plays already, afresh. The last wish counts."""
        self._wanted = number

    def reset(self) -> None:
        """Every control back to its start, and the model afresh."""
        self.settings.reset()
        self._wanted = self.model

    def fade_out(self) -> None:
        """Come to an end without a click; `silent` says when."""
        self._ending = True

    def process(self, block: Samples) -> Samples:
        """block [T] → [T], finite."""
        if self._swap is None and self._wanted is not None:
            wanted, self._wanted = self._wanted, None  # from another thread
            self._begin_swap(wanted)
        played = self._heard.process(block)
        if self._swap is not None:
            played = self._swap.process(played, block)
            if self._swap.over:
                self._end_swap(self._swap.incoming)
        dry = self._dry.process(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0))
        wet = self._wet.next(float(self.settings.of("drywet")[0]), len(block))
        mixed = played if isinstance(wet, float) and wet == 1.0 else wet * played + (1.0 - wet) * dry
        mixed = mixed * self._mute.next(1.0 - float(self.settings.of("mute")[0]), len(block))
        mixed = mixed * self._end.next(0.0 if self._ending else 1.0, len(block))
        return np.asarray(mixed, dtype=np.float32)

    def _begin_swap(self, number: int) -> None:
        incoming = next(voice for voice in self._voices[number] if voice is not self._heard)
        incoming.start_beside(self._heard)
        self._swap = Swap(incoming, self.sample_rate)

    def _end_swap(self, incoming: Voice) -> None:
        self._heard.shaper.listener = None
        incoming.shaper.listener = self._listener
        self._heard, self._swap = incoming, None


class Swap:
    """The way from one voice to another.

    Two sounds of equal power whose samples have nothing in common keep their power under cosine and sine;
    the more alike they are, the louder their sum, so the gains are divided by what likeness adds.
    """

    def __init__(self, incoming: Voice, sample_rate: int) -> None:
        self.incoming = incoming
        self.incoming.sign = 1.0
        self._length = round(SWAP_SECONDS * sample_rate)
        self._place = -incoming.warm_up_samples
        signal = incoming.model.engine.signal
        self._listen_from = -round(LIKENESS_WINDOWS * signal.n_fft * sample_rate / signal.sample_rate)
        self._powers = np.zeros(3)  # outgoing, incoming, and of one with the other
        self._likeness = 0.0

    @property
    def over(self) -> bool:
        """Whether only the incoming voice is heard."""
        return self._place >= self._length

    def process(self, outgoing: Samples, block: Samples) -> Samples:
        """What the outgoing voice played and what goes into the incoming one, [T] → [T]."""
        came = self.incoming.process(block)
        if self._listen_from <= self._place < 0:
            self._powers += [outgoing @ outgoing, came @ came, outgoing @ came]
        if self._place < 0 <= self._place + len(block):
            self._settle()
            came = self.incoming.sign * came
        place = self._place + np.arange(len(block))
        self._place += len(block)
        turn = np.clip(place / self._length, 0.0, 1.0) * (math.pi / 2)
        leaving, coming = np.cos(turn), np.sin(turn)
        loudened = np.sqrt(1.0 + 2.0 * self._likeness * leaving * coming)
        return np.asarray((leaving * outgoing + coming * came) / loudened, dtype=np.float32)

    def _settle(self) -> None:
        """How alike the two are, 0 to 1; turned over where they would cancel each other."""
        power = math.sqrt(self._powers[0] * self._powers[1])
        likeness = self._powers[2] / power if power > 0.0 else 0.0
        self.incoming.sign = -1.0 if likeness < 0.0 else 1.0
        self._likeness = min(abs(likeness), 1.0)
