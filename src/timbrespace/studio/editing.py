"""One edit applied to a series: operators on a place of it, values drawn by hand, set, erased or taken back.

Pure: series in, new series out. An operator on everything is exactly what `timbrespace transform` does.
On a place, frames are cut out, changed by the same operator, and put back; a place beyond the end is none,
so that edits survive a source that became shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.codebook import DescriptorTable
from timbrespace.controls import OPERATORS
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries
from timbrespace.latents.checks import select
from timbrespace.ranges import DataRange
from timbrespace.studio.document import Edit
from timbrespace.studio.edits import Draw, Erase, Operator, Place, Reset, SetTo
from timbrespace.studio.quantities import MAX_FRAMES, Dimension

QUIET_DB = -25.0  # the middle of a model's loudness where its file does not say
NO_VALUE = ("reverse", "clip", "freeze")  # operators that need none

Along = Callable[[LatentSeries, str, float], LatentSeries]  # a series, a descriptor, how far


@dataclass(frozen=True)
class Tools:
    """What edits need of a model. middle_db: the middle of its loudness. along: moves along a descriptor."""

    engine: Engine
    data: DataRange | None
    middle_db: float
    along: Along

    @classmethod
    def of(cls, engine: Engine, table: Callable[[], DescriptorTable]) -> Tools:
        """table: gives the model's described sounds, when they are needed."""

        @cache
        def mover(_: Engine) -> Any:
            from timbrespace.directions.moving import Mover

            return Mover(engine, table())

        def along(series: LatentSeries, name: str, amount: float) -> LatentSeries:
            from timbrespace.directions import move

            return move(engine, series, name, amount, mover=mover)

        return cls(engine, DataRange.of_header(engine.header), middle_db(engine), along)


