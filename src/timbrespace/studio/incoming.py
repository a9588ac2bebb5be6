"""Files on their way into a session: a few at once, in pieces to the disk, within limits, then decoded.

A file that is too large, stands still, is no sound, or whose page goes away ends with one clear error; nothing
of it remains, and the process that decodes it ends with it. Runs in the event loop and never holds it up.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from timbrespace.errors import AudioError, TimbrespaceError
from timbrespace.studio import sounds
from timbrespace.studio.decoder import Decoder
from timbrespace.studio.document import Sound
from timbrespace.studio.keeping import Kept
from timbrespace.studio.session import Session

MAX_UPLOAD_BYTES = 3 * 2**29  # 1.5 GiB
AT_ONCE, MOST_WAITING = 2, 30
WAIT_SECONDS = 120.0
STALL_SECONDS = 30.0
LEAST_BYTES = 65_536  # in that time; what comes more slowly has stalled
PIECE_BYTES = 2**20  # written at once
TELL_SECONDS = 0.1
UPLOADED_SHARE = 0.5  # of all the work


class Refused(TimbrespaceError):
    """A file that is not taken, before all of it came. status: of the answer (RFC 9110, section 15.5)."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Arriving:
    """A file that a page sends. body: its bytes, in pieces. length: what the page says it has, or None.
    gone: waits until the page has gone away."""

    name: str
    origin: str
    body: AsyncIterator[bytes]
    length: int | None
    gone: Callable[[], Awaitable[None]]


class Incoming:
    """All files on their way into the studio's sessions."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def bring_in(self, session: Session, file: Arriving) -> Sound:
        """The sound that a file became. Raises Refused, AudioError naming the file, TimbrespaceError."""
        news = _News(session, sounds.new_id(), sounds.label_of(file.name))
        try:
            async with self._slot(), _workplace(session, news.key) as folder:
                return await _brought_in(session, file, news, folder)
        except AudioError as error:
            told = AudioError(f"{news.name}: {error}")
            news.failed(str(told))
            raise told from error
        except TimbrespaceError as error:
            news.failed(str(error))
            raise
        except BaseException:
            news.failed("stopped")
            raise

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """One of the places for files that are taken at once."""
        busy = "other sounds are being brought in; try again when they are there"
        if self._waiting >= MOST_WAITING:
            raise Refused(f"{self._waiting} {busy}", 429)
        self._waiting += 1
        try:
            await asyncio.wait_for(self._slots.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise Refused(busy, 429) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()


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


async def _brought_in(session: Session, file: Arriving, news: _News, folder: Path) -> Sound:
    upload = folder / "upload"
    room = await asyncio.to_thread(sounds.room_bytes, session)
    await _receive(file, upload, min(MAX_UPLOAD_BYTES, room), news)
    room = await asyncio.to_thread(sounds.room_bytes, session)
    kept, note = await _decode(upload, folder, room, news, file.gone)
    upload.unlink()
    sound = await asyncio.to_thread(sounds.add, session, folder, kept, news.key, file.name, file.origin)
    news.done(note)
    return sound


async def _receive(file: Arriving, target: Path, most_bytes: int, news: _News) -> None:
    """Write the body to `target`. Raises Refused where it is too large or stands still."""
    too_large = Refused(
        f"{news.name}: larger than {_megabytes(most_bytes)}, which is what fits; cut it or send it as FLAC",
        413,
    )
    if most_bytes <= 0 or (file.length or 0) > most_bytes:
        raise too_large
    count, waiting = 0, bytearray()
    with target.open("wb") as disk:
        async for piece in _flowing(file, news.name):
            count += len(piece)
            if count > most_bytes:
                raise too_large
            waiting += piece
            if len(waiting) >= PIECE_BYTES:
                await _write(disk.write, bytes(waiting), news.name)
                waiting.clear()
                news.share(UPLOADED_SHARE * count / file.length if file.length else 0.0)
        await _write(disk.write, bytes(waiting), news.name)


async def _flowing(file: Arriving, name: str) -> AsyncIterator[bytes]:
    """The pieces of a body. Raises Refused where fewer than LEAST_BYTES come in STALL_SECONDS."""
    pieces = aiter(file.body)
    patience, since = STALL_SECONDS, 0
    while True:
        asked = time.monotonic()
        try:
            piece = await asyncio.wait_for(anext(pieces), patience)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Refused(f"{name}: nothing came for {STALL_SECONDS:g} s; send it again", 408) from None
        since += len(piece)
        patience -= time.monotonic() - asked
        if since >= LEAST_BYTES:
            patience, since = STALL_SECONDS, 0
        yield piece


async def _write(write: Callable[[bytes], int], data: bytes, name: str) -> None:
    try:
        await asyncio.to_thread(write, data)
    except OSError as error:
        raise TimbrespaceError(f"{name}: cannot be kept: {error.strerror or error}") from error


async def _decode(
    upload: Path, folder: Path, room: int, news: _News, gone: Callable[[], Awaitable[None]]
) -> tuple[Kept, str]:
    """Decode in a process of its own, which ends when the page goes away or the server stops."""
    decoder = Decoder(upload, folder / sounds.WAV, folder / sounds.PEAKS, room)
    decoding = asyncio.create_task(
        asyncio.to_thread(
            decoder.run, lambda share: news.share(UPLOADED_SHARE + share * (1 - UPLOADED_SHARE))
        )
    )
    left = asyncio.ensure_future(gone())
    try:
        await asyncio.wait([decoding, left], return_when=asyncio.FIRST_COMPLETED)
    finally:
        decoder.stop()
        left.cancel()
        await asyncio.wait([decoding])
    return decoding.result()


@asynccontextmanager
async def _workplace(session: Session, key: str) -> AsyncIterator[Path]:
    """A folder for one file, and nothing of it afterwards."""
    folder = sounds.workplace(session, key)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _megabytes(count: int) -> str:
    return f"{max(0, count) / 1e6:.0f} MB"
