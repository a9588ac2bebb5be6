"""A Max for Live audio effect, `.amxd`: a patch in a short binary wrapper.

Facts of the container, from public programs that read and write it: chunks of a four-letter name, a length
in bytes (32 bits, least significant byte first) and so many bytes: `ampf` with the kind of device (`aaaa`, an
audio effect), `meta` with one number (0: not frozen), `ptch` with the patch's JSON and a closing zero byte.
"""

from __future__ import annotations

import struct

AUDIO_EFFECT = b"aaaa"
CHUNK = struct.Struct("<4sI")


def device_bytes(patch: str) -> bytes:
    """The file of an audio effect with this patch, the text of a `.maxpat`."""
    body = patch.encode() + b"\0"
    return b"".join(
        (
            CHUNK.pack(b"ampf", len(AUDIO_EFFECT)) + AUDIO_EFFECT,
            CHUNK.pack(b"meta", 4) + struct.pack("<I", 0),
            CHUNK.pack(b"ptch", len(body)) + body,
        )
    )


def device_patch(data: bytes) -> tuple[bytes, str]:
    """The inverse: the kind of device and its patch. Raises ValueError where the bytes are no device."""
    chunks: dict[bytes, bytes] = {}
    place = 0
    while place < len(data):
        if place + CHUNK.size > len(data):
            raise ValueError(f"{len(data) - place} bytes too many at the end")
        name, length = CHUNK.unpack_from(data, place)
        place += CHUNK.size
        if place + length > len(data):
            raise ValueError(f"chunk {name!r} of {length} bytes is cut off")
        chunks[name] = data[place : place + length]
        place += length
    if not {b"ampf", b"ptch"} <= chunks.keys():
        raise ValueError(f"no device: chunks {sorted(chunks)}")
    return chunks[b"ampf"], chunks[b"ptch"].rstrip(b"\0").decode()
