"""What was asked of a sound and what can be measured in it: the scores of following a descriptor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from timbrespace import descriptors, files, tables
from timbrespace.codebook.follow import Followed
from timbrespace.descriptors import DESCRIPTORS

Values = NDArray[np.float64]

EDGE_FRAMES = descriptors.N_FFT // descriptors.HOP // 2 + 1  # whose window reaches beyond the sound
OCTAVE_ERROR = 0.5  # octaves: an error of more than half of one


@dataclass(frozen=True)
class Achieved:
    """One descriptor of a sound against its target. target, measured: [L], in its unit, measured NaN where
    it has none; scored: bool [L], frames that count.

    follow_spearman: rank correlation. follow_median_error: in the descriptor's unit; error_percent and
    error_cents say the same as a ratio (NaN for a descriptor that is no frequency). octave_errors: share of
    the scored frames off by more than half an octave. measurable: share of the sounding frames that have the
    descriptor at all. follow_reached: share of the target, as it was drawn, that the model can reach.
    """

    name: str
    target: Values
    measured: Values
    scored: NDArray[np.bool_]
    follow_spearman: float
    follow_median_error: float
    error_percent: float
    error_cents: float
    octave_errors: float
    measurable: float
    follow_reached: float

    def scores(self) -> dict[str, float]:
        """The figures by name."""
        names = (
            "follow_spearman", "follow_median_error", "error_percent", "error_cents", "octave_errors",
            "measurable", "follow_reached",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def achieved(followed: Followed, sound: NDArray[np.float32], sample_rate: int) -> dict[str, Achieved]:
    """Every followed descriptor measured on the sound itself [T], by name.

    The target is the one followed, clipped to what the model reaches. Frames that an end of the sound cuts,
    or that are softer by 50 dB than the loudest, are not scored.
    """
    every = descriptors.of_sound(sound, sample_rate, pitch="f0" in followed.wanted)
    seconds = descriptors.frame_seconds(len(every["centroid"]), sample_rate)
    sounding = _scored(sound)
    return {
        name: _compare(
            name, np.interp(seconds, followed.seconds, wanted), every[name], sounding, followed.reached(name)
        )
        for name, wanted in followed.wanted.items()
    }


def save_achieved(
    path: Path, every: Mapping[str, Achieved], sample_rate: int, *, force: bool = False
) -> None:
    """Write `seconds,<column>_target,<column>_measured,…`, empty where nothing can be measured."""
    first = next(iter(every.values()))
    seconds = descriptors.frame_seconds(len(first.target), sample_rate)
    columns = {"seconds": [f"{second:.6f}" for second in seconds]}
    for name, one in every.items():
        column = DESCRIPTORS[name].column
        columns[f"{column}_target"] = [f"{value:.6g}" for value in one.target]
        columns[f"{column}_measured"] = [
            f"{value:.6g}" if np.isfinite(value) else "" for value in one.measured
        ]
    files.write_text(path, tables.format_table(columns), force=force)


def _scored(sound: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Sounding frames [T // 512 + 1] whose window lies inside the sound."""
    sounding = descriptors.sounding(sound)
    if len(sounding) > 2 * EDGE_FRAMES:
        sounding[:EDGE_FRAMES] = sounding[-EDGE_FRAMES:] = False
    return sounding


def _compare(
    name: str, target: Values, measured: Values, sounding: NDArray[np.bool_], reached: float
) -> Achieved:
    scored = sounding & np.isfinite(measured)
    wanted, got = target[scored], measured[scored]
    kind = DESCRIPTORS[name]
    away = np.abs(kind.to_scale(got) - kind.to_scale(wanted)) if kind.unit == "Hz" else np.zeros(0)
    moves = len(got) > 2 and np.ptp(wanted) > 0 and np.ptp(got) > 0
    return Achieved(
        name,
        target,
        measured,
        scored,
        follow_spearman=float(scipy.stats.spearmanr(wanted, got).statistic) if moves else math.nan,
        follow_median_error=_median(np.abs(got - wanted)),
        error_percent=100.0 * _median(np.abs(got - wanted) / wanted),
        error_cents=1200.0 * _median(away),
        octave_errors=float(np.mean(away > OCTAVE_ERROR)) if len(away) else math.nan,
        measurable=float(np.mean(scored[sounding])) if sounding.any() else math.nan,
        follow_reached=reached,
    )


def _median(values: Values) -> float:
    return float(np.median(values)) if len(values) else math.nan
