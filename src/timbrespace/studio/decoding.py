"""Decode one file that came from outside: the program of a process of its own, with limits.

    python -m timbrespace.studio.decoding IN OUT.wav PEAKS.npy ROOM_BYTES

Whatever a file does to its decoder, it does here. The process says how far it is and what it made, or what is
wrong, in lines of JSON on its standard output; it ends when nobody reads them any more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.audio import BlockReader, UnusableAudio, select_channel
from timbrespace.audio.blocks import quiet_decoders
from timbrespace.audio.reading import check_finite
from timbrespace.errors import AudioError
from timbrespace.studio.keeping import check_rate, keep

MEMORY_BYTES = 2 * 2**30
CPU_SECONDS = 600
LONGEST_SECONDS = 4 * 3600.0  # as quantities.LONGEST_SOUND_SECONDS, which would take its time to import
NICENESS = 5  # sound that plays goes first
TELL_SECONDS = 0.1
REMEDIES = {
    "not audio": "not a sound that can be read here; save it as WAV, FLAC, AIFF, Ogg or MP3",
    "empty": "there is nothing in it; record or export it again",
    "damaged": "damaged; export it again",
    "not a number": "it holds what is not a number; export it again",
}


def decode(source: Path, wav: Path, peaks: Path, room_bytes: int) -> dict[str, Any]:
    """Decode `source`, mixed to one channel. Returns `Kept` as a dict with `note`, what is missing in words.

    Raises AudioError without the file's name, whose words are the caller's.
    """
    try:
        with quiet_decoders(), BlockReader(source) as reader:
            check_rate(reader.sample_rate)
            tell = _Teller(reader.frames_promised)
            kept = keep(
                _mixed(reader),
                reader.sample_rate,
                wav,
                peaks,
                longest_seconds=LONGEST_SECONDS,
                room_bytes=room_bytes,
                told=tell.frames,
            )
            return {**asdict(kept), "note": reader.truncation}
    except UnusableAudio as error:
        words = REMEDIES.get(error.reason, error.reason)
        raise AudioError(f"{words} ({error.detail})" if error.detail else words) from error


def _mixed(reader: BlockReader) -> Iterator[NDArray[np.float32]]:
    """The mean of all channels, [T] a block. Raises UnusableAudio at a sample that is not a number."""
    frames = 0
    for block in reader:
        check_finite(block, frames, reader.sample_rate, reader.path)
        frames += len(block)
        yield select_channel(block, "mix", reader.path)


class _Teller:
    """Says now and then which share is done."""

    def __init__(self, promised: int | None) -> None:
        self._promised = promised
        self._last = 0.0

    def frames(self, done: int) -> None:
        now = time.monotonic()
        if now - self._last >= TELL_SECONDS:
            self._last = now
            _say(share=min(1.0, done / self._promised) if self._promised else 0.5)


def _say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def _limit() -> None:
    """Hold this process to its limits, where the system has such."""
    with suppress(ImportError):
        import resource

        for name, limit in (("RLIMIT_AS", MEMORY_BYTES), ("RLIMIT_CPU", CPU_SECONDS), ("RLIMIT_CORE", 0)):
            with suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, name), (limit, limit))
    with suppress(AttributeError, OSError):
        os.nice(NICENESS)


def main(arguments: list[str]) -> int:
    """Exit status: 0 where it was decoded."""
    source, wav, peaks, room = arguments
    _limit()
    try:
        _say(kept=decode(Path(source), Path(wav), Path(peaks), int(room)))
        return 0
    except AudioError as error:
        _say(error=str(error))
    except MemoryError:
        _say(error=f"needs more than {MEMORY_BYTES / 2**30:g} GiB of memory; save it with fewer channels")
    except (OSError, soundfile.SoundFileError) as error:
        _say(error=f"cannot be kept: {getattr(error, 'strerror', None) or error}; is the disk full?")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:  # the studio is gone; let Python not say so again when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
