"""How many inlets and outlets a box has, so that no cable of a patch ends in nothing.

Counts are Pd 0.53's; those of abstractions are counted in their patches, those of `nn~` in the model's
description. A box that is not known here cannot be used in a patch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from timbrespace.export.description import Description
from timbrespace.patches.graph import Box, Patch

Counts = tuple[int, int]
Words = Sequence[str]

FIXED: dict[str, Counts] = {
    **dict.fromkeys(("mtof", "samplerate~", "snapshot~", "sig~", "noise~", "value", "makefilename"), (1, 1)),
    **dict.fromkeys(("pdcontrol", "change", "oscformat", "oscparse", "delread~"), (1, 1)),
    **dict.fromkeys(("+", "-", "*", "/", "==", ">", "%", "max", "min", "f", "int", "symbol"), (2, 1)),
    **dict.fromkeys(("random", "metro", "tabread", "spigot", "until"), (2, 1)),
    **dict.fromkeys(("+~", "-~", "*~", "/~", "max~", "min~", "lop~", "osc~", "line~"), (2, 1)),
    **dict.fromkeys(("clip", "clip~", "bp~", "line"), (3, 1)),
    **dict.fromkeys(("moses", "file", "textfile"), (2, 2)),
    **dict.fromkeys(("print", "outlet", "outlet~", "writesf~", "delwrite~"), (1, 0)),
    **dict.fromkeys(("loadbang", "inlet"), (0, 1)),
    **dict.fromkeys(("tabwrite", "dac~"), (2, 0)),
    **dict.fromkeys(("ctlin", "notein"), (0, 3)),
    **dict.fromkeys(("netreceive", "netsend"), (1, 2)),
}
WORDS: dict[str, Callable[[Words], Counts]] = {
    "adc~": lambda words: (1, len(words) or 2),
    "inlet~": lambda words: (0, 2 if "fwd" in words else 1),
    "t": lambda words: (1, len(words)),
    "route": lambda words: (2 if len(words) == 1 else 1, len(words) + 1),
    "sel": lambda words: (2 if len(words) == 1 else 1, max(len(words), 1) + 1),
    "pack": lambda words: (len(words) or 2, 1),
    "unpack": lambda words: (1, len(words) or 2),
    "s": lambda words: (1 if words else 2, 0),
    "r": lambda words: (0, 1),
    "list": lambda words: LISTS[words[0]],
    "array": lambda words: (1, 1),  # define
    "expr": lambda words: (_variables(words, "fis"), " ".join(words).count(";") + 1),
    "expr~": lambda words: (_variables(words, "vf"), " ".join(words).count(";") + 1),
}
LISTS: dict[str, Counts] = {
    **dict.fromkeys(("append", "prepend"), (2, 1)),
    **dict.fromkeys(("trim", "length", "fromsymbol"), (1, 1)),
}
KINDS: dict[str, Counts] = {
    "message": (1, 1), "number": (1, 1), "symbol": (1, 1), "comment": (0, 0), "title": (0, 0),
    "slider": (1, 1), "toggle": (1, 1), "button": (1, 1), "array": (0, 0),
}  # fmt: skip


def ports(box: Box, library: Mapping[str, Patch], description: Description) -> Counts:
    """(inlets, outlets) of a box. library: the abstractions by name. Raises ValueError for an unknown one."""
    if box.content is not None:
        return _of_patch(box.content)
    if box.kind != "object":
        return KINDS[box.kind]
    name, *words = box.words
    if name in library:
        return _of_patch(library[name])
    if name == "nn~":
        wanted = words[1].replace("$1", next(iter(description.descriptors), "f0"))
        method = description.methods[wanted]
        return method.in_channels, method.out_channels
    if name in WORDS:
        return WORDS[name](words)
    counts = FIXED.get(name)
    if counts is None:
        raise ValueError(f"the ports of '{box.text}' are not known")
    return counts


def check_wires(patch: Patch, library: Mapping[str, Patch], description: Description) -> None:
    """Raises ValueError where a cable of the patch, or of one inside it, ends at no port."""
    for inner in patch.walk():
        counts = [ports(box, library, description) for box in inner.boxes]
        for wire in inner.wires:
            source, target = inner.boxes[wire.source], inner.boxes[wire.target]
            if wire.outlet >= counts[wire.source][1] or wire.inlet >= counts[wire.target][0]:
                raise ValueError(
                    f"{patch.name}: no cable from outlet {wire.outlet} of '{source.kind} {source.text}' to "
                    f"inlet {wire.inlet} of '{target.kind} {target.text}'"
                )


def _of_patch(patch: Patch) -> Counts:
    return len(patch.ports("inlet")), len(patch.ports("outlet"))


def _variables(words: Words, letters: str) -> int:
    """The highest number of `$f1`, `$v2`, …"""
    found = re.findall(rf"\$[{letters}](\d+)", " ".join(words))
    return max((int(number) for number in found), default=1)
