"""When the next block is due: early enough for the page never to run dry, late enough to follow the hand.

The page plays by the clock of its sound card. Between its reports ours stands in for that; each report of how
much it still holds corrects it. How far ahead the page is kept grows where it ran dry, and shrinks slowly.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LEAD_SECONDS = 0.03  # ahead of what the page plays, at first
LONGEST_LEAD_SECONDS = 0.12
GROWTH_SECONDS = 0.015  # each time the page ran dry…
GROWTH_PAUSE_SECONDS = 0.5  # …but no more often than this
CALM_SECONDS = 10.0  # without that, before it shrinks
SHRINKAGE = 0.001  # seconds a second
TRUST = 0.2  # in a report, against what was thought: it has waited for its turn on the way
FARTHEST_SECONDS = 0.25  # beyond the lead: more than that no page holds


class Pacing:
    """For one thread that sends blocks; `reported` may be called from another. clock: seconds."""

    def __init__(self, sample_rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.sample_rate = sample_rate
        self.lead_seconds = LEAD_SECONDS
        self.late = 0  # blocks that came when the page must have run dry
        self._clock = clock
        self._empty = clock()  # when the page will have played all that was sent
        self._started = False
        self._report: tuple[float, int, int] | None = None
        self._underruns: int | None = None
        self._grown = self._calm = clock()

    def reported(self, samples: int, underruns: int) -> None:
        """The page holds so many samples; it ran dry so many times so far."""
        self._report = (self._clock(), samples, underruns)

    def wait_seconds(self, samples: int) -> float:
        """How long to wait before making the next block, of so many samples; 0 where it is due."""
        self._correct()
        held = self._empty - self._clock()
        return max(0.0, held + samples / self.sample_rate - self.lead_seconds)

    def sent(self, samples: int) -> None:
        """A block is on its way."""
        now = self._clock()
        if now > self._empty:
            if self._started:
                self.late += 1
                self._grow(now)
            self._empty = now
        self._started = True
        self._empty += samples / self.sample_rate

    def _correct(self) -> None:
        """Take what the page last said into account."""
        report, self._report = self._report, None
        if report is None:
            return
        when, samples, underruns = report
        held = min(samples / self.sample_rate, self.lead_seconds + FARTHEST_SECONDS)
        self._empty += TRUST * (when + held - self._empty)
        if self._underruns is not None and underruns > self._underruns:
            self._grow(when)
        elif when - self._calm > CALM_SECONDS:
            elapsed = min(when - self._grown, 1.0)
            self.lead_seconds = max(LEAD_SECONDS, self.lead_seconds - SHRINKAGE * elapsed)
            self._grown = when
        self._underruns = underruns

    def _grow(self, now: float) -> None:
        self._calm = now
        if now - self._grown >= GROWTH_PAUSE_SECONDS:
            self.lead_seconds = min(LONGEST_LEAD_SECONDS, self.lead_seconds + GROWTH_SECONDS)
            self._grown = now
