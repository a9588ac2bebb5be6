"""Series of different lengths brought to one, so that they can be mixed frame by frame.

Three ways: `stretch` reads a sound slower or faster, its pitch kept; `trim` cuts it; `loop` goes round in
it. What a series remembers of its exact length in samples stays right in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries

ALIGNMENTS = ("stretch", "trim", "loop")
SEAM_SECONDS = 0.08  # of cross-fade where a loop goes back: several frames, so that nothing jumps


def align(
    every: Sequence[LatentSeries], signal: SignalConfig, how: str = "stretch"
) -> tuple[LatentSeries, ...]:
    """The series at one length: the longest's for "stretch" and "loop", the shortest's for "trim".

    The one that gives the length is returned as it is. signal: that of the model that made them.
    Raises UsageError on any other word, SeriesError where they do not belong together or one is empty.
    """
    model = leading(every, signal, how)
    return tuple(
        fit(series, signal, len(model), model.length_samples, how) if series is not model else series
        for series in every
    )


def leading(every: Sequence[LatentSeries], signal: SignalConfig, how: str) -> LatentSeries:
    """The one whose length all have once they are aligned. Errors as `align`."""
    if how not in ALIGNMENTS:
        raise UsageError(f"align is '{how}'; it must be {', '.join(ALIGNMENTS)}")
    check_alike(every, signal)
    lengths = [samples_of(series, signal) for series in every]
    return every[int(np.argmin(lengths) if how == "trim" else np.argmax(lengths))]


def fit(
    series: LatentSeries, signal: SignalConfig, frames: int, length_samples: int | None, how: str
) -> LatentSeries:
    """One series at `frames` frames and `length_samples` samples (None: whole frames).

    how: "stretch"; "loop", which also cuts what is longer; "trim", for series that are no shorter.
    """
    if how == "stretch":
        samples = frames * signal.hop if length_samples is None else length_samples
        fitted = series.at(_stretched(signal, frames, samples, samples_of(series, signal)))
    elif len(series) >= frames:
        fitted = series.at(np.arange(frames))
    else:
        fitted = _looped(series, signal, frames)
    return replace(fitted, length_samples=length_samples)


def hold(
    series: LatentSeries, signal: SignalConfig, seconds: float, frames: int, length_samples: int
) -> LatentSeries:
    """The moment at `seconds` of a series, held for `frames` frames; it rises from silence and ends there.

    Raises UsageError where the series does not last that long.
    """
    whole = samples_of(series, signal) / signal.sample_rate
    if not 0 <= seconds <= whole:
        raise UsageError(f"the moment is {seconds:g} s; the sound lasts {whole:.2f} s")
    place = (seconds * signal.sample_rate + signal.n_fft / 2) / signal.hop - 1
    held = series.at(np.full(frames, place))
    edge = _edge(signal)
    loudness_db = held.loudness_db.copy()
    loudness_db[:edge] = loudness_db[max(frames - edge, 0) :] = LOUDNESS_FLOOR_DB
    return replace(held, loudness_db=loudness_db, length_samples=length_samples)


def samples_of(series: LatentSeries, signal: SignalConfig) -> int:
    """How many samples a series plays."""
    return len(series) * signal.hop if series.length_samples is None else series.length_samples


def check_alike(every: Sequence[LatentSeries], signal: SignalConfig) -> None:
    """Raise SeriesError unless all have frames, one number of dimensions, and the model's frame rate."""
    for series in every:
        if len(series) == 0:
            raise SeriesError("a series has no frames; there is nothing to mix")
        if series.latents != every[0].latents:
            raise SeriesError(
                f"one series has {every[0].latents} dimensions and another {series.latents}; "
                "only series of one model can be mixed"
            )
        if abs(series.frame_rate_hz / signal.frame_rate_hz - 1.0) > 1e-4:
            raise SeriesError(
                f"a series has {series.frame_rate_hz:g} frames a second and the model "
                f"{signal.frame_rate_hz:g}: it was made by model {series.model_id}"
            )


def _edge(signal: SignalConfig) -> int:
    """How many frames at either end of a sound reach beyond it."""
    return signal.n_fft // signal.hop - 1


def _stretched(signal: SignalConfig, frames: int, samples: int, source_samples: int) -> NDArray[np.float64]:
    """Frame numbers [frames] of the source for a sound of so many samples.

    What reaches over the ends keeps its distance to them, so that ends stay as sharp as they were.
    """
    seconds = signal.centre_seconds(frames)
    inside = np.clip(seconds, 0.0, samples / signal.sample_rate)
    source_seconds = inside * (source_samples / max(samples, 1)) + (seconds - inside)
    return (source_seconds * signal.sample_rate + signal.n_fft / 2) / signal.hop - 1


def _looped(series: LatentSeries, signal: SignalConfig, frames: int) -> LatentSeries:
    """Once through from the start, then round and round in the frames that lie wholly in the sound.

    Where it goes back the end fades into the beginning; codes change over in the middle of that. The
    last frames are silent, so that a sound that is cut off anywhere does not end in a click.
    """
    edge = min(_edge(signal), (len(series) - 1) // 2)
    start, body = edge, len(series) - 2 * edge
    seam = min(round(SEAM_SECONDS * signal.frame_rate_hz), body // 2)
    period = body - seam
    number = np.arange(frames)
    phase = np.where(number < start + period, number - start, (number - start) % period)
    now = series.at(start + phase)
    before = series.at(start + np.minimum(phase + period, body - 1))
    fading = (number >= start + period) & (phase < seam)
    share = np.where(fading, (phase + 1.0) / (seam + 1.0), 1.0).astype(np.float32)
    loudness_db = share * now.loudness_db + (1 - share) * before.loudness_db
    loudness_db[frames - _edge(signal) :] = LOUDNESS_FLOOR_DB
    if series.codes is None:
        z, codes = share[:, None] * now.z + (1 - share)[:, None] * before.z, None
    else:
        assert now.codes is not None
        assert before.codes is not None
        z = np.where(share[:, None] < 0.5, before.z, now.z)
        codes = np.where(share < 0.5, before.codes, now.codes)
    return replace(now, z=z, loudness_db=loudness_db, codes=codes)
