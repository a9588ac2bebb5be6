"""A sound to try things out with, where there is no recording at hand: the same every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIGNAL_SECONDS = 20.0
PARTIALS_HZ = (110.0, 220.0, 330.0, 550.0, 1210.0, 2750.0)


def trial_sound(sample_rate: int, seconds: float = SIGNAL_SECONDS) -> NDArray[np.float32]:
    """Swelling partials over noise, [T]."""
    samples = round(seconds * sample_rate)
    time_seconds = np.arange(samples) / sample_rate
    rng = np.random.default_rng(0)
    sound = 0.02 * rng.standard_normal(samples)
    for number, frequency_hz in enumerate(PARTIALS_HZ):
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * (0.3 + 0.1 * number) * time_seconds)
        sound += 0.1 * swell * np.sin(2 * np.pi * frequency_hz * time_seconds)
    return sound.astype(np.float32)
