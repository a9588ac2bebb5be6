"""Decode a sound file block by block, in constant memory, and notice when part of it is missing.

Formats say that they were cut off in different ways: uncompressed ones promise a length in the header,
FLAC fails in the middle, Ogg lacks its last page, MP3 ends before the length its encoder noted.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.audio.repair import open_repaired
from timbrespace.errors import AudioError
from timbrespace.files import native_name

BLOCK_FRAMES = 65_536
_SALVAGE_FRAMES = 32  # block size near a break: what is lost of the good part is shorter than this
_UNKNOWN_LENGTH = 1 << 60  # libsndfile's "no idea" lies above
_STREAMED_BYTES = range(0x7FFF0000, 1 << 32)  # lengths that writers to a pipe put in for "unknown"
_MAGIC = (
    b"RIFF",
    b"RIFX",
    b"RF64",
    b"riff",
    b"FORM",
    b"caff",
    b"fLaC",
    b"OggS",
    b".snd",
    b"ID3\x03",
    b"ID3\x04",
)
_DECODING_ERRORS = (soundfile.SoundFileError, RuntimeError, TypeError, ValueError, OSError)

_PROMISED_BYTES = re.compile(r"^\s*(?:data|SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)
_PROMISED_FRAMES = re.compile(r"frame count (\d+) does not match value from 'ds64' chunk of (\d+)")
_OPEN_END = "Last page lacks an end-of-stream bit"


@contextmanager
def quiet_decoders() -> Iterator[None]:
    """Without what decoders write to the process's own stderr: libmpg123 grumbles there about every odd byte,
    which is said in one line elsewhere."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no stderr to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        sys.stderr.flush()
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class UnusableAudio(AudioError):
    """A file that gives no sound. `reason` is one of a few fixed words, `detail` says more or is empty."""

    def __init__(self, path: str | Path, reason: str, detail: str = "") -> None:
        super().__init__(f"{path}: {reason}{': ' if detail else ''}{detail}")
        self.reason = reason
        self.detail = detail


class BlockReader:
    """A sound file as blocks float32 [T, C] of up to BLOCK_FRAMES frames, once through.

    sample_rate: Hz. channels: C. truncation: after the last block, in words what is missing, or "".
    frames_missing: after the last block, how many frames the file promised and does not hold; 0 where
    that cannot be known. Raises UnusableAudio: not audio, unreadable, empty, damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.truncation = ""
        self.frames_missing = 0
        self._promise = 1.0  # length by the header over the length libsndfile sees, 0 for unknown
        self._file = self._open()
        self.sample_rate: int = self._file.samplerate
        self.channels: int = self._file.channels
        self._log: str = self._file.extra_info
        self.frames_promised = _frames_promised(self._file, self.path, self._promise)

    def __enter__(self) -> BlockReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        frames = 0
        failed = False
        while True:
            try:
                block = self._file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
            except _DECODING_ERRORS:
                failed = True
                break
            if len(block) == 0:
                break
            frames += len(block)
            yield block
        if failed:
            for block in self._salvage(frames):
                frames += len(block)
                yield block
        self._judge(frames, failed)

    def _open(self) -> soundfile.SoundFile:
        """The open file; `_promise` is set where its header had to be repaired."""
        try:
            mode = self.path.stat()
            if not stat.S_ISREG(mode.st_mode):
                raise UnusableAudio(self.path, "not audio", "this is not a file; name a sound")
            if mode.st_size == 0:
                raise UnusableAudio(self.path, "empty", "0 bytes")
            self.path.open("rb").close()
        except OSError as error:
            raise UnusableAudio(self.path, "unreadable", error.strerror or str(error)) from error
        try:
            file = soundfile.SoundFile(native_name(self.path))
            if file.frames > 0:
                return file
        except _DECODING_ERRORS as error:
            file, refusal = None, error
        repaired = open_repaired(self.path)
        if repaired is not None:
            patched, self._promise = repaired
            try:
                return soundfile.SoundFile(patched)
            except _DECODING_ERRORS as error:
                refusal = error
        if file is not None:
            return file
        raise _refused(self.path, refusal) from refusal

    def _salvage(self, start: int) -> Iterator[NDArray[np.float32]]:
        """Small blocks from frame `start` up to where decoding breaks."""
        try:
            with soundfile.SoundFile(native_name(self.path)) as file:
                file.seek(start)
                while True:
                    block = file.read(_SALVAGE_FRAMES, dtype="float32", always_2d=True)
                    if len(block) == 0:
                        return
                    yield block
        except _DECODING_ERRORS:
            return

    def _judge(self, frames: int, failed: bool) -> None:
        """Set what is missing, now that `frames` frames came out."""
        promised = self.frames_promised
        if promised is not None and frames < promised:
            self.frames_missing = promised - frames
            rate = self.sample_rate
            digits = 2 if promised - frames >= rate / 100 else 6
            self.truncation = (
                f"{frames / rate:.{digits}f} s of the {promised / rate:.{digits}f} s it should have"
            )
        elif self._promise == 0.0:
            self.truncation = "the header was never completed; everything behind it is taken as sound"
        elif failed or _OPEN_END in self._log:
            self.truncation = f"breaks off after {frames / self.sample_rate:.2f} s"
        if frames == 0 and self.truncation:
            raise UnusableAudio(self.path, "damaged", "nothing in it can be decoded")
        if frames == 0:
            raise UnusableAudio(self.path, "empty", "no samples")


def _frames_promised(file: soundfile.SoundFile, path: Path, promise: float) -> int | None:
    """Length in frames by the header, None where it says nothing to be relied on."""
    log: str = file.extra_info
    by_frames = _PROMISED_FRAMES.search(log)
    if by_frames:
        return max(int(by_frames[2]), file.frames)
    by_bytes = _PROMISED_BYTES.search(log)
    if by_bytes and int(by_bytes[1]) not in _STREAMED_BYTES and int(by_bytes[2]) > 0:
        return max(file.frames, round(file.frames * int(by_bytes[1]) / int(by_bytes[2])))
    if promise != 1.0:
        return round(file.frames * promise) or None
    if file.frames > _UNKNOWN_LENGTH or (file.format == "MP3" and not _has_length_tag(path)):
        return None
    return int(file.frames)


def _has_length_tag(path: Path) -> bool:
    """Whether the encoder of an MP3 file noted its length; otherwise libsndfile only estimates it."""
    with path.open("rb") as file:
        head = file.read(1 << 18)
    return b"Xing" in head or b"Info" in head


def _refused(path: Path, error: Exception) -> UnusableAudio:
    with path.open("rb") as file:
        head = file.read(4)
    if head not in _MAGIC:  # libsndfile takes a text that starts with "Creative" for a broken VOC file
        return UnusableAudio(path, "not audio")
    return UnusableAudio(path, "damaged", str(error).rsplit(": ", 1)[-1].rstrip("."))
