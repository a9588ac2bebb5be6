"""A patch as a Max patcher: the same boxes in the same places, the same cables.

Three things Max does otherwise are made equal here. Max serves the cables of one outlet by place, from the
right, Pure Data in the order they were drawn: an outlet with several cables for messages gets a `t` (trigger)
that serves them in that order. An inlet for signals and messages (`inlet~ fwd`) becomes two, the one for
messages last: in Max every object behind it would complain of the other kind. Names (of arrays, of what is
sent) stay; delay lines are joined by a cable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from timbrespace.export.description import Description
from timbrespace.patches import max_boxes
from timbrespace.patches.graph import Box, Patch, Wire
from timbrespace.patches.max_file import SIGNAL, Line, MaxBox, MaxPatcher
from timbrespace.patches.max_order import in_order, letter
from timbrespace.patches.max_parts import Part, Port, Spec, alone, argument
from timbrespace.patches.max_rules import part_of

STRETCH_X, STRETCH_Y = 1.25, 1.6  # Max's boxes are larger, and some stand for several
WINDOW_FLAGS = ("bgmode", "border", "clickthrough", "enablehscroll", "enablevscroll", "lockeddragscroll")
RECORDER, FOLLOWER = "ts.record~", "ts.follow~"
FOLLOWED = "follow_$1"  # its method; in Max, where an argument is the beginning of a word, it is the argument
BELOW = 24.0  # pixels from a box to the next of its part


@dataclass
class _Drawing:
    """A patcher while it is made."""

    boxes: list[MaxBox] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def put(self, id_: str, spec: Spec, x: float, y: float) -> None:
        inlets, outlets = spec.ports
        rect = (x, y, *max_boxes.size_of(spec))
        self.boxes.append(
            MaxBox(id_, spec.maxclass, spec.text, inlets, outlets, rect, spec.settings, spec.patcher)
        )


def max_patcher(patch: Patch, library: Mapping[str, Patch], description: Description) -> MaxPatcher:
    """The whole patch. library: the abstractions by name. Raises ValueError where an object has no equal."""
    drawing = _Drawing()
    parts = []
    for number, box in enumerate(patch.boxes):
        part = _part(box, patch, library, description)
        parts.append(part)
        _draw(drawing, number, box, part)
    _message_inlets(drawing, patch)
    _cables(drawing, patch, parts, library)
    _delay_lines(drawing, patch)
    lines = in_order(drawing.boxes, drawing.lines)
    size = (round(patch.width * STRETCH_X), round(patch.height * STRETCH_Y))
    return MaxPatcher(drawing.boxes, lines, size)


def _part(box: Box, patch: Patch, library: Mapping[str, Patch], description: Description) -> Part:
    if box.content is not None:
        inner = max_patcher(box.content, library, description)
        if box.content.face is not None:
            return alone(_window(box.content, box.content.face, {"embed": 1}, inner))
        return alone(Spec(f"p {box.text}", given=_ports_of(box.content), patcher=inner))
    if box.kind != "object":
        return max_boxes.part_of(box)
    name, *words = box.words
    if name in library:
        return _abstraction(box, library[name])
    if name == "nn~":
        method = description.methods[words[1].replace("$1", next(iter(description.descriptors), ""))]
        text = " ".join(
            [name, *("#1" if word == FOLLOWED else argument(word) for word in (words[:2])), *words[2:]]
        )
        return alone(Spec(text, given=(method.in_channels, (SIGNAL,) * method.out_channels)))
    if name == "metro" and words[2:] == ["samp"]:
        return part_of(f"metro {1000.0 * float(words[0]) / description.sample_rate:.6f}")
    if name == "value" and patch.name == RECORDER:  # Max's holds nothing at first, Pure Data's 0
        return alone(f"value {argument(words[0])} 0.")
    if name in ("inlet", "inlet~", "outlet", "outlet~"):
        return max_boxes.port_part(box, patch)
    return part_of(box.text)


def _abstraction(box: Box, patch: Patch) -> Part:
    """By its name; where the box shows the face of the patch, as a window to that part of it."""
    name, *words = box.words
    given = [argument(FOLLOWED.replace("$1", word) if name == FOLLOWER else word) for word in words]
    if not box.width or patch.face is None:
        return alone(Spec(" ".join([name, *given]), given=_ports_of(patch)))
    return alone(_window(patch, patch.face, {"name": f"{name}.maxpat", "args": given}))


def _window(
    patch: Patch,
    face: tuple[int, int, int, int],
    which: Mapping[str, Any],
    inner: MaxPatcher | None = None,
) -> Spec:
    """A `bpatcher`: the face of a patch that is kept in a file of its own, or in the box (inner)."""
    left, top, width, height = face
    settings = {
        **which,
        "offset": [-left * STRETCH_X, -top * STRETCH_Y],
        **dict.fromkeys(WINDOW_FLAGS, 0),
        "viewvisibility": 1,
    }
    size = (width * STRETCH_X, height * STRETCH_Y)
    return Spec("", "bpatcher", _ports_of(patch), settings, inner, size)


def _ports_of(patch: Patch) -> tuple[int, tuple[str, ...]]:
    """Inlets and outlet types of a patch in Max, its inlets for messages last."""
    inlets = patch.ports("inlet")
    outlets = tuple(SIGNAL if box.words[0] == "outlet~" else "" for box in patch.ports("outlet"))
    return len(inlets) + sum(box.text == "inlet~ fwd" for box in inlets), outlets


def _draw(drawing: _Drawing, number: int, box: Box, part: Part) -> None:
    x, y = box.x * STRETCH_X, box.y * STRETCH_Y
    for place, spec in enumerate(part.boxes):
        right, down = spec.beside or (0.0, BELOW * place)
        wide = max_boxes.as_wide(spec, box.columns) if place == 0 else spec
        drawing.put(_id(number, place), wide, x + right, y + down)
    for source, outlet, target, inlet in part.lines:
        drawing.lines.append(Line(_id(number, source), outlet, _id(number, target), inlet))


def _message_inlets(drawing: _Drawing, patch: Patch) -> None:
    """The further inlets of those that take messages too, to the right of all others."""
    inlets = patch.ports("inlet")
    right = max((box.x for box in inlets), default=0) * STRETCH_X
    for extra, box in enumerate((box for box in inlets if box.text == "inlet~ fwd"), 1):
        spec = max_boxes.inlet_spec(len(inlets) + extra, "", f"messages of inlet {inlets.index(box) + 1}")
        drawing.put(_messages_id(patch.boxes.index(box)), spec, right + 40.0 * extra, box.y * STRETCH_Y)


def _cables(drawing: _Drawing, patch: Patch, parts: list[Part], library: Mapping[str, Patch]) -> None:
    boxes = {box.id: box for box in drawing.boxes}
    for wire in patch.wires:
        source = _source(patch, wire, parts)
        box = boxes[source[0]]
        target = patch.boxes[wire.target]
        inner = target.content or library.get(target.words[0] if target.kind == "object" else "")
        part, inlet = parts[wire.target], wire.inlet
        messages = box.outlets[source[1]] != SIGNAL
        if messages and inner is not None:
            if inner.ports("inlet")[inlet].words[0] == "inlet~" and letter(box, source[1]) == "f":
                source = _as_signal(drawing, box, source[1], wire)
            else:
                inlet = _inlet_for_messages(inner, inlet)
        apart = part.messages if messages and inlet == 0 else None
        ends = (_port(wire.target, port) for port in ((apart,) if apart else part.inlets[inlet]))
        drawing.lines += [Line(*source, *end) for end in ends]


def _source(patch: Patch, wire: Wire, parts: list[Part]) -> tuple[str, int]:
    if patch.boxes[wire.source].text == "inlet~ fwd" and wire.outlet == 1:
        return _messages_id(wire.source), 0
    return _port(wire.source, parts[wire.source].outlets[wire.outlet])


def _as_signal(drawing: _Drawing, box: MaxBox, outlet: int, wire: Wire) -> tuple[str, int]:
    """A number for an inlet for signals, which Pure Data takes as one."""
    id_ = f"{box.id}-signal-{wire.target}-{wire.inlet}"
    left, top, _, height = box.rect
    drawing.put(id_, Spec("sig~ 0."), left, top + height + 4.0)
    drawing.lines.append(Line(box.id, outlet, id_, 0))
    return id_, 0


def _inlet_for_messages(patch: Patch, inlet: int) -> int:
    """Where in Max the messages for an inlet of a patch go."""
    inlets = patch.ports("inlet")
    if inlets[inlet].text != "inlet~ fwd":
        return inlet
    return len(inlets) + sum(box.text == "inlet~ fwd" for box in inlets[:inlet])


def _delay_lines(drawing: _Drawing, patch: Patch) -> None:
    """From each `tapin~` to the `tapout~` of its name. Raises ValueError for one without a beginning."""
    heads = {box.words[1]: _id(number, 0) for number, box in enumerate(patch.boxes) if _is(box, "delwrite~")}
    for number, box in enumerate(patch.boxes):
        if _is(box, "delread~"):
            if box.words[1] not in heads:
                raise ValueError(f"{patch.name}: '{box.text}' reads a delay line of another patch")
            drawing.lines.append(Line(heads[box.words[1]], 0, _id(number, 0), 0))


def _is(box: Box, name: str) -> bool:
    return box.kind == "object" and box.words[0] == name


def _port(number: int, port: Port) -> tuple[str, int]:
    return _id(number, port[0]), port[1]


def _id(number: int, place: int) -> str:
    """Of a Max box: the number of the box it stands for, and which of its part it is."""
    return f"obj-{number + 1}" if place == 0 else f"obj-{number + 1}-{place}"


def _messages_id(number: int) -> str:
    return f"obj-{number + 1}-messages"
