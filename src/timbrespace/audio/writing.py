"""Write a sound file: format by extension, whole or not at all, never clipped without a word."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.errors import AudioError
from timbrespace.files import atomic_path, native_name

_FORMATS: dict[str, tuple[str, str]] = {
    ".wav": ("WAV", "PCM_24"),
    ".wave": ("WAV", "PCM_24"),
    ".flac": ("FLAC", "PCM_24"),
    ".aif": ("AIFF", "PCM_24"),
    ".aiff": ("AIFF", "PCM_24"),
    ".caf": ("CAF", "PCM_24"),
    ".w64": ("W64", "PCM_24"),
    ".rf64": ("RF64", "PCM_24"),
    ".au": ("AU", "PCM_24"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}
AUDIO_EXTENSIONS: tuple[str, ...] = tuple(_FORMATS)
_UNLIMITED = ("FLOAT", "DOUBLE")  # subtypes that hold values beyond ±1
_RATES_HZ = {
    "OPUS": (8_000, 12_000, 16_000, 24_000, 48_000),
    "MPEG_LAYER_III": (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
}
_WRITE_FRAMES = 65_536  # also keeps libvorbis from exhausting the stack on long buffers
CEILING = 0.9997  # a hair under full scale, where rounding cannot clip


@dataclass(frozen=True)
class Written:
    """What was written.

    peak: largest |sample| before any change, full scale 1. limited: whether the sound went beyond full
    scale of the format and was turned down as a whole. gain_db: by how much, 0 or negative.
    """

    path: Path
    sample_rate: int
    channels: int
    frames: int
    peak: float
    limited: bool
    gain_db: float


def write_audio(
    path: str | Path,
    samples: NDArray[np.float32],
    sample_rate: int,
    *,
    force: bool = False,
    subtype: str | None = None,
) -> Written:
    """Write samples [C, T] or [T], full scale ±1, in the format the extension names.

    subtype: libsndfile's name of the encoding ("PCM_16", "FLOAT"…), 24 bits where the format has them.
    A sound beyond full scale is turned down as a whole, and the result says so; floats are left as they
    are. Raises AudioError: unknown extension, sample that is not finite, rate or channels the format
    does not have; TimbrespaceError where the file exists and not `force`, or cannot be written.
    """
    target = Path(path)
    form, encoding = format_of(target, subtype)
    frames = np.atleast_2d(np.asarray(samples, dtype=np.float32)).T
    if not np.isfinite(frames).all():
        bad = int(np.argmin(np.isfinite(frames).all(axis=1)))
        raise AudioError(f"{target}: not written, sample {bad} is not a number")
    check_fits(target, form, encoding, sample_rate, frames.shape[1])
    peak = float(np.max(np.abs(frames), initial=0.0))
    limited = peak > 1.0 and encoding not in _UNLIMITED
    gain = CEILING / peak if limited else 1.0
    with atomic_path(target, force=force) as temporary:
        _write(target, temporary, frames, gain, sample_rate, form, encoding)
    gain_db = 20 * float(np.log10(gain))
    return Written(target, sample_rate, frames.shape[1], len(frames), peak, limited, gain_db)


def format_of(target: Path, subtype: str | None) -> tuple[str, str]:
    """libsndfile's names of the format that the extension names and of its encoding. Raises AudioError."""
    known = _FORMATS.get(target.suffix.lower())
    if known is None:
        names = " ".join(AUDIO_EXTENSIONS)
        raise AudioError(f"{target}: '{target.suffix}' names no sound format; use one of {names}")
    return known[0], subtype.upper() if subtype else known[1]


def check_fits(target: Path, form: str, encoding: str, sample_rate: int, channels: int) -> None:
    """Raise AudioError where a format does not have such a sound."""
    rates_hz = _RATES_HZ.get(encoding, ())
    if rates_hz and sample_rate not in rates_hz:
        rates = ", ".join(str(rate) for rate in rates_hz)
        raise AudioError(
            f"{target}: {target.suffix} files have no sample rate of {sample_rate} Hz, only {rates}; "
            "choose one or write .wav"
        )
    if not soundfile.check_format(form, encoding):
        raise AudioError(f"{target}: {form} files have no encoding '{encoding}'")
    if channels < 1:
        raise AudioError(f"{target}: no channels to write")


def _write(
    target: Path,
    temporary: Path,
    frames: NDArray[np.float32],
    gain: float,
    sample_rate: int,
    form: str,
    encoding: str,
) -> None:
    try:
        with soundfile.SoundFile(
            native_name(temporary), "w", sample_rate, frames.shape[1], subtype=encoding, format=form
        ) as file:
            for start in range(0, len(frames), _WRITE_FRAMES):
                file.write(frames[start : start + _WRITE_FRAMES] * np.float32(gain))
    except soundfile.SoundFileError as error:
        text = str(error).rsplit(": ", 1)[-1]
        what = f"{form} {encoding}, {sample_rate} Hz, {frames.shape[1]} channels"
        if shutil.disk_usage(temporary.parent).free < frames.nbytes:
            raise AudioError(f"{target}: cannot be written: no space left on this disk") from error
        if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
            raise AudioError(f"{target}: cannot be written in this folder; choose another") from error
        raise AudioError(f"{target}: cannot be written as {what} ({text}); write .wav or .flac") from error
