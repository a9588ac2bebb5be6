"""The sounds of a session: read where they are needed, added whole or not at all, never thrown away.

A sound is `sounds/ID.wav`, one channel of float32, with its peaks in `sounds/ID.peaks.npy`. Both are made in
a folder of their own under `incoming/` and moved when they are complete; what a crash leaves there is cleared
when the session is opened again. A name is what the page calls a sound and never part of a path.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from pydantic import ValidationError

from timbrespace.audio import AUDIO_EXTENSIONS, resample
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.files import atomic_path, native_name
from timbrespace.studio.document import Document, Sound
from timbrespace.studio.errors import Missing
from timbrespace.studio.keeping import Kept, keep
from timbrespace.studio.peaks import PeakBuilder, Pyramid, Read, Samples, length_of_pyramid
from timbrespace.studio.quantities import LONGEST_SOUND_SECONDS
from timbrespace.studio.session import INCOMING, Session, first_problem

WAV, PEAKS = "sound.wav", "peaks.npy"  # in the folder where they are made
MAX_SESSION_BYTES = 16 * 2**30
FREE_BYTES = 2**30  # of the disk, left to others
LONGEST_NAME = 200
BLOCK_FRAMES = 65_536


def wav_path(session: Session, sound: Sound) -> Path:
    """Its file."""
    return session.sounds / f"{sound.id}.wav"


def peaks_path(session: Session, sound: Sound) -> Path:
    """The file of its peaks."""
    return session.sounds / f"{sound.id}.peaks.npy"


def find(session: Session, key: str) -> Sound:
    """The sound of this id, in the tray or removed from it. Raises Missing."""
    sound = session.document.sound(key)
    if sound is None:
        raise Missing(f"there is no sound {key:.40}")
    return sound


@contextmanager
def opened(session: Session, sound: Sound) -> Iterator[Read]:
    """Its samples to be read in places, as they were brought in, without its gain. Raises Missing."""
    path = wav_path(session, sound)
    try:
        file = soundfile.SoundFile(native_name(path))
    except soundfile.SoundFileError as error:
        raise Missing(f"{sound.name}: its file is gone or damaged; bring the sound in again") from error

    def read(first: int, last: int) -> Samples:
        file.seek(first)
        samples: Samples = file.read(last - first, dtype="float32")
        return samples

    with file:
        if file.channels != 1 or file.frames < sound.frames or file.samplerate != sound.sample_rate:
            raise Missing(f"{sound.name}: its file is not the one that was kept; bring the sound in again")
        yield read


def read(session: Session, sound: Sound, start: float = 0.0, end: float | None = None) -> Samples:
    """Seconds [start, end) of a sound, float32 [T] at its own rate, without its gain; end: None is its end.

    Reads no more than that. Raises UsageError where that is nothing, Missing where the file is gone.
    """
    rate = sound.sample_rate
    first, last = round(start * rate), sound.frames if end is None else min(sound.frames, round(end * rate))
    if first >= last:
        asked = "its end" if end is None else f"{end:g} s"
        length = f"{sound.frames / rate:.3f} s"
        raise UsageError(f"{sound.name}: from {start:g} s to {asked} there is nothing of its {length}")
    with opened(session, sound) as samples:
        return samples(first, last)


def at_rate(
    session: Session, sound: Sound, start: float, end: float | None, sample_rate: float
) -> NDArray[np.float32]:
    """`read`, resampled to `sample_rate` Hz."""
    return resample(read(session, sound, start, end), sound.sample_rate, sample_rate)


def pyramid(session: Session, sound: Sound) -> Pyramid:
    """Its peaks, mapped into memory; made again where they are gone, as of a session from elsewhere."""
    path = peaks_path(session, sound)
    shape = (length_of_pyramid(sound.frames), 2)
    try:
        found: Pyramid = np.load(path, mmap_mode="r", allow_pickle=False)
        if found.shape == shape and found.dtype == np.int16:
            return found
    except (OSError, ValueError, EOFError):
        pass
    builder = PeakBuilder()
    with opened(session, sound) as read:
        for first in range(0, sound.frames, BLOCK_FRAMES):
            builder.add(read(first, min(sound.frames, first + BLOCK_FRAMES)))
    made = builder.finish()
    with atomic_path(path, force=True) as temporary:
        np.save(temporary, made)
    return made


def room_bytes(session: Session) -> int:
    """How much more may be put into the session's folder."""
    used = 0
    for folder, _, names in os.walk(session.folder):
        for name in names:
            with suppress(OSError):  # files that are being made come and go
                used += os.stat(os.path.join(folder, name)).st_size
    return min(MAX_SESSION_BYTES - used, free_bytes(session.folder))


def free_bytes(folder: Path) -> int:
    """How much of the disk that a folder lies on may be filled: some of it is left to others."""
    return shutil.disk_usage(folder).free - FREE_BYTES


def new_id() -> str:
    """An id that no other sound has."""
    return f"s{secrets.token_hex(6)}"


