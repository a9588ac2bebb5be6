"""The objects of Max 8 that our patches may use: how many inlets they have and what their outlets send.

Only long-lived objects of Max and MSP stand here; counts were read in files that Max saved. Max takes both
from the object itself when it opens a patch; they are written, and checked, so that every cable has an end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

SIGNAL, FLOAT, INT, BANG, ANY, TAP = "signal", "float", "int", "bang", "", "tapconnect"
Ports = tuple[int, tuple[str, ...]]

FIXED: dict[str, Ports] = {
    # numbers and messages
    **dict.fromkeys(("+", "-", "*", "/", "%", "==", "!=", ">", "<", ">=", "<="), (2, (FLOAT,))),
    **dict.fromkeys(("maximum", "minimum"), (2, (FLOAT, INT))),
    **dict.fromkeys(("abs", "sqrt", "mtof", "atodb", "dbtoa"), (1, (FLOAT,))),
    **dict.fromkeys(("f", "float"), (2, (FLOAT,))),
    **dict.fromkeys(("i", "int", "random"), (2, (INT,))),
    **dict.fromkeys(("metro", "delay"), (2, (BANG,))),
    "bangbang": (1, (BANG, BANG)),
    "clip": (3, (ANY,)),
    "split": (3, (INT, INT)),
    "change": (1, (ANY, INT, INT)),
    "swap": (2, (INT, INT)),
    "line": (3, (ANY, ANY, BANG)),
    "uzi": (2, (BANG, BANG, INT)),
    "timer": (2, (FLOAT, ANY)),
    "value": (1, (ANY,)),
    "stripnote": (2, (INT, INT)),
    "loadbang": (1, (BANG,)),
    "prepend": (1, (ANY,)),
    "append": (1, (ANY,)),
    "tosymbol": (1, (ANY,)),
    "fromsymbol": (1, (ANY,)),
    "print": (1, ()),
    "listfunnel": (1, ("list",)),
    "opendialog": (1, (ANY, BANG)),
    "thispatcher": (1, (ANY, ANY)),
    **dict.fromkeys(("zl.slice", "zl.join", "zl.len", "zl.nth", "zl.lookup"), (2, (ANY, ANY))),
    # devices
    "notein": (1, (INT, INT, INT)),
    "ctlin": (1, (INT, INT, INT)),
    "udpreceive": (1, (ANY,)),
    "udpsend": (1, ()),
    "js": (1, (ANY,)),
    "pcontrol": (1, (ANY,)),
    # signals
    **dict.fromkeys(("+~", "-~", "*~", "/~", "%~", "minimum~", "maximum~", "pow~"), (2, (SIGNAL,))),
    **dict.fromkeys((">~", "<~", ">=~", "<=~", "==~", "!=~"), (2, (SIGNAL,))),
    **dict.fromkeys(("abs~", "sqrt~", "delta~", "average~", "sig~", "trunc~"), (1, (SIGNAL,))),
    **dict.fromkeys(("sah~", "onepole~", "delay~", "phasor~", "cycle~"), (2, (SIGNAL,))),
    **dict.fromkeys(("clip~", "rampsmooth~", "slide~"), (3, (SIGNAL,))),
    **dict.fromkeys(("reson~", "biquad~"), (4, (SIGNAL,))),
    "noise~": (1, (SIGNAL,)),
    "snapshot~": (2, (FLOAT,)),
    "line~": (2, (SIGNAL, BANG)),
    "tapin~": (1, (TAP,)),
    "tapout~": (1, (SIGNAL,)),
    "send~": (1, ()),
    "receive~": (1, (SIGNAL,)),
    "buffer~": (1, (FLOAT, BANG)),
    "peek~": (3, (FLOAT,)),
    "index~": (2, (SIGNAL,)),
    "poke~": (3, ()),
    "count~": (2, (SIGNAL,)),
    "dspstate~": (1, (INT, FLOAT, INT, INT)),
    **dict.fromkeys(("plugin~", "plugout~"), (2, (SIGNAL, SIGNAL))),
}
_TRIGGERS = {"b": BANG, "f": FLOAT, "i": INT, "l": ANY, "s": ANY}
VARIABLE: dict[str, Callable[[Sequence[str]], Ports]] = {
    **dict.fromkeys(("t", "trigger"), lambda words: (1, tuple(_TRIGGERS.get(word, ANY) for word in words))),
    **dict.fromkeys(("sel", "select"), lambda words: (_more(words), (BANG,) * max(len(words), 1) + (ANY,))),
    "route": lambda words: (_more(words), (ANY,) * (max(len(words), 1) + 1)),
    "pack": lambda words: (max(len(words), 2), (ANY,)),
    "unpack": lambda words: (1, (ANY,) * max(len(words), 2)),
    "gate": lambda words: (2, (ANY,) * int(words[0] if words else 1)),
    "expr": lambda words: (_variables(words), (ANY,)),
    "if": lambda words: (_variables(words), (ANY,) * (2 if "out2" in words else 1)),
    "adc~": lambda words: (1, (SIGNAL,) * (len(words) or 2)),
    "dac~": lambda words: (len(words) or 2, ()),
    "sfrecord~": lambda words: (int(words[0]) if words else 1, (SIGNAL,)),
    "sprintf": lambda words: (max(1, sum(word.count("%") for word in words)), (ANY,)),
    **dict.fromkeys(("s", "send"), lambda words: (1 if words else 2, ())),
    **dict.fromkeys(("r", "receive"), lambda words: (0 if words else 1, (ANY,))),
}
"""By the words that follow the name, without attributes."""


def max_ports(text: str) -> Ports:
    """(inlets, the type of each outlet) of a typed object. Raises ValueError where it is not known."""
    name, *words = text.split()
    words = _arguments(words)
    if name in VARIABLE:
        return VARIABLE[name](words)
    if name not in FIXED:
        raise ValueError(f"the Max object '{text}' is not known")
    return FIXED[name]


def _arguments(words: Sequence[str]) -> list[str]:
    """The words before the first attribute."""
    first = next((place for place, word in enumerate(words) if word.startswith("@")), len(words))
    return list(words[:first])


def _more(words: Sequence[str]) -> int:
    """One inlet, and one for each argument."""
    return max(len(words), 1) + 1


def _variables(words: Sequence[str]) -> int:
    """The highest number of `$f1`, `$i2`, …"""
    text = " ".join(words)
    return max((number for number in range(1, 10) for kind in "ifs" if f"${kind}{number}" in text), default=1)
