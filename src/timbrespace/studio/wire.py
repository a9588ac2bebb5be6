"""Sound and latents on their way to the page and from its microphone: short headers, then float32.

All numbers are little-endian. To the page, 24 bytes: kind (u8), flags (u8), 0 (u16), sequence (u32), stamp
(u32), seconds (f64), count (u32). From its microphone, 8 bytes: kind (u8), three times 0, count (u32).
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import UsageError

Samples = NDArray[np.float32]

AUDIO, LATENTS, MICROPHONE = 1, 2, 3
FIRST, END = 1, 2  # flags: the first after silence; the last before it
LONGEST_PIECE = 16_384  # samples of a microphone in one message
_HEADER = struct.Struct("<BBHIIdI")
_HEARD = struct.Struct("<B3xI")


def pack(kind: int, values: Samples, *, flags: int, sequence: int, stamp: int, seconds: float) -> bytes:
    """One message. values [N]; seconds: where in what is played the first of them lies."""
    header = _HEADER.pack(kind, flags, 0, sequence & 0xFFFFFFFF, stamp & 0xFFFFFFFF, seconds, len(values))
    return header + np.asarray(values, dtype="<f4").tobytes()


def unpack_microphone(message: bytes) -> Samples:
    """Sound [T] of a message from the page. Raises UsageError where it is none; NaN counts as silence."""
    if len(message) < _HEARD.size or message[0] != MICROPHONE:
        raise UsageError(f"a binary message of {len(message)} bytes that is no sound of a microphone")
    count = _HEARD.unpack_from(message)[1]
    if count > LONGEST_PIECE or len(message) != _HEARD.size + 4 * count:
        raise UsageError(
            f"a microphone message says {count} samples and has {len(message) - _HEARD.size} bytes of them; "
            f"it must have 4 a sample, and {LONGEST_PIECE} samples at most"
        )
    samples = np.frombuffer(message, dtype="<f4", offset=_HEARD.size).astype(np.float32)
    return np.clip(np.nan_to_num(samples, nan=0.0), -4.0, 4.0)
