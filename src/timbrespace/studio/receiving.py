"""The body of a request into a file: in pieces, within a size, and only as long as it flows.

What is refused ends the connection too (RFC 9112, section 9.6): a page that sends without end would go on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

STALL_SECONDS = 30.0
LEAST_BYTES = 65_536  # in that time; what comes more slowly has stalled
PIECE_BYTES = 2**20  # written at once
LINGER_SECONDS = 10.0  # for which what is refused may go on coming: gigabytes, on one computer
QUIET_SECONDS = 1.0  # after which nothing more is expected


async def refusal(request: Request, status: int, message: str) -> HTTPException:
    """What to raise where a request is not taken although more of it comes; its connection ends then.

    Browsers read an answer only when they have sent everything: for a while what comes is let pass first.
    """
    pieces = request.stream()
    end = time.monotonic() + LINGER_SECONDS
    with suppress(TimeoutError, StopAsyncIteration, ClientDisconnect):
        while (left := end - time.monotonic()) > 0:
            async with asyncio.timeout(min(QUIET_SECONDS, left)):
                await anext(pieces)
    return _ended(status, message)


async def receive(request: Request, target: Path, most_bytes: int, *, label: str) -> int:
    """Write a request's body to `target`, which is the caller's to remove. Returns its length, bytes.

    label: what to call the file in errors. Raises HTTPException: larger than `most_bytes` (413), standing
    still (408), the page went away (400), no place for it on the disk (507).
    """
    length = length_of(request)
    too_large = f"{label}: larger than the {most_bytes / 1e6:.0f} MB that fit; cut it, or save it as FLAC"
    if length is not None and length > most_bytes:
        raise await refusal(request, 413, too_large)
    count, waiting = 0, bytearray()
    try:
        with target.open("wb") as disk:
            async for piece in _flowing(request, label):
                count += len(piece)
                if count > most_bytes:
                    raise await refusal(request, 413, too_large)
                waiting += piece
                if len(waiting) >= PIECE_BYTES:
                    await asyncio.to_thread(disk.write, waiting)
                    waiting = bytearray()
            await asyncio.to_thread(disk.write, waiting)
    except OSError as error:
        raise await refusal(request, 507, f"{label}: cannot be kept: {error.strerror or error}") from error
    return count


def length_of(request: Request) -> int | None:
    """How many bytes a request says that it has."""
    given = request.headers.get("content-length", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else None


async def gone(request: Request) -> None:
    """Wait until the page that asked, and has sent everything, goes away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _ended(status: int, message: str) -> HTTPException:
    return HTTPException(status, message, headers={"connection": "close"})


async def _flowing(request: Request, label: str) -> AsyncIterator[bytes]:
    """The pieces of a body; only the time in which it is waited for counts."""
    pieces = request.stream()
    patience, since = STALL_SECONDS, 0
    while True:
        asked = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise _ended(408, f"{label}: it stands still for {STALL_SECONDS:g} s; send it again") from None
        except ClientDisconnect:
            raise _ended(400, f"{label}: the page went away before all of it came") from None
        patience -= time.monotonic() - asked
        since += len(piece)
        if since >= LEAST_BYTES:
            patience, since = STALL_SECONDS, 0
        yield piece