def workplace(session: Session, key: str) -> Path:
    """A new folder in which a sound's files are made; the caller removes it, whatever happens."""
    folder = session.folder / INCOMING / key
    folder.mkdir(parents=True)
    return folder


def store(
    session: Session,
    blocks: Iterable[Samples],
    sample_rate: int,
    name: str,
    origin: str,
    told: Callable[[int], None] = lambda frames: None,
) -> Sound:
    """Put a sound that this program holds, blocks float32 [T], into the tray. Raises as `keep`, and
    TimbrespaceError where its file cannot be written."""
    key = new_id()
    folder = workplace(session, key)
    try:
        kept = keep(
            blocks,
            sample_rate,
            folder / WAV,
            folder / PEAKS,
            longest_seconds=LONGEST_SOUND_SECONDS,
            room_bytes=room_bytes(session),
            told=told,
        )
        return add(session, folder, kept, key, name, origin)
    except soundfile.SoundFileError as error:
        raise TimbrespaceError(f"{name}: cannot be kept: {error}; is the disk full?") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def add(session: Session, folder: Path, kept: Kept, key: str, name: str, origin: str) -> Sound:
    """Move the files that were made in `folder` to their place and put the sound into the tray.

    Raises TimbrespaceError where the session has no room for it; nothing of it remains then.
    """
    if room_bytes(session) < 0:
        raise TimbrespaceError(f"{name}: this session has no room for it; start a new session")
    sound = Sound(
        id=key,
        name=label_of(name),
        sample_rate=kept.sample_rate,
        frames=kept.frames,
        peak=kept.peak,
        origin=origin,  # type: ignore[arg-type]  # checked by the model
    )
    moved = {folder / PEAKS: peaks_path(session, sound), folder / WAV: wav_path(session, sound)}
    try:
        for made, place in moved.items():
            place.parent.mkdir(exist_ok=True)
            os.replace(made, place)
        session.change(lambda document: _with_sound(document, sound))
    except BaseException:
        for place in moved.values():
            place.unlink(missing_ok=True)
        raise
    return find(session, key)


def change(session: Session, key: str, wanted: dict[str, Any]) -> Sound:
    """Change fields of a sound in the tray; a selection is kept within it. Raises Missing, UsageError."""

    def changed(document: Document) -> Document:
        sound = next((each for each in document.sounds if each.id == key), None)
        if sound is None:
            raise Missing(f"there is no sound {key:.40} in the tray")
        fields = {**wanted}
        if fields.get("selection") is not None:
            fields["selection"] = _within(sound, *fields["selection"])
        try:
            after = Sound.model_validate({**sound.model_dump(), **fields})
        except ValidationError as error:
            raise UsageError(first_problem(error)) from None
        sounds = [after if each.id == key else each for each in document.sounds]
        return document if after == sound else document.model_copy(update={"sounds": sounds})

    session.change(changed)
    return find(session, key)


def remove(session: Session, key: str) -> None:
    """Take a sound out of the tray; recipes that need it still have it. Raises Missing."""
    _move(session, key, "sounds", "removed_sounds")


def restore(session: Session, key: str) -> Sound:
    """Put a sound that was removed back into the tray. Raises Missing."""
    _move(session, key, "removed_sounds", "sounds")
    return find(session, key)


def file_name(name: str) -> str:
    """What the page calls a file, to be shown: without folders and what does not print, and never empty."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    text = "".join(letter for letter in last if letter.isprintable()).strip()
    return text[-LONGEST_NAME:].strip() or "sound"


def label_of(name: str) -> str:
    """A sound's name after its file's: without the extension, if it is one of a sound's."""
    text = file_name(name)
    stem, dot, extension = text.rpartition(".")
    return stem.strip() if stem.strip() and f"{dot}{extension}".lower() in AUDIO_EXTENSIONS else text


def _with_sound(document: Document, sound: Sound) -> Document:
    """The document with one more sound, under a name that no other has."""
    taken = {each.name for each in document.sounds}
    name, number = sound.name, 2
    while name in taken:
        name, number = f"{sound.name[: LONGEST_NAME - 8]} {number}", number + 1
    return document.model_copy(update={"sounds": [*document.sounds, sound.model_copy(update={"name": name})]})


def _move(session: Session, key: str, origin: str, target: str) -> None:
    def moved(document: Document) -> Document:
        here, there = getattr(document, origin), getattr(document, target)
        found = [sound for sound in here if sound.id == key]
        if not found:
            raise Missing(f"there is no sound {key:.40} to {'remove' if origin == 'sounds' else 'restore'}")
        return document.model_copy(
            update={origin: [sound for sound in here if sound.id != key], target: [*there, *found]}
        )

    session.change(moved)


def _within(sound: Sound, start: float, end: float) -> tuple[float, float]:
    length = sound.frames / sound.sample_rate
    if not start < min(end, length):
        raise UsageError(
            f"{sound.name}: the selection is {start:g} to {end:g} s; it must go forward within {length:.3f} s"
        )
    return start, min(end, length)
