"""Following descriptors: which sound of the table to play in each frame so that a curve is heard.

The paper plays the nearest code. Codes of nearly the same centroid differ in everything else, so what is
heard is a centroid under a crackle of jumps. Here the cheapest path is taken instead: in every frame the
distance to the target, and from frame to frame the jump that is heard and the mixture that stands in every
window between the two (`distances`), weighed by `continuity`; dynamic programming over the candidates
nearest to the target (Viterbi). A continuity of 0 is the paper's nearest code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook.costs import Levels, at_levels, tolerance, unsure, usable
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.rows import series_of_rows
from timbrespace.codebook.table import DescriptorTable
from timbrespace.codebook.targets import Target
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries

Values = NDArray[np.float64]
Rows = NDArray[np.intp]
Tell = Callable[[float], None]

JUMP_COST = 0.001  # a dB of jump, at a continuity of 1
MIXTURE_COST = 0.5  # of a mixture that is off by the tolerance, at a continuity of 1; grows by the square
LEAST_CANDIDATES, MOST_CANDIDATES = 48, 96
CHUNK = 256  # frames whose candidates are looked for at a time
GLIDE_FRAMES = 2  # over which one sound glides into the next, but for the paper's nearest code
MAX_CONTINUITY = 1e6


@dataclass(frozen=True)
class Followed:
    """What is played. rows: table rows [L]. wanted: the targets [L] by descriptor, clipped to what can be
    reached; asked: as they were drawn. reach: from where to where each can be reached, by sounds that have
    all. possible: bool [L], whether one sound has all of them at once, within their tolerances. glide_frames:
    for `Engine.decode`."""

    series: LatentSeries
    rows: Rows
    seconds: Values
    wanted: dict[str, Values]
    asked: dict[str, Values]
    reach: dict[str, tuple[float, float]]
    possible: NDArray[np.bool_]
    glide_frames: int | None

    def play(self, engine: Engine, *, seed: int = 0, progress: Tell | None = None) -> NDArray[np.float32]:
        """The sound, [T] at the model's rate."""
        return engine.decode(self.series, seed=seed, glide_frames=self.glide_frames, progress=progress)

    def reached(self, name: str) -> float:
        """Share of the frames whose target lies within what the model can reach."""
        return float(np.mean(np.isclose(self.wanted[name], self.asked[name], rtol=1e-9)))


def follow(
    engine: Engine,
    table: DescriptorTable,
    targets: Sequence[Target],
    loudness_db: NDArray[np.floating],
    *,
    continuity: float = 1.0,
    length_samples: int | None = None,
    distances: Distances | None = None,
    levels: Levels | None = None,
    progress: Tell | None = None,
) -> Followed:
    """The cheapest path through the table for L frames. progress: hears the share done.

    loudness_db: [L], dBFS, what is played. continuity: 0 the paper's nearest; 1 follows closely without
    needless jumps; more holds on to sounds longer. Targets are read where frames are heard and clipped
    to what the table reaches. distances, levels: of the table, for who follows often; made where None.
    Raises UsageError.
    """
    names = [target.descriptor.name for target in targets]
    check_request(names, continuity)
    rows = usable(table, names)
    levels = levels or Levels(engine, table)
    aims = [_Aim(levels, rows, target, loudness_db, len(targets) > 1, continuity > 0.0) for target in targets]
    glide_frames = GLIDE_FRAMES if continuity > 0.0 else None
    candidates, cost = _candidates(aims)
    if continuity == 0.0:
        chosen = _nearest(aims)
    else:
        chosen = _cheapest(
            aims, rows, candidates, cost, distances or Distances(engine, table), continuity, progress
        )
    played = rows[chosen]
    series = series_of_rows(engine, table, played, loudness_db, length_samples)
    return Followed(
        series,
        played,
        engine.signal.centre_seconds(len(loudness_db)),
        {aim.kind.name: aim.kind.from_scale(aim.wanted) for aim in aims},
        {aim.kind.name: aim.asked for aim in aims},
        {aim.kind.name: aim.reach for aim in aims},
        cost.min(axis=1) <= len(aims),
        glide_frames,
    )


def check_request(names: Sequence[str], continuity: float) -> None:
    """Raise UsageError where descriptors are doubled or missing, or the continuity is out of its range."""
    if not 0.0 <= continuity <= MAX_CONTINUITY:
        raise UsageError(f"--continuity is {continuity:g}; it must be 0 to {MAX_CONTINUITY:g}")
    if not names or len(set(names)) < len(names):
        raise UsageError(f"the descriptors are {', '.join(names) or 'none'}; name each once, at least one")


