"""The file format of Max patches: boxes and lines as JSON, as Max 8 writes them.

Facts of the format, read in files that Max saved: a file is {"patcher": {…}}; a patcher has `fileversion`,
`appversion`, `rect` (left, top, width, height of its window), `boxes` and `lines`. A box has an `id` that
is unique in its patcher, a `maxclass` ("newobj" for whatever is typed, else the object's own class), its
counts of inlets and outlets, an `outlettype` an outlet ("signal", "bang", "int", "float" or "" for any) and
its place, `patching_rect`. A subpatch is a box with a patcher inside. A line goes from [id, outlet] to
[id, inlet].
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

VERSION = {"major": 8, "minor": 5, "revision": 0, "architecture": "x64", "modernui": 1}
FONT, FONT_SIZE = "Arial", 12.0
WINDOW_PLACE = (60.0, 90.0)  # of a patch on the screen, pixels
SIGNAL = "signal"


@dataclass(frozen=True)
class MaxBox:
    """One box. id: unique in its patcher. outlets: the type of each. rect: left, top, width, height.

    settings: what its class keeps beyond that, by the format's names.
    """

    id: str
    maxclass: str
    text: str
    inlets: int
    outlets: tuple[str, ...]
    rect: tuple[float, float, float, float]
    settings: dict[str, Any] = field(default_factory=dict)
    patcher: MaxPatcher | None = None

    def to_json(self) -> dict[str, Any]:
        """The box as a .maxpat file has it."""
        entry: dict[str, Any] = {
            "id": self.id,
            "maxclass": self.maxclass,
            "numinlets": self.inlets,
            "numoutlets": len(self.outlets),
            "patching_rect": [float(value) for value in self.rect],
            **self.settings,
        }
        if self.outlets:
            entry["outlettype"] = list(self.outlets)
        if self.text:
            entry["text"] = self.text
        if self.patcher is not None:
            entry["patcher"] = self.patcher.to_json()
        return {"box": dict(sorted(entry.items()))}


@dataclass(frozen=True)
class Line:
    """A cable from an outlet of one box to an inlet of another; boxes by their id."""

    source: str
    outlet: int
    target: str
    inlet: int

    def to_json(self) -> dict[str, Any]:
        ends = {"destination": [self.target, self.inlet], "source": [self.source, self.outlet]}
        return {"patchline": ends}


@dataclass(frozen=True)
class MaxPatcher:
    """A patcher. size: of its window. settings: further keys of the format, as a device has."""

    boxes: Sequence[MaxBox]
    lines: Sequence[Line]
    size: tuple[int, int] = (700, 500)
    settings: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The patcher as a .maxpat file has it."""
        return {
            "fileversion": 1,
            "appversion": VERSION,
            "classnamespace": "box",
            "rect": [*WINDOW_PLACE, float(self.size[0]), float(self.size[1])],
            "bglocked": 0,
            "openinpresentation": 0,
            "default_fontsize": FONT_SIZE,
            "default_fontface": 0,
            "default_fontname": FONT,
            "gridonopen": 1,
            "gridsize": [15.0, 15.0],
            "gridsnaponopen": 1,
            "objectsnaponopen": 1,
            "statusbarvisible": 2,
            "toolbarvisible": 1,
            "boxanimatetime": 200,
            "enablehscroll": 1,
            "enablevscroll": 1,
            "devicewidth": 0.0,
            "description": "",
            "digest": "",
            "tags": "",
            "style": "",
            "subpatcher_template": "",
            **self.settings,
            "boxes": [box.to_json() for box in self.boxes],
            "lines": [line.to_json() for line in self.lines],
        }


def max_text(patcher: MaxPatcher) -> str:
    """The text of a `.maxpat` file."""
    root = {**patcher.to_json(), "dependency_cache": [], "autosave": 0}
    return json.dumps({"patcher": root}, indent=1, allow_nan=False) + "\n"
