"""What tests of patches for Max share: a tiny model as patches see it."""

from __future__ import annotations

from pathlib import Path

from timbrespace import engine
from timbrespace.export.building import describe
from timbrespace.export.description import Range
from timbrespace.patches.instrument import Instrument


def tiny_instrument(model: Path) -> Instrument:
    """Of an untrained model, as if it could follow the centroid."""
    reach = Range("centroid", 300.0, 4000.0, "Hz")
    return Instrument(describe(engine.load(model), "tiny", {"centroid": reach}), "tiny.ts")
