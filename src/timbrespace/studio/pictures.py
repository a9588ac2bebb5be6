"""Spectrograms for the page: one byte a band, for columns of a picture rather than frames of a sound.

Every column shows the loudest of a few windows spread over it, so that a second and an hour cost the same.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from timbrespace.octaves import OctaveBands
from timbrespace.studio.peaks import Read, Samples, region

LOW_HZ = 40.0
BANDS = 256
RANGE_DB = 80.0
WINDOW_SECONDS = 0.046  # 2048 samples at 44.1 kHz
OVERLAP = 4  # windows that share a sample, where there is room for so many
WINDOWS_A_COLUMN = 8  # at most,
LONG_SECONDS = 60.0  # and of a longer sound
WINDOWS_A_LONG_COLUMN = 3
WINDOWS_AT_ONCE = 256
MOST_COLUMNS = 2048
QUIETEST_TOP_DB = 30.0  # under the sound's peak: what is silent stays dark however far one looks into it
LOWEST_TOP_DB = -100.0

Image = NDArray[np.uint8]


class Header(TypedDict):
    """What a picture shows: its bands are equally spaced in octaves from low_hz to high_hz; a value of 0 is
    floor_db or less, 255 top_db; start and end in seconds."""

    low_hz: float
    high_hz: float
    floor_db: float
    top_db: float
    start: float
    end: float


def spectrogram(
    samples: Samples, sample_rate: int, columns: int, high_hz: float | None = None
) -> tuple[Image, Header]:
    """The picture of a whole sound [T] in memory: image [columns, BANDS], lowest band first."""
    peak = float(np.abs(samples).max(initial=0.0))
    return spectrogram_of(_reader(samples), len(samples), sample_rate, columns, high_hz=high_hz, peak=peak)


def spectrogram_of(
    read: Read,
    frames: int,
    sample_rate: int,
    columns: int,
    *,
    start: float = 0.0,
    end: float | None = None,
    high_hz: float | None = None,
    peak: float = 1.0,
) -> tuple[Image, Header]:
    """The picture of seconds [start, end) of a sound of `frames` samples that is read in places.

    high_hz: of the highest band, half the sample rate where None. peak: of the whole sound; brightness keeps
    to it. Raises UsageError where nothing lies between start and end.
    """
    first, last = region(frames, sample_rate, start, end)
    top_hz = sample_rate / 2 if high_hz is None else high_hz
    n_fft = 2 ** max(6, round(np.log2(WINDOW_SECONDS * sample_rate)))
    bands = OctaveBands(sample_rate, n_fft, BANDS, LOW_HZ, top_hz)
    each = _windows_a_column((last - first) / columns, (last - first) / sample_rate, n_fft)
    middles = first + (np.arange(columns * each) + 0.5) * (last - first) / (columns * each)
    starts = np.round(middles).astype(np.int64) - n_fft // 2
    levels = np.empty((columns * each, BANDS), np.float32)
    for at in range(0, len(starts), WINDOWS_AT_ONCE):
        chunk = starts[at : at + WINDOWS_AT_ONCE]
        levels[at : at + len(chunk)] = bands.levels_db(_windows(read, frames, chunk, n_fft))
    level = levels.reshape(columns, each, BANDS).max(axis=1)
    peak_db = max(20.0 * float(np.log10(peak)) if peak > 0.0 else LOWEST_TOP_DB, LOWEST_TOP_DB)
    top_db = float(np.clip(level.max(), max(peak_db - QUIETEST_TOP_DB, LOWEST_TOP_DB), peak_db))
    image = np.clip((level - top_db) * (255.0 / RANGE_DB) + 255.0, 0.0, 255.0).astype(np.uint8)
    return image, {
        "low_hz": LOW_HZ,
        "high_hz": top_hz,
        "floor_db": top_db - RANGE_DB,
        "top_db": top_db,
        "start": first / sample_rate,
        "end": last / sample_rate,
    }


def _windows_a_column(column_samples: float, seconds: float, n_fft: int) -> int:
    most = WINDOWS_A_LONG_COLUMN if seconds > LONG_SECONDS else WINDOWS_A_COLUMN
    return int(np.clip(np.ceil(column_samples * OVERLAP / n_fft), 1, most))


def _windows(read: Read, frames: int, starts: NDArray[np.int64], n_fft: int) -> Samples:
    """Samples [L, n_fft] from each of the ascending `starts` on, zeros outside the sound.

    Read in one piece where they lie close, else one by one.
    """
    close = starts[-1] + n_fft - starts[0] <= 2 * len(starts) * n_fft
    if close:
        piece = _padded(read, frames, int(starts[0]), int(starts[-1]) + n_fft)
        views = np.lib.stride_tricks.sliding_window_view(piece, n_fft)
        return np.asarray(views[starts - starts[0]])
    return np.stack([_padded(read, frames, int(start), int(start) + n_fft) for start in starts])


def _padded(read: Read, frames: int, first: int, last: int) -> Samples:
    """Samples [first, last), zeros outside the sound."""
    inside = read(max(0, min(first, frames)), max(0, min(last, frames)))
    return np.pad(inside, (max(0, min(-first, last - first)), max(0, min(last - frames, last - first))))


def _reader(samples: Samples) -> Read:
    return lambda first, last: samples[first:last]
