"""What tests of patches for Max share: a tiny model as patches see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from timbrespace import engine
from timbrespace.export.building import describe
from timbrespace.export.description import Range
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.layout import Set
from timbrespace.patches.max_layout import file_name, max_files
from timbrespace.patches.max_start import START

Patcher = dict[str, Any]


def tiny_instrument(model: Path) -> Instrument:
    """Of an untrained model, as if it could follow the centroid."""
    reach = Range("centroid", 300.0, 4000.0, "Hz")
    return Instrument(describe(engine.load(model), "tiny", {"centroid": reach}), "tiny.ts")


def written(patches: Set) -> dict[str, Patcher]:
    """The patcher of each file, as it is read back, by the patch's name in Pure Data."""
    files = max_files(patches.instrument, patches.library, patches.shown)
    names = {file_name(name): name for name in (*(p.name for p in patches.patches), START)}
    return {names[file]: json.loads(text)["patcher"] for file, text in files.items() if file in names}


def boxes_of(patcher: Patcher) -> dict[str, dict[str, Any]]:
    return {entry["box"]["id"]: entry["box"] for entry in patcher["boxes"]}


def lines_of(patcher: Patcher) -> list[tuple[str, int, str, int]]:
    lines = [entry["patchline"] for entry in patcher["lines"]]
    return [(*line["source"], *line["destination"]) for line in lines]
