"""The folder of a data set while it is being prepared: claimed by one process, swapped in one go.

Order of a swap: the new audio is complete and on disk, the new manifest too; the audio is renamed, the
manifest is renamed. Killed before the first rename, the old pair stands; between the two, the waiting
manifest is the one that fits (`store.current_manifest`); the next preparation tidies up.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np

from timbrespace.dataset.store import AUDIO, MANIFEST, NEXT_AUDIO, NEXT_MANIFEST, Manifest, current_manifest
from timbrespace.errors import DatasetError

LOCK, WORK = ".lock", ".work"
_TEMPORARY = "manifest.tmp"
_OURS = {LOCK, WORK, AUDIO, MANIFEST, NEXT_AUDIO, NEXT_MANIFEST, _TEMPORARY}
_COPY_BYTES = 1 << 22

Piece = tuple[Path, int, int]  # file, first byte, number of bytes


class DatasetFolder:
    """A claimed folder. manifest: of the data set that is in it, or None."""

    def __init__(self, path: Path, *, made: bool) -> None:
        self.path = path
        self.work = path / WORK
        self._made = made
        self._recover()
        self.manifest = current_manifest(path)
        self.work.mkdir(exist_ok=True)

    @property
    def audio_offset(self) -> int:
        """Where the samples start in `audio.npy`, bytes."""
        assert self.manifest is not None
        return (self.path / AUDIO).stat().st_size - 4 * self.manifest.samples

    def audio_is_whole(self) -> bool:
        """Whether `audio.npy` is there and as long as the manifest says."""
        if self.manifest is None:
            return False
        try:
            shape = np.load(self.path / AUDIO, mmap_mode="r", allow_pickle=False).shape
        except (OSError, ValueError, EOFError):
            return False
        return bool(shape == (self.manifest.samples,))

    def replace_manifest(self, manifest: Manifest) -> None:
        """A new manifest for the same audio."""
        _write_durably(self.path / _TEMPORARY, manifest.to_json().encode())
        os.replace(self.path / _TEMPORARY, self.path / MANIFEST)

    def swap(self, manifest: Manifest, pieces: Iterable[Piece]) -> None:
        """Put a new audio, made of `pieces` in order, and its manifest in place of the old ones."""
        with (self.path / NEXT_AUDIO).open("wb") as target:
            header = {"descr": "<f4", "fortran_order": False, "shape": (manifest.samples,)}
            np.lib.format.write_array_header_1_0(target, header)
            for file, start, size in pieces:
                _append(target, file, start, size)
            target.flush()
            os.fsync(target.fileno())
        _write_durably(self.path / _TEMPORARY, manifest.to_json().encode())
        os.replace(self.path / _TEMPORARY, self.path / NEXT_MANIFEST)
        os.replace(self.path / NEXT_AUDIO, self.path / AUDIO)
        os.replace(self.path / NEXT_MANIFEST, self.path / MANIFEST)
        self.manifest = manifest

    def clear_work(self) -> None:
        """Remove what a finished preparation leaves."""
        shutil.rmtree(self.work, ignore_errors=True)

    def close(self) -> None:
        """Leave nothing behind where nothing came of it."""
        with suppress(OSError):
            self._recover()
        with suppress(OSError):
            self.work.rmdir()  # only when empty
        if self._made and not self.work.exists() and self.manifest is None:
            (self.path / LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                self.path.rmdir()

    def _recover(self) -> None:
        """Finish or undo a swap that was cut short."""
        if (self.path / NEXT_MANIFEST).exists() and not (self.path / NEXT_AUDIO).exists():
            os.replace(self.path / NEXT_MANIFEST, self.path / MANIFEST)
        for name in (NEXT_MANIFEST, NEXT_AUDIO, _TEMPORARY):
            (self.path / name).unlink(missing_ok=True)


@contextmanager
def claim(path: Path) -> Iterator[DatasetFolder]:
    """Hold `path` for one preparation. The lock dies with the process, however that ends.

    Raises DatasetError: the folder holds something else, another preparation is at it, or it cannot be
    written.
    """
    try:
        made = _check(path)
        path.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be written: {error.strerror or error}") from error
    with lock:
        folder = DatasetFolder(path, made=made)
        try:
            yield folder
        except OSError as error:
            words = error.strerror or str(error)
            raise DatasetError(
                f"{path}: cannot be written: {words}; nothing that was there has changed"
            ) from error
        finally:
            folder.close()


def _check(path: Path) -> bool:
    """Whether the folder is new or empty. Raises DatasetError where it is not ours to write in."""
    if not path.exists():
        return True
    if not path.is_dir():
        raise DatasetError(f"{path}: is a file; name a folder for the data set")
    inside = {entry.name for entry in path.iterdir()}
    if MANIFEST not in inside and NEXT_MANIFEST not in inside and inside - _OURS:
        example = sorted(inside - _OURS)[0]
        raise DatasetError(f"{path}: is a folder with other things in it ({example}); name a new one")
    if inside & {MANIFEST, NEXT_MANIFEST}:
        current_manifest(path)  # raises where the manifest is not ours
    return not inside - {LOCK, WORK}


def _lock(path: Path) -> IO[bytes]:
    while True:
        file = (path / LOCK).open("ab")
        if not _try_lock(file):
            file.close()
            raise DatasetError(f"{path}: another prepare is working on it; wait for it to end")
        if _is_still(file, path / LOCK):
            return file
        file.close()  # removed by whoever held it before us


def _is_still(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _append(target: IO[bytes], path: Path, start: int, size: int) -> None:
    with path.open("rb") as source:
        source.seek(start)
        while size > 0:
            block = source.read(min(size, _COPY_BYTES))
            if not block:
                raise DatasetError(f"{path}: shorter than it was; run prepare again")
            target.write(block)
            size -= len(block)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