class _Aim:
    """One target against the usable sounds of a table. wanted: [L] on the descriptor's scale, clipped."""

    def __init__(
        self,
        levels: Levels,
        rows: Rows,
        target: Target,
        loudness_db: NDArray[np.floating],
        with_others: bool,
        glides: bool,
    ) -> None:
        self.kind = target.descriptor
        signal = levels.engine.signal
        self.columns, self.level = at_levels(levels, rows, self.kind, loudness_db)
        self.tolerance = tolerance(self.kind, self.columns[0], with_others)
        self.unsure = unsure(levels.table, rows, self.kind)
        lag = 0.5 * (GLIDE_FRAMES - 1) / signal.frame_rate_hz if glides else 0.0  # of what is heard
        time = signal.centre_seconds(len(loudness_db)) + lag
        self.asked = target.at(np.maximum(time, 0.0))
        lows, highs = self.columns.min(axis=1)[self.level], self.columns.max(axis=1)[self.level]
        self.wanted = np.clip(self.kind.to_scale(self.asked), lows, highs)
        ends = self.kind.from_scale([lows.min(), highs.max()])
        self.reach = float(ends[0]), float(ends[1])

    def cost(self, frames: slice) -> Values:
        """What each sound costs in each frame, [L, K]: the square of its distance in tolerances."""
        away = self.columns[self.level[frames]] - self.wanted[frames, None]
        return np.square(away / self.tolerance) + self.unsure

    def distance(self, frames: slice) -> Values:
        """How far each sound is from the target in each frame, [L, K], in spreads of the unit's own scale."""
        own = self.kind.from_scale(self.columns)
        away = own[self.level[frames]] - self.kind.from_scale(self.wanted[frames, None])
        return np.square(away / max(float(own[0].std()), 1e-9))


def _nearest(aims: Sequence[_Aim]) -> Rows:
    """The paper's choice: in every frame the sound whose value is nearest to the target's."""
    starts = range(0, len(aims[0].wanted), CHUNK)
    parts = [np.sum([aim.distance(slice(at, at + CHUNK)) for aim in aims], axis=0) for at in starts]
    return np.concatenate([part.argmin(axis=1) for part in parts])


def _cheapest(
    aims: Sequence[_Aim],
    rows: Rows,
    candidates: Rows,
    cost: Values,
    distances: Distances,
    continuity: float,
    progress: Tell | None,
) -> Rows:
    """Viterbi over the candidates of every frame."""
    came_from = np.zeros(candidates.shape, dtype=np.int16)
    total = cost[0]
    for frame in range(1, len(cost)):
        before, after = rows[candidates[frame - 1]], rows[candidates[frame]]
        step = continuity * _transition(aims, distances, before, after)
        reached = total[:, None] + step
        if progress is not None and frame % CHUNK == 0:
            progress(frame / len(cost))
        came_from[frame] = reached.argmin(axis=0)
        total = np.take_along_axis(reached, came_from[frame][None].astype(np.intp), 0)[0] + cost[frame]
    path = np.empty(len(cost), dtype=np.intp)
    place = int(total.argmin())
    for frame in range(len(cost) - 1, -1, -1):
        path[frame] = candidates[frame, place]
        place = int(came_from[frame, place])
    return path


def _candidates(aims: Sequence[_Aim]) -> tuple[Rows, Values]:
    """The sounds that cost least in every frame, [L, N], and what they cost."""
    count = aims[0].columns.shape[1]
    most = min(count, max(LEAST_CANDIDATES, min(count // 16, MOST_CANDIDATES)))
    chosen, costs = [], []
    for start in range(0, len(aims[0].wanted), CHUNK):
        cost: Values = np.sum([aim.cost(slice(start, start + CHUNK)) for aim in aims], axis=0)
        nearest = np.argpartition(cost, most - 1, axis=1)[:, :most]
        chosen.append(nearest)
        costs.append(np.take_along_axis(cost, nearest, axis=1))
    return np.concatenate(chosen), np.concatenate(costs)


def _transition(aims: Sequence[_Aim], distances: Distances, before: Rows, after: Rows) -> Values:
    """What it costs to play one sound after the other, [N] × [M] → [N, M]."""
    cost = JUMP_COST * distances.jump_db(before, after).astype(np.float64)
    for aim in aims:
        cost += MIXTURE_COST * np.square(distances.mixture(aim.kind.name, before, after) / aim.tolerance)
    return cost
