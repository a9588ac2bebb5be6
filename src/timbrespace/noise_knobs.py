"""The two knobs of the noise part that whatever plays a model has, checked where they are set."""

from __future__ import annotations

from typing import Any

import numpy as np

from timbrespace.config import LARGEST_SEED
from timbrespace.errors import UsageError

LARGEST_APERIODICITY = 2.0
NUMBERS = (int, float, np.integer, np.floating)


class NoiseKnobs:
    """seed (0 to LARGEST_SEED) and aperiodicity (0 to 2) may be set at any time. Raises UsageError."""

    _seed = 0
    _aperiodicity = 1.0

    @property
    def seed(self) -> int:
        """Of the noise part: same number, same noise."""
        return self._seed

    @seed.setter
    def seed(self, value: int) -> None:
        self._seed = whole_number("seed", value, 0, LARGEST_SEED)

    @property
    def aperiodicity(self) -> float:
        """Factor on the noise part; 1 leaves it."""
        return self._aperiodicity

    @aperiodicity.setter
    def aperiodicity(self, value: float) -> None:
        if not isinstance(value, NUMBERS) or not 0.0 <= value <= LARGEST_APERIODICITY:
            raise UsageError(
                f"aperiodicity is {shown(value)}; it must be a number from 0 to {LARGEST_APERIODICITY:g}"
            )
        self._aperiodicity = float(value)


def whole_number(name: str, value: Any, low: int, high: int, rest: str = "") -> int:
    """`value` where it is a whole number in its range, else UsageError; rest: of its message."""
    if not isinstance(value, NUMBERS) or not low <= value <= high or value != int(value):
        raise UsageError(f"{name} is {shown(value)}; it must be a whole number from {low} to {high}{rest}")
    return int(value)


def shown(value: object) -> str:
    """A value in an error's line."""
    return f"{value!r:.40}" if isinstance(value, str) else f"{value!s:.40}"
