"""What conversion does to a sound before and between the two halves of a model: pitch and loudness.

A voice and an instrument differ in register and in dynamics. `transpose` brings the one into the
register of the other, `shape_loudness` its loudness into the range in which the model has learnt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.errors import UsageError

LOUDNESS_WORDS = ("keep", "flat", "match")
PITCH_WORDS = ("keep", "model")
ACTIVE_RANGE_DB = 50.0  # below the loudest frame; what lies under it is background and stays as far under
MAX_SLOPE = 3.0  # dB per dB: matching does not blow up the flicker of a steady tone
PERCENTILES = np.linspace(0.0, 100.0, 101)


def shape_loudness(
    loudness_db: NDArray[np.float32],
    how: str | ArrayLike,
    *,
    model_loudness_db: ArrayLike | None = None,
) -> NDArray[np.float32]:
    """The loudness a converted sound gets, float32 [L], from its own, [L] dBFS.

    how: "keep"; "flat", one level, the source's median; "match", the quantiles of the source mapped to
    those of `model_loudness_db` (levels of the data set, any number, in any order); or a curve in dB per
    frame, cut or held at its last value to L frames. "flat" and "match" go by the frames within 50 dB
    of the loudest; quieter ones stay as far below as they were.
    Raises UsageError on any other word, an empty curve, or "match" without the model's loudness.
    """
    if not isinstance(how, str):
        return _fit_curve(np.asarray(how, dtype=np.float32), len(loudness_db))
    if how not in LOUDNESS_WORDS:
        raise UsageError(f"loudness is '{how}'; it must be {', '.join(LOUDNESS_WORDS)} or a curve")
    if how == "keep" or len(loudness_db) == 0 or loudness_db.max() <= LOUDNESS_FLOOR_DB:
        return loudness_db
    source = _active_quantiles(loudness_db)
    if how == "flat":
        return _map(loudness_db, source, np.full_like(source, np.median(source)))
    if model_loudness_db is None or np.size(model_loudness_db) == 0:
        raise UsageError("loudness 'match' needs a model that knows the loudness of its data set")
    target = _active_quantiles(np.asarray(model_loudness_db, dtype=np.float64))
    return _map(loudness_db, _widen(source, target), target)


def transpose(samples: NDArray[np.float32], sample_rate: float, semitones: float) -> NDArray[np.float32]:
    """samples [T] shifted in pitch, length and timing kept; a phase vocoder, heard by encoders only."""
    if semitones == 0.0 or len(samples) == 0:
        return samples
    import librosa

    shifted = librosa.effects.pitch_shift(samples, sr=sample_rate, n_steps=semitones, res_type="soxr_hq")
    return shifted.astype(np.float32)


def keeps_pitch(how: str) -> bool:
    """Whether a choice of `PITCH_WORDS` is "keep". Raises UsageError on any other word."""
    if how not in PITCH_WORDS:
        raise UsageError(f"pitch is '{how}'; it must be {' or '.join(PITCH_WORDS)}")
    return how == "keep"


def _fit_curve(curve_db: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    if curve_db.ndim != 1 or len(curve_db) == 0 or not np.isfinite(curve_db).all():
        raise UsageError(f"a loudness curve of the shape {list(curve_db.shape)}; it must be [L], finite")
    return np.pad(curve_db, (0, max(0, frames - len(curve_db))), mode="edge")[:frames]


def _active_quantiles(loudness_db: NDArray) -> NDArray[np.float64]:
    """101 quantiles of the frames within ACTIVE_RANGE_DB of the loudest."""
    active = loudness_db[loudness_db >= loudness_db.max() - ACTIVE_RANGE_DB]
    return np.percentile(active.astype(np.float64), PERCENTILES)


def _widen(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """`source` spread about its median so that mapping it to `target` rises by MAX_SLOPE at most."""
    middle = len(source) // 2
    away, wanted = source - source[middle], (target - target[middle]) / MAX_SLOPE
    return source[middle] + np.where(np.abs(away) > np.abs(wanted), away, wanted)


def _map(
    loudness_db: NDArray[np.float32], source: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Quantile mapping; beyond either end, and at the floor, levels keep their distance to it."""
    inside = np.interp(loudness_db, source, target)
    below = np.minimum(loudness_db - source[0], 0.0)
    above = np.maximum(loudness_db - source[-1], 0.0)
    mapped = inside + below + above
    return np.where(loudness_db <= LOUDNESS_FLOOR_DB, loudness_db, mapped).astype(np.float32)
