"""The WebSocket of a page: what it says goes to its player, what is to be heard and known comes back.

A page that does not read is let go; one that says nonsense is told so. Neither disturbs another.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import anyio
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from timbrespace.errors import TimbrespaceError
from timbrespace.studio.conversation import Conversation
from timbrespace.studio.security import Guard
from timbrespace.studio.studio import Studio

log = logging.getLogger(__name__)

MOST_WAITING_BYTES = 2 * 2**20  # to one page: ten seconds of sound
NORMAL, TOO_SLOW = 1000, 1013  # WebSocket: the end; try again later
CLOSING_SECONDS = 2.0


class Outbox:
    """What a page has yet to get, in order. Made in the event loop; any thread may put."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._messages: deque[bytes | str] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._full = asyncio.Event()

    @property
    def overrun(self) -> bool:
        """Whether the page is too far behind."""
        return self._full.is_set()

    async def until_overrun(self) -> None:
        """Wait until it is, even while a message is being sent that the page does not take."""
        await self._full.wait()

    def put(self, message: bytes | Mapping[str, Any]) -> None:
        """Send sound, or anything that is plain JSON; never waits."""
        packed = message if isinstance(message, bytes) else json.dumps(message, allow_nan=False)
        with suppress(RuntimeError):  # the loop is closed: the server is stopping
            self._loop.call_soon_threadsafe(self._put, packed)

    async def next(self) -> bytes | str | None:
        """The next message; None where the page is too far behind."""
        while not self._messages and not self.overrun:
            self._news.clear()
            await self._news.wait()
        if self.overrun:
            return None
        message = self._messages.popleft()
        self._bytes -= len(message)
        return message

    def _put(self, message: bytes | str) -> None:
        if self._bytes + len(message) > MOST_WAITING_BYTES:
            self._full.set()
            self._messages.clear()
        if not self.overrun:
            self._messages.append(message)
            self._bytes += len(message)
        self._news.set()


def router(studio: Studio, guard: Guard) -> APIRouter:
    """`/ws`."""
    api = APIRouter()

    @api.websocket("/ws")
    async def talk(socket: WebSocket) -> None:
        if await guard.accept(socket):
            await _hold(socket, studio)

    return api


async def _hold(socket: WebSocket, studio: Studio) -> None:
    """Until either side has had enough."""
    outbox = Outbox()
    talking = Conversation(studio, outbox.put)
    try:
        async with anyio.create_task_group() as group:
            for work in (
                partial(_listen, socket, talking, outbox),
                partial(_speak, socket, outbox),
                partial(_pass_on_news, studio, outbox),
                outbox.until_overrun,
            ):
                group.start_soon(_until_over, work, group.cancel_scope)
    finally:
        talking.close()
    with suppress(Exception), anyio.move_on_after(CLOSING_SECONDS):
        await socket.close(TOO_SLOW if outbox.overrun else NORMAL)


async def _until_over(work: Callable[[], Awaitable[None]], scope: anyio.CancelScope) -> None:
    """Work until it ends or the page is gone; then the rest ends too."""
    try:
        await work()
    except (WebSocketDisconnect, RuntimeError, OSError) as error:
        log.debug("a page is gone: %r", error)
    finally:
        scope.cancel()


async def _listen(socket: WebSocket, talking: Conversation, outbox: Outbox) -> None:
    """Hear what the page says until it goes."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            text = message.get("text")
            if text is not None:
                talking.hear(text)
            else:
                talking.hear_microphone(message.get("bytes") or b"")
        except TimbrespaceError as error:
            outbox.put({"type": "error", "error": str(error)})
        except Exception as error:
            log.exception("a page's message failed")
            outbox.put({"type": "error", "error": f"unexpected {type(error).__name__}: {error}"})


async def _speak(socket: WebSocket, outbox: Outbox) -> None:
    """Send what is to be sent, as fast as the page takes it."""
    while (message := await outbox.next()) is not None:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_text(message)


async def _pass_on_news(studio: Studio, outbox: Outbox) -> None:
    """Pass on what is told to every page."""
    subscription = studio.events.subscribe()
    try:
        while (event := await subscription.next()) is not None:
            outbox.put(event)
    finally:
        studio.events.unsubscribe(subscription)
