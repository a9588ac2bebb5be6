"""The sessions of a studio, each in a folder of its own: listed, made, opened, copied, put away.

ROOT/ID/session.json with sounds/ and series/. What is removed goes to ROOT/removed/ and stays there.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from timbrespace import files
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import session as kept
from timbrespace.studio.document import Document
from timbrespace.studio.errors import Missing
from timbrespace.studio.events import Events
from timbrespace.studio.session import Session

REMOVED = "removed"
ID_BYTES = 6
ID = re.compile(r"[0-9a-f]{12}")
STRAY = (".carry-*", ".import-*", kept.HALF)  # of a studio that was ended while it packed or wrote
STRAY_SECONDS = 86_400.0  # old enough not to be another studio's at work


@dataclass(frozen=True)
class Listed:
    """A session in the list. problem: why it cannot be opened."""

    id: str
    name: str
    changed: str
    sounds: int
    parts: int
    problem: str | None = None

    def shown(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


class Sessions:
    """All sessions under a folder, which is made where missing."""

    def __init__(self, root: Path, events: Events) -> None:
        self.root = root
        self._events = events
        self._known: dict[str, tuple[tuple[int, int], Listed]] = {}  # by the time and size of their file
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TimbrespaceError(
                f"{root}: sessions cannot be kept here: {error.strerror or error}"
            ) from error
        self._clear()

    def listed(self) -> list[Listed]:
        """Every session, the last changed first."""
        found = [self._listed(folder) for folder in self.root.iterdir() if _is_session(folder)]
        return sorted(found, key=lambda each: each.changed, reverse=True)

    def create(self, name: str = "Untitled") -> Session:
        """A new, empty one, open."""
        document = Document(id=new_id(), name=self.free_name(name), created=_now(), changed=_now())
        return Session.create(self.root / document.id, document, self._events)

    def open(self, key: str) -> Session:
        """The session of this id. Raises Missing, or TimbrespaceError where it cannot be opened."""
        return Session.open(self._folder(key), self._events)

    def latest(self) -> Session:
        """The one changed last that can be opened, else a new one."""
        for each in self.listed():
            if each.problem is None:
                try:
                    return self.open(each.id)
                except TimbrespaceError:
                    continue  # open in another studio
        return self.create()

    def duplicate(self, key: str) -> Document:
        """Copy a session, sounds and all, under a name of its own."""
        folder = self._folder(key)
        document = kept.read(folder)
        copy = document.model_copy(
            update={"id": new_id(), "name": self.free_name(document.name), "changed": _now()}
        )
        with files.gathered(self.root / copy.id) as target:
            for name in (kept.SOUNDS, kept.SERIES):
                if (folder / name).is_dir():
                    shutil.copytree(folder / name, target / name)
            kept.write(target, copy)
        return copy

    def adopt(self, folder: Path, document: Document) -> Document:
        """Take in a folder that holds a session's files, whose document is this, under an id of its own."""
        name = self.free_name(document.name)
        taken = document.model_copy(update={"id": new_id(), "name": name, "revision": 0})
        kept.write(folder, taken)
        folder.rename(self.root / taken.id)
        return taken

    def remove(self, key: str) -> None:
        """Put a session away; it stays in the folder `removed`. Raises where it is open anywhere."""
        folder = self._folder(key)
        lock = kept.locked(folder)
        try:
            (self.root / REMOVED).mkdir(exist_ok=True)
            folder.rename(self.root / REMOVED / f"{key}-{secrets.token_hex(2)}")
        finally:
            lock.release()

    def restore(self, key: str) -> None:
        """Bring back the session of this id that was put away. Raises Missing."""
        found = next((self.root / REMOVED).glob(f"{key}-*"), None) if _is_key(key) else None
        if found is None or (self.root / key).exists():
            raise Missing(f"no session {key:.40} was put away")
        found.rename(self.root / key)

    def rename(self, key: str, name: str) -> None:
        """Give a session that is open nowhere another name."""
        folder = self._folder(key)
        lock = kept.locked(folder)
        try:
            kept.write(folder, kept.read(folder).model_copy(update={"name": name}))
        finally:
            lock.release()

    def free_name(self, wanted: str) -> str:
        """The name, or with a number where another session has it."""
        taken = {each.name for each in self.listed()}
        stem, number = wanted.strip() or "Untitled", 2
        name = stem
        while name in taken:
            name, number = f"{stem} {number}", number + 1
        return name

    def _listed(self, folder: Path) -> Listed:
        """From the session's JSON, which is read again only where it was written meanwhile."""
        try:
            state = (folder / kept.FILE).stat()
        except OSError:  # it is being removed
            return _listed(folder)
        version, known = (state.st_mtime_ns, state.st_size), self._known.get(folder.name)
        if known is None or known[0] != version:
            known = self._known[folder.name] = version, _listed(folder)
        return known[1]

    def _clear(self) -> None:
        for path in (path for pattern in STRAY for path in self.root.glob(pattern)):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - STRAY_SECONDS:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _folder(self, key: str) -> Path:
        folder = self.root / key
        if not _is_session(folder) or folder.parent != self.root:
            raise Missing(f"there is no session {key:.40}")
        return folder


def new_id() -> str:
    """An id that no other session has."""
    return secrets.token_hex(ID_BYTES)


def sessions_folder(given: Path | None) -> Path:
    """Where sessions are kept: the folder given, else the user's own place for such data."""
    if given is None:
        import platformdirs

        return Path(platformdirs.user_data_dir("timbrespace", appauthor=False)) / "sessions"
    if given.exists() and not given.is_dir():
        raise UsageError(f"--sessions is '{given}', which is a file; name a folder")
    return given


def _is_key(key: str) -> bool:
    return len(key) == 2 * ID_BYTES and key.isalnum()


def _is_session(folder: Path) -> bool:
    return ID.fullmatch(folder.name) is not None and (folder / kept.FILE).is_file()


def _listed(folder: Path) -> Listed:
    """From the session's JSON, without checking all of it."""
    try:
        held = json.loads((folder / kept.FILE).read_bytes())
        sounds, parts = len(held["sounds"]), len(held["parts"])
        name, changed = (str(held[key]).encode("utf-8", "replace").decode() for key in ("name", "changed"))
        return Listed(folder.name, name, changed, sounds, parts)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return Listed(folder.name, folder.name, "", 0, 0, f"damaged: {error}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
