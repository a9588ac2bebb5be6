"""What a latent space is like: does it hold the loudness, do its dimensions repeat each other, does its
prior sound like the data?

Latents z are [L, D], frames of all files in one row, collapsed dimensions left out by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import librosa
import numpy as np
import scipy.stats
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, cross_val_predict

Values = NDArray[np.floating]

AUDIBLE_RANGE_DB = 50.0  # frames quieter than this under the loudest one say nothing about timbre
PROBE_FOLDS = 5
PROBE_FRAMES = 50_000  # more only cost time; a seeded choice of them is taken
PRIOR_BANDS = 64
PRIOR_FLOOR_DB = 80.0  # under the loudest band of each frame
PRIOR_BLOCK = 256  # frames compared at a time, so that memory stays small


def audible(loudness_db: Values) -> NDArray[np.bool_]:
    """Frames [L] within 50 dB of the loudest."""
    return np.asarray(loudness_db >= np.max(loudness_db) - AUDIBLE_RANGE_DB)


def gain_drift(z: Values, moved: Sequence[Values]) -> float:
    """Latent change under input gain, in units of the latents' spread; 0 is perfect.

    z: latents of the sound as it is; moved: of the same frames at other gains, [L, D] each. For every
    gain the RMS over frames and dimensions of the change over the dimension's standard deviation;
    the largest of them. NaN when nothing in z moves.
    """
    spread = np.asarray(z.std(axis=0))
    live = spread > 0
    if not live.any():
        return math.nan
    changes = [(other - z)[:, live] / spread[live] for other in moved]
    return max(float(np.sqrt(np.mean(change**2))) for change in changes)


def loudness_probe_r2(z: Values, loudness_db: Values, group: ArrayLike, seed: int = 0) -> float:
    """How much of the loudness [L] trees can tell from frozen latents [L, D] of sources never seen.

    Gradient-boosted trees (histogram form), five folds that never split a group (a source file); R² of
    all held-out predictions together: 1 all of it, 0 or less nothing. Pass audible frames only. NaN
    where there are fewer than five groups or the loudness never moves.
    """
    group = np.asarray(group)
    if len(np.unique(group)) < PROBE_FOLDS or np.ptp(loudness_db) == 0:
        return math.nan
    chosen = np.arange(len(z))
    if len(z) > PROBE_FRAMES:
        chosen = np.sort(np.random.default_rng(seed).choice(len(z), PROBE_FRAMES, replace=False))
    probe = HistGradientBoostingRegressor(random_state=seed)
    folds = GroupKFold(PROBE_FOLDS)
    guess = cross_val_predict(probe, z[chosen], loudness_db[chosen], groups=group[chosen], cv=folds)
    return float(r2_score(loudness_db[chosen], guess))


def latent_independence(z: Values) -> float:
    """Mean |correlation| over all pairs of dimensions; 0 is independent. NaN for fewer than two."""
    z = z[:, np.ptp(z, axis=0) > 0]
    if z.shape[1] < 2:
        return math.nan
    correlation = np.asarray(np.corrcoef(z, rowvar=False))
    return float(np.mean(np.abs(correlation[np.triu_indices(z.shape[1], 1)])))


def prior_fit(z: Values) -> NDArray[np.float64]:
    """Wasserstein-1 distance of every dimension to N(0,1), [D]; 0 is perfect, a collapsed one has 0.8."""
    quantiles = scipy.stats.norm.ppf((np.arange(len(z)) + 0.5) / len(z))
    return np.asarray(np.mean(np.abs(np.sort(z, axis=0) - quantiles[:, None]), axis=0), dtype=np.float64)


def log_mel(magnitudes: Values, sample_rate: int) -> NDArray[np.float32]:
    """Magnitudes [L, F] → levels of 64 mel bands in dB [L, 64], floored 80 dB under each frame's loudest."""
    bins = magnitudes.shape[1]
    filters = librosa.filters.mel(sr=sample_rate, n_fft=2 * (bins - 1), n_mels=min(PRIOR_BANDS, bins // 4))
    power = np.square(magnitudes, dtype=np.float64) @ filters.T
    floor = power.max(axis=1, keepdims=True) * 10 ** (-PRIOR_FLOOR_DB / 10)
    return np.asarray(10 * np.log10(np.maximum(power, np.maximum(floor, 1e-30))), dtype=np.float32)


def nearest_distance_db(queries: Values, data: Values) -> NDArray[np.float64]:
    """RMS difference in dB of each log-mel frame [Q, M] to its nearest one in data [N, M]: [Q]."""
    index = nearest(queries, data)
    difference = queries.astype(np.float64) - data[index]
    return np.asarray(np.sqrt(np.mean(difference**2, axis=1)))


def nearest(queries: Values, data: Values) -> NDArray[np.intp]:
    """Index in data [N, M] of the nearest (Euclidean) row for each query [Q, M]: [Q]."""
    squares = np.sum(np.square(data), axis=1)
    blocks = [
        np.argmin(squares - 2 * queries[start : start + PRIOR_BLOCK] @ data.T, axis=1)
        for start in range(0, len(queries), PRIOR_BLOCK)
    ]
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.intp)


def prior_nearest_ratio(drawn_db: Values, held_out_db: Values) -> float:
    """prior_nearest_db: median distance of drawn frames to the data over that of held-out frames.

    1: draws lie as near to the data as sounds nobody trained on. NaN where held-out frames are the data.
    """
    if drawn_db.size == 0 or held_out_db.size == 0 or np.median(held_out_db) == 0:
        return math.nan
    return float(np.median(drawn_db) / np.median(held_out_db))
