"""Change of sample rate with soxr, whole or block by block (the same samples either way)."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from timbrespace.errors import AudioError

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 1_536_000


def resample(samples: NDArray[np.float32], from_hz: float, to_hz: float) -> NDArray[np.float32]:
    """samples [..., T] at `from_hz` → [..., round(T · to_hz / from_hz)]; the very array if equal."""
    if from_hz == to_hz:
        return samples
    _check_rate(from_hz)
    _check_rate(to_hz)
    flat = samples.reshape(-1, samples.shape[-1])
    converted = soxr.resample(np.ascontiguousarray(flat.T), from_hz, to_hz, quality="HQ")
    return np.ascontiguousarray(converted.T).reshape(*samples.shape[:-1], -1)


class BlockResampler:
    """`resample` for one channel that arrives in blocks."""

    def __init__(self, from_hz: float, to_hz: float) -> None:
        _check_rate(from_hz)
        _check_rate(to_hz)
        self._stream = (
            None
            if from_hz == to_hz
            else soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
        )

    def process(self, block: NDArray[np.float32], *, last: bool = False) -> NDArray[np.float32]:
        """Next block [T] → what is ready [N], N ≥ 0; `last` brings the rest out."""
        if self._stream is None:
            return block
        converted: NDArray[np.float32] = self._stream.resample_chunk(block, last=last)
        return converted


def _check_rate(rate_hz: float) -> None:
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
        raise AudioError(
            f"sample rate {rate_hz:g} Hz is not between {LOWEST_RATE_HZ} and {HIGHEST_RATE_HZ} Hz"
        )
