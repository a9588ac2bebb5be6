"""Arrays for the page in one binary message: a JSON header, then the numbers.

Bytes 0…3: length of the header, little-endian; the header, UTF-8, spaces after it up to a multiple of 4; then
every array of its `arrays`, [{name, dtype, shape}], little-endian, each padded to 4 bytes. `packets.js`
reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEDIA_TYPE = "application/octet-stream"
DTYPES = ("float32", "uint8", "int16", "int32", "uint32")


def pack(arrays: Mapping[str, NDArray[Any]], **header: Any) -> bytes:
    """Arrays of `DTYPES` by name, and what else the header is to say, as one message."""
    described, parts = [], []
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise ValueError(f"{name} is {array.dtype}; packets take {', '.join(DTYPES)}")
        described.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape)})
        parts.append(
            _padded(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes(), b"\0")
        )
    text = _padded(json.dumps({**header, "arrays": described}, allow_nan=False).encode(), b" ")
    return b"".join([len(text).to_bytes(4, "little"), text, *parts])


def _padded(data: bytes, filler: bytes) -> bytes:
    return data + filler * (-len(data) % 4)
