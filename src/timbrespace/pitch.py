"""Pitch by pYIN (Mauch & Dixon 2014), the very numbers of `librosa.pyin` some twenty times faster.

librosa decodes the pitch path over all 1278² transitions a frame; nearly all of them have no
probability. Here only the neighbourhood that a pitch can reach is searched, plus one jump from the best
state of all, which is what the rest amounts to. Parameters are librosa's own. Frames are centred.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import librosa
import numpy as np
import scipy.stats
from numpy.typing import NDArray

Samples = NDArray[np.floating]
Levels = NDArray[np.float64]

F0_LOW_HZ, F0_HIGH_HZ = 50.0, 2000.0
F0_WINDOW, F0_HOP = 4096, 512  # samples
F0_VOICING = 0.3  # probability above which a frame has a pitch
F0_TOLERANCE_CENTS = 50.0

BINS_PER_SEMITONE = 10
PITCH_BINS = math.floor(12 * BINS_PER_SEMITONE * math.log2(F0_HIGH_HZ / F0_LOW_HZ)) + 1
THRESHOLDS = np.linspace(0, 1, 101)
THRESHOLD_PRIOR = np.diff(scipy.stats.beta.cdf(THRESHOLDS, 2, 18))
BOLTZMANN = 2.0  # how much earlier troughs are preferred
NO_TROUGH_PROBABILITY = 0.01
MAX_OCTAVES_PER_SECOND = 35.92
SWITCH_PROBABILITY = 0.01  # from voiced to unvoiced or back
TINY = np.finfo(np.float64).tiny  # what librosa adds to every probability
BLOCK_FRAMES = 512  # frames analysed at a time


@dataclass(frozen=True)
class PitchTrack:
    """f0_hz and voicing probability of every frame, [L] each; f0 is a guess where voicing is low."""

    f0_hz: Levels
    voicing: Levels

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Frames that have a pitch, [L]."""
        return np.asarray(self.voicing > F0_VOICING)


def f0_within_50_cents(reference: PitchTrack, output: PitchTrack) -> float:
    """Share of the reference's voiced frames where the output is voiced too and within 50 cents.

    An output frame without a pitch counts as wrong. NaN when the reference has no voiced frame.
    """
    voiced = reference.voiced
    if not voiced.any():
        return math.nan
    cents = 1200 * np.abs(np.log2(output.f0_hz[voiced] / reference.f0_hz[voiced]))
    return float(np.mean(output.voiced[voiced] & (cents <= F0_TOLERANCE_CENTS)))


def track_pitch(audio: Samples, sample_rate: int) -> PitchTrack:
    """Pitch of audio [T], 50 to 2000 Hz, window 4096, hop 512: L = T // 512 + 1 frames."""
    padded = np.pad(np.asarray(audio, dtype=np.float32), F0_WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, F0_WINDOW)[::F0_HOP]
    blocks = [
        _observe(frames[start : start + BLOCK_FRAMES], sample_rate)
        for start in range(0, len(frames), BLOCK_FRAMES)
    ]
    observed = np.concatenate(blocks)
    voicing = np.clip(observed.sum(axis=1), 0, 1)
    bins = _most_likely_path(observed, voicing, _transitions(sample_rate))
    return PitchTrack(F0_LOW_HZ * 2 ** (bins / (12 * BINS_PER_SEMITONE)), voicing)


def steady_pitch(sounds: Samples, sample_rate: int) -> PitchTrack:
    """One pitch for each of many steady sounds [K, T], T ≥ 4096: their frames' probabilities taken together.

    Both results are [K]; `voicing` is the mean probability over frames that there is a pitch.
    """
    starts = range(0, sounds.shape[1] - F0_WINDOW + 1, F0_HOP)
    frames = [np.asarray(sounds[:, start : start + F0_WINDOW], dtype=np.float32) for start in starts]
    observed = np.mean([_observe(frame, sample_rate) for frame in frames], axis=0)
    bins = observed.argmax(axis=1)
    return PitchTrack(F0_LOW_HZ * 2 ** (bins / (12 * BINS_PER_SEMITONE)), np.clip(observed.sum(axis=1), 0, 1))


def _observe(frames: NDArray[np.float32], sample_rate: int) -> Levels:
    """Probability of each pitch bin in each frame: [L, F0_WINDOW] → [L, PITCH_BINS]."""
    shortest = math.floor(sample_rate / F0_HIGH_HZ)
    longest = min(math.ceil(sample_rate / F0_LOW_HZ), F0_WINDOW - 1)
    observed = np.zeros((len(frames), PITCH_BINS))
    for difference, row in zip(_normalised_difference(frames, shortest, longest), observed, strict=True):
        periods, probabilities = _period_candidates(difference)
        position = np.log2(sample_rate / (shortest + periods) / F0_LOW_HZ)
        bins = np.clip(np.round(12 * BINS_PER_SEMITONE * position), 0, PITCH_BINS).astype(int)
        inside = (bins < PITCH_BINS) & (probabilities > 0)
        row[bins[inside]] = probabilities[inside]
    return observed


def _normalised_difference(frames: NDArray[np.float32], shortest: int, longest: int) -> NDArray[np.float32]:
    """Cumulative mean normalised difference (YIN, equation 8) at every period: [L, N] → [L, periods]."""
    correlation = librosa.autocorrelate(frames, max_size=longest + 1, axis=-1)
    energy = np.cumsum(np.square(frames[:, :longest]), axis=1)
    difference = 2 * (correlation[:, :1] - correlation[:, 1:]) - energy
    mean = np.cumsum(difference, axis=1) / np.arange(1, longest + 1)
    bottom = mean[:, shortest - 1 :]
    return np.asarray(difference[:, shortest - 1 :] / (bottom + np.finfo(np.float32).tiny), dtype=np.float32)


