"""What a model can reach of a descriptor, and where in between it has next to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from timbrespace.codebook.table import DescriptorTable
from timbrespace.descriptors import DESCRIPTORS

THIN = {"Hz": 1 / 12, "": 3.0}  # octaves, dB: neighbours farther apart than this leave a gap
PITCH_THIN = 1.5 / 12  # of pitches, which often lie a semitone apart
MOST_GAPS = 5  # the widest are named


@dataclass(frozen=True)
class Coverage:
    """The range of a descriptor over a table, in its unit.

    sounds: how many of the table's have it. low, high: the ends; middle_low, middle_high: between them lie
    eight tenths of the sounds. gaps: (from, to) between neighbours, ascending. covered: share of the way
    from low to high, on the descriptor's scale, that lies in no gap.
    """

    name: str
    sounds: int
    low: float
    high: float
    middle_low: float
    middle_high: float
    gaps: tuple[tuple[float, float], ...]
    covered: float

    def describe(self) -> str:
        """In words."""
        form = DESCRIPTORS[self.name].format
        text = f"{form(self.low)} to {form(self.high)}, mostly {form(self.middle_low)} to "
        text += f"{form(self.middle_high)}, {self.sounds} sounds"
        if self.gaps:
            text += "; thin: " + ", ".join(f"{form(a)} to {form(b)}" for a, b in self.gaps)
        return text


def coverage(table: DescriptorTable, name: str, beside: Sequence[str] = ()) -> Coverage | None:
    """What the sounds of a table that have `beside` too reach of a descriptor; None: there are none."""
    has = np.isfinite([table.column(every) for every in (name, *beside)]).all(axis=0)
    values = np.sort(table.column(name)[has])
    if len(values) == 0:
        return None
    kind = DESCRIPTORS[name]
    steps = np.diff(kind.to_scale(values))
    thin = PITCH_THIN if name == "f0" else THIN[kind.unit]
    wide = np.flatnonzero(steps > thin)
    whole = float(steps.sum())
    widest = np.sort(wide[np.argsort(-steps[wide], kind="stable")][:MOST_GAPS])
    middle = np.percentile(values, [10, 90])
    return Coverage(
        name,
        len(values),
        float(values[0]),
        float(values[-1]),
        float(middle[0]),
        float(middle[1]),
        tuple((float(values[at]), float(values[at + 1])) for at in widest),
        1.0 - float(steps[wide].sum()) / whole if whole > 0 else 1.0,
    )
