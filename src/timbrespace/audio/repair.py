"""Open sound files whose header does not fit their length, without touching the files.

libsndfile refuses a CAF file that was cut off, and takes a WAV file whose recorder never came to write
the length for an empty one. In both the sound is there: a few bytes of the header, seen through a
patch, make it readable.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any, BinaryIO, Literal


class PatchedFile(io.RawIOBase):
    """A file read with some of its bytes replaced."""

    def __init__(self, path: Path, offset: int, patch: bytes) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._offset = offset
        self._patch = patch

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(position, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        """Bytes of the file, patched, into `buffer`; how many."""
        view = memoryview(buffer).cast("B")
        start = self._file.tell()
        data = bytearray(self._file.read(len(view)))
        first = max(start, self._offset)
        last = min(start + len(data), self._offset + len(self._patch))
        if first < last:
            data[first - start : last - start] = self._patch[first - self._offset : last - self._offset]
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def open_repaired(path: Path) -> tuple[PatchedFile, float] | None:
    """The file with its length field corrected; None where that is not what is wrong with it.

    The number is how many times as long the header says that the sound is, 0 where it says nothing.

    Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(32)
        size = file.seek(0, os.SEEK_END)
        if head[:4] == b"caff" and head[28:] == b"lpcm":  # others decode to anything behind the cut
            found = _find_chunk(file, 8, 8, "big")
            if found is not None and found[0] < size < found[0] + found[1]:
                return _patched(path, found[0], size, 8, "big"), found[1] / (size - found[0])
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            found = _find_chunk(file, 12, 4, "little")
            if found is not None and found[1] == 0 and found[0] < size:
                return _patched(path, found[0], size, 4, "little"), 0.0
    return None


def _find_chunk(
    file: BinaryIO, start: int, width: int, order: Literal["big", "little"]
) -> tuple[int, int] | None:
    """Where the sound of the 'data' chunk starts and how many bytes it claims to have."""
    position = start
    while True:
        file.seek(position)
        header = file.read(4 + width)
        if len(header) < 4 + width:
            return None
        length = int.from_bytes(header[4:], order)
        body = position + 4 + width
        if header[:4] == b"data":
            return body, length
        position = body + length + (length % 2 if order == "little" else 0)


def _patched(path: Path, body: int, size: int, width: int, order: Literal["big", "little"]) -> PatchedFile:
    length = (size - body).to_bytes(width, order)
    return PatchedFile(path, body - width, length)
