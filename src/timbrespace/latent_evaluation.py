"""The scores of a model's latent space, gathered over the series of all evaluated sounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from timbrespace.latents import LatentSeries
from timbrespace.scores import codes, latent
from timbrespace.scores.baselines import FrameBank, frame_level

if TYPE_CHECKING:
    from timbrespace.engine import Engine

PRIOR_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)  # quantiles of the loudness at which draws are decoded
PRIOR_DRAWS = 200  # frames at each of them


@dataclass
class Heard:
    """A sound as the model heard it.

    samples: its length at the model's rate. truncation: what the file lacks, in words. moved: z [L, D]
    at other input gains. busy_seconds: time spent on encoding and decoding. to_data_db: distances of some
    of its frames to the data.
    """

    path: Path
    sha256: str
    samples: int
    truncation: str
    series: LatentSeries
    moved: tuple[NDArray[np.float32], ...]
    busy_seconds: float
    to_data_db: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class LatentScores:
    """Scores of all series together; NaN where one has no meaning (prior scores of a discrete model)."""

    gain_drift: float
    loudness_probe_r2: float
    latent_independence: float
    prior_fit: float
    prior_nearest_db: float
    codebook_used: float
    perplexity: float
    prior_fit_per_dimension: tuple[float, ...]


def latent_scores(
    engine: Engine, heard: Sequence[Heard], bank: FrameBank, seed: int
) -> tuple[LatentScores, tuple[str, ...]]:
    """The scores, and notes on how they were made.

    Frames within 50 dB of the loudest count. Collapsed dimensions, which the bundle marks as not
    active, count nowhere. `bank` holds the data for prior_nearest_db.
    """
    loudness_db = np.concatenate([item.series.loudness_db for item in heard])
    kept = latent.audible(loudness_db)
    active = _active(engine, heard[0].series.latents)
    z = np.concatenate([item.series.z for item in heard])[kept][:, active]
    moved = [np.concatenate(parts)[kept][:, active] for parts in zip(*(i.moved for i in heard), strict=True)]
    group, notes = _groups(heard, kept)
    fit = latent.prior_fit(z) if engine.kind == "continuous" else np.zeros(0)
    found = np.concatenate(
        [i.series.codes for i in heard if i.series.codes is not None] or [np.zeros(0, int)]
    )
    scores = LatentScores(
        gain_drift=latent.gain_drift(z, moved),
        loudness_probe_r2=latent.loudness_probe_r2(z, loudness_db[kept], group, seed),
        latent_independence=latent.latent_independence(z),
        prior_fit=float(fit.mean()) if fit.size else math.nan,
        prior_nearest_db=_prior_nearest_db(engine, heard, loudness_db[kept], bank, seed),
        codebook_used=codes.codebook_used(found, engine.config.codes) if found.size else math.nan,
        perplexity=codes.perplexity(found),
        prior_fit_per_dimension=tuple(float(value) for value in fit),
    )
    return scores, notes


def _active(engine: Engine, latents: int) -> NDArray[np.bool_]:
    """Dimensions [D] that are not collapsed; all of them where the bundle does not say."""
    flags = (engine.header.get("latent") or {}).get("active")
    active = np.ones(latents, dtype=bool) if flags is None else np.asarray(flags, dtype=bool)
    return active if active.any() else np.ones(latents, dtype=bool)


def _groups(heard: Sequence[Heard], kept: NDArray[np.bool_]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The fold group of every kept frame: its file, or with too few files one of five stretches."""
    if len(heard) >= latent.PROBE_FOLDS:
        group = np.repeat(np.arange(len(heard)), [len(item.series) for item in heard])
        return group[kept], ()
    count = int(kept.sum())
    note = f"{len(heard)} files: the loudness probe is split into five stretches of time, not by file"
    return np.arange(count) * latent.PROBE_FOLDS // max(1, count), (note,)


def _prior_nearest_db(
    engine: Engine,
    heard: Sequence[Heard],
    loudness_db: NDArray[np.floating],
    bank: FrameBank,
    seed: int,
) -> float:
    """Draws from N(0,1), decoded, against the data; over frames of the evaluated sounds against the data.

    NaN for a discrete model, which has no prior, and where there is nothing to compare.
    """
    if engine.kind != "continuous" or len(bank) == 0:
        return math.nan
    levels = np.quantile(loudness_db, PRIOR_LEVELS)
    draws = [engine.prior_series(PRIOR_DRAWS, float(level), seed + n) for n, level in enumerate(levels)]
    magnitudes = np.concatenate([engine.decode_magnitudes(draw) for draw in draws])
    level = np.maximum(frame_level(magnitudes, engine.sample_rate), np.finfo(np.float32).tiny)
    shapes = latent.log_mel(magnitudes / level[:, None], engine.sample_rate)
    drawn_db = latent.nearest_distance_db(shapes, bank.log_mel)
    return latent.prior_nearest_ratio(drawn_db, np.concatenate([item.to_data_db for item in heard]))
