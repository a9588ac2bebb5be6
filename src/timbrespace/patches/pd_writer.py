"""A patch as the text of a `.pd` file, in the format that Pd 0.53 saves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from timbrespace.patches.graph import BUTTON, TITLE_HEIGHT, Box, Patch

FONT = 12
LABEL_FONT, TITLE_FONT = 12, 18
WHITE, BLACK, GREY = "#fcfcfc", "#000000", "#e8e8e8"
VALUES_A_LINE = 1000
SUBPATCH_PLACE = (60, 60)  # of its window on the screen, in pixels


def pd_text(patch: Patch) -> str:
    """The whole file."""
    return "".join(f"{line};\n" for line in _canvas(patch, name=""))


def _canvas(patch: Patch, name: str) -> Iterator[str]:
    x, y = SUBPATCH_PLACE
    end = f"{name} 0" if name else FONT
    yield f"#N canvas {x} {y} {patch.width} {patch.height} {end}"
    for box in patch.boxes:
        yield from _box(box)
    for wire in patch.wires:
        yield f"#X connect {wire.source} {wire.outlet} {wire.target} {wire.inlet}"
    if patch.face is not None:
        left, top, width, height = patch.face
        yield f"#X coords 0 -1 1 1 {width} {height} 1 {left} {top}"


def _box(box: Box) -> Iterator[str]:
    if box.content is not None:
        yield from _canvas(box.content, box.text)
        yield f"#X restore {box.x} {box.y} pd {box.text}"
    elif box.kind == "array":
        yield from _array(box)
    else:
        yield f"{_PLAIN[box.kind](box)}{f', f {box.columns}' if _wide(box) else ''}"


def _wide(box: Box) -> bool:
    return bool(box.columns) and box.kind in ("object", "message", "comment")


def _array(box: Box) -> Iterator[str]:
    """A graph with one array that is kept with the patch."""
    count = len(box.values)
    yield "#N canvas 0 0 450 300 (subpatch) 0"
    yield f"#X array {escaped(box.text)} {count} float 3"
    for first in range(0, count, VALUES_A_LINE):
        numbers = " ".join(f"{value:.9g}" for value in box.values[first : first + VALUES_A_LINE])
        yield f"#A {first} {numbers}"
    yield f"#X coords 0 {box.high:.9g} {count} {box.low:.9g} {box.width} {box.height} 1 0 0"
    yield f"#X restore {box.x} {box.y} graph"


def _text(kind: str, box: Box) -> str:
    return f"#X {kind} {box.x} {box.y} {escaped(box.text)}"


def _atom(kind: str, box: Box) -> str:
    label = _name(box.label) if box.label else "-"
    receive = escaped(box.receive) or "-"
    return f"#X {kind} {box.x} {box.y} {box.columns} 0 0 1 {label} {receive} - 0"


def _slider(box: Box) -> str:
    return (
        f"#X obj {box.x} {box.y} hsl {box.width} {box.height} {box.low:.9g} {box.high:.9g} 0 0 empty "
        f"{_receive(box)} {_name(box.label)} {box.width + 8} {box.height // 2} 0 {LABEL_FONT} {WHITE} "
        f"{BLACK} {BLACK} 0 1"
    )


def _toggle(box: Box) -> str:
    colours = f"{WHITE} {BLACK} {BLACK}"
    return (
        f"#X obj {box.x} {box.y} tgl {BUTTON} 0 empty {_receive(box)} {_name(box.label)} {BUTTON + 8} "
        f"{BUTTON // 2} 0 {LABEL_FONT} {colours} 0 1"
    )


def _button(box: Box) -> str:
    return (
        f"#X obj {box.x} {box.y} bng {BUTTON} 250 50 0 empty {_receive(box)} {_name(box.label)} "
        f"{BUTTON + 8} {BUTTON // 2} 0 {LABEL_FONT} {WHITE} {BLACK} {BLACK}"
    )


def _title(box: Box) -> str:
    width, _ = box.size
    return (
        f"#X obj {box.x} {box.y} cnv 15 {width} {TITLE_HEIGHT} empty {_receive(box)} {_name(box.text)} 6 "
        f"{TITLE_HEIGHT // 2} 0 {TITLE_FONT} {GREY} {BLACK} 0"
    )


# in a comment Pd begins a line after a semicolon
_PLAIN = {
    "object": lambda box: _text("obj", box),
    "message": lambda box: _text("msg", box),
    "comment": lambda box: _text("text", replace(box, text=box.text.replace(";", ","))),
    "number": lambda box: _atom("floatatom", box),
    "symbol": lambda box: _atom("symbolatom", box),
    "slider": _slider,
    "toggle": _toggle,
    "button": _button,
    "title": _title,
}


def escaped(text: str) -> str:
    """Text with what means something to the file format marked as meant."""
    return re.sub(r"\s*([,;])", r" \\\1", text.replace("\\", "\\\\")).replace("$", "\\$")


def _name(text: str) -> str:
    """One word, of a label that may have several."""
    return re.sub(r"([ ,;])", r"\\\1", text).replace("$", "\\$") or "empty"


def _receive(box: Box) -> str:
    return escaped(box.receive) or "empty"
