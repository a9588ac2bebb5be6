"""A session as one file to carry elsewhere: a zip archive of its JSON, its sounds and its series.

`session.json`, `sounds/ID.wav`, `series/ID.npz`: names that `document.py` allows and no others; sizes are
checked before anything is unpacked, and what is unpacked is checked before it becomes a session.
"""

from __future__ import annotations

import lzma
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from timbrespace.errors import AudioError, TimbrespaceError
from timbrespace.latents import LatentSeries
from timbrespace.studio import session as kept
from timbrespace.studio.decoder import Decoder
from timbrespace.studio.document import Document
from timbrespace.studio.session import Session
from timbrespace.studio.sessions import Sessions
from timbrespace.studio.sounds import MAX_SESSION_BYTES, free_bytes

WANTED = re.compile(r"session\.json|sounds/s[0-9a-f]{12}\.wav|series/n[0-9a-f]{12}\.npz")
MAX_FILES = 5000
MAX_JSON_BYTES = 256 * 2**20  # of a session.json from elsewhere: reading it takes many times that in memory
FIELD_BYTES, VALUE_BYTES = 230, 60  # of memory that reading JSON takes, measured
MAX_MEMORY_BYTES = 2**30
DAMAGES = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def pack(session: Session, target: Path) -> None:
    """Write an open session to `target`, a zip file that does not exist yet."""
    session.flush()
    document = session.document
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        archive.writestr(kept.FILE, kept.Wording().of(document))
        for folder in (session.sounds, session.series):
            for path in sorted(folder.iterdir()):
                name = f"{folder.name}/{path.name}"
                if WANTED.fullmatch(name):
                    archive.write(path, name)


def unpack(archive: Path, sessions: Sessions, label: str) -> Document:
    """A new session from a file; label: what to call the file in errors. Raises TimbrespaceError."""
    with _temporary(sessions.root) as folder:
        try:
            with zipfile.ZipFile(archive) as held:
                for entry in _wanted(held, label, free_bytes(sessions.root)):
                    _extract(held, entry, folder)
        except DAMAGES as error:
            raise TimbrespaceError(f"{label}: not a session file, or a damaged one ({error})") from None
        except OSError as error:
            raise TimbrespaceError(f"{label}: cannot be kept: {error.strerror or error}") from None
        try:
            _check_weight(folder / kept.FILE)
            document = kept.read(folder)
            _check(folder, document)
        except TimbrespaceError as error:
            raise TimbrespaceError(f"{label}: {str(error).replace(f'{folder}/', '')}") from None
        return sessions.adopt(folder, document)


def _wanted(archive: zipfile.ZipFile, label: str, room_bytes: int) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if WANTED.fullmatch(entry.filename)]
    if not any(entry.filename == kept.FILE for entry in entries):
        raise TimbrespaceError(f"{label}: not a session file: it has no {kept.FILE}")
    if len({entry.filename for entry in entries}) < len(entries):
        raise TimbrespaceError(f"{label}: not a session file: it has files of one name")
    total = sum(entry.file_size for entry in entries)
    longest = max(entry.file_size for entry in entries if entry.filename == kept.FILE)
    if len(entries) > MAX_FILES or total > MAX_SESSION_BYTES or longest > MAX_JSON_BYTES:
        raise TimbrespaceError(
            f"{label}: {len(entries)} files of {total / 1e6:.0f} MB; that is too much for a session"
        )
    if total > room_bytes:
        raise TimbrespaceError(
            f"{label}: {total / 1e6:.0f} MB unpacked, and there is room for {max(room_bytes, 0) / 1e6:.0f}; "
            "free some of the disk"
        )
    return entries


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """One file; what is longer than it said is an error of its own in zipfile."""
    target = folder / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file, 2**20)


def _check_weight(path: Path) -> None:
    """Raise TimbrespaceError where reading some JSON would fill the memory, as many small things do."""
    text = path.read_bytes()
    weight = FIELD_BYTES * text.count(b":") + VALUE_BYTES * text.count(b",")
    if weight > MAX_MEMORY_BYTES:
        raise TimbrespaceError(
            f"{path}: it takes {weight / 1e9:.1f} GB of memory, which is too much for a session"
        )


def _check(folder: Path, document: Document) -> None:
    """Nothing in the document is there twice; every sound and series that it has is there and can be read;
    sounds are decoded anew, in a process of their own, as every file from outside is."""
    ids = [each.id for each in (*document.sounds, *document.removed_sounds)]
    ids += [each.id for each in (*document.parts, *document.removed_parts)]
    if len(set(ids)) < len(ids):
        raise TimbrespaceError(f"{folder / kept.FILE}: not a session: something in it is there twice")
    for sound in (*document.sounds, *document.removed_sounds):
        path = folder / kept.SOUNDS / f"{sound.id}.wav"
        if not path.is_file():
            raise TimbrespaceError(f"{path}: it is missing")
        decoded, peaks = folder / "decoded.wav", path.with_suffix(".peaks.npy")
        try:
            found, _ = Decoder(path, decoded, peaks, MAX_SESSION_BYTES).run(lambda share: None)
        except AudioError as error:
            raise AudioError(f"{path}: {error}") from None
        if (found.sample_rate, found.frames) != (sound.sample_rate, sound.frames):
            raise TimbrespaceError(f"{path}: it is not the sound that the session says")
        decoded.replace(path)
    for path in (folder / kept.SERIES).glob("*.npz"):
        LatentSeries.load(path)


@contextmanager
def _temporary(root: Path) -> Iterator[Path]:
    """A folder beside the sessions that is no session; gone afterwards unless it was moved."""
    folder = Path(mkdtemp(prefix=".import-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
