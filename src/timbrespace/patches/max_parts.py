"""What stands in Max for a box of a patch: one box or several, and where its inlets and outlets are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from timbrespace.patches.max_file import MaxPatcher
from timbrespace.patches.max_objects import Ports, max_ports

Words = Sequence[str]
Port = tuple[int, int]  # a box of a part, and its inlet or outlet


@dataclass(frozen=True)
class Spec:
    """A Max box without a place. given: its ports, where its text does not tell them.

    beside: pixels from the first box of its part, where it does not stand below.
    """

    text: str
    maxclass: str = "newobj"
    given: Ports | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    patcher: MaxPatcher | None = None
    size: tuple[float, float] | None = None
    beside: tuple[float, float] | None = None

    @property
    def ports(self) -> Ports:
        return self.given or max_ports(self.text)


@dataclass(frozen=True)
class Part:
    """What stands for one box: Max boxes, where each inlet and outlet of the box is, cables among them.

    inlets: of each, all that it leads to, in the order in which they are served. lines: (box, outlet, box,
    inlet). messages: where those for the first inlet go, where it leads signals elsewhere.
    """

    boxes: tuple[Spec, ...]
    inlets: tuple[tuple[Port, ...], ...]
    outlets: tuple[Port, ...]
    lines: tuple[tuple[int, int, int, int], ...] = ()
    messages: Port | None = None


Rule = Callable[[Words], Part]


def alone(
    spec: Spec | str, inlets: Sequence[int] | None = None, outlets: Sequence[int] | None = None
) -> Part:
    """One box. inlets, outlets: where those of the other host are, in its order; the same if not given."""
    spec = Spec(spec) if isinstance(spec, str) else spec
    count, types = spec.ports
    return Part(
        (spec,),
        tuple(((0, inlet),) for inlet in (range(count) if inlets is None else inlets)),
        tuple((0, outlet) for outlet in (range(len(types)) if outlets is None else outlets)),
    )


def chain(*texts: str) -> Part:
    """Boxes in a row, first outlet to first inlet; the first inlet of the first, the outlet of the last."""
    lines = tuple((number, 0, number + 1, 0) for number in range(len(texts) - 1))
    return Part(tuple(map(Spec, texts)), (((0, 0),),), ((len(texts) - 1, 0),), lines)


def argument(word: str) -> str:
    """An argument as Max takes it: `$1` is `#1`, a number has a point and no exponent.

    Raises ValueError where a `$1` is not the beginning of a word, as Max would leave it.
    """
    if "$" in word[1:]:
        raise ValueError(f"'{word}' has no equal in Max")
    if "$" in word:
        return re.sub(r"\$(\d)", r"#\1", word)
    try:
        value = float(word)
    except ValueError:
        return word
    return number(value)


def number(value: float) -> str:
    """A number with a point: 1 is `1.`, 1e-05 is `0.00001`."""
    return f"{value:.9f}".rstrip("0") if abs(value) < 1 else f"{value:.6f}".rstrip("0")


def with_arguments(name: str, words: Words, *defaults: float) -> str:
    """`name` and its arguments; `defaults` where they are missing."""
    given = [argument(word) for word in words]
    return " ".join([name, *given, *(number(value) for value in defaults[len(given) :])])
