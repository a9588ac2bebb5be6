"""Sound files on their way into a session: a few at once, taken within limits, decoded, put into the tray.

A file that is too large, stands still, is no sound, or whose page goes away ends with one clear error;
nothing of it remains, and the process that decodes it ends with it. Runs in the event loop and never holds it
up.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request
from starlette.exceptions import HTTPException

from timbrespace.errors import AudioError, TimbrespaceError
from timbrespace.studio import sounds
from timbrespace.studio.decoder import Decoder
from timbrespace.studio.document import Sound
from timbrespace.studio.keeping import Kept
from timbrespace.studio.receiving import gone, receive, refusal
from timbrespace.studio.session import Session

MAX_UPLOAD_BYTES = 3 * 2**29  # 1.5 GiB
AT_ONCE, MOST_WAITING = 2, 30
WAIT_SECONDS = 120.0
TELL_SECONDS = 0.1
REMOVAL_SECONDS = 5.0


class Incoming:
    """All files on their way into the studio's sessions. current: gives the one that is open."""

    def __init__(self, current: Callable[[], Session]) -> None:
        self._current = current
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def bring_in(self, request: Request, name: str, origin: str) -> Sound:
        """The sound that a request's body is. name: its file's, a label and no more.

        Raises HTTPException as `receive` and where too many wait (429), AudioError naming the file,
        TimbrespaceError.
        """
        session = self._current()
        news = _News(session, sounds.new_id(), sounds.file_name(name))
        try:
            async with self._slot(request), _workplace(session, news.key) as folder:
                kept, note = await _brought_in(session, request, news, folder)
                if self._current() is not session:
                    raise TimbrespaceError(f"{news.name}: another session was opened; bring it in again")
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
    async def _slot(self, request: Request) -> AsyncIterator[None]:
        """One of the places for files that are taken at once."""
        if self._slots.locked():
            await self._wait(request)
        else:
            await self._slots.acquire()
        try:
            yield
        finally:
            self._slots.release()

    async def _wait(self, request: Request) -> None:
        busy = "other sounds are being brought in; try again when they are there"
        if self._waiting >= MOST_WAITING:
            raise await refusal(request, 429, busy)
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise await refusal(request, 429, busy) from None
        finally:
            self._waiting -= 1


class _News:
    """What the pages hear of one file."""

    def __init__(self, session: Session, key: str, name: str) -> None:
        self.key, self.name = key, name
        self._events = session.events
        self._last = 0.0

    def share(self, share: float) -> None:
        """How much of it is decoded, 0 to 1, not too often; from any thread."""
        now = time.monotonic()
        if now - self._last >= TELL_SECONDS:
            self._last = now
            self._send(share=share)

    def done(self, note: str) -> None:
        """note: what is missing of it, or ""."""
        self._send(share=1.0, **({"note": note} if note else {}))

    def failed(self, error: str) -> None:
        """Why it does not come."""
        self._send(share=0.0, error=error)

    def _send(self, **more: str | float) -> None:
        self._events.send({"type": "sound", "id": self.key, "name": self.name, **more})


async def _brought_in(session: Session, request: Request, news: _News, folder: Path) -> tuple[Kept, str]:
    """The body received and decoded in `folder`; of the body itself nothing is left."""
    upload = folder / "upload"
    room = await asyncio.to_thread(sounds.room_bytes, session)
    if room <= 0:
        raise await refusal(
            request, 507, f"{news.name}: this session or the disk is full; start a new session"
        )
    await receive(request, upload, min(MAX_UPLOAD_BYTES, room), label=news.name)
    room = await asyncio.to_thread(sounds.room_bytes, session)
    decoder = Decoder(upload, folder / sounds.WAV, folder / sounds.PEAKS, room)
    made = await _decoded(decoder, request, news)
    upload.unlink()
    return made


async def _decoded(decoder: Decoder, request: Request, news: _News) -> tuple[Kept, str]:
    """What the decoder makes; it ends when the page goes away or the server stops."""
    working = asyncio.create_task(asyncio.to_thread(decoder.run, news.share))
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
    """A folder for one file, and nothing of it afterwards, even where the server stops meanwhile."""
    folder = sounds.workplace(session, key)
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, _remove, folder))


def _remove(folder: Path) -> None:
    """Remove a folder into which a process that is just being ended may still write."""
    end = time.monotonic() + REMOVAL_SECONDS
    shutil.rmtree(folder, ignore_errors=True)
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
        shutil.rmtree(folder, ignore_errors=True)