def _period_candidates(difference: NDArray[np.float32]) -> tuple[Levels, NDArray[np.float32]]:
    """Troughs of one frame's difference [periods]: place between samples, probability; both [N]."""
    padded = np.pad(difference, 1, mode="edge")
    is_trough = (difference < padded[:-2]) & (difference <= padded[2:])
    is_trough[0] = difference[0] < difference[1]
    troughs = np.flatnonzero(is_trough)
    if troughs.size == 0:
        return np.zeros(0), np.zeros(0, dtype=np.float32)
    heights = difference[troughs]
    below = np.less.outer(heights, THRESHOLDS[1:])
    order, count = np.cumsum(below, axis=0) - 1, np.count_nonzero(below, axis=0)
    prior = (1 - math.exp(-BOLTZMANN)) * np.exp(-BOLTZMANN * order)
    prior /= -np.expm1(-BOLTZMANN * np.maximum(count, 1))
    probabilities = np.where(below, prior, 0.0) @ THRESHOLD_PRIOR
    deepest = int(np.argmin(heights))
    missed = np.count_nonzero(~below[deepest])
    probabilities[deepest] += NO_TROUGH_PROBABILITY * np.sum(THRESHOLD_PRIOR[:missed])
    return troughs + _parabolic_shift(difference, troughs), probabilities.astype(np.float32)


def _parabolic_shift(values: NDArray[np.float32], at: NDArray[np.intp]) -> Levels:
    """Offset of the parabola's optimum through each value and its neighbours; 0 where there is none."""
    inner = (at > 0) & (at < len(values) - 1)
    left, here, right = values[np.maximum(at - 1, 0)], values[at], values[np.minimum(at + 1, len(values) - 1)]
    curve, slope = right + left - 2 * here, (right - left) / 2
    good = inner & (np.abs(slope) < np.abs(curve))
    return np.where(good, -slope / np.where(good, curve, 1), 0.0).astype(np.float64)


def _transitions(sample_rate: int) -> Levels:
    """Log probability of reaching bin j from bin j + o − reach: [PITCH_BINS, 2·reach + 1]."""
    semitones = round(MAX_OCTAVES_PER_SECOND * 12 * F0_HOP / sample_rate)
    width = semitones * BINS_PER_SEMITONE + 1
    matrix = librosa.sequence.transition_local(PITCH_BINS, width, window="triangle", wrap=False)
    reach = width // 2
    origin = np.arange(PITCH_BINS)[:, None] + np.arange(-reach, reach + 1)
    inside = (origin >= 0) & (origin < PITCH_BINS)
    target = np.arange(PITCH_BINS)[:, None]
    reachable = np.where(inside, matrix[np.clip(origin, 0, PITCH_BINS - 1), target], 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(reachable))


def _most_likely_path(observed: Levels, voicing: Levels, band: Levels) -> NDArray[np.intp]:
    """Viterbi over PITCH_BINS voiced and as many unvoiced states: pitch bin of every frame, [L]."""
    reach = band.shape[1] // 2
    stay, switch, jump = math.log(1 - SWITCH_PROBABILITY), math.log(SWITCH_PROBABILITY), math.log(TINY)
    change = np.array([[[stay], [switch]], [[switch], [stay]]])  # to voiced from both, to unvoiced from both
    emission = np.empty((len(observed), 2, PITCH_BINS))
    emission[:, 0] = np.log(observed + TINY)
    emission[:, 1] = np.log((1 - voicing) / PITCH_BINS + TINY)[:, None]
    origins = np.zeros((len(observed), 2, PITCH_BINS), dtype=np.int16)
    bins = np.arange(PITCH_BINS)
    padded = np.full((2, PITCH_BINS + 2 * reach), -np.inf)
    value, best = emission[0] - math.log(2 * PITCH_BINS), np.empty((2, PITCH_BINS))
    for frame in range(1, len(observed)):
        padded[:, reach : reach + PITCH_BINS] = value
        reached = np.lib.stride_tricks.sliding_window_view(padded, band.shape[1], axis=1) + band
        offset = reached.argmax(axis=2)
        arriving = np.take_along_axis(reached, offset[..., None], 2)[..., 0]
        origin = bins + offset - reach + [[0], [PITCH_BINS]]
        for state, cost in enumerate(change):
            options = arriving + cost
            winner = options.argmax(axis=0)
            origins[frame, state] = origin[winner, bins]
            best[state] = options[winner, bins]
        anywhere = int(value.argmax())
        jumped = best < value.flat[anywhere] + jump
        origins[frame][jumped] = anywhere
        best[jumped] = value.flat[anywhere] + jump
        value = best + emission[frame]
    return _trace_back(origins, int(value.argmax())) % PITCH_BINS


def _trace_back(origins: NDArray[np.int16], last: int) -> NDArray[np.intp]:
    flat = origins.reshape(len(origins), -1)
    states = np.empty(len(flat), dtype=np.intp)
    states[-1] = last
    for frame in range(len(flat) - 1, 0, -1):
        states[frame - 1] = flat[frame, states[frame]]
    return states
