"""A patch as plain values: boxes with places, cables between them; a writer makes a host's file of it.

Texts are Pure Data's: `$0` is the patch's own number, `$1` … its arguments (in a message: what came in),
a comma in a message begins the next one. Objects are those that Pd 0.53 has built in and Max has equals
for, `nn~`, and the abstractions of this package, which begin with `ts.`. Inlets and outlets of a patch
stand in the order of their x.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Kind = Literal[
    "object", "message", "number", "symbol", "comment", "title", "slider", "toggle", "button", "array",
    "subpatch",
]  # fmt: skip

CHARACTER, LINE, MARGIN = 7, 16, 6  # pixels, of the font at size 12
WRAP = 60  # characters, where a line of a box without a width ends
NUMBER_COLUMNS = 7
SLIDER_SIZE = (128, 15)
BUTTON = 19  # pixels
TITLE_HEIGHT = 28
PORT_SPACING = 22  # pixels between the outlets of a wide box


@dataclass(frozen=True)
class Box:
    """One thing in a patch. x, y: pixels, of its left upper corner.

    text: of an object, message, comment or title; the name of an array or subpatch. columns: its width in
    characters, 0: as its text needs. width, height: pixels, of a slider, an array or an object with a face.
    low, high: range of a slider or an array. label: written beside. receive: the name by which messages
    reach it.
    values: of an array, as many as it has.
    """

    kind: Kind
    text: str
    x: int
    y: int
    columns: int = 0
    width: int = 0
    height: int = 0
    low: float = 0.0
    high: float = 1.0
    label: str = ""
    receive: str = ""
    values: tuple[float, ...] = ()
    content: Patch | None = None

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as a host draws it; of a slider with its label."""
        if self.width:
            beside = CHARACTER * len(self.label) + 8 if self.label else 0
            return self.width + beside, self.height
        if self.kind == "title":
            return 12 * len(self.text), TITLE_HEIGHT
        if self.kind in ("toggle", "button"):
            return BUTTON + (CHARACTER * len(self.label) + 8 if self.label else 0), BUTTON
        if self.kind in ("number", "symbol"):
            beside = CHARACTER * (len(self.label) + 1) if self.label else 0
            return CHARACTER * self.columns + MARGIN + beside, LINE + MARGIN
        text = f"pd {self.text}" if self.kind == "subpatch" else self.text
        lines = textwrap.wrap(text, self.columns or WRAP, break_long_words=False) or [""]
        columns = self.columns or max(map(len, lines))
        return max(CHARACTER * columns + MARGIN, 24), LINE * len(lines) + MARGIN


@dataclass(frozen=True)
class Wire:
    """A cable from an outlet of one box to an inlet of another; boxes by their place in the list."""

    source: int
    outlet: int
    target: int
    inlet: int


@dataclass
class Patch:
    """A patch while it is made. name: of its file, without an extension. width, height: of its window.

    face: x, y, width and height of the part that another patch shows of it in place of a box.
    """

    name: str
    width: int = 700
    height: int = 500
    face: tuple[int, int, int, int] | None = None
    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)

    def add(self, box: Box) -> int:
        """Puts a box in; returns its place, by which cables know it."""
        self.boxes.append(box)
        return len(self.boxes) - 1

    def object(self, text: str, x: int, y: int, columns: int = 0) -> int:
        return self.add(Box("object", text, x, y, columns))

    def shown(self, text: str, x: int, y: int, size: tuple[int, int]) -> int:
        """An abstraction with a face of that size."""
        return self.add(Box("object", text, x, y, width=size[0], height=size[1]))

    def message(self, text: str, x: int, y: int, columns: int = 0) -> int:
        return self.add(Box("message", text, x, y, columns))

    def comment(self, text: str, x: int, y: int, columns: int = 0) -> int:
        return self.add(Box("comment", text, x, y, columns))

    def title(self, text: str, x: int = 16, y: int = 12) -> int:
        return self.add(Box("title", text, x, y))

    def number(
        self, x: int, y: int, label: str = "", columns: int = NUMBER_COLUMNS, receive: str = ""
    ) -> int:
        return self.add(Box("number", "", x, y, columns, label=label, receive=receive))

    def symbol(self, x: int, y: int, columns: int = 20) -> int:
        return self.add(Box("symbol", "", x, y, columns))

    def toggle(self, x: int, y: int, label: str = "") -> int:
        return self.add(Box("toggle", "", x, y, label=label))

    def button(self, x: int, y: int, label: str = "") -> int:
        return self.add(Box("button", "", x, y, label=label))

    def slider(
        self, x: int, y: int, low: float, high: float, label: str = "", *, width: int = SLIDER_SIZE[0]
    ) -> int:
        """A horizontal one; at its low end until it is sent a number, as by a loadbang."""
        height = SLIDER_SIZE[1]
        return self.add(Box("slider", "", x, y, 0, width, height, low, high, label))

    def array(
        self, name: str, x: int, y: int, values: Sequence[float], low: float, high: float,
        width: int = 200, height: int = 80,
    ) -> int:  # fmt: skip
        """A drawn array that the mouse can change, named for all patches."""
        return self.add(
            Box("array", name, x, y, 0, width, height, low, high, values=tuple(map(float, values)))
        )

    def subpatch(self, content: Patch, x: int, y: int) -> int:
        """A patch inside this one; it shows its face where it has one."""
        width, height = content.face[2:] if content.face else (0, 0)
        return self.add(Box("subpatch", content.name, x, y, 0, width, height, content=content))

    def connect(self, source: int, target: int, outlet: int = 0, inlet: int = 0) -> None:
        self.wires.append(Wire(source, outlet, target, inlet))

    def chain(self, *boxes: int) -> int:
        """Cables from first outlets to first inlets, all along; returns the last box."""
        for source, target in pairwise(boxes):
            self.connect(source, target)
        return boxes[-1]

    def ports(self, kind: Literal["inlet", "outlet"]) -> list[Box]:
        """The boxes that are this patch's inlets or outlets, from left to right."""
        names = (kind, f"{kind}~")
        found = [box for box in self.boxes if box.kind == "object" and box.words[0] in names]
        return sorted(found, key=lambda box: box.x)

    def walk(self) -> Iterator[Patch]:
        """This patch and all within it."""
        yield self
        for box in self.boxes:
            if box.content is not None:
                yield from box.content.walk()


def columns_for(ports: int, text: str) -> int:
    """A width in characters at which the cables of so many inlets or outlets stay apart."""
    return max(len(text), -(-ports * PORT_SPACING // CHARACTER))
