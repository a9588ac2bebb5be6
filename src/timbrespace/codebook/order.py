"""Putting sounds in the order of a descriptor so that neighbours also resemble each other.

Sounds of nearly equal centroid differ in pitch, and a hundred jumps of pitch a second are heard instead of
the centroid. A rank correlation hardly notices when a sound moves by a few places: with n sounds and a reach
of w places it loses at most about 3·(w/n)². That freedom is spent on small jumps: local search, reversing
stretches and moving single sounds, as for a travelling salesman who must be at every place at about a given
time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Cost = NDArray[np.float32]
Order = NDArray[np.intp]

SWEEPS = 20
LEAST_GAIN = 1e-3  # of the whole cost, in a sweep, or the search ends


def smooth_order(cost: Cost, reach: int) -> Order:
    """An order of n sounds with small cost [n, n] between neighbours, none over `reach` places from its own.

    Sound i belongs at place i. Deterministic.
    """
    order = np.arange(len(cost))
    if reach < 1 or len(cost) < 3:
        return order
    for _ in range(SWEEPS):
        before = _total(order, cost)
        _reverse_stretches(order, cost, reach)
        order = _move_single(order, cost, reach)
        if before - _total(order, cost) <= LEAST_GAIN * before:
            break
    return order


def _total(order: Order, cost: Cost) -> float:
    return float(cost[order[:-1], order[1:]].sum())


def _within(stretch: Order, start: int, reach: int) -> bool:
    """Whether every sound of a stretch that begins at place `start` is near its own place."""
    return bool(np.abs(stretch - np.arange(start, start + len(stretch))).max() <= reach)


def _reverse_stretches(order: Order, cost: Cost, reach: int) -> None:
    """Reverse, in place, each stretch that gains by it."""
    n = len(order)
    for first in range(n - 1):
        last = np.arange(first + 1, min(first + 2 * reach, n))
        follower = order[np.minimum(last + 1, n - 1)]
        inner = last + 1 < n
        gain = np.where(inner, cost[order[last], follower] - cost[order[first], follower], 0.0)
        if first > 0:
            leader = order[first - 1]
            gain = gain + cost[leader, order[first]] - cost[leader, order[last]]
        for pick in np.argsort(-gain, kind="stable"):
            if gain[pick] <= 1e-6:
                break
            turned = order[first : last[pick] + 1][::-1].copy()
            if _within(turned, first, reach):
                order[first : last[pick] + 1] = turned
                break


def _move_single(order: Order, cost: Cost, reach: int) -> Order:
    """Put each sound where it costs least among its places, the others closing up."""
    n = len(order)
    for sound in range(n):
        at = int(np.flatnonzero(order == sound)[0])
        others = np.delete(order, at)
        places = np.arange(max(0, sound - reach), min(n - 1, sound + reach) + 1)
        added = _insertion_cost(others, places, sound, cost)
        here = added[places == at]
        for pick in np.argsort(added, kind="stable"):
            if len(here) and added[pick] >= here[0] - 1e-6:
                break
            candidate = np.insert(others, places[pick], sound)
            low, high = sorted((at, int(places[pick])))
            if _within(candidate[low : high + 1], low, reach):
                order = candidate
                break
    return order


def _insertion_cost(others: Order, places: Order, sound: int, cost: Cost) -> Cost:
    """What the whole cost grows by where `sound` is put between `others`, for each of `places`."""
    left = others[np.maximum(places - 1, 0)]
    right = others[np.minimum(places, len(others) - 1)]
    has_left, has_right = places > 0, places < len(others)
    from_left = np.where(has_left, cost[left, sound], 0.0)
    to_right = np.where(has_right, cost[sound, right], 0.0)
    return np.asarray(from_left + to_right - np.where(has_left & has_right, cost[left, right], 0.0))
