"""The mathematics of what can be done to a latent series: plain arrays in, new arrays out.

Values are [L, N] or [L]: frames first. The low-pass everywhere is a Gaussian in frequency, 3 dB down at
its cut-off: it has no phase and, its impulse response being a Gaussian too, it does not overshoot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.latents.checks import MAX_LATENTS

LOUDNESS_STREAM = MAX_LATENTS  # of random numbers: the first that is no dimension's

Values = NDArray[np.floating]


def silent(loudness_db: Values) -> NDArray[np.bool_]:
    """Which frames of loudness_db [L] are silence: at or below the floor."""
    return loudness_db <= LOUDNESS_FLOOR_DB


def scale_loudness(loudness_db: Values, factor: float) -> Values:
    """Levels [L] spread by `factor` about the median of those that are not silence."""
    heard = loudness_db[~silent(loudness_db)]
    middle = np.median(heard) if len(heard) else LOUDNESS_FLOOR_DB
    return middle + (loudness_db - middle) * factor


def low_pass(values: Values, cutoff_hz: float, frame_rate_hz: float) -> Values:
    """values [L, …] without what moves faster than the cut-off; as if mirrored at either end.

    Constants, and the mean of anything, stay as they are.
    """
    if len(values) == 0:
        return values
    frequency_hz = np.arange(len(values)) * frame_rate_hz / (2 * len(values))
    response = _response(frequency_hz, cutoff_hz).reshape(-1, *[1] * (values.ndim - 1))
    smooth: Values = scipy.fft.idct(scipy.fft.dct(values, axis=0) * response, axis=0)
    return smooth


def noise(frames: int, seed: int, stream: int, cutoff_hz: float | None, frame_rate_hz: float) -> Values:
    """Gaussian noise [frames], expected at 0 with a standard deviation of 1 in every frame.

    It depends on seed and stream, and not on what other streams are drawn. cutoff_hz: None is white;
    otherwise low-passed round and round, so that its end leads to its beginning, and every frame varies
    as much as any other. Slower than the series is long, it is nearly one value.
    """
    white = np.random.default_rng([seed, stream]).standard_normal(frames)
    if cutoff_hz is None or frames == 0:
        return white
    response = _response(np.abs(np.fft.fftfreq(frames, 1 / frame_rate_hz)), cutoff_hz)
    return np.fft.ifft(np.fft.fft(white) * response).real / math.sqrt(np.mean(response**2))


def round_to(values: Values, step: float) -> Values:
    """values on the grid of the multiples of `step`; halves go to the even multiple."""
    return np.rint(values / step) * step


def hold(values: Values, frame: int) -> Values:
    """values [L, …] of one frame throughout."""
    return np.broadcast_to(values[frame], values.shape)


def mix(a: Values, b: Values, weight: float | Values) -> Values:
    """a for weight 0, b for 1, in between and beyond on the line through both."""
    return (1.0 - weight) * a + weight * b


def mix_loudness(a: Values, b: Values, weight: float) -> Values:
    """Levels [L] in dB as `mix`; beyond either series silence is no level to go on from.

    Where one of them is silent there, the one that the weight is closer to holds.
    """
    nearer = a if weight < 0.5 else b
    hold = (silent(a) | silent(b)) if not 0.0 <= weight <= 1.0 else (silent(a) & silent(b))
    return np.where(hold, nearer, mix(a, b, weight))


def join(pieces: Sequence[NDArray], overlap: int, *, blend: bool = True) -> NDArray:
    """pieces [L, …] one after the other, each fading over the last `overlap` frames of those before.

    blend: False goes from one to the other in the middle of the fade, as codes must.
    """
    rise = np.arange(1, overlap + 1) / (overlap + 1)
    rise = rise.reshape(-1, *[1] * (pieces[0].ndim - 1))
    total = sum(map(len, pieces)) - overlap * (len(pieces) - 1)
    joined = np.empty((total, *pieces[0].shape[1:]), pieces[0].dtype)
    end = len(pieces[0])
    joined[:end] = pieces[0]
    for piece in pieces[1:]:
        before, after = joined[end - overlap : end], piece[:overlap]
        before[:] = mix(before, after, rise) if blend else np.where(rise > 0.5, after, before)
        joined[end : end + len(piece) - overlap] = piece[overlap:]
        end += len(piece) - overlap
    return joined


def _response(frequency_hz: Values, cutoff_hz: float) -> Values:
    """The low-pass at each frequency: 1 at 0 Hz, √½ at the cut-off."""
    with np.errstate(over="ignore"):
        return np.exp(-0.5 * math.log(2.0) * (frequency_hz / cutoff_hz) ** 2)
