"""What can be done to a latent series, described once: name, value, unit, range, help.

The command line makes its options of these, and its words become steps, in the order written. A step
names a method of `LatentSeries` and its keywords; nothing here needs one, nor numpy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from timbrespace.errors import UsageError

LOUDNESS = "loudness"
DIMENSION_HINT = f"a number from 0, z0, z1, …, or {LOUDNESS}"

Takes = Literal["number", "value", "nothing", "dimension", "file", "descriptor"]


@dataclass(frozen=True)
class Control:
    """One operator, or one setting of operators.

    name: as an option. method: of `LatentSeries`. keyword: of that method, for the value. takes: a number;
    a value, that is a number for all dimensions of z or one of them or loudness; a file, a dimension or
    a descriptor's amount; or nothing. unit: of the number. low, high: its range. whole: no fractions.
    goes_with: of a setting, the operators that it belongs to.
    """

    name: str
    help: str
    takes: Takes = "number"
    method: str = ""
    keyword: str = ""
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    goes_with: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """`0.01 to 100 times`, or nothing."""
        if math.isinf(self.low):
            return ""
        return f"{self.low:.10g} to {self.high:.10g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Step:
    """One operator as it was asked for. text: the words. keywords: of its method.

    name: the file or the descriptor, which whoever runs the step must look up.
    """

    control: Control
    text: str
    keywords: dict[str, Any] = field(default_factory=dict)
    name: str = ""


OPERATORS: dict[str, Control] = {
    control.name: control
    for control in (
        Control(
            "scale", "Latents times this; loudness spread about its median", "value",
            "scale", "factor", unit="times", low=-100.0, high=100.0,
        ),
        Control(
            "bias", "Added to the latents; to loudness, in dB", "value",
            "bias", "offset", low=-200.0, high=200.0,
        ),
        Control(
            "random", "Noise with this standard deviation added; to loudness, in dB", "value",
            "random", "amount", low=0.0, high=100.0,
        ),
        Control("reverse", "Everything backwards", "nothing", "reverse"),
        Control(
            "reverse-only", "One dimension backwards, or loudness", "dimension", "reverse", "dimensions"
        ),
        Control(
            "smooth", "What moves faster than this is taken away", "value",
            "smooth", "cutoff_hz", unit="Hz", low=0.001, high=10_000.0,
        ),
        Control(
            "freeze", "This frame held, counted from 0; latents, or loudness where it is named", "value",
            "freeze", "frame", low=0, high=2**24, whole=True,
        ),
        Control(
            "stretch", "In time: 2 is twice as long", "number",
            "stretch", "factor", unit="times", low=0.01, high=100.0,
        ),
        Control(
            "quantise", "Values on a grid of this step; of loudness, in dB", "value",
            "quantise", "step", low=0.0001, high=100.0,
        ),
        Control(
            "clip", "Latents held within the range of the model's data, loudness not above it",
            "nothing", "clip",
        ),
        Control("mix", "A series or sound of the same length mixed in", "file", "mix", "other"),
        Control("append", "A series or sound put after this one", "file", "concatenate", "other"),
        Control(
            "loop", "So often in a row", "number",
            "loop", "times", unit="times", low=1, high=1000, whole=True,
        ),
        Control(
            "along", "Moved so that more of a descriptor is heard, or less where the amount is negative",
            "descriptor",
        ),
    )
}  # fmt: skip
SETTINGS: dict[str, Control] = {
    control.name: control
    for control in (
        Control(
            "weight", "Of the other: 0 is none of it, 1 nothing else, 0.5 if not given", keyword="weight",
            low=-10.0, high=10.0, goes_with=("mix",),
        ),
        Control(
            "crossfade", "Of one end and the next beginning; 0 if not given", keyword="crossfade_seconds",
            unit="s", low=0.0, high=3600.0, goes_with=("append", "loop"),
        ),
        Control(
            "smoothness-hz", "The noise moves no faster; white if not given", keyword="smoothness_hz",
            unit="Hz", low=0.001, high=10_000.0, goes_with=("random",),
        ),
        Control(
            "seed", "Of the noise: same number, same noise; 0 if not given", keyword="seed",
            low=0, high=2**32, whole=True, goes_with=("random",),
        ),
    )
}  # fmt: skip


def plan(words: Sequence[tuple[str, str]]) -> list[Step]:
    """Steps from the names of controls and their words, in the order written.

    A setting that stands once holds for every operator it goes with; otherwise there must be one for
    each, in the same order. Raises UsageError with the word at fault.
    """
    steps = [parse(OPERATORS[name], word) for name, word in words if name in OPERATORS]
    for setting in SETTINGS.values():
        values = [word for name, word in words if name == setting.name]
        if values:
            steps = _set(setting, values, steps)
    return steps


def parse(control: Control, word: str) -> Step:
    """A step from one word: `1.5`, `z0=1.5`, `loudness=-6`, a file, or nothing. Raises UsageError."""
    text = f"{control.name} {word}".rstrip()
    if control.takes == "number":
        return Step(control, text, {control.keyword: parse_number(control, word)})
    if control.takes == "value":
        dimension, equals, number = word.rpartition("=")
        value = {control.keyword: parse_number(control, number, word)}
        return Step(control, text, value | ({"dimensions": _dimension(control, dimension)} if equals else {}))
    if control.takes == "dimension":
        return Step(control, text, {control.keyword: _dimension(control, word)})
    if control.takes == "descriptor":
        name, _, amount = word.partition("=")
        if not name or not amount:
            raise UsageError(f"--{control.name} is '{word}'; it must be DESCRIPTOR=AMOUNT, as in centroid=1")
        return Step(control, text, {"amount": parse_number(control, amount, word)}, name)
    return Step(control, text, name=word)


def parse_number(control: Control, number: str, word: str = "") -> float:
    """`number` within the control's range; `word` is what it stood in. Raises UsageError."""
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if control.low <= value <= control.high and math.isfinite(value) and not (control.whole and value % 1):
        return int(value) if control.whole else value
    allowed = "a whole number" if control.whole else "a number"
    allowed += f" from {control.range}" if control.range else ""
    if control.takes == "value":
        allowed += ", for all dimensions or for one as in z0=1"
    elif "=" in number:
        allowed += "; it acts on all dimensions at once"
    raise UsageError(f"--{control.name} is '{word or number}'; it must be {allowed}")


def _dimension(control: Control, text: str) -> int | str:
    """`0` or `z0` → 0; `loudness` as it is."""
    word = text.strip().lower()
    digits = word.removeprefix("z")
    if word == LOUDNESS:
        return LOUDNESS
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise UsageError(f"--{control.name}: the dimension is '{text}'; it must be {DIMENSION_HINT}")
    return int(digits)


def _set(setting: Control, values: Sequence[str], steps: Sequence[Step]) -> list[Step]:
    takers = [number for number, step in enumerate(steps) if step.control.name in setting.goes_with]
    others = " or ".join(f"--{name}" for name in setting.goes_with)
    if not takers:
        raise UsageError(f"--{setting.name} is '{values[0]}' but there is no {others} for it to go with")
    if len(values) not in (1, len(takers)):
        raise UsageError(
            f"--{setting.name} stands {len(values)} times for {len(takers)} times {others}; "
            "give it once for all, or once for each"
        )
    changed = list(steps)
    for place, number in enumerate(takers):
        word = values[place % len(values)]
        keywords = {**steps[number].keywords, setting.keyword: parse_number(setting, word)}
        changed[number] = replace(
            steps[number], keywords=keywords, text=f"{steps[number].text} {setting.name} {word}"
        )
    return changed
