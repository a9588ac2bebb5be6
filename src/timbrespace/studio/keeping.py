"""A sound as a session keeps it: one channel, float32 WAV at its own rate, and its peaks beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.errors import AudioError
from timbrespace.files import native_name
from timbrespace.studio.peaks import PeakBuilder

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 768_000
BYTES_A_FRAME = 4
MOST_BYTES = 4_000_000_000  # what a WAV file can count
LOUDEST = 1e4  # 80 dB over full scale: whole numbers of 16 bits written as floats lie below, accidents above
WRITE_FRAMES = 65_536


@dataclass(frozen=True)
class Kept:
    """What was written. frames: samples. peak: largest |sample|."""

    sample_rate: int
    frames: int
    peak: float


def keep(
    blocks: Iterable[NDArray[np.float32]],
    sample_rate: int,
    wav: Path,
    peaks: Path,
    *,
    longest_seconds: float,
    room_bytes: int,
    told: Callable[[int], None] = lambda frames: None,
) -> Kept:
    """Write blocks [T] to `wav` and their pyramid to `peaks`, and wait until both are on the disk.

    told: hears how many samples are written. Raises AudioError, without a file's name, where the rate is none
    that a sound may have, the sound is empty, longer than `longest_seconds`, larger than `room_bytes`, or
    beyond all scales.
    """
    check_rate(sample_rate)
    room = min(room_bytes, MOST_BYTES)
    builder, frames, peak = PeakBuilder(), 0, 0.0
    with soundfile.SoundFile(native_name(wav), "w", sample_rate, 1, subtype="FLOAT", format="WAV") as file:
        for block in blocks:
            frames += len(block)
            _check_length(frames, sample_rate, longest_seconds, room)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            if peak > LOUDEST:
                raise AudioError(f"a sample is {peak:.3g}, full scale is 1; export it again at its own level")
            for start in range(0, len(block), WRITE_FRAMES):
                file.write(block[start : start + WRITE_FRAMES])
            builder.add(block)
            told(frames)
    if frames == 0:
        raise AudioError("there is nothing in it; record or export it again")
    np.save(peaks, builder.finish())
    for path in (wav, peaks):
        _settle(path)
    return Kept(sample_rate, frames, peak)


def check_rate(sample_rate: int) -> None:
    """Raise AudioError where a sound may not have this rate."""
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ:
        limits = f"{LOWEST_RATE_HZ} and {HIGHEST_RATE_HZ} Hz"
        raise AudioError(f"its sample rate is {sample_rate} Hz; it must lie between {limits}")


def _check_length(frames: int, sample_rate: int, longest_seconds: float, room_bytes: int) -> None:
    """Raise AudioError where a sound is too long, or larger than there is room for."""
    if frames > longest_seconds * sample_rate:
        raise AudioError(f"longer than {longest_seconds / 3600:g} hours; cut it into shorter ones")
    if frames * BYTES_A_FRAME > room_bytes:
        room = max(0, room_bytes) / 1e6
        raise AudioError(f"larger than the {room:.0f} MB there is room for; cut it, or start a new session")


def _settle(path: Path) -> None:
    """Wait until a file is on the disk: what was played into the microphone cannot be played again."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
