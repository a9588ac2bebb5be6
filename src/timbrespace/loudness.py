"""K-weighting: how loud a frequency counts, after ITU-R BS.1770.

Two second-order filters in a row, a shelf for the head and a high-pass. The recommendation prints their
coefficients for 48 kHz only; here both are written as the bilinear transform of their analogue prototypes,
so that any sample rate gets the same curve. This is the only place where the curve is defined: levels
in the time domain filter with `k_weighting_sections`, levels in the frequency domain weigh the power of
a spectrum with `k_weighting_power`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

GATE_LUFS = -70.0  # what is softer does not count in the loudness of a whole sound, BS.1770 annex 1
LOUDNESS_OFFSET_DB = -0.691  # takes back the gain of the curve at 997 Hz, BS.1770 annex 1

# Analogue prototypes that give the printed 48 kHz coefficients to all their digits.
_SHELF_HZ, _SHELF_Q, _SHELF_GAIN_DB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_SHELF_MIDDLE = 0.4996667741545416  # exponent of the shelf's gain at its centre
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_BLOCK_SECONDS, _RELATIVE_GATE_DB = 0.4, -10.0
_PRINTED_RATE_HZ = 48_000  # where the high-pass is printed with numerator 1, -2, 1


def k_weighting_sections(sample_rate: float) -> NDArray[np.float64]:
    """The two filters as second-order sections b0 b1 b2 a0 a1 a2, [2, 6], for `scipy.signal.sosfilt`."""
    return np.array([_shelf(sample_rate), _high_pass(sample_rate)])


def k_weighting_power(frequencies_hz: ArrayLike, sample_rate: float) -> NDArray[np.float64]:
    """Power gain |K(f)|² of the curve at every frequency in Hz; same shape as `frequencies_hz`.

    Add `LOUDNESS_OFFSET_DB` to a level in dB made of this for the scale of BS.1770, on which a 997 Hz
    sine at full scale in one channel stands at -3.01.
    """
    z = np.exp(-2j * np.pi * np.asarray(frequencies_hz, dtype=np.float64) / sample_rate)
    gain = np.ones(z.shape, dtype=np.complex128)
    for b0, b1, b2, a0, a1, a2 in k_weighting_sections(sample_rate):
        gain *= (b0 + b1 * z + b2 * z**2) / (a0 + a1 * z + a2 * z**2)
    return np.abs(gain) ** 2


def integrated_lufs(samples: NDArray[np.floating], sample_rate: float) -> float:
    """The loudness of a whole sound [T], one channel: gated blocks of BS.1770, annex 1.

    Blocks of 0.4 s, three quarters overlapping, a shorter sound being one; counted are those above -70 and
    no more than 10 below the mean of these. A sound that never gets above -70 has -70.
    """
    from scipy.signal import sosfilt

    if len(samples) == 0:
        return GATE_LUFS
    power = np.square(sosfilt(k_weighting_sections(sample_rate), np.asarray(samples, np.float64)))
    step = max(1, round(_BLOCK_SECONDS / 4 * sample_rate))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, max(len(power) - 4 * step, 0) + 1, step)
    ends = np.minimum(starts + 4 * step, len(power))
    blocks = (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)
    heard = blocks[_level_db(blocks) > GATE_LUFS]
    if len(heard) == 0:
        return GATE_LUFS
    counted = heard[_level_db(heard) > _level_db(heard.mean()) + _RELATIVE_GATE_DB]
    return float(_level_db(counted.mean()))


def _level_db(power: ArrayLike) -> NDArray[np.float64]:
    return LOUDNESS_OFFSET_DB + 10 * np.log10(np.maximum(power, 1e-20))


def _shelf(sample_rate: float) -> list[float]:
    k = np.tan(np.pi * _SHELF_HZ / sample_rate)
    high = 10 ** (_SHELF_GAIN_DB / 20)
    middle = high**_SHELF_MIDDLE
    a0 = 1 + k / _SHELF_Q + k**2
    numerator = (high + middle * k / _SHELF_Q + k**2, 2 * (k**2 - high), high - middle * k / _SHELF_Q + k**2)
    denominator = (a0, 2 * (k**2 - 1), 1 - k / _SHELF_Q + k**2)
    return [float(value / a0) for value in numerator + denominator]


def _high_pass(sample_rate: float) -> list[float]:
    k = np.tan(np.pi * _HIGH_PASS_HZ / sample_rate)
    a0 = 1 + k / _HIGH_PASS_Q + k**2
    printed = np.tan(np.pi * _HIGH_PASS_HZ / _PRINTED_RATE_HZ)
    gain = (1 + printed / _HIGH_PASS_Q + printed**2) / a0  # keeps the pass-band gain of the printed filter
    denominator = (a0, 2 * (k**2 - 1), 1 - k / _HIGH_PASS_Q + k**2)
    return [float(value) for value in (gain, -2 * gain, gain)] + [float(value / a0) for value in denominator]
