"""How close a sound is to another: spectrum, liveliness, pitch and loudness course.

Two aligned mono signals of equal length go in, `reference` and `output`, [T] each. Frames are centred:
frame l is the window around sample l·hop, zeros stand before the first and after the last sample.
A score that has no meaning for a pair (a silent reference, no pitch, a level that never moves) is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import librosa
import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from timbrespace.errors import AudioError
from timbrespace.pitch import PitchTrack, f0_within_50_cents, track_pitch

Samples = NDArray[np.floating]
Levels = NDArray[np.float64]

LSD_WINDOWS = (512, 2048, 8192)  # samples; from a click to a partial
LSD_FLOOR_DB = 80.0  # under the peak magnitude of the reference
LSD_RANGE_DB = 60.0  # frames quieter than this under the loudest one are left out
TEXTURE_BANDS = 64
TEXTURE_WINDOW, TEXTURE_HOP = 1024, 256  # samples
TEXTURE_FLOOR_DB = 70.0  # under the peak of each spectrogram
LEVEL_WINDOW, LEVEL_HOP = 2048, 512  # samples
LEVEL_FLOOR_DB = 80.0  # under the loudest frame of the reference; keeps digital silence finite
BLOCK_FRAMES = 1024  # frames analysed at a time, so that memory does not grow with the sound

SOUND_SCORES = (
    *(f"lsd_{window}" for window in LSD_WINDOWS),
    "texture",
    "f0_within_50_cents",
    "loudness_correlation",
)


def sound_scores(
    reference: Samples,
    output: Samples,
    sample_rate: int,
    *,
    f0: bool = True,
    reference_pitch: PitchTrack | None = None,
) -> dict[str, float]:
    """Every score of `SOUND_SCORES`; without `f0` the slow one, f0_within_50_cents, is left out.

    `reference_pitch` is `track_pitch(reference, sample_rate)` where the caller has it already.
    Raises AudioError for signals that are not two equally long rows of samples.
    """
    check_pair(reference, output)
    scores = {f"lsd_{n}": log_spectral_distance(reference, output, n) for n in LSD_WINDOWS}
    scores["texture"] = texture_difference(reference, output, sample_rate)
    if f0:
        track = reference_pitch or track_pitch(reference, sample_rate)
        scores["f0_within_50_cents"] = f0_within_50_cents(track, track_pitch(output, sample_rate))
    scores["loudness_correlation"] = loudness_correlation(reference, output, sample_rate)
    return scores


def check_pair(reference: Samples, output: Samples) -> None:
    """Raises AudioError unless both are [T] with the same T > 0."""
    if reference.ndim != 1 or output.ndim != 1 or reference.size != output.size or reference.size == 0:
        raise AudioError(
            f"cannot compare sounds of shapes {list(reference.shape)} and {list(output.shape)}; "
            "both must be one channel of the same length"
        )


def log_spectral_distance(reference: Samples, output: Samples, window: int) -> float:
    """Log-spectral distance in dB with a Hann window of `window` samples and a hop of a quarter of it.

    Both magnitudes are floored 80 dB under the reference's peak; RMS over bins of the difference in dB;
    mean over the reference's frames within 60 dB of its loudest. NaN for a silent reference.
    """
    hop = window // 4
    peak, energy = 0.0, []
    for magnitude in magnitude_blocks(reference, window, hop):
        peak = max(peak, float(magnitude.max()))
        energy.append(np.sum(magnitude.astype(np.float64) ** 2, axis=1))
    if peak == 0.0:
        return math.nan
    floor = peak * 10 ** (-LSD_FLOOR_DB / 20)
    loud = np.concatenate(energy)
    loud = loud >= loud.max() * 10 ** (-LSD_RANGE_DB / 10)
    distance = [
        np.sqrt(np.mean((20 * np.log10(np.maximum(ours, floor) / np.maximum(theirs, floor))) ** 2, axis=1))
        for theirs, ours in zip(
            magnitude_blocks(reference, window, hop), magnitude_blocks(output, window, hop), strict=True
        )
    ]
    return float(np.concatenate(distance)[loud].mean())


def texture_difference(reference: Samples, output: Samples, sample_rate: int) -> float:
    """Difference of liveliness in dB: mean over mel bands of |liveliness of output − of reference|."""
    ours, theirs = liveliness(output, sample_rate), liveliness(reference, sample_rate)
    return float(np.mean(np.abs(ours - theirs)))


def liveliness(audio: Samples, sample_rate: int) -> Levels:
    """How much each band flickers: [64] standard deviations over time of the frame-to-frame change in dB.

    Of the mel spectrogram in dB (window 1024, hop 256), floored 70 dB under its own peak. NaN when silent.
    """
    filters = librosa.filters.mel(sr=sample_rate, n_fft=TEXTURE_WINDOW, n_mels=TEXTURE_BANDS)
    power = np.concatenate(
        [block**2 @ filters.T for block in magnitude_blocks(audio, TEXTURE_WINDOW, TEXTURE_HOP)]
    ).astype(np.float64)
    peak = power.max()
    if peak == 0.0:
        return np.full(TEXTURE_BANDS, math.nan)
    level_db = 10 * np.log10(np.maximum(power, peak * 10 ** (-TEXTURE_FLOOR_DB / 10)))
    if len(level_db) < 2:
        return np.full(TEXTURE_BANDS, math.nan)
    return np.asarray(np.diff(level_db, axis=0).std(axis=0))


def loudness_correlation(reference: Samples, output: Samples, sample_rate: int) -> float:
    """Pearson correlation of the A-weighted frame levels in dB (Hann 2048, hop 512).

    Levels are floored 80 dB under the reference's loudest frame. NaN when either level never moves.
    """
    ours, theirs = a_weighted_power(output, sample_rate), a_weighted_power(reference, sample_rate)
    floor = theirs.max() * 10 ** (-LEVEL_FLOOR_DB / 10)
    if floor == 0.0:
        return math.nan
    ours_db, theirs_db = (10 * np.log10(np.maximum(power, floor)) for power in (ours, theirs))
    if min(ours_db.std(), theirs_db.std()) < 1e-9:  # rounding of a constant level
        return math.nan
    return float(np.corrcoef(ours_db, theirs_db)[0, 1])


def a_weighted_power(audio: Samples, sample_rate: int) -> Levels:
    """A-weighted power (IEC 61672) of every frame, [L]; the scale is arbitrary."""
    frequencies_hz = np.fft.rfftfreq(LEVEL_WINDOW, 1 / sample_rate)
    weights = np.zeros(len(frequencies_hz))
    weights[1:] = 10 ** (librosa.A_weighting(frequencies_hz[1:], min_db=None) / 10)
    blocks = magnitude_blocks(audio, LEVEL_WINDOW, LEVEL_HOP)
    return np.concatenate([block.astype(np.float64) ** 2 @ weights for block in blocks])


def magnitude_blocks(audio: Samples, window: int, hop: int) -> Iterator[NDArray[np.float32]]:
    """Magnitudes of the Hann STFT of `audio` [T], at most BLOCK_FRAMES frames at a time: [≤L, F]."""
    hann = scipy.signal.get_window("hann", window).astype(np.float32)
    padded = np.pad(np.asarray(audio, dtype=np.float32), window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    for start in range(0, len(frames), BLOCK_FRAMES):
        yield np.abs(scipy.fft.rfft(frames[start : start + BLOCK_FRAMES] * hann))
