"""Devices in memory, models and OSC packets for the tests of live playing."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pythonosc.osc_message_builder import OscMessageBuilder

from timbrespace import engine
from timbrespace.live.controls import Settings
from timbrespace.live.player import Player
from timbrespace.live.voice import Loaded, widest_reach

Samples = NDArray[np.float32]
RATE, BLOCK = 16_000, 128


class MemorySource:
    """Gives a sound block by block."""

    def __init__(self, sound: Samples, block: int = BLOCK) -> None:
        self.dropouts = 0
        self.remark = ""
        self.closed = False
        padded = np.pad(sound, (0, -len(sound) % block))
        self._blocks = iter(padded.reshape(-1, block))

    def read(self) -> Samples | None:
        return next(self._blocks, None)

    def close(self) -> None:
        self.closed = True


class MemorySink:
    """Keeps what is written. fail_after: so many blocks it takes."""

    def __init__(self, fail_after: int | None = None) -> None:
        self.dropouts = self.clipped = 0
        self.latency_seconds = 0.0
        self.closed = False
        self.blocks: list[Samples] = []
        self.fail_after = fail_after

    @property
    def sound(self) -> Samples:
        return np.concatenate(self.blocks)

    def write(self, block: Samples) -> None:
        if len(self.blocks) == self.fail_after:
            raise RuntimeError("unplugged")
        self.blocks.append(block)

    def close(self) -> None:
        self.closed = True


def load(path: Path, name: str = "", sounds: Sequence[Samples] = ()) -> Loaded:
    """A model, with a plane of these sounds."""
    model = engine.load(path)
    return Loaded(name or path.stem, model, tuple(model.encode(sound, RATE) for sound in sounds))


def make_player(models: Sequence[Loaded], rate: int = RATE, block: int = BLOCK) -> Player:
    settings = Settings(widest_reach(models), plane=bool(models[0].plane))
    return Player(models, settings, rate, block)


def play(player: Player, sound: Samples, block: int = BLOCK) -> Samples:
    """A sound through a player, whole blocks of it."""
    whole = len(sound) // block * block
    return np.concatenate([player.process(piece) for piece in sound[:whole].reshape(-1, block)])


def level_db(sound: Samples, window: int) -> NDArray[np.float64]:
    """RMS in every window that begins at a multiple of 16 samples, dB."""
    windows = np.lib.stride_tricks.sliding_window_view(sound.astype(np.float64), window)[::16]
    return 10 * np.log10(np.mean(windows**2, axis=1) + 1e-12)


def free_port() -> int:
    """A UDP port of this computer that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def packet(address: str, *arguments: Any) -> bytes:
    """An OSC message."""
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


def bundle(*inner: bytes) -> bytes:
    """An OSC bundle of messages and bundles, to be acted on at once."""
    body = b"".join(struct.pack(">i", len(part)) + part for part in inner)
    return b"#bundle\0" + struct.pack(">q", 1) + body
