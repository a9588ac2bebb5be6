"""Sound files on their way into a session: a few at once, taken within limits, decoded, put into the tray.

A file that is too large, stands still, is no sound, or whose page goes away ends with one clear error;
nothing of it remains, and the process that decodes it ends with it. Runs in the event loop and never holds it
up.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request
from starlette.exceptions import HTTPException

from timbrespace.errors import AudioError, TimbrespaceError
from timbrespace.studio import sounds
from timbrespace.studio.decoder import Decoder
from timbrespace.studio.document import Sound
from timbrespace.studio.keeping import Kept
from timbrespace.studio.receiving import gone, receive, refused
from timbrespace.studio.session import Session

MAX_UPLOAD_BYTES = 3 * 2**29  # 1.5 GiB
AT_ONCE, MOST_WAITING = 2, 30
WAIT_SECONDS = 120.0
TELL_SECONDS = 0.1
UPLOADED_SHARE = 0.5  # of all the work


class Incoming:
    """All files on their way into the studio's sessions."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def bring_in(self, session: Session, request: Request, name: str, origin: str) -> Sound:
        """The sound that a request's body is. name: its file's, a label and no more.

        Raises HTTPException as `receive` and where too many wait (429), AudioError naming the file,
        TimbrespaceError.
        """
        news = _News(session, sounds.new_id(), sounds.file_name(name))
        try:
            async with self._slot(), _workplace(session, news.key) as folder:
                kept, note = await _brought_in(session, request, news, folder)
                sound = await asyncio.to_thread(
                    sounds.add, session, folder, kept, news.key, news.name, origin
                )
        except AudioError as error:
            told = AudioError(f"{news.name}: {error}")
            news.failed(str(told))
            raise told from error
        except TimbrespaceError as error:
            news.failed(str(error))
            raise
        except HTTPException as error:
            news.failed(error.detail)
            raise
        except BaseException:
            news.failed(f"{news.name}: stopped")
            raise
        news.done(note)
        return sound

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """One of the places for files that are taken at once."""
        if self._slots.locked():
            await self._wait()
        else:
            await self._slots.acquire()
        try:
            yield
        finally:
            self._slots.release()

    async def _wait(self) -> None:
        busy = "other sounds are being brought in; try again when they are there"
        if self._waiting >= MOST_WAITING:
            raise refused(429, busy)
        self._waiting += 1
        try:
            await asyncio.wait_for(self._slots.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise refused(429, busy) from None
        finally:
            self._waiting -= 1


class _News:
    """What the pages hear of one file."""

    def __init__(self, session: Session, key: str, name: str) -> None:
        self.key, self.name = key, name
        self._events = session.events
        self._last = 0.0

    def share(self, share: float) -> None:
        """How far it is, 0 to 1, not too often; from any thread."""
        now = time.monotonic()
        if now - self._last >= TELL_SECONDS:
            self._last = now
            self._send(share=share)

    def done(self, note: str) -> None:
        """note: what is missing of it, or ""."""
        self._send(share=1.0, **({"note": note} if note else {}))

    def failed(self, error: str) -> None:
        """Why it does not come."""
        self._send(error=error)

    def _send(self, **more: str | float) -> None:
        self._events.send({"type": "sound", "id": self.key, "name": self.name, **more})


async def _brought_in(session: Session, request: Request, news: _News, folder: Path) -> tuple[Kept, str]:
    """The body received and decoded in `folder`; of the body itself nothing is left."""
    upload = folder / "upload"
    room = await asyncio.to_thread(sounds.room_bytes, session)
    await receive(
        request,
        upload,
        min(MAX_UPLOAD_BYTES, room),
        label=news.name,
        told=lambda share: news.share(UPLOADED_SHARE * share),
    )
    room = await asyncio.to_thread(sounds.room_bytes, session)
    decoder = Decoder(upload, folder / sounds.WAV, folder / sounds.PEAKS, room)
    made = await _decoded(decoder, request, news)
    upload.unlink()
    return made


async def _decoded(decoder: Decoder, request: Request, news: _News) -> tuple[Kept, str]:
    """What the decoder makes; it ends when the page goes away or the server stops."""
    rest = 1.0 - UPLOADED_SHARE
    working = asyncio.create_task(
        asyncio.to_thread(decoder.run, lambda share: news.share(UPLOADED_SHARE + rest * share))
    )
    left = asyncio.create_task(gone(request))
    try:
        await asyncio.wait([working, left], return_when=asyncio.FIRST_COMPLETED)
    finally:
        decoder.stop()
        left.cancel()
        await asyncio.wait([working])
    return working.result()


@asynccontextmanager
async def _workplace(session: Session, key: str) -> AsyncIterator[Path]:
    """A folder for one file, and nothing of it afterwards."""
    folder = sounds.workplace(session, key)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
