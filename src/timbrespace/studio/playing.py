"""What can be played, block by block: frames through a model, samples as they are, a microphone.

A block is a hop of sound. Whoever plays asks for one after the other and fades between them where it jumps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from timbrespace.engine import Engine
from timbrespace.live.controls import Settings
from timbrespace.live.lines import Ramp
from timbrespace.live.player import RAMP_SECONDS
from timbrespace.live.shaping import Shaper
from timbrespace.live.voice import Loaded
from timbrespace.playback import Playback
from timbrespace.studio.frames import Frames

Samples = NDArray[np.float32]
Reader = Callable[[int, int], Samples]  # first sample, count → [count], silence beyond the ends


class Block(NamedTuple):
    """A hop of sound [T]. seconds: where its first sample lies in what is played. stamp: of the newest doing
    of a hand that is in it. frame: z and loudness_db as they went to the decoder, [D + 1], or None."""

    samples: Samples
    seconds: float
    stamp: int
    frame: Samples | None


class Voice(Protocol):
    """Something that plays. hop: samples of its blocks. seconds: how long it is; None: it has no end."""

    sample_rate: int
    hop: int
    stamp: int

    @property
    def seconds(self) -> float | None: ...

    def block(self) -> Block | None:
        """The next one; None once it is over."""

    def seek(self, seconds: float) -> None:
        """Go on from here, at once."""

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Go round in [from, to), in seconds, from now on."""


class Decoded:
    """Frames through a model's decoder, with the dials at work on them.

    stamp: of what a hand did to the frames last; whoever changes them sets it afterwards.
    """

    def __init__(self, engine: Engine, frames: Frames, settings: Settings, playback: Playback) -> None:
        self.engine, self.frames = engine, frames
        self.sample_rate, self.hop = engine.sample_rate, engine.signal.hop
        self.stamp = 0
        self._settings, self._playback = settings, playback
        self._shaper = Shaper(settings, engine.signal, Loaded("", engine).reach)
        self._late = playback.latency_samples // self.hop  # calls from a frame to its first sample
        self._fed: deque[int] = deque(maxlen=self._late + 1)
        self._sounding = 0
        self._mute = Ramp(self._unmuted(), round(RAMP_SECONDS * self.sample_rate))

    @property
    def seconds(self) -> float | None:
        """As `Voice`."""
        length = self.frames.length_samples
        return None if length is None else length / self.sample_rate

    def block(self) -> Block | None:
        """As `Voice`."""
        sounding, self._sounding = self._sounding, max(self._sounding, self.stamp)
        samples, frame = self._frame()
        samples = samples * self._mute.next(self._unmuted(), len(samples))
        place = self._fed[0] * self.hop / self.sample_rate
        if self.seconds is not None and place >= self.seconds:
            return None
        # a frame waits for the one after it: what this one changed is heard from the next block on
        return Block(samples, place, sounding, frame)

    def seek(self, seconds: float) -> None:
        """As `Voice`: the frames whose windows reach over the place are played unheard."""
        self._playback.reset()
        self.frames.seek(round(seconds * self.sample_rate / self.hop))
        for _ in range(self._late):
            self._frame()

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """As `Voice`."""
        if loop is None:
            self.frames.set_loop(None)
            return
        start, end = (round(seconds * self.sample_rate / self.hop) for seconds in loop)
        self.frames.set_loop((start, max(end, start + 1)))

    def _unmuted(self) -> float:
        return 1.0 - float(self._settings.of("mute")[0])

    def _frame(self) -> tuple[Samples, Samples]:
        """Play one frame: what comes out, and what went in [D + 1]."""
        now = self.frames.next()
        self._fed.append(now.number)
        z, level = self._shaper(
            np.array(now.z, dtype=np.float32)[None], np.array([now.loudness_db], np.float32)
        )
        self._playback.seed = int(self._settings.of("seed")[0])
        self._playback.aperiodicity = self._shaper.aperiodicity
        return self._playback.play(z, level), np.append(z[0], level).astype(np.float32)


class Sampled:
    """Samples as they are. length_samples: of all of them; read: gives any stretch of them. gain: may be set
    at any time.

    Where it goes back in a loop, the block in which that happens fades from here to there.
    """

    def __init__(self, read: Reader, length_samples: int, sample_rate: int, hop: int) -> None:
        self.sample_rate, self.hop = sample_rate, hop
        self.stamp = 0
        self.gain = 1.0
        self._gain: float | None = None  # as it was at the end of the last block
        self._read, self._length = read, length_samples
        self._place = 0
        self._loop: tuple[int, int] | None = None

    @property
    def seconds(self) -> float | None:
        """As `Voice`; None in a loop."""
        return self._length / self.sample_rate if self._loop is None else None

    def block(self) -> Block | None:
        """As `Voice`."""
        place, hop = self._place, self.hop
        if self._loop is None and place >= self._length:
            return None
        samples = self._read(place, hop)
        self._place = place + hop
        if self._loop is not None:
            start, end = self._loop
            if self._place >= end:
                back = start - max(end - place, 0)  # so that the loop is as long as it is said to be
                samples = crossfade(samples, self._read(back, hop))
                self._place = back + hop
        before, self._gain = self.gain if self._gain is None else self._gain, self.gain
        samples = samples * np.linspace(before, self._gain, hop, dtype=np.float32)
        return Block(samples, place / self.sample_rate, self.stamp, None)

    def seek(self, seconds: float) -> None:
        """As `Voice`."""
        self._place = round(seconds * self.sample_rate)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """As `Voice`. A loop is two blocks long at least; one that lies beyond the end goes round in all."""
        if loop is None:
            self._loop = None
            return
        start, end = (min(round(seconds * self.sample_rate), self._length) for seconds in loop)
        if start > self._length - 2 * self.hop:
            start, end = 0, self._length
        self._loop = start, max(end, start + 2 * self.hop)


def crossfade(before: Samples, after: Samples) -> Samples:
    """From one sound to another over their whole length [T], without a corner at either end."""
    share = np.sin(np.linspace(0.0, np.pi / 2, len(after), dtype=np.float32)) ** 2
    faded: Samples = before + share * (after - before)
    return faded


def reader_of(samples: Samples) -> Reader:
    """Any stretch of a sound [T] that is held in memory."""

    def read(start: int, count: int) -> Samples:
        piece = samples[max(start, 0) : max(start + count, 0)]
        before = min(max(-start, 0), count)
        return np.pad(piece, (before, count - before - len(piece)))

    return read
