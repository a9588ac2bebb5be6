"""What tests of the studio's sound share: a clock that is set by hand, a page that keeps what it is told."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from timbrespace.studio.playing import Block
from timbrespace.studio.wire import AUDIO

Samples = NDArray[np.float32]
HEADER = struct.Struct("<BBHIIdI")  # written out once more, so that the tests know the bytes


class Heard(NamedTuple):
    """A binary message."""

    kind: int
    flags: int
    sequence: int
    stamp: int
    seconds: float
    values: Samples


def heard(message: bytes) -> Heard:
    kind, flags, zero, sequence, stamp, seconds, count = HEADER.unpack_from(message)
    values = np.frombuffer(message, "<f4", offset=HEADER.size)
    assert (zero, count) == (0, len(values))
    return Heard(kind, flags, sequence, stamp, seconds, values)


class Page:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self.binary: list[Heard] = []
        self.texts: list[dict[str, Any]] = []

    def tell(self, message: Any) -> None:
        if isinstance(message, bytes):
            self.binary.append(heard(message))
        else:
            self.texts.append(json.loads(json.dumps(message)))

    @property
    def audio(self) -> list[Heard]:
        return [each for each in self.binary if each.kind == AUDIO]

    @property
    def sound(self) -> Samples:
        return np.concatenate([np.zeros(0, np.float32), *[each.values for each in self.audio]])

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [text for text in self.texts if text["type"] == kind]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Tone:
    """A voice: a sine, loud from its first sample on; or whatever `fails` raises."""

    def __init__(self, hz: float, sample_rate: int = 16_000, hop: int = 128, end: int | None = None) -> None:
        self.hz, self.sample_rate, self.hop = hz, sample_rate, hop
        self.stamp = 0
        self.end = end  # samples
        self.place = 0
        self.fails: Exception | None = None

    @property
    def seconds(self) -> float | None:
        return None if self.end is None else self.end / self.sample_rate

    def block(self) -> Block | None:
        if self.fails is not None:
            raise self.fails
        if self.end is not None and self.place >= self.end:
            return None
        time = (self.place + np.arange(self.hop)) / self.sample_rate
        place, self.place = self.place, self.place + self.hop
        samples = np.cos(2 * np.pi * self.hz * time).astype(np.float32)
        return Block(samples, place / self.sample_rate, self.stamp, np.array([self.hz, -20], np.float32))

    def seek(self, seconds: float) -> None:
        self.place = round(seconds * self.sample_rate)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        self.loop = loop


def largest_step(sound: Samples) -> float:
    """Between two samples that follow each other, silence before and after."""
    return float(np.abs(np.diff(np.pad(sound, 1))).max())


def wait_until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait for what must come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.002)
