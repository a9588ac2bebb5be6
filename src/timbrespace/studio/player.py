"""Plays for one page: a thread that makes block after block when each is due, and fades where it jumps.

Whatever takes time is done by a `Hand` beside it. Here orders are taken between two blocks: another voice,
another place, the end. The outgoing sound goes on for the one block in which it fades.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.live.priority import COMPUTING_PRIORITY, hurry
from timbrespace.studio import wire
from timbrespace.studio.pacing import Pacing
from timbrespace.studio.playing import Voice, crossfade
from timbrespace.studio.stage import Stage, going_on

log = logging.getLogger(__name__)

Samples = NDArray[np.float32]
Loop = tuple[float, float]
Tell = Callable[[bytes | Mapping[str, Any]], None]

LEAST_SECONDS = 0.02  # before its end a sound begins anew rather than end at once
LOOKING_SECONDS = 0.5  # between looks at whether the program goes on, while nothing plays
LATENTS_HZ = 30.0  # messages a second for drawing


class Player:
    """Orders may come from any thread. tell: takes what the page is to get, and never waits.

    Between orders and their effect lies a block at the most.
    """

    def __init__(self, stage: Stage, tell: Tell) -> None:
        self.voice: Voice | None = None
        self.what: Any = None
        self.look: Callable[[], None] = lambda: None  # called between blocks
        self.heard: Callable[[Samples], None] = lambda frame: None  # called with every frame [D + 1] played
        self._stage, self._tell = stage, tell
        self._orders: deque[tuple[str, Callable[[], None]]] = deque()
        self._news = threading.Condition()
        self._closing = self._obeying = False
        self._pacing: Pacing | None = None
        self._leaving: Samples | None = None  # what would be heard now, had there been no order
        self._loop: Loop | None = None
        self._gain = 1.0
        self._why = ""
        self._sequence = self._since_latents = 0
        self._place_seconds = 0.0
        self._first = False
        self._thread = threading.Thread(target=self._run, name="sound", daemon=False)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether something plays, or is about to."""
        return self.voice is not None or self._obeying or bool(self._orders)

    def start(self, voice: Voice, what: Any, place: float | None, loop: Loop | None, gain_db: float) -> None:
        """Play a voice from a place in seconds, instead of what plays."""
        start = place if place is not None else (loop or (0.0, 0.0))[0]
        self._order("enter", partial(self._enter, voice, what, (start, loop), gain_db))

    def change(self, voice: Voice, what: Any, gain_db: float | None) -> None:
        """Play another voice at the same place and in the same loop; nothing where none plays."""
        self._order("change", partial(self._enter, voice, what, None, gain_db))

    def seek(self, seconds: float) -> None:
        """Go on from another place."""
        self._order("seek", partial(self._seek, seconds))

    def loop(self, loop: Loop | None) -> None:
        """Go round in this, or nowhere."""
        self._order("loop", partial(self._set_loop, loop))

    def stop(self, why: str = "stopped") -> None:
        """Fade out."""
        self._order("leave", partial(self._leave, why))

    def say(self) -> None:
        """Tell the page what plays now, where what it wanted cannot be."""
        voice, what = self.voice, self.what
        if voice is None or what is None:
            self._tell({"type": "stopped", "why": "refused"})
        else:
            self._tell({"type": "playing", "what": what, "sample_rate": voice.sample_rate})

    def reported(self, samples: int, underruns: int) -> None:
        """What the page says of its buffer."""
        pacing = self._pacing
        if pacing is not None:
            pacing.reported(samples, underruns)

    def close(self) -> None:
        """Stop, and be gone soon."""
        with self._news:
            self.stop("closed")
            self._closing = True
            self._news.notify()

    def _order(self, kind: str, order: Callable[[], None]) -> None:
        """Of orders of a kind that follow each other between two blocks the last one counts. Closed: none."""
        with self._news:
            if self._closing:
                return
            if self._orders and self._orders[-1][0] == kind:
                self._orders.pop()
            self._orders.append((kind, order))
            self._news.notify()

    def _run(self) -> None:
        hurry(COMPUTING_PRIORITY)
        while not self._closing and going_on():
            with self._news:
                self._news.wait_for(lambda: self._orders or self._closing, LOOKING_SECONDS)
            try:
                self._take_orders()
                if self.voice is not None:
                    with self._stage.on(self.stop):
                        self._perform()
            except Exception as error:
                log.exception("playing broke off")
                self._why = f"playing broke off: {type(error).__name__}: {error}"
                self._end()

    def _perform(self) -> None:
        """Block after block until nothing plays any more."""
        while (self.voice is not None or self._leaving is not None) and going_on():
            self._send_block()
            self.look()
            self._wait()
            self._take_orders()
        self._end()

    def _end(self) -> None:
        self.voice = self.what = self._leaving = self._pacing = None
        self._tell({"type": "stopped", "why": self._why})

    def _take_orders(self) -> None:
        while (order := self._next_order()) is not None:
            order()

    def _next_order(self) -> Callable[[], None] | None:
        with self._news:
            self._obeying = bool(self._orders)
            return self._orders.popleft()[1] if self._obeying else None

    def _wait(self) -> None:
        if self.voice is None or self._pacing is None:
            return
        wait = self._pacing.wait_seconds(self.voice.hop)
        if wait > 0.0:
            time.sleep(wait)

    def _enter(
        self, voice: Voice, what: Any, course: tuple[float, Loop | None] | None, gain_db: float | None
    ) -> None:
        """course: place and loop; None: as they are, where anything plays."""
        old = self.voice
        if old is None and course is None:
            return
        if old is None or old.sample_rate != voice.sample_rate:
            self._begin(old, voice)
        else:
            self._let_go(voice.hop)
        if course is not None:
            self._place_seconds, self._loop = course
        if gain_db is not None:
            self._gain = 10.0 ** (gain_db / 20.0)
        voice.set_loop(self._loop)
        if voice.seconds is not None and self._place_seconds >= voice.seconds - LEAST_SECONDS:
            self._place_seconds = 0.0
        voice.seek(self._place_seconds)
        self.voice, self.what = voice, what
        self._tell({"type": "playing", "what": what, "sample_rate": voice.sample_rate})

    def _begin(self, old: Voice | None, voice: Voice) -> None:
        """From silence; what played at another rate ends before."""
        if old is not None:
            self._let_go(old.hop)
            self.voice = None
            self._send_block()
        if self._leaving is None or len(self._leaving) != voice.hop:
            self._leaving = np.zeros(voice.hop, np.float32)
        self._pacing, self._first = Pacing(voice.sample_rate), True

    def _seek(self, seconds: float) -> None:
        if self.voice is not None:
            self._let_go(self.voice.hop)
            self.voice.seek(seconds)
            self._place_seconds = seconds

    def _set_loop(self, loop: Loop | None) -> None:
        self._loop = loop
        if self.voice is not None:
            self.voice.set_loop(loop)

    def _leave(self, why: str) -> None:
        if self.voice is not None:
            self._let_go(self.voice.hop)
            self.voice, self._why = None, why

    def _let_go(self, count: int) -> None:
        """Keep what would be heard next, [count]: it fades under what comes instead."""
        if self.voice is None or self._leaving is not None:
            return
        pieces = [np.zeros(0, np.float32)]
        while sum(map(len, pieces)) < count:
            block = self.voice.block()
            pieces.append(np.zeros(count, np.float32) if block is None else self._gain * block.samples)
        self._leaving = np.concatenate(pieces)[:count]

    def _send_block(self) -> None:
        """Make the next block and send it; the last one fades into nothing."""
        leaving, self._leaving = self._leaving, None
        block = None if self.voice is None else self.voice.block()
        if block is None:
            if self.voice is not None:
                self.voice, self._why = None, "end"
            samples = np.zeros(0 if leaving is None else len(leaving), np.float32)
        else:
            samples = np.float32(self._gain) * block.samples
        if leaving is not None:
            samples = crossfade(leaving, samples)
        seconds, stamp = (self._place_seconds, 0) if block is None else (block.seconds, block.stamp)
        flags = (wire.FIRST if self._first else 0) | (wire.END if block is None else 0)
        self._first = False
        self._send(wire.AUDIO, samples, flags, stamp, seconds)
        if block is None or self.voice is None or self._pacing is None:
            return
        self._pacing.sent(len(samples))
        self._place_seconds = seconds + self.voice.hop / self.voice.sample_rate
        self._since_latents += self.voice.hop
        if block.frame is None:
            return
        self.heard(block.frame)
        if self._since_latents * LATENTS_HZ >= self.voice.sample_rate:
            self._since_latents = 0
            self._send(wire.LATENTS, block.frame, 0, stamp, seconds)

    def _send(self, kind: int, values: Samples, flags: int, stamp: int, seconds: float) -> None:
        self._tell(
            wire.pack(kind, values, flags=flags, sequence=self._sequence, stamp=stamp, seconds=seconds)
        )
        self._sequence += 1
