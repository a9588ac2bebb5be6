"""A series to see and to move by hand: a slider a channel, with its name and the range of the model's data.

Both show in the patch that uses them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.controls import LOUDNESS
from timbrespace.patches import parts
from timbrespace.patches.graph import NUMBER_COLUMNS, Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import across

NAMES = ("ts.sliders~", "ts.view~")
ROW, COLUMN, SLIDER = 23, 350, 100  # pixels
FACE_LEFT, FACE_TOP = 20, 110
NUMBER_AT = 288  # pixels from the left of a column
PANEL_WIDTH = 470
LOOKS_MS = 50  # between two looks at a running series


def face_size(instrument: Instrument) -> tuple[int, int]:
    """Pixels of either face: two columns."""
    return 2 * COLUMN, ROW * _rows(instrument) + 4


def sliders(instrument: Instrument) -> Patch:
    """A series by hand."""
    says = "A series by hand. z3 F, loudness DB, all F: moves sliders, zero, random: anywhere near the data."
    patch = parts.open_patch("ts.sliders~", 8, says)
    inlet = patch.object("inlet", 20, 50)
    route = parts.sorted_messages(patch, inlet, [parts.ALL, *instrument.channels, "zero", "random"], 78)
    moved, numbers = _bank(patch, instrument)
    y = FACE_TOP + face_size(instrument)[1] + 30
    count = len(moved)
    start, silence = patch.object("loadbang", 20, y), patch.message(f"{LOUDNESS_FLOOR_DB:.0f}", 20, y + 30)
    zero, random = patch.message("0", 100, y + 30), patch.object("t b", 180, y + 30)
    patch.connect(start, silence)
    patch.connect(start, zero)
    patch.connect(silence, moved[-1])
    patch.connect(route, zero, count + 1)
    patch.connect(route, random, count + 2)
    signals = []
    for number, (slider, shown) in enumerate(zip(moved, numbers, strict=True)):
        last = number == count - 1
        signals.append(
            patch.object(f"sig~ {LOUDNESS_FLOOR_DB:.0f}" if last else "sig~", across(number), y + 130)
        )
        patch.chain(slider, shown, signals[-1])
        patch.connect(route, slider, number + 1)
        if not last:
            patch.connect(route, slider)
            patch.connect(zero, slider)
            drawn = parts.row(patch, y + 70, across(number), "ts.normal")[0]
            patch.connect(random, drawn)
            patch.connect(drawn, slider)
            patch.chain(start, patch.message(str(number + 1), across(number), y + 100))
            patch.connect(len(patch.boxes) - 1, drawn, 0, 1)
    parts.signal_outlets(patch, signals)
    return patch


def view(instrument: Instrument) -> Patch:
    """A series to look at."""
    says = "A running series to look at, as it is now. The bars go from end to end of the model's data."
    patch = parts.open_patch("ts.view~", 8, says)
    inlets = parts.signal_inlets(patch, len(instrument.channels), messages=False)
    shown, numbers = _bank(patch, instrument)
    y = FACE_TOP + face_size(instrument)[1] + 30
    looks = parts.row(patch, y, 20, "loadbang", f"metro {LOOKS_MS}")
    for number, (inlet, slider, value) in enumerate(zip(inlets, shown, numbers, strict=True)):
        now = patch.object("snapshot~", across(number), y + 60)
        patch.connect(inlet, now)
        patch.connect(looks[1], now)
        patch.connect(now, slider)
        patch.connect(now, value)
    patch.height = y + 120
    return patch


class Row(NamedTuple):
    """A slider of a panel. first: where it stands when the patch is opened. word: of the message it sends."""

    label: str
    low: float
    high: float
    first: float
    word: str


def panel(name: str, rows: Sequence[Row]) -> Patch:
    """Sliders with numbers in a subpatch that shows them, each with an outlet for `word value`, or the value.

    Numbers that are typed in may lie beyond a slider's ends.
    """
    patch = Patch(name, PANEL_WIDTH + 420, FACE_TOP + ROW * len(rows) + 120)
    start = patch.object("loadbang", PANEL_WIDTH + 60, 20)
    bottom = FACE_TOP + ROW * len(rows) + 60
    for number, line in enumerate(rows):
        y = FACE_TOP + ROW * number + 2
        moved = patch.slider(FACE_LEFT + 4, y, line.low, line.high, line.label, width=SLIDER)
        shown = patch.number(FACE_LEFT + PANEL_WIDTH - 64, y - 2)
        first = patch.message(f"{line.first:.6g}", PANEL_WIDTH + 60, y)
        out = patch.object("outlet", across(number), bottom)
        patch.chain(start, first, moved, shown)
        if line.word:
            said = patch.message(f"{line.word} $1", PANEL_WIDTH + 160, y)
            patch.chain(shown, said, out)
        else:
            patch.connect(shown, out)
    patch.face = (FACE_LEFT, FACE_TOP, PANEL_WIDTH, ROW * len(rows) + 4)
    return patch


def _rows(instrument: Instrument) -> int:
    return -(-len(instrument.channels) // 2)


def _bank(patch: Patch, instrument: Instrument) -> tuple[list[int], list[int]]:
    """Sliders and numbers, in two columns, within the face."""
    moved, numbers = [], []
    for place, channel in enumerate(instrument.channels):
        x = FACE_LEFT + COLUMN * (place // _rows(instrument)) + 4
        y = FACE_TOP + ROW * (place % _rows(instrument)) + 2
        low, high = ends(instrument, channel)
        moved.append(patch.slider(x, y, low, high, instrument.range_text(channel), width=SLIDER))
        numbers.append(patch.number(x + NUMBER_AT, y - 2, columns=NUMBER_COLUMNS))
    patch.face = (FACE_LEFT, FACE_TOP, *face_size(instrument))
    return moved, numbers


def ends(instrument: Instrument, channel: str) -> tuple[float, float]:
    """Of a slider: those of the data, and 0 between them; of loudness, silence and the loudest."""
    low, high = instrument.ranges[channel]
    if channel == LOUDNESS:
        return LOUDNESS_FLOOR_DB, max(high, LOUDNESS_FLOOR_DB + 1.0)
    return min(low, -0.1), max(high, 0.1)
