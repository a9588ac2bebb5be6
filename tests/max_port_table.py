"""Where in Max each inlet and outlet of a Pure Data box is, written from the two programs' manuals.

Nothing here comes from the package: a rule that exchanges two ports is found by holding its patches against
this table. A port is (place, number): which of the Max boxes that stand for the box, and its inlet or outlet
there. What is not in the table has the same ports in the same order.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from timbrespace.patches.graph import Box

Port = tuple[int, int]
FLOATS = ("number", "slider")  # kinds of boxes that send numbers alone
INLETS: dict[str, list[Port]] = {
    "spigot": [(0, 1), (0, 0)],  # gate: the switch is on the left
    "bp~": [(0, 0), (0, 2), (0, 3)],  # reson~: a gain is second
    "samphold~": [(0, 0), (1, 0)],  # the control is turned first
    "tabwrite": [(0, 0), (1, 1)],  # a place is a whole number first
    "list trim": [(0, 1)],  # a gate that is open
    "symbol box": [(0, 1)],  # a message is set on the right
}
OUTLETS: dict[str, list[Port]] = {
    "samplerate~": [(0, 1)],  # dspstate~: on or off is first
    "r pd-dsp-started": [(1, 0)],  # sel, after dspstate~
    "r pd-dsp-stopped": [(1, 0)],
}
WITHOUT_SIGNAL = ("snapshot~", "samplerate~")  # of the objects whose names end with ~


class Shape(NamedTuple):
    """The inlet and outlet boxes of an abstraction, by their texts, from left to right."""

    inlets: list[str]
    outlets: list[str]


def sends_signal(box: Box, outlet: int, shape: Shape | None) -> bool:
    """Whether a Pure Data outlet sends a signal."""
    if shape is not None:
        return shape.outlets[outlet] == "outlet~"
    if box.kind != "object":
        return False
    name = box.words[0]
    return name.endswith("~") and name not in WITHOUT_SIGNAL and not (name == "inlet~" and outlet == 1)


def inlets_of(box: Box, inlet: int, shape: Shape | None, *, signal: bool, floats: bool) -> set[Port]:
    """Where a cable to an inlet ends. signal, floats: what comes along it, where that is known."""
    if shape is not None:
        forwards = [number for number, text in enumerate(shape.inlets) if text == "inlet~ fwd"]
        if inlet in forwards and not signal and not floats:
            return {(0, len(shape.inlets) + forwards.index(inlet))}
        return {(0, inlet)}
    if box.kind == "object" and box.words[0] == "writesf~" and not signal:
        return {(1, 0)}
    if box.kind == "object" and box.words[0] == "expr":
        parts = [re.findall(r"\$[fis](\d)", text) for text in box.text.replace("\\", "").split(";")]
        counts = [max(map(int, found), default=1) for found in parts]
        return {(place, inlet) for place, count in enumerate(counts) if inlet < count}
    known = _found(INLETS, box)
    return {known[inlet] if known else (0, inlet)}


def outlet_of(box: Box, outlet: int) -> Port | str:
    """Where a cable from an outlet begins; the messages of an inlet for signals have a box of their own."""
    if box.kind != "object":
        return 0, outlet
    if box.words[0] == "expr":
        return outlet, 0
    if box.words[0] == "sel":
        whole = all(re.fullmatch(r"-?\d+", word) for word in box.words[1:])
        return (1 if whole else 0), outlet  # numbers are made whole first
    if box.text == "inlet~ fwd" and outlet == 1:
        return "messages"
    known = _found(OUTLETS, box)
    return known[outlet] if known else (0, outlet)


def _found(table: dict[str, list[Port]], box: Box) -> list[Port] | None:
    if box.kind != "object":
        return table.get(f"{box.kind} box")
    return table.get(box.text) or table.get(box.words[0])
