"""How much a request may bring, and how slowly. Uploads count their own bytes; the rest is small JSON."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_BODY_BYTES = 32 * 2**20
STALL_SECONDS = 30.0  # between two pieces of a body
HEAD_SECONDS = 10.0  # until the head of a request is whole; connections that wait take the place of others
CLOSE = {"connection": "close"}
UPLOADS = ("/api/sounds", "/api/series", "/api/sessions/import")


class BodyLimit:
    """Ends a request whose body is larger than it may be, however long it says it is, or stands still."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As every ASGI application."""
        if scope["type"] != "http" or (scope["method"] == "POST" and scope["path"] in UPLOADS):
            await self._app(scope, receive, send)
            return
        taken, whole = 0, False

        async def counted() -> Message:
            nonlocal taken, whole
            try:
                async with asyncio.timeout(None if whole else STALL_SECONDS):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "the request stands still; send it again", CLOSE) from None
            whole = not message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                raise HTTPException(413, f"the request is larger than {MAX_BODY_BYTES // 2**20} MB")
            return message

        await self._app(scope, counted, send)


class EndUnread:
    """Ends the connection of a request that is answered before all of its body came: whatever goes on coming
    would be read for ever (RFC 9112, section 9.6)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As every ASGI application."""
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        whole = False

        async def heard() -> Message:
            nonlocal whole
            message = await receive()
            whole = whole or not message.get("more_body", False)
            return message

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start" and not whole:
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        await self._app(scope, heard, answered)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


class Prompt(H11Protocol):
    """Connections that end where the head of a request does not come."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As every asyncio protocol."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """As every asyncio protocol."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """As every asyncio protocol."""
        self._stop_watching()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Have patience from now on where a head is awaited, and as much as need be where it has come."""
        if self.transport.get_protocol() is not self or not (
            self.cycle is None or self.cycle.response_complete
        ):
            self._stop_watching()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_watching(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
