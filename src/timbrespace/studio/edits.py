"""What hands do to the series of a part, as it is kept: operators on a place of it, and values put there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timbrespace.studio.quantities import FIRST, Checked, Descriptor, Dimensions, Frame, Number, Row, Seed


class Place(Checked):
    """Where an edit acts. dimensions: None is all of z. start, end: frames [start, end); None is all."""

    dimensions: Dimensions | None = None
    start: Frame | None = None
    end: Frame | None = None


class Operator(Place):
    """An operator of `LatentSeries`, or along a descriptor; names and units as in `controls.OPERATORS`.

    value: freeze: the frame that is held, None the first of the place; reverse and clip take none. Where no
    dimensions are named, reverse, stretch and clip act on loudness too.
    """

    op: Literal["operator"] = "operator"
    name: Literal[
        "scale", "bias", "random", "reverse", "smooth", "stretch", "quantise", "clip", "freeze", "along"
    ]
    value: Annotated[float, Field(ge=-60_000.0, le=60_000.0)] | None = None
    smoothness_hz: Annotated[float, Field(ge=0.001, le=10_000.0)] | None = None
    seed: Seed = 0
    descriptor: Descriptor | None = None


class Draw(Checked):
    """Values put in the place of what was there: drawn by hand, bent by a breakpoint, pasted.

    values: one row a dimension, [N] each, from frame `start` on; deviations, of loudness dBFS.
    """

    op: Literal["draw"] = "draw"
    dimensions: Dimensions
    start: Frame
    values: Annotated[list[Row], Field(min_length=1, max_length=257), FIRST]


class SetTo(Place):
    """One value everywhere in the place: deviations, or of loudness dBFS."""

    op: Literal["set"] = "set"
    value: Number


class Erase(Place):
    """Nothing drawn: z at 0, the middle of the data; loudness at the middle of what the model learned."""

    op: Literal["erase"] = "erase"


class Reset(Place):
    """Back to what the source gave. Nothing named: all of it, loudness and length too."""

    op: Literal["reset"] = "reset"
