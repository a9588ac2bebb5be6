"""The line between two series bent, as little as it takes, so that brightness and spread move evenly.

A straight line in z passes sounds of its own. Where A and B differ in pitch, those in the middle can be
darker than both; and what wavers within A and B is carried along. Here every frame is moved near to where
it was (`timbrespace.nearby`), so that its centroid and bandwidth lie between A's and B's. The decoder's
spectra are not yet the sound: phases that beat and noise waver too. So the sound is made and measured, and
what it lacks is added to what is asked for, a few times; the steadiest is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from timbrespace.descriptors import HOP, SOUNDING_DB
from timbrespace.engine import Engine
from timbrespace.interpolation import SCORED, Course, course_of, interpolation_monotonicity, steadiness
from timbrespace.latents import LatentSeries
from timbrespace.nearby import Octaves, described, finder

ROUNDS = 5
ENOUGH = 0.98  # of steadiness, from which on no further round is worth its time
GAIN = 0.5  # of what is lacking; a sound that wavers by chance does not answer as it is told
SMOOTH_SECONDS = 0.02  # deviation of the Gauss curve over what is lacking; about a window of the measure
OWN_SHARE = 0.02  # of the way, at either end, on which what wavers within A or B fades out
OUTER = 0.25  # the share of A's values, and of B's, that lies outside of the way


@dataclass(frozen=True)
class _Ends:
    """A and B as they sound, and the values in octaves between which the way leads, [2] each.

    NaN where one of them is silent.
    """

    a: Course
    b: Course
    start: Octaves
    goal: Octaves


def even_out(
    line: LatentSeries,
    a: LatentSeries,
    b: LatentSeries,
    places: NDArray[np.float64],
    model: Engine,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> LatentSeries:
    """`line` with its z moved so that centroid and bandwidth, in octaves, follow the position.

    line: what `interpolate` makes of a and b, which are aligned with it; places: its positions [L]. At 0
    and 1 the result is A and B unchanged. seed: of the noise part it will be decoded with. progress:
    hears the share done.
    """
    find = finder(line, model)
    ends = _heard_ends(a, b, model, seed)
    wanted, inside = _targets(a, b, places, model)
    kept = ((places == 0.0) | (places == 1.0))[:, None]
    best, steadiest = line, -np.inf
    for number in range(ROUNDS):
        tried = replace(line, z=np.where(kept, line.z, find(wanted)))
        heard = course_of(model.decode(tried, seed=seed), model.sample_rate)
        score = steadiness(interpolation_monotonicity(ends.a, ends.b, heard, places, model.signal))
        if number == 0 or score > steadiest:
            best, steadiest = tried, score
        if steadiest >= ENOUGH:
            break
        wanted = wanted + GAIN * inside * _lacking(heard, ends, places, model)
        if progress is not None:
            progress((number + 1) / ROUNDS)
    return best


def _targets(
    a: LatentSeries, b: LatentSeries, places: NDArray[np.float64], model: Engine
) -> tuple[Octaves, Octaves]:
    """Centroid and bandwidth each frame should have, [L, 2], and how far it is from its own, 0…1 [L, 1]."""
    place = np.asarray(places, dtype=np.float64)[:, None]
    from_a, from_b = (described(series, model) for series in (a, b))
    start, goal = _between(from_a[_sounding(a)], from_b[_sounding(b)])
    steady = (1 - place) * start + place * goal
    own = (1 - place) * (from_a - start) + place * (from_b - goal)
    inside = np.clip(np.minimum(np.abs(place), np.abs(1 - place)) / OWN_SHARE, 0.0, 1.0)
    return steady + (1 - inside) * own, inside


def _between(a: Octaves, b: Octaves) -> tuple[Octaves, Octaves]:
    """Where the way from A's values [L, 2] to B's begins and ends, [2] each: their outer quartiles.

    From middle to middle the way is short where A and B are nearly alike, and drowns in what wavers; as
    far out as the outer quartiles, A and B still sound by themselves.
    """
    up = np.median(b, axis=0) >= np.median(a, axis=0)
    low_a, high_a = np.quantile(a, [OUTER, 1 - OUTER], axis=0)
    low_b, high_b = np.quantile(b, [OUTER, 1 - OUTER], axis=0)
    return np.where(up, low_a, high_a), np.where(up, high_b, low_b)


def _sounding(series: LatentSeries) -> NDArray[np.bool_]:
    loud = series.loudness_db >= series.loudness_db.max() - SOUNDING_DB
    return np.asarray(loud)


def _heard_ends(a: LatentSeries, b: LatentSeries, model: Engine, seed: int) -> _Ends:
    first, last = (course_of(model.decode(series, seed=seed), model.sample_rate) for series in (a, b))
    start = goal = np.full(2, np.nan)
    if first.sounds.any() and last.sounds.any():
        start, goal = _between(_octaves(first)[first.sounds], _octaves(last)[last.sounds])
    return _Ends(first, last, start, goal)


def _octaves(course: Course) -> Octaves:
    """Centroid and bandwidth over time, [L', 2]; 1 Hz in silence."""
    return np.log2(np.maximum(np.stack([course.values[name] for name in SCORED], axis=1), 1.0))


def _lacking(heard: Course, ends: _Ends, places: NDArray[np.float64], model: Engine) -> Octaves:
    """What the sound lacks of an even course, smoothed over the frames that sound, [L, 2]."""
    centres = model.signal.centre_seconds(len(places))
    place = np.interp(heard.seconds, centres, places)[:, None]
    if np.isnan(ends.start).any():
        return np.zeros((len(places), len(SCORED)))
    lacking = (1 - place) * ends.start + place * ends.goal - _octaves(heard)
    frames = SMOOTH_SECONDS * model.sample_rate / HOP
    sounds = heard.sounds[:, None].astype(np.float64)
    weight = gaussian_filter1d(sounds, frames, axis=0, mode="constant")
    smooth = gaussian_filter1d(lacking * sounds, frames, axis=0, mode="constant") / np.maximum(weight, 1e-6)
    return np.stack([np.interp(centres, heard.seconds, values) for values in smooth.T], axis=1)
