"""What stands in Max for each object of Pure Data that our patches use.

Most have an equal of another name or with inlets in another order; some need a few objects. Where they
differ in kind: Max tells whole numbers from fractions, so every number is written as a fraction, and what
compares whole numbers is given whole ones; `samphold~` samples where its control falls, `sah~` where it
rises above a threshold; `spigot` has the value first, `gate` the switch; `expr~` is a `gen~`; delay lines
are joined by a cable, not by a name; an array is a `buffer~`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from timbrespace.patches import max_gen
from timbrespace.patches.max_parts import Part, Rule, Spec, Words, alone, argument, chain, with_arguments


def _same(name: str, *defaults: float) -> Rule:
    return lambda words: alone(with_arguments(name, words, *defaults))


def _whole(name: str) -> Rule:
    """An object whose arguments are whole numbers or words; they stay as they are."""
    return lambda words: alone(" ".join([name, *(argument(word) if "$" in word else word for word in words)]))


def _first_outlet(name: str, *defaults: float) -> Rule:
    """An object that has more outlets in Max."""
    return lambda words: alone(with_arguments(name, words, *defaults), outlets=[0])


def _select(words: Words) -> Part:
    """Whole numbers reach it whole: Max passes a fraction by."""
    if not all(re.fullmatch(r"-?\d+", word) for word in words):
        return alone(" ".join(["sel", *words]), inlets=[0])
    select = Spec(" ".join(["sel", *words]))
    outlets = tuple((1, outlet) for outlet in range(len(words) + 1))
    return Part((Spec("i"), select), (((0, 0),),), outlets, ((0, 0, 1, 0),))


def _moses(words: Words) -> Part:
    text = f"if $f1 < {argument(words[0])} then $f1 else out2 $f1"
    return alone(text, inlets=[0])


def _spigot(words: Words) -> Part:
    start = int(float(words[0])) if words else 0
    return alone(f"gate 1 {start}", inlets=[1, 0])


def _band_pass(words: Words) -> Part:
    frequency, q = ([argument(word) for word in words] + ["0.", "0."])[:2]
    return alone(f"reson~ 1. {frequency} {q}", inlets=[0, 2, 3])


def _sample_and_hold(_words: Words) -> Part:
    """A fall of the control is a rise of (its change < 0)."""
    specs = (Spec("sah~ 0.5"), Spec("delta~"), Spec("<~ 0."))
    return Part(specs, (((0, 0),), ((1, 0),)), ((0, 0),), ((1, 0, 2, 0), (2, 0, 0, 1)))


def _table_write(words: Words) -> Part:
    """A value is kept, then the place where it belongs is told, which writes it."""
    specs = (Spec("t b f"), Spec("i"), Spec(f"peek~ {argument(words[0])}"))
    lines = ((0, 1, 2, 1), (0, 0, 1, 0), (1, 0, 2, 0))
    return Part(specs, (((0, 0),), ((1, 1),)), (), lines)


def _expression(words: Words) -> Part:
    """One `expr` for each outlet, the last served first, as one `expr` would."""
    texts = [max_gen.max_expression(text) for text in " ".join(words).replace("\\", "").split(";")]
    specs = tuple(Spec(f"expr {text}") for text in texts)
    counts = [spec.ports[0] for spec in specs]
    served = list(reversed(range(len(specs))))
    inlets = tuple(
        tuple((box, inlet) for box in served if inlet < counts[box]) for inlet in range(max(counts))
    )
    return Part(specs, inlets, tuple((box, 0) for box in range(len(specs))))


def _signal_expression(words: Words) -> Part:
    patcher, inlets, outlets = max_gen.gen_patcher(" ".join(words))
    spec = Spec("gen~", given=(inlets, ("signal",) * outlets), patcher=patcher)
    return alone(spec)


def _list(words: Words) -> Part:
    kind, *rest = words
    given = " ".join(argument(word) for word in rest)
    match kind:
        case "prepend" | "append" if rest:
            return alone(f"{kind} {given}", inlets=[0])
        case "split":
            return alone(f"zl.slice {int(float(rest[0]))}")
        case "length":
            return alone("zl.len", inlets=[0], outlets=[0])
        case "trim":
            return alone("gate 1 1", inlets=[1])
        case _:
            raise ValueError(f"'list {' '.join(words)}' has no equal")


def _receive(words: Words) -> Part:
    """What Pure Data sends itself when it begins or ends to compute is an object's own outlet in Max."""
    state = {"pd-dsp-started": "sel 1", "pd-dsp-stopped": "sel 0"}.get(words[0])
    if state is None:
        return _whole("r")(words)
    found = chain("loadbang", "dspstate~", state)  # asked once, for it may be on already
    return replace(
        found, boxes=(*found.boxes[1:], found.boxes[0]), inlets=(), outlets=((1, 0),), lines=STARTED
    )


STARTED = ((2, 0, 0, 0), (0, 0, 1, 0))


def _metro(words: Words) -> Part:
    if len(words) == 3 and words[2].startswith("samp"):
        raise ValueError("a metro in samples needs the sample rate; see max_writer")
    return _same("metro")(words)


def _array(words: Words) -> Part:
    kind, name, *rest = words
    if kind == "define" and rest:
        return memory(argument(name), argument(rest[0]).rstrip("."))
    raise ValueError(f"'array {' '.join(words)}' has no equal")


