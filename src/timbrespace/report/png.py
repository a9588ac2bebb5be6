"""Small PNG files: one byte a pixel and a palette, half the size of what drawing libraries write."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTE_COLOURS = 3  # the colour type: numbers of colours in a palette


def palette_png(pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """A PNG (ISO/IEC 15948) of pixels [rows, columns], each the number of a colour in palette [N, 3]."""
    rows, columns = pixels.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, PALETTE_COLOURS, 0, 0, 0)
    unfiltered = np.pad(pixels, ((0, 0), (1, 0)))  # every row starts with the number of its filter: none
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(unfiltered.tobytes(), 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
