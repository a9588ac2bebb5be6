"""Ctrl-C and SIGTERM: wait for the end of the step where there is one, else stop at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """A context that catches the two signals. While `patient`, they only set `received`."""

    def __init__(self) -> None:
        self.received: int | None = None
        self.patient = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.getsignal(number) for number in SIGNALS}
            self.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def install(self) -> None:
        """Take the signals, again after Lightning has put in its own; in the main thread only."""
        for number in self._before:
            signal.signal(number, self._catch)

    def leave(self) -> None:
        """Raise what the signal asks for: KeyboardInterrupt, or SystemExit 143; nothing without one."""
        if self.received == signal.SIGINT:
            raise KeyboardInterrupt
        if self.received is not None:
            raise SystemExit(128 + self.received)

    def _catch(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        if not self.patient:
            self.leave()
