"""Those who play, in the whole process: never too many at once, and meanwhile Python behaves.

Python's lock goes round quickly, its collector has little to look at, and torch keeps to one thread: small
matrices gain nothing from more, and would wait for cores that others use.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch

from timbrespace.engine import Engine

MOST_PLAYERS = 3
PREPARING_AFTER_SECONDS = 1.0  # the page comes first
SWITCH_SECONDS = 0.0005  # that another thread may keep Python's lock; its own 5 ms are half a block

Stop = Callable[[str], None]  # told why


def going_on() -> bool:
    """Whether the program has not come to its end. Threads that call torch ask this now and then, and are
    waited for: one that is cut off in the middle would crash the process."""
    return threading.main_thread().is_alive()


class Stage:
    """Holds those who play; shared by all pages."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._playing: list[Stop] = []
        self._switch_seconds = sys.getswitchinterval()
        self._prepared = False

    def prepare(self, engines: Sequence[Engine], then: Callable[[], None]) -> None:
        """Have what is recorded of models ready before it is asked for, `then` the next thing; once, in a
        thread of its own, which the end of the program waits for."""
        with self._lock:
            if self._prepared:
                return
            self._prepared = True
        threading.Thread(target=_prepare, args=(engines, then), name="preparing").start()

    def is_front(self, stop: Stop) -> bool:
        """Whether this one came last of those who play."""
        playing = self._playing
        return bool(playing) and playing[-1] == stop

    @contextmanager
    def on(self, stop: Stop) -> Iterator[None]:
        """Be on the stage; who has been there longest makes room where it is full, by its `stop`."""
        with self._lock:
            if not self._playing:
                torch.set_num_threads(1)
                self._switch_seconds = sys.getswitchinterval()
                sys.setswitchinterval(SWITCH_SECONDS)
                gc.freeze()
            leaving = self._playing[: max(0, len(self._playing) - MOST_PLAYERS + 1)]
            self._playing.append(stop)
        for leave in leaving:
            leave(f"{MOST_PLAYERS} pages play already; this one made room for another")
        try:
            yield
        finally:
            with self._lock:
                self._playing.remove(stop)
                if not self._playing:
                    sys.setswitchinterval(self._switch_seconds)
                    gc.unfreeze()


def _prepare(engines: Sequence[Engine], then: Callable[[], None]) -> None:
    time.sleep(PREPARING_AFTER_SECONDS)
    for engine in engines:
        if going_on():
            engine.playback()
    if going_on():
        then()