def middle_db(engine: Engine) -> float:
    """The middle of the loudness that a model learned from, dBFS."""
    known = (engine.header.get("latent") or {}).get("loudness_quantiles_db") or [QUIET_DB]
    return float(sorted(known)[len(known) // 2])


def apply(series: LatentSeries, source: LatentSeries, edit: Edit, tools: Tools) -> LatentSeries:
    """The series after one edit. source: what the part's source gave, for what is taken back.

    Raises UsageError where the edit cannot be done to this series or by this model.
    """
    check(edit, series)
    if isinstance(edit, Operator):
        return _operate(series, edit, tools)
    if isinstance(edit, Draw):
        return _draw(series, edit)
    if isinstance(edit, SetTo):
        return _fill(series, edit, edit.value, edit.value)
    if isinstance(edit, Erase):
        return _fill(series, edit, 0.0, tools.middle_db)
    if isinstance(edit, Reset):
        return _reset(series, source, edit)
    raise TypeError(f"{edit.op} is no edit of a series")


def check(edit: Edit, series: LatentSeries) -> None:
    """Raise UsageError where an edit names a dimension that is not there, or its rows do not fit."""
    if isinstance(edit, Place | Draw):
        select(edit.dimensions, series.latents)
        names = edit.dimensions or []
        if len(set(names)) < len(names):
            raise UsageError(f"dimensions are {', '.join(map(str, names))}; name each once")
    if isinstance(edit, Place) and edit.start is not None and edit.end is not None and edit.start >= edit.end:
        raise UsageError(f"the place is {edit.start} to {edit.end}; it must end after it starts")
    if isinstance(edit, Draw):
        if len(edit.values) != len(edit.dimensions):
            raise UsageError(
                f"{len(edit.values)} rows for {len(edit.dimensions)} dimensions; give one for each"
            )
        if len({len(row) for row in edit.values}) > 1:
            raise UsageError("the rows have different lengths; draw all of them over the same frames")


def within(edit: Edit, latents: int) -> Edit | None:
    """An edit without the dimensions that a model does not have; None where none is left.

    So edits survive a model of fewer dimensions, as they do a shorter source, and are there again after it.
    """
    if not isinstance(edit, Place | Draw) or edit.dimensions is None:
        return edit
    names = edit.dimensions
    kept = [n for n, name in enumerate(names) if isinstance(name, str) or name < latents]
    if len(kept) in (0, len(names)):
        return edit if kept else None
    update: dict[str, Any] = {"dimensions": [names[n] for n in kept]}
    if isinstance(edit, Draw):
        update["values"] = [edit.values[n] for n in kept]
    return edit.model_copy(update=update)


def is_beyond(edit: Edit, frames: int) -> bool:
    """Whether an edit lies wholly after the end of a series of so many frames, where it does nothing."""
    return isinstance(edit, Place | Draw) and edit.start is not None and edit.start >= frames


def _operate(series: LatentSeries, edit: Operator, tools: Tools) -> LatentSeries:
    start, end = _bounds(edit, len(series))
    if start >= end:
        return series
    whole = (start, end) == (0, len(series))
    if edit.name == "freeze":
        frozen = series.freeze(_frame(edit, start), dimensions=edit.dimensions)
        changed = frozen if whole else _cut(frozen, start, end)
    else:
        changed = _by_name(series if whole else _cut(series, start, end), edit, tools)
    frames = len(series) - (end - start) + len(changed)
    if frames > MAX_FRAMES:
        raise UsageError(f"{edit.name} would make {frames} frames; a part has {MAX_FRAMES} at most")
    return changed if whole else _put_back(series, changed, start, end, tools.engine.signal.hop)


def _frame(edit: Operator, start: int) -> int:
    """The frame that is frozen: the first of the place, unless it is named."""
    if edit.value is not None and not edit.value.is_integer():
        raise UsageError(f"freeze is {edit.value:g}; it must be the number of a frame, counted from 0")
    return start if edit.value is None else int(edit.value)


def _by_name(held: LatentSeries, edit: Operator, tools: Tools) -> LatentSeries:
    """All of a series through one of `controls.OPERATORS`."""
    value = edit.value
    if value is None and edit.name not in NO_VALUE:
        raise UsageError(f"{edit.name} needs a value")
    if edit.name == "along":
        return _along(held, edit, tools)
    if edit.name == "clip":
        if tools.data is None:
            raise UsageError("this model does not know the range of its data; train it again")
        return tools.data.hold(held, dimensions=edit.dimensions)
    if edit.name == "stretch" and edit.dimensions is not None:
        raise UsageError("stretch moves in time and acts on all dimensions; name none")
    control = OPERATORS[edit.name]
    keywords: dict[str, Any] = {} if edit.name == "stretch" else {"dimensions": edit.dimensions}
    if control.keyword:
        assert value is not None
        if not control.low <= value <= control.high:
            raise UsageError(f"{edit.name} is {value:g}; it must be {control.range}")
        keywords[control.keyword] = value
    if edit.name == "random":
        keywords |= {"smoothness_hz": edit.smoothness_hz, "seed": edit.seed}
    changed: LatentSeries = getattr(held, control.method)(**keywords)
    return changed


def _along(held: LatentSeries, edit: Operator, tools: Tools) -> LatentSeries:
    if edit.descriptor is None or edit.value is None:
        raise UsageError("along needs a descriptor and how far, in standard deviations")
    moved = tools.along(held, edit.descriptor, edit.value)
    if edit.dimensions is None:
        return moved
    chosen, _ = select(edit.dimensions, held.latents)
    z = held.z.copy()
    z[:, chosen] = moved.z[:, chosen]
    return replace(held, z=z)


def _draw(series: LatentSeries, edit: Draw) -> LatentSeries:
    end = min(edit.start + len(edit.values[0]), len(series))
    place, count = slice(edit.start, end), max(end - edit.start, 0)
    rows = [np.asarray(row[:count], np.float32) for row in edit.values]
    return _written(series, edit.dimensions, place, rows)


def _fill(series: LatentSeries, edit: Place, value: float, level_db: float) -> LatentSeries:
    """One value over a place, level_db where that is of loudness."""
    names = list(range(series.latents)) if edit.dimensions is None else edit.dimensions
    place = slice(*_bounds(edit, len(series)))
    return _written(series, names, place, [level_db if isinstance(name, str) else value for name in names])


def _reset(series: LatentSeries, source: LatentSeries, edit: Reset) -> LatentSeries:
    """What the source gave; of another length, at the same share of the time. Nothing named: all of it."""
    if edit.dimensions is None and edit.start is None and edit.end is None:
        return source
    if len(source) != len(series):
        source = source.at(np.arange(len(series)) * (len(source) / len(series)))
    names = list(range(series.latents)) if edit.dimensions is None else edit.dimensions
    place = slice(*_bounds(edit, len(series)))
    rows = [source.loudness_db if isinstance(name, str) else source.z[:, name] for name in names]
    return _written(series, names, place, [row[place] for row in rows])


def _written(
    series: LatentSeries,
    names: Sequence[Dimension],
    place: slice,
    rows: Sequence[NDArray[np.float32] | float],
) -> LatentSeries:
    """The series with other values in the frames of a place, one row a dimension."""
    z, level, codes = series.z.copy(), series.loudness_db.copy(), series.codes
    for name, row in zip(names, rows, strict=True):
        if isinstance(name, str):
            level[place] = row
        else:
            z[place, name], codes = row, None
    return replace(series, z=z, loudness_db=level, codes=codes)


def _bounds(place: Place, frames: int) -> tuple[int, int]:
    """First frame and the one after the last of a place in so many frames."""
    return min(place.start or 0, frames), frames if place.end is None else min(place.end, frames)


def _cut(series: LatentSeries, start: int, end: int) -> LatentSeries:
    codes = None if series.codes is None else series.codes[start:end]
    return replace(
        series,
        z=series.z[start:end],
        loudness_db=series.loudness_db[start:end],
        codes=codes,
        length_samples=None,
    )


def _put_back(series: LatentSeries, changed: LatentSeries, start: int, end: int, hop: int) -> LatentSeries:
    """The frames from start to end replaced, by more or fewer perhaps."""
    samples, longer = series.length_samples, len(changed) - (end - start)
    codes = None
    if series.codes is not None and changed.codes is not None:
        codes = np.concatenate([series.codes[:start], changed.codes, series.codes[end:]])
    level = [series.loudness_db[:start], changed.loudness_db, series.loudness_db[end:]]
    return replace(
        series,
        z=np.concatenate([series.z[:start], changed.z, series.z[end:]]),
        loudness_db=np.concatenate(level),
        codes=codes,
        length_samples=None if samples is None else max(min(samples, 1), samples + longer * hop),
    )
