"""How much a request may bring. Uploads count their own bytes; everything else is small JSON."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 32 * 2**20
UPLOADS = ("/api/sounds", "/api/series", "/api/sessions/import")


class BodyLimit:
    """Ends a request whose body is larger than it may be, however long it says it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As every ASGI application."""
        if scope["type"] != "http" or (scope["method"] == "POST" and scope["path"] in UPLOADS):
            await self._app(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                raise HTTPException(413, f"the request is larger than {MAX_BODY_BYTES // 2**20} MB")
            return message

        await self._app(scope, counted, send)
