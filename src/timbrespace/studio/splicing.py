"""A source with a few points of a long curve changed, as a hand says it: without the rest of the curve.

A curve of 20,000 points is a megabyte of JSON, and a tenth of a second to read; a hand moves one of them many
times a second.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from timbrespace.errors import UsageError
from timbrespace.studio.document import CodePoint, MorphPoint, Part, PathPoint, Source, TargetPoint
from timbrespace.studio.quantities import FIRST, MAX_EDITS, MAX_POINTS, Checked, LevelPoint

Count = Annotated[int, Field(ge=0, le=MAX_POINTS)]
Point = MorphPoint | PathPoint | CodePoint | TargetPoint | LevelPoint


class Splice(Checked):
    """In one curve of a part's source, `put` in the place of `drop` points from `start` on.

    aim: which aim's, of a target. length, edits, cursor: of the curve and the part that are meant.
    """

    curve: Literal["curve", "path", "target", "loudness"]
    aim: Annotated[int, Field(ge=0, le=1)] = 0
    length: Count
    edits: Annotated[int, Field(ge=0, le=MAX_EDITS)]
    cursor: Annotated[int, Field(ge=0, le=MAX_EDITS)]
    start: Count
    drop: Count
    put: Annotated[list[Point], Field(max_length=MAX_POINTS), FIRST]


def spliced(part: Part, splice: Splice) -> Source | None:
    """The part's source with other points; None where the part is another by now.

    Raises UsageError where the source has no such curve, or none could be of these points.
    """
    source: Any = part.current_source
    if (len(part.edits), part.cursor) != (splice.edits, splice.cursor):
        return None
    aims = getattr(source, "aims", [])
    if splice.curve == "target":
        held: Any = aims[splice.aim].target if splice.aim < len(aims) else None
    else:
        held = getattr(source, splice.curve, None)
    if not isinstance(held, list):
        raise UsageError(f"'{part.name}' has no {splice.curve} of points")
    if len(held) != splice.length:
        return None
    put = _joined(held, splice)
    if splice.curve != "target":
        return source.model_copy(update={splice.curve: put})
    changed = aims[splice.aim].model_copy(update={"target": put})
    every = [changed if number == splice.aim else aim for number, aim in enumerate(aims)]
    return source.model_copy(update={"aims": every})


def _joined(held: list[Any], splice: Splice) -> list[Any]:
    if splice.start + splice.drop > len(held):
        end = splice.start + splice.drop
        raise UsageError(f"points {splice.start} to {end} of a curve of {len(held)} cannot be changed")
    if any(type(each) is not type(held[0]) for each in splice.put):
        raise UsageError(f"a {splice.curve} has no points of this kind")
    joined = [*held[: splice.start], *splice.put, *held[splice.start + splice.drop :]]
    if not 1 <= len(joined) <= MAX_POINTS:
        raise UsageError(f"a curve of {len(joined)} points; it has 1 to {MAX_POINTS}")
    return joined
