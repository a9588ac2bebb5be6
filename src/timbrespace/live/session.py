"""A performance: blocks from a source through the player into a sink, until the fade at the end."""

from __future__ import annotations

import gc
import sys
import threading
import time

import numpy as np
import torch
from numpy.typing import NDArray

from timbrespace.live.devices import Sink, Source
from timbrespace.live.lines import OffsetRemover
from timbrespace.live.meter import Meter
from timbrespace.live.player import Player

SWITCH_SECONDS = 0.0005  # that another thread may keep Python's lock; its own 5 ms are half a block


class Session:
    """Plays on a thread of its own, from `start` until the source ends or `stopping` is set.

    At the end of the source the sound that is still inside comes out; then, or when stopped, it fades. Source
    and sink are closed; what was played until then is whole. `join` raises what went wrong. offset: takes
    away that of a converter; None where there is none.
    """

    def __init__(
        self,
        source: Source,
        sink: Sink,
        player: Player,
        meter: Meter,
        stopping: threading.Event,
        offset: OffsetRemover | None = None,
    ) -> None:
        self.source, self.sink, self.player, self.meter = source, sink, player, meter
        self._stopping, self._offset = stopping, offset
        self._done = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    @property
    def dropouts(self) -> int:
        """Of the source and the sink together."""
        same = self.source is self.sink
        return self.sink.dropouts + (0 if same else self.source.dropouts)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether the end has come, after waiting for it so long at the most."""
        return self._done.wait(seconds)

    def join(self) -> None:
        """Wait for the end. Raises what made it come early."""
        self._done.wait()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        torch.set_num_threads(1)  # small matrices: more threads cost more than they bring, and wait for cores
        gc.collect()
        gc.freeze()  # what is loaded stays, and the collector need not look at it while sound is made
        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        for step in (self._play, self.sink.close, self.source.close):
            try:
                step()
            except BaseException as error:  # raised again by `join`
                self._error = self._error or error
        sys.setswitchinterval(before)
        gc.unfreeze()
        self._done.set()

    def _play(self) -> None:
        silence = np.zeros(self.meter.block_samples, np.float32)
        after = -(-self.player.latency_samples // len(silence))  # blocks, until the last of the sound is out
        while not self.player.silent:
            block = self.source.read()
            if block is None:
                block, after = silence, after - 1
            elif self._offset is not None:
                block = self._offset.process(block)
            if self._stopping.is_set() or after < 0:
                self.player.fade_out()
            self._block(block)

    def _block(self, block: NDArray[np.float32]) -> None:
        started = time.perf_counter()
        played = self.player.process(block)
        self.meter.count(block, played, time.perf_counter() - started)
        self.sink.write(played)
