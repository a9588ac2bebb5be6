"""How far a run has come, and what follows from it: the learning rate and when to look at the model.

Progress runs from 0 to 1 over the budget. In steps it is a function of the step alone, so that a run can
be repeated to the last bit; in minutes it is measured time, and the time measured is kept with the run.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

PEAK_LEARNING_RATE = 1e-3
LEAST_SHARE = 0.02  # of the peak, at the end of the budget
WARM_UP_STEPS = 50
VALIDATIONS = 25  # over a budget of ordinary length
FEWEST_VALIDATIONS, MOST_VALIDATIONS = 3, 500
LEAST_APART_STEPS, LEAST_APART_SECONDS = 20, 10.0  # so that a short budget is not spent on them
MOST_APART_STEPS, MOST_APART_SECONDS = 500, 60.0  # so that a long one shows where it is


@dataclass(frozen=True)
class Schedule:
    """A budget: exactly one of steps and seconds."""

    steps: int | None
    seconds: float | None

    def progress(self, step: int, elapsed_seconds: float) -> float:
        """Share of the budget that is spent after `step` steps and so many seconds, 0 … 1."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        assert self.seconds is not None
        return min(1.0, elapsed_seconds / self.seconds)

    def learning_rate(self, step: int, progress: float) -> float:
        """Linear warm-up in steps, then half a cosine over the budget."""
        warm_up = WARM_UP_STEPS if self.steps is None else max(1, min(WARM_UP_STEPS, self.steps // 10))
        cosine = 0.5 + 0.5 * math.cos(math.pi * progress)
        share = LEAST_SHARE + (1.0 - LEAST_SHARE) * cosine
        return PEAK_LEARNING_RATE * share * min(1.0, (step + 1) / warm_up)

    def validation_due(self, before: float, after: float) -> bool:
        """Whether a validation lies between two values of progress; the end of the budget is one."""
        count = self._validations()
        return after > before and (after >= 1.0 or math.floor(after * count) > math.floor(before * count))

    def seconds_left(self, progress: float, rate_per_second: float) -> float:
        """Time to the end of the budget. rate_per_second: progress a second, measured lately."""
        if self.seconds is not None:
            return self.seconds * (1.0 - progress)
        return (1.0 - progress) / rate_per_second if rate_per_second > 0.0 else math.inf

    def _validations(self) -> int:
        if self.steps is not None:
            fewest, most = self.steps / MOST_APART_STEPS, self.steps / LEAST_APART_STEPS
        else:
            assert self.seconds is not None
            fewest, most = self.seconds / MOST_APART_SECONDS, self.seconds / LEAST_APART_SECONDS
        count = int(min(max(VALIDATIONS, fewest), most))
        return max(FEWEST_VALIDATIONS, min(MOST_VALIDATIONS, count))


class Clock:
    """Seconds spent training, over all the sittings of a run."""

    def __init__(self) -> None:
        self._before = 0.0
        self._started: float | None = None

    def start(self, already_seconds: float = 0.0) -> None:
        """Begin a sitting after those that took `already_seconds`."""
        self._before = already_seconds
        self._started = time.monotonic()

    def elapsed_seconds(self) -> float:
        """Of all sittings together; 0 before the first."""
        return self._before + (0.0 if self._started is None else time.monotonic() - self._started)
