"""The open session: its document, and its folder, in which every change is kept at once.

A change makes a new document; a thread writes the newest one, whole or not at all, as soon as the last
writing is over. What a crash can lose is the change of the last few milliseconds, which nobody was told is
made: `app` answers when it is on the disk, or the disk takes long.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from timbrespace import files
from timbrespace.errors import TimbrespaceError
from timbrespace.studio.document import Document
from timbrespace.studio.events import Events
from timbrespace.studio.wording import Wording

log = logging.getLogger(__name__)

FILE, SOUNDS, SERIES, LOCK = "session.json", "sounds", "series", "session.lock"
HALF = ".*.tmp.*"  # names of files that `files.atomic_path` writes
INCOMING = "incoming"  # what is being made; nothing of it outlives the process
MAX_BYTES = 512 * 2**20  # of a session's JSON
CLOSING_SECONDS = 10.0
RETRY_SECONDS = 5.0  # after a writing that failed
RECENT = 64  # documents that are held for pages that know one; they share what did not change


class Session:
    """A session that is open in this process and in no other. Use `create` or `open`."""

    def __init__(self, folder: Path, document: Document, events: Events, lock: FileLock) -> None:
        self.folder = folder
        self.events = events
        self._document = document
        self._recent = deque([document], maxlen=RECENT)
        self._lock = lock
        self._changing = threading.RLock()
        self._news = threading.Condition()
        self._written, self._closing, self._ended = document.revision, False, False
        self._wording = Wording()
        self.problem: str | None = None  # why the last writing failed
        self._writer = threading.Thread(target=self._keep_writing, name="session", daemon=True)
        self._writer.start()

    @classmethod
    def create(cls, folder: Path, document: Document, events: Events) -> Session:
        """A new one in a new folder."""
        _make_folders(folder)
        lock = locked(folder)
        try:
            write(folder, document)
        except BaseException:
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return cls(folder, document, events, lock)

    @classmethod
    def open(cls, folder: Path, events: Events) -> Session:
        """One that is there. Raises TimbrespaceError where it cannot be read or is open elsewhere."""
        lock = locked(folder)
        try:
            document = read(folder).model_copy(
                update={"id": folder.name}
            )  # a copy made by hand has another's
            shutil.rmtree(folder / INCOMING, ignore_errors=True)
            _make_folders(folder)
            _clear(folder)
        except BaseException:
            lock.release()
            raise
        return cls(folder, document, events, lock)

    @property
    def document(self) -> Document:
        """As it is now."""
        return self._document

    def at(self, revision: int) -> Document | None:
        """As it was lately; None where that is too long ago, or never was."""
        return next((each for each in list(self._recent) if each.revision == revision), None)

    @property
    def sounds(self) -> Path:
        """The folder of its sounds."""
        return self.folder / SOUNDS

    @property
    def series(self) -> Path:
        """The folder of the series that were brought in."""
        return self.folder / SERIES

    def change(self, make: Callable[[Document], Document]) -> Document:
        """Put what `make` gives in the document's place, keep it, and tell the pages. Returns it.

        One change at a time; where `make` raises, nothing has changed. Raises TimbrespaceError once it is
        closed.
        """
        with self._changing:
            before = self._document
            if self._ended:
                raise TimbrespaceError(
                    f"the session '{before.name}' is closed; open it again and do it there"
                )
            made = make(before)
            if made is before:
                return before
            now = datetime.now(UTC).isoformat(timespec="seconds")
            after = made.model_copy(update={"revision": before.revision + 1, "changed": now})
            self._document = after
            self._recent.append(after)
        with self._news:
            self._news.notify()
        self.events.send({"type": "document", "revision": after.revision})
        return after

    @property
    def kept(self) -> bool:
        """Whether everything was written, or tried to be."""
        return self._written >= self._document.revision

    def flush(self, seconds: float = CLOSING_SECONDS) -> bool:
        """Wait until everything is kept; whether it is."""
        with self._news:
            done = self._news.wait_for(lambda: self.kept, seconds)
        return done and self.problem is None

    def close(self) -> None:
        """Keep everything, and let others open it. `problem` says what could not be kept."""
        with self._changing:
            self._ended = True
        self.flush()
        with self._news:
            self._closing = True
            self._news.notify_all()
        self._writer.join(CLOSING_SECONDS)
        if self.problem is not None or not self.kept:
            self._write(self._document)
        self._lock.release()

    def _keep_writing(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(
                    lambda: self._closing or not self.kept,
                    None if self.problem is None else RETRY_SECONDS,
                )
                if self._closing:
                    return
            document = self._document
            self._write(document)
            with self._news:
                self._written = document.revision
                self._news.notify_all()

    def _write(self, document: Document) -> None:
        before = self.problem
        try:
            _make_folders(self.folder)
            write(self.folder, document, self._wording)
            self.problem = None
        except TimbrespaceError as error:
            self.problem = str(error)
        if self.problem != before:
            if self.problem is not None:
                log.error("%s", self.problem)
            self.events.send({"type": "unsaved", "error": self.problem})


def _clear(folder: Path) -> None:
    """Remove what was being written when a studio was killed."""
    for path in (path for place in (folder, folder / SOUNDS, folder / SERIES) for path in place.glob(HALF)):
        with suppress(OSError):
            path.unlink()


def _make_folders(folder: Path) -> None:
    """What a session's files lie in, even where it was removed meanwhile. Raises TimbrespaceError."""
    try:
        for name in (SOUNDS, SERIES):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TimbrespaceError(f"{folder}: cannot be written: {error.strerror or error}") from error


def locked(folder: Path) -> FileLock:
    """The session's lock, held. Raises TimbrespaceError where another process holds it, or none can be."""
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise TimbrespaceError(
            f"{folder.name}: this session is open in another studio; close it there"
        ) from None
    except OSError as error:
        raise TimbrespaceError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return lock


def write(folder: Path, document: Document, wording: Wording | None = None) -> None:
    """Keep a document in its folder, whole or not at all, and on the disk before this returns."""
    with files.atomic_path(folder / FILE, force=True) as temporary, temporary.open("wb") as file:
        file.write((wording or Wording()).of(document))
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Document:
    """The document of a folder. Raises TimbrespaceError where there is none or it does not hold."""
    path = folder / FILE
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TimbrespaceError(f"{path}: too large for a session")
        return Document.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise TimbrespaceError(f"{path}: there is no such session") from None
    except OSError as error:
        raise TimbrespaceError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        raise TimbrespaceError(f"{path}: not a session, or a damaged one: {first_problem(error)}") from None


def first_problem(error: ValidationError) -> str:
    """The first of what pydantic found, in one line that names the field."""
    found = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in found["loc"])
    value = found.get("input")
    shown = f" (it is {value!r:.60})" if isinstance(value, str | int | float | bool | None) else ""
    return f"{place}: {found['msg']}{shown}" if place else f"{found['msg']}{shown}"