def memory(name: str, count: str) -> Part:
    """An array: it has a name, and what is sent there, `const` and a value, fills it."""
    specs = (
        Spec(f"buffer~ {name} @samps {count}"),
        Spec(f"r {name}"),
        Spec("route const"),
        Spec("prepend fill"),
    )
    return Part(specs, (), (), ((1, 0, 2, 0), (2, 0, 3, 0), (3, 0, 0, 0)))


def _recorder(words: Words) -> Part:
    """`open FILE`, `start`, `stop`: to record is a 1, to stop a 0."""
    count = int(float(words[0])) if words else 1
    specs = (
        Spec(f"sfrecord~ {count}"), Spec("route open start stop"), Spec("prepend open"),
        Spec("1", "message", (2, ("",))), Spec("0", "message", (2, ("",))),
    )  # fmt: skip
    lines = tuple((1, outlet, 2 + outlet, 0) for outlet in range(3)) + tuple(
        (box, 0, 0, 0) for box in (2, 3, 4)
    )
    return Part(specs, tuple(((0, inlet),) for inlet in range(count)), (), lines, messages=(1, 0))


def _trigger(words: Words) -> Part:
    """`a`, anything, is `l`, which passes it on too."""
    letters = {"bang": "b", "float": "f", "list": "l", "symbol": "s", "a": "l", "anything": "l"}
    return alone(" ".join(["t", *(letters.get(word, word) for word in words)]))


RULES: dict[str, Rule] = {
    **{name: _same(name, 0.0) for name in ("+", "-", "*", "/", "==", "!=", ">", "<", ">=", "<=", "%")},
    **{name: _same(name, 0.0) for name in ("+~", "-~", "*~", "/~")},
    "mod": _same("%", 0.0),
    "max": _first_outlet("maximum", 0.0),
    "min": _first_outlet("minimum", 0.0),
    "max~": _same("maximum~", 0.0),
    "min~": _same("minimum~", 0.0),
    **{name: _same(name) for name in ("abs", "sqrt", "mtof", "abs~", "snapshot~", "clip", "clip~")},
    **{name: _same("f", 0.0) for name in ("f", "float")},
    "int": _whole("i"),
    "i": _whole("i"),
    "bang": lambda _: alone("t b"),
    "t": _trigger,
    "trigger": _trigger,
    "random": _whole("random"),
    "metro": _metro,
    "until": lambda _: alone("uzi", inlets=[0], outlets=[0]),
    "array": _array,
    "delay": _same("delay"),
    "del": _same("delay"),
    "change": _first_outlet("change", 0.0),
    "swap": _same("swap", 0.0),
    "pack": lambda words: alone(with_arguments("pack", [_slot(word) for word in words or "ff"])),
    "unpack": lambda words: alone(with_arguments("unpack", [_slot(word) for word in words or "ff"])),
    "route": lambda words: alone(_whole("route")(words).boxes[0], inlets=[0]),
    "sel": _select,
    "select": _select,
    "moses": _moses,
    "spigot": _spigot,
    "list": _list,
    "makefilename": _whole("sprintf"),
    "print": _whole("print"),
    "loadbang": _whole("loadbang"),
    "value": _whole("value"),
    "v": _whole("value"),
    **{name: _whole("s") for name in ("s", "send")},
    **dict.fromkeys(("r", "receive"), _receive),
    "send~": _whole("send~"),
    "receive~": _whole("receive~"),
    "notein": _whole("notein"),
    "ctlin": _whole("ctlin"),
    "stripnote": lambda _: alone("stripnote"),
    "expr": _expression,
    "expr~": _signal_expression,
    "sig~": _same("sig~", 0.0),
    "line": lambda _: alone("line 0.", inlets=[0], outlets=[0]),
    "line~": lambda _: alone("line~", inlets=[0], outlets=[0]),
    "vline~": lambda _: alone("line~", inlets=[0], outlets=[0]),
    "noise~": lambda _: alone("noise~"),
    "phasor~": _same("phasor~", 0.0),
    "osc~": _same("cycle~", 0.0),
    "lop~": _same("onepole~", 0.0),
    "bp~": _band_pass,
    "samphold~": _sample_and_hold,
    "tabread": lambda words: alone(f"peek~ {argument(words[0])}", inlets=[0]),
    "tabwrite": _table_write,
    "delwrite~": lambda words: alone(f"tapin~ {argument(words[1])}"),
    "delread~": lambda words: alone(f"tapout~ {argument(words[1] if len(words) > 1 else '0')}"),
    "writesf~": _recorder,
    "samplerate~": lambda _: alone("dspstate~", inlets=[0], outlets=[1]),
    "adc~": lambda words: alone(_channels("adc~", words), outlets=range(len(words) or 2)),
    "dac~": lambda words: alone(_channels("dac~", words)),
}


# Words that only patches made for Max have, as they are.
OWN: dict[str, Rule] = {name: _whole(name) for name in ("js", "pcontrol", "udpsend", "udpreceive")}


def _slot(word: str) -> str:
    """What a place of a list begins with."""
    return {"f": "0", "float": "0", "s": "s", "symbol": "s"}.get(word, word)


def _channels(name: str, words: Words) -> str:
    return " ".join([name, *(words or ("1", "2"))])


def part_of(text: str) -> Part:
    """What stands for an object of Pure Data. Raises ValueError where nothing does."""
    name, *words = text.split()
    rule = RULES.get(name) or OWN.get(name)
    if rule is None:
        raise ValueError(f"'{text}' has no equal in Max")
    return rule(words)
