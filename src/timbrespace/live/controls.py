"""What can be moved while a model plays, described once: name, values, unit, range, help.

A name is an OSC address without its `/ts/`. The command line, OSC and the documentation read this table; the
values wanted now are in `Settings`, which any thread may write and the sound reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.config import LARGEST_SEED
from timbrespace.controls import Control
from timbrespace.errors import UsageError
from timbrespace.export.knobs import SCALE

Values = NDArray[np.float64]

DIMENSION = re.compile(r"z/(\d{1,3})/(bias|scale)")


@dataclass(frozen=True)
class LiveControl(Control):
    """A control of so many numbers. default: where each stands at first."""

    default: float = 0.0
    values: int = 1


CONTROLS: dict[str, LiveControl] = {
    control.name: control
    for control in (
        LiveControl(
            "z/N/scale", "Latent N times this", unit="times",
            low=-SCALE, high=SCALE, default=1.0,
        ),
        LiveControl(
            "z/N/bias", "Added to latent N, after its scale; it leads from one end of the data to the other",
            unit="deviations",
        ),
        LiveControl(
            "loudness/offset", "Added to the loudness; a continuous model then plays louder, not only "
            "amplified", unit="dB", low=-60.0, high=30.0,
        ),
        LiveControl("aperiodicity", "Factor on the noise part; 1 leaves it", low=0.0, high=2.0, default=1.0),
        LiveControl("drywet", "0 is the input alone, delayed to match, 1 the model alone",
                    low=0.0, high=1.0, default=1.0),
        LiveControl("mute", "1 fades the output out", low=0.0, high=1.0, whole=True),
        LiveControl("freeze", "1 holds the latents, and the plane's sounds, where they are",
                    low=0.0, high=1.0, whole=True),
        LiveControl("loudness/freeze", "1 holds the loudness where it is", low=0.0, high=1.0, whole=True),
        LiveControl("plane", "The place x y on the plane: A 0 0, B 1 0, C 0 1, D 1 1",
                    low=0.0, high=1.0, default=0.5, values=2),
        LiveControl("plane/amount", "How much of the latents is the plane's: 0 none, 1 all",
                    low=0.0, high=1.0, default=1.0),
        LiveControl("plane/loudness", "How much of the loudness is the plane's: at 1 it plays by itself",
                    low=0.0, high=1.0),
        LiveControl("seed", "Of the noise part", low=0.0, high=LARGEST_SEED, whole=True),
    )
}  # fmt: skip
COMMANDS: dict[str, str] = {
    "model": "Cross-fade to the model of this name or number (from 0), one of those on the command line",
    "reset": "Every control back to where it was at the start, and the model's memory cleared, in a fade",
    "info": "Answer with what there is: models, controls, their ranges and values",
}
ANSWERS: dict[str, str] = {
    "info/model": "number, name, kind, dimensions, sample rate, hop, 1 where it plays now else 0",
    "info/control": "address, lowest, highest, unit, then its values now",
    "info/latency": "samples at the device's rate, from input to output, without the device's own",
}
STREAMS: dict[str, str] = {
    "latents": "z0 … z(D-1) as they go to the decoder, after all controls",
    "loudness": "dBFS as it goes to the decoder, after all controls; -100 is silence",
}


class Settings:
    """Where every control is meant to be.

    reach: how far up and down each bias may go, [D]. plane: whether there are sounds for one.
    """

    def __init__(self, reach: ArrayLike, *, plane: bool = False) -> None:
        self.reach = np.asarray(reach, dtype=np.float64)
        self.plane = plane
        self._start: dict[str, Values] = {}
        self._values: dict[str, Values] = {}
        self.reset()

    @property
    def bias(self) -> Values:
        """[D], standard deviations."""
        return self._values["z/N/bias"]

    @property
    def scale(self) -> Values:
        """[D]."""
        return self._values["z/N/scale"]

    def of(self, name: str) -> Values:
        """The values of a control that is not one of a dimension's, [1] or [2]."""
        return self._values[name]

    def at(self, name: str) -> Values:
        """The values of any control by its full name, [1] or [2]. Raises UsageError for an unknown one."""
        control, place = self._find(name)
        values = self._values[control.name]
        return values if place is None else values[place : place + 1]

    def reset(self) -> None:
        """Everything back to where `keep_as_start` found it, else to the defaults."""
        counts = {"z/N/bias": len(self.reach), "z/N/scale": len(self.reach)}
        for name, control in CONTROLS.items():
            first = np.full(counts.get(name, control.values), control.default)
            self._values[name] = self._start.get(name, first).copy()

    def keep_as_start(self) -> None:
        """What is set now is what `reset` goes back to."""
        self._start = {name: values.copy() for name, values in self._values.items()}

    def set(self, name: str, values: Sequence[object], *, strict: bool = False) -> None:
        """Move a control; what is beyond its range stops at its end, or with `strict` is refused.

        Raises UsageError for an unknown name, too many or too few values, or one that is no number.
        """
        control, place = self._find(name)
        numbers = [_number(name, value) for value in values]
        count = 1 if place is not None else control.values
        if len(numbers) != count:
            raise UsageError(f"{name} has {len(numbers)} values; it takes {count}")
        low, high = self.range_of(name)
        held = np.clip(np.rint(numbers) if control.whole else numbers, low, high)
        if strict and not np.array_equal(held, numbers):
            allowed = f"{'a whole number ' if control.whole else ''}from {low:.10g} to {high:.10g}"
            raise UsageError(f"{name} is {_words(numbers)}; it must be {allowed} {control.unit}".rstrip())
        if place is None:
            self._values[name] = held
        else:
            self._values[control.name][place] = held[0]

    def range_of(self, name: str) -> tuple[float, float]:
        """Lowest and highest value of a control. Raises UsageError for an unknown name."""
        control, place = self._find(name)
        if control.name == "z/N/bias" and place is not None:
            return -float(self.reach[place]), float(self.reach[place])
        return control.low, control.high

    def listed(self) -> list[tuple[str, LiveControl, Values]]:
        """Every control by its full name, with its values now; those of the plane only where there is one."""
        rows: list[tuple[str, LiveControl, Values]] = []
        for name, control in CONTROLS.items():
            if "/N/" in name:
                numbered = enumerate(self._values[name])
                rows += [(name.replace("N", str(d)), control, np.array([value])) for d, value in numbered]
            elif self.plane or not name.startswith("plane"):
                rows.append((name, control, self._values[name]))
        return rows

    def _find(self, name: str) -> tuple[LiveControl, int | None]:
        """The control of this name and, of a dimension's, which dimension."""
        if match := DIMENSION.fullmatch(name):
            place = int(match[1])
            if place >= len(self.reach):
                raise UsageError(f"{name}: there is no latent {place}; they are 0 to {len(self.reach) - 1}")
            return CONTROLS[f"z/N/{match[2]}"], place
        if name not in CONTROLS or "/N/" in name:
            raise UsageError(f"{name:.60}: there is no such control; there are {', '.join(CONTROLS)}")
        if name.startswith("plane") and not self.plane:
            raise UsageError(f"{name}: there is no plane; give it sounds with --plane")
        return CONTROLS[name], None


def parse_setting(text: str) -> tuple[str, list[str]]:
    """`z/3/bias=0.5` or `plane=0.2,0.7` as name and values. Raises UsageError."""
    name, equals, values = text.partition("=")
    if not equals or not name or not values:
        raise UsageError(f"--set is '{text}'; it must be NAME=VALUE, as in z/3/bias=0.5 or plane=0.2,0.7")
    return name.strip().removeprefix("/ts/"), values.split(",")


def _number(name: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{name} is {value!r:.40}; it must be a number")
    return number


def _words(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:g}" for number in numbers)
