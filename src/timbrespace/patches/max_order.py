"""Cables of one outlet, served in the order in which they were drawn.

Max serves them by place, from the right; Pure Data in the order of drawing. So an outlet that sends messages
along several cables gets a `t` (trigger), which serves its outlets from the right: the first cable is its
last. A trigger must know what comes: bangs, numbers, lists; where it may be a bang or not, `route bang`
sorts it, and there are two triggers with the same cables.
"""

from __future__ import annotations

from collections.abc import Sequence

from timbrespace.patches.max_file import SIGNAL, Line, MaxBox
from timbrespace.patches.max_objects import BANG, FLOAT, INT, TAP

NUMBERS = frozenset(("flonum", "slider", "expr", "if", "peek~", "value", "i", "f", "maximum", "minimum"))
OPEN = frozenset(("inlet", "route", "gate", "r", "receive", "p", "bpatcher"))  # what they send may be a bang
BELOW, ASIDE = 8.0, 24.0  # pixels from the box


def in_order(boxes: list[MaxBox], lines: Sequence[Line]) -> list[Line]:
    """The cables, through triggers where an outlet has several; the triggers are put into `boxes`."""
    by_id = {box.id: box for box in boxes}
    cables: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        cables.setdefault((line.source, line.outlet), []).append(line)
    result: list[Line] = []
    for (source, outlet), several in cables.items():
        box = by_id[source]
        if len(several) == 1 or box.outlets[outlet] in (SIGNAL, TAP):
            result += several
        elif (kind := letter(box, outlet)) is not None:
            result += _served(boxes, box, outlet, outlet, kind, several)
        else:
            result += _sorted(boxes, box, outlet, several)
    return result


def letter(box: MaxBox, outlet: int) -> str | None:
    """What a trigger makes of what an outlet sends: `b`, `f`, `l`; None where it may be a bang or not."""
    name = box.text.split()[0] if box.maxclass == "newobj" and box.text else box.maxclass
    if box.outlets[outlet] == BANG or (name == "message" and box.text == "bang"):
        return "b"
    if box.outlets[outlet] in (FLOAT, INT) or name in NUMBERS:
        return "f"
    return None if name in OPEN or name.startswith("ts.") else "l"


def _sorted(boxes: list[MaxBox], box: MaxBox, outlet: int, several: Sequence[Line]) -> list[Line]:
    """Bangs through one trigger, all else through another."""
    left, top, _, height = box.rect
    id_ = f"{box.id}-sort-{outlet}"
    rect = (left + ASIDE * (outlet + 1), top + height + BELOW, 75.0, 22.0)
    sorter = MaxBox(id_, "newobj", "route bang", 2, ("", ""), rect)
    boxes.append(sorter)
    lines = [Line(box.id, outlet, id_, 0)]
    lines += _served(boxes, sorter, 0, outlet, "b", several)
    return lines + _served(boxes, sorter, 1, outlet, "l", several)


def _served(
    boxes: list[MaxBox], box: MaxBox, outlet: int, number: int, kind: str, several: Sequence[Line]
) -> list[Line]:
    """A trigger below an outlet, and its cables: the first from its last outlet."""
    left, top, _, height = box.rect
    text = " ".join(["t", *kind * len(several)])
    kinds = ({"b": BANG, "f": FLOAT, "l": ""}[kind],) * len(several)
    id_ = f"{box.id}-order-{number}-{kind}"
    rect = (left + ASIDE * (outlet + 1), top + height + BELOW, 14.0 + 14.0 * len(several), 22.0)
    boxes.append(MaxBox(id_, "newobj", text, 1, kinds, rect))
    last = len(several) - 1
    served = [Line(id_, last - place, line.target, line.inlet) for place, line in enumerate(several)]
    return [Line(box.id, outlet, id_, 0), *served]
