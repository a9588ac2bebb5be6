"""What stands in Max for what is not typed: numbers, sliders, toggles, comments, arrays, and for inlets."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from timbrespace.patches.graph import Box, Patch
from timbrespace.patches.max_file import SIGNAL
from timbrespace.patches.max_objects import BANG, INT
from timbrespace.patches.max_parts import Part, Spec, alone, argument, number
from timbrespace.patches.max_rules import memory

CHARACTER, MARGIN, LINE = 7.0, 14.0, 15.0  # pixels
HEIGHT = 22.0  # of a typed box
PLAIN = {"parameter_enable": 0}
TITLE = {"fontsize": 18.0, "fontface": 1}
PORT_SIZE, SWITCH_SIZE, NUMBER_SIZE = (30.0, 30.0), (24.0, 24.0), (70.0, HEIGHT)
# what patches say of Pure Data, as it is for Max
WORDS = {
    "pd dsp 1": "dsp start",
    "pd dsp 0": "dsp stop",
    "README.pd": "README.maxpat",
    "With wait, as here, when it is told: a port is one object's, the last that asks gets it.": "",
    "Pd runs at": "Max runs at",
    "the exchange with Pd": "the exchange with Max in vectors of 64",
    "Media - Audio settings": "Options - Audio Status",
    "ts.follow~ ": "ts.follow~ follow_",
}
DRAWN_MOST = 256  # values of an array that can be drawn with the mouse


def size_of(spec: Spec) -> tuple[float, float]:
    """Width and height of a box, as its text needs where it has none."""
    return spec.size or (max(35.0, CHARACTER * len(spec.text) + MARGIN), HEIGHT)


def as_wide(spec: Spec, columns: int) -> Spec:
    """The same with a width in characters; its text goes into as many lines as it needs."""
    if not columns or spec.size:
        return spec
    width = CHARACTER * columns + MARGIN
    lines = max(1, len(textwrap.wrap(spec.text, columns)))
    if spec.maxclass == "newobj":
        width, lines = max(width, size_of(spec)[0]), 1
    return replace(spec, size=(width, HEIGHT + LINE * (lines - 1)))


def part_of(box: Box) -> Part:
    """What stands for a box that is no object, with the label beside it and the name it listens to."""
    part = _MADE[box.kind](box)
    if box.receive:
        hears = Spec(f"r {argument(box.receive)}", beside=(0.0, -28.0))
        part = _with(part, hears, [(len(part.boxes), 0, 0, 0)])
    if box.label:
        width, _ = size_of(part.boxes[0])
        part = _with(part, replace(_comment(box.label), beside=(width + 4.0, 0.0)), [])
    return part


def _with(part: Part, spec: Spec, lines: list[tuple[int, int, int, int]]) -> Part:
    return replace(part, boxes=(*part.boxes, spec), lines=(*part.lines, *lines))


def _comment(text: str, settings: Mapping[str, Any] | None = None) -> Spec:
    return Spec(text, "comment", (1, ()), dict(settings or {}))


def _text(box: Box) -> str:
    text = box.text
    for here, there in WORDS.items():
        text = text.replace(here, there)
    return text


def _written(box: Box) -> Part:
    return Part((_comment(_text(box), TITLE if box.kind == "title" else None),), (), ())


def _message(box: Box) -> Part:
    return alone(Spec(_text(box), "message", (2, ("",))), inlets=[0])


def _symbol(_box: Box) -> Part:
    """A message that shows what it was given, and sends it when it is clicked."""
    return alone(Spec("", "message", (2, ("",)), size=(140.0, HEIGHT)), inlets=[1])


def _number(_box: Box) -> Part:
    spec = Spec("", "flonum", (1, ("", BANG)), {**PLAIN, "format": 6}, size=NUMBER_SIZE)
    return alone(spec, outlets=[0])


def _toggle(_box: Box) -> Part:
    return alone(Spec("", "toggle", (1, (INT,)), PLAIN, size=SWITCH_SIZE))


def _button(_box: Box) -> Part:
    return alone(Spec("", "button", (1, (BANG,)), PLAIN, size=SWITCH_SIZE))


def _slider(box: Box) -> Part:
    settings = {
        **PLAIN, "floatoutput": 1, "orientation": 1, "min": float(box.low), "size": float(box.high - box.low)
    }  # fmt: skip
    return alone(Spec("", "slider", (1, ("",)), settings, size=(float(box.width), 20.0)))


def _array(box: Box) -> Part:
    """Memory for its values; where they are few they are drawn in bars, which set them."""
    count, name = len(box.values), argument(box.text)
    kept = memory(name, str(count))
    if count > DRAWN_MOST:
        return kept
    settings = {
        **PLAIN, "contdata": 1, "size": count, "setminmax": [float(box.low), float(box.high)], "setstyle": 1
    }  # fmt: skip
    bars = Spec("", "multislider", (1, ("", "")), settings, size=(float(box.width), float(box.height)))
    start = Spec(" ".join(number(value) for value in box.values), "message", (2, ("",)), size=(60.0, HEIGHT))
    behind = (Spec("loadbang"), start, Spec("listfunnel"), Spec(f"peek~ {name}"), *kept.boxes)
    placed = [replace(spec, beside=(box.width + 20.0, 28.0 * n)) for n, spec in enumerate(behind)]
    lines = [(1, 0, 2, 0), (2, 0, 0, 0), (0, 0, 3, 0), (3, 0, 4, 0)]
    shift = 1 + len(behind) - len(kept.boxes)
    lines += [(source + shift, outlet, target + shift, inlet) for source, outlet, target, inlet in kept.lines]
    return Part((bars, *placed), (), (), tuple(lines))


_MADE: dict[str, Callable[[Box], Part]] = {
    "message": _message, "comment": _written, "title": _written, "number": _number, "symbol": _symbol,
    "toggle": _toggle, "button": _button, "slider": _slider, "array": _array,
}  # fmt: skip


def port_part(box: Box, patch: Patch) -> Part:
    """An inlet or outlet of a patch, numbered from the left; `inlet~ fwd` without its messages."""
    name = box.words[0]
    kind = SIGNAL if name.endswith("~") else ""
    if name.startswith("inlet"):
        place = patch.ports("inlet").index(box) + 1
        return alone(inlet_spec(place, kind))
    place = patch.ports("outlet").index(box) + 1
    return alone(Spec("", "outlet", (1, ()), {"comment": "", "index": place}, size=PORT_SIZE))


def inlet_spec(place: int, kind: str, comment: str = "") -> Spec:
    """An inlet of a patch. place: from the left, from 1. kind: what it takes, signals or any messages."""
    return Spec("", "inlet", (0, (kind,)), {"comment": comment, "index": place}, size=PORT_SIZE)
