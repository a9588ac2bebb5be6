"""What a run remembers of itself: the validations so far, the best of them, whether it still improves."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from timbrespace.training.objective import ADVERSARY_FULL, DIVERGENCE_FULL, QUANTISER_START

# of the budget; from here on validations can be compared
FULL_STRENGTH = max(ADVERSARY_FULL, DIVERGENCE_FULL, QUANTISER_START)
STALLED_SHARE = 0.25  # of the budget
STALLED_GAIN = 0.005  # less than this, relative, over that share is no improvement
SUMMARY_POINTS = 12


@dataclass(frozen=True)
class Point:
    """One validation. losses: means of the named losses of training since the last one."""

    step: int
    seconds: float
    progress: float
    validation: float
    losses: dict[str, float]


@dataclass
class Journal:
    """Grows by one point a validation."""

    points: list[Point] = field(default_factory=list)

    def add(self, point: Point) -> bool:
        """Note a validation. True where its weights are the ones to keep.

        Until all losses are at full strength that is the latest, then the best.
        """
        best = self.best
        self.points.append(point)
        return point.progress < FULL_STRENGTH or best is None or point.validation < best.validation

    @property
    def best(self) -> Point | None:
        """The best validation at full strength; None before the first one."""
        return min(self._comparable(), key=lambda point: point.validation, default=None)

    @property
    def stalled(self) -> bool:
        """Whether the last quarter of the budget brought next to nothing."""
        points = self._comparable()
        if not points:
            return False
        since = points[-1].progress - STALLED_SHARE
        old = [point.validation for point in points if point.progress <= since]
        new = [point.validation for point in points if point.progress > since]
        return bool(old) and min(new) > min(old) * (1.0 - STALLED_GAIN)

    def summary(self) -> list[dict[str, Any]]:
        """A few points, evenly spread, the last among them, for the bundle."""
        if not self.points:
            return []
        last = len(self.points) - 1
        chosen = {round(last * n / (SUMMARY_POINTS - 1)) for n in range(SUMMARY_POINTS)}
        return [asdict(self.points[index]) for index in sorted(chosen)]

    def state(self) -> list[dict[str, Any]]:
        """Plain values for a checkpoint."""
        return [asdict(point) for point in self.points]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Inverse of `state`."""
        self.points = [Point(**values) for values in state]

    def _comparable(self) -> list[Point]:
        return [point for point in self.points if point.progress >= FULL_STRENGTH]
