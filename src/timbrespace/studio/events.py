"""News for the pages: anything may send, from any thread; every page that listens hears it, in order.

A page that does not read is cut off rather than waited for: it connects again and asks for what is.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]

LONGEST_QUEUE = 1000  # events that a page may be behind


class Subscription:
    """What one page has yet to hear. Use it in the event loop that it was made in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self.overrun = False

    async def next(self) -> Event | None:
        """The next event; None where the page was cut off."""
        return await self._queue.get()

    def offer(self, event: Event) -> None:
        """From any thread; never waits."""
        self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: Event) -> None:
        if self.overrun:
            return
        if self._queue.qsize() >= LONGEST_QUEUE:
            self.overrun = True
            self._queue.put_nowait(None)
            return
        self._queue.put_nowait(event)


class Events:
    """Where news are sent to and heard."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: set[Subscription] = set()

    def subscribe(self) -> Subscription:
        """Hear everything from now on; call in an event loop, and `unsubscribe` at the end."""
        subscription = Subscription()
        with self._lock:
            self._listening.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Hear no more."""
        with self._lock:
            self._listening.discard(subscription)

    def send(self, event: Event) -> None:
        """Tell every page. `event` is plain JSON with a `type`."""
        with self._lock:
            listening = list(self._listening)
        for subscription in listening:
            try:
                subscription.offer(event)
            except RuntimeError:  # its loop is closed: the server is stopping
                self.unsubscribe(subscription)
