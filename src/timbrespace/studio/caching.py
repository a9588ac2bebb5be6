"""What was made once is kept: so many bytes, and what nobody asked for the longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key, bounded in bytes; any thread may ask. size: bytes of a value."""

    def __init__(self, most_bytes: int, size: Callable[[Value], int]) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._size = size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """The value, which counts as asked for just now; None where it is not there."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, and let go of others until there is room; the newest one stays, however large."""
        size = self._size(value)
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value
            self.bytes += size
            while self.bytes > self.most_bytes and len(self._values) > 1:
                self.bytes -= self._size(self._values.popitem(last=False)[1])


class Turns:
    """One at a time for each key: who wants what another thread is making waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Hashable, tuple[threading.RLock, int]] = {}

    @contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        """Hold the key; the thread that holds it may hold it again."""
        with self._lock:
            turn, waiting = self._held.get(key, (threading.RLock(), 0))
            self._held[key] = turn, waiting + 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                waiting = self._held[key][1] - 1
                self._held[key] = turn, waiting
                if waiting == 0:
                    del self._held[key]
