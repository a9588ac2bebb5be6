"""Where sound comes from and goes to: one small interface, and files behind it.

A file that is played into is heard as fast as it can be computed, or at the pace of the clock. A file that is
recorded holds what a listener would have heard: it begins with the silence of the latency, has every
control's move in it, ends after the last of the sound has come out, and is held within full scale as a
loudspeaker's converter would. It is written block by block under a temporary name and appears whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.audio import BlockReader, BlockResampler, Channel, select_channel
from timbrespace.audio.blocks import quiet_decoders
from timbrespace.audio.rates import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from timbrespace.audio.writing import CEILING, check_fits, format_of
from timbrespace.errors import AudioError
from timbrespace.files import atomic_path, native_name

Samples = NDArray[np.float32]


class Source(Protocol):
    """Sound that comes in. dropouts: how often some of it was lost or late. remark: after the end, what there
    is to say of it, or ""."""

    @property
    def dropouts(self) -> int: ...
    @property
    def remark(self) -> str: ...

    def read(self) -> Samples | None:
        """The next block [T], always of one size; None at the end. Raises AudioError where it breaks off."""

    def close(self) -> None:
        """Let go of it; may be called twice."""


class Sink(Protocol):
    """Sound that goes out. dropouts: how often there was none in time. latency_seconds: its own. clipped: how
    many samples had to be held within full scale, as far as that is known."""

    latency_seconds: float
    clipped: int

    @property
    def dropouts(self) -> int: ...

    def write(self, block: Samples) -> None:
        """The next block [T]. Raises TimbrespaceError where it can take no more."""

    def close(self) -> None:
        """The end: what was written is played out, or kept. May be called twice."""


class FileSource:
    """A sound file at `sample_rate`, its own where None, in blocks; the last one is filled up with silence.

    channel: as `select_channel`. Raises AudioError where it cannot be read.
    """

    def __init__(self, path: Path, block: int, *, sample_rate: int | None, channel: Channel = "mix") -> None:
        self.dropouts = 0
        self.path, self.block, self.channel = path, block, channel
        with quiet_decoders():
            self._reader = BlockReader(path)
        own_rate = self._reader.sample_rate
        if not LOWEST_RATE_HZ <= own_rate <= HIGHEST_RATE_HZ:
            self._reader.__exit__(None, None, None)
            raise AudioError(
                f"{path}: its sample rate is {own_rate} Hz; {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} can be used"
            )
        select_channel(np.zeros((1, self._reader.channels), np.float32), channel, path)
        self.sample_rate = sample_rate or own_rate
        self._pieces = self._converted(BlockResampler(own_rate, self.sample_rate))
        self._ready = np.zeros(0, np.float32)

    def read(self) -> Samples | None:
        """As `Source.read`."""
        while len(self._ready) < self.block:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._ready = np.concatenate([self._ready, piece])
        if not len(self._ready):
            return None
        block, self._ready = self._ready[: self.block], self._ready[self.block :]
        return np.pad(block, (0, self.block - len(block)))

    @property
    def remark(self) -> str:
        """As `Source.remark`: what is missing of the file."""
        return f"{self.path}: {self._reader.truncation}" if self._reader.truncation else ""

    def close(self) -> None:
        """As `Source.close`."""
        self._reader.__exit__(None, None, None)

    def _converted(self, resampler: BlockResampler) -> Iterator[Samples]:
        for block in self._reader:
            chosen = np.asarray(select_channel(block, self.channel, self.path), dtype=np.float32)
            yield resampler.process(np.nan_to_num(chosen, nan=0.0, posinf=1.0, neginf=-1.0))
        yield resampler.process(np.zeros(0, np.float32), last=True)


class Paced:
    """A source that gives each block when its time has come; a block asked for too late is a drop-out."""

    def __init__(self, source: FileSource) -> None:
        self.source = source
        self.dropouts = 0
        self._block_seconds = source.block / source.sample_rate
        self._due: float | None = None

    def read(self) -> Samples | None:
        """As `Source.read`."""
        now = time.monotonic()
        due = now if self._due is None else self._due
        if now - due > self._block_seconds:
            self.dropouts += 1
            due = now
        elif due > now:
            time.sleep(due - now)
        self._due = due + self._block_seconds
        return self.source.read()

    @property
    def remark(self) -> str:
        """As `Source.remark`."""
        return self.source.remark

    def close(self) -> None:
        """As `Source.close`."""
        self.source.close()


class FileSink:
    """A sound file of one channel being written. clipped: how many samples were held within full scale.

    Raises as `files.atomic_path`; AudioError where the extension names no format, or it lacks the rate.
    """

    def __init__(self, path: Path, sample_rate: int, *, force: bool) -> None:
        self.dropouts = 0
        self.latency_seconds = 0.0
        self.clipped = 0
        self._written = self._broken = False
        self.path = path
        form, encoding = format_of(path, None)
        check_fits(path, form, encoding, sample_rate, 1)
        self._place = ExitStack()
        temporary = self._place.enter_context(atomic_path(path, force=force))
        try:
            name = native_name(temporary)
            self._file = soundfile.SoundFile(name, "w", sample_rate, 1, subtype=encoding, format=form)
        except soundfile.SoundFileError as error:
            self._place.close()
            raise AudioError(f"{path}: cannot be written in this folder; choose another") from error

    def write(self, block: Samples) -> None:
        """As `Sink.write`."""
        held = np.clip(block, -CEILING, CEILING)
        self.clipped += int(np.count_nonzero(held != block))
        try:
            self._file.write(held)
            self._written = True
        except (soundfile.SoundFileError, OSError) as error:
            self._broken = True
            raise AudioError(f"{self.path}: cannot be written any further; is the disk full?") from error

    def close(self) -> None:
        """As `Sink.close`; where nothing was written, or not all could be, nothing is left.

        Raises TimbrespaceError where the file cannot be put in its place.
        """
        if self._file.closed:
            return
        self._file.close()
        if self._written and not self._broken:
            self._place.close()
        else:
            self._place.__exit__(AudioError, AudioError(f"{self.path}: not finished"), None)
