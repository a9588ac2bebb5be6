"""What a page says over its WebSocket, checked: what is to play, what a hand is doing, how it arrives.

Everything a hand does carries a stamp, a number that grows; sound that is made from it carries it too.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from timbrespace.errors import UsageError
from timbrespace.studio.document import Edit, Source
from timbrespace.studio.quantities import Checked, Frame, Level, Name, PartId, Seconds, Share, SoundId
from timbrespace.studio.session import first_problem
from timbrespace.studio.splicing import Splice

LONGEST_TEXT = 4 * 2**20  # characters of a message: three curves drawn anew, as long as they may be


def _forward(loop: tuple[float, float]) -> tuple[float, float]:
    if loop[0] >= loop[1]:
        raise ValueError(f"a loop from {loop[0]:g} to {loop[1]:g} s; it must go forward")
    return loop


Stamp = Annotated[int, Field(ge=0, le=2**32 - 1)]
Loop = Annotated[tuple[Seconds, Seconds], AfterValidator(_forward)]
Row = Annotated[int, Field(ge=0, le=65_535)]
Gain = Annotated[float, Field(ge=-60.0, le=30.0)]


class PartWhat(Checked):
    """A part. live: decoded as it plays, so that it follows every edit. result, previous: what was rendered
    of it, now and before. source: what it is made from, unedited."""

    kind: Literal["part"]
    part: PartId
    version: Literal["live", "result", "previous", "source"] = "live"


class SoundWhat(Checked):
    """A sound of the tray."""

    kind: Literal["sound"]
    sound: SoundId


class RowWhat(Checked):
    """A row of a model's table, a code or a described frame, held."""

    kind: Literal["row"]
    model: Name
    row: Row
    loudness_db: Level = -20.0


class PlaneWhat(Checked):
    """The points of a part whose source is a plane, round and round, weighed by a place among them."""

    kind: Literal["plane"]
    part: PartId
    x: Share = 0.5
    y: Share = 0.5


class FrameWhat(Checked):
    """One frame of a part, held."""

    kind: Literal["frame"]
    part: PartId
    frame: Frame


class LiveWhat(Checked):
    """The page's microphone through a model."""

    kind: Literal["live"]
    model: Name


What = Annotated[
    PartWhat | SoundWhat | RowWhat | PlaneWhat | FrameWhat | LiveWhat, Field(discriminator="kind")
]


class Play(Checked):
    """Play from a place on, None where it is by default; loop: [from, to] in seconds."""

    type: Literal["play"]
    what: What
    start: Annotated[Seconds | None, Field(alias="from")] = None
    loop: Loop | None = None
    gain_db: Gain = 0.0


class Stop(Checked):
    """Be silent."""

    type: Literal["stop"]


class Seek(Checked):
    """Go on from another place."""

    type: Literal["seek"]
    seconds: Seconds


class SetLoop(Checked):
    """Go round in this from now on, or nowhere."""

    type: Literal["loop"]
    loop: Loop | None


class SetWhat(Checked):
    """Another thing at the same place."""

    type: Literal["what"]
    what: What
    gain_db: Gain | None = None


class Preview(Checked):
    """A part as it would be with one more edit, with another source, or with a few points of a curve of its
    source changed; with nothing, as it is."""

    type: Literal["preview"]
    stamp: Stamp
    part: PartId
    edit: Edit | None = None
    source: Source | None = None
    splice: Splice | None = None


class MovePlace(Checked):
    """Where on the plane."""

    type: Literal["place"]
    stamp: Stamp
    x: Share
    y: Share


class MoveRow(Checked):
    """Which row of the table."""

    type: Literal["row"]
    stamp: Stamp
    row: Row
    loudness_db: Level | None = None


class Dial(Checked):
    """A control by its name in `live.controls`."""

    type: Literal["dial"]
    stamp: Stamp
    name: Annotated[str, Field(max_length=60)]
    value: float


class BufferReport(Checked):
    """How many samples the page has yet to play, and how often it has had none so far."""

    type: Literal["buffer"]
    samples: Annotated[int, Field(ge=0)]
    underruns: Annotated[int, Field(ge=0)] = 0


Message = Annotated[
    Play | Stop | Seek | SetLoop | SetWhat | Preview | MovePlace | MoveRow | Dial | BufferReport,
    Field(discriminator="type"),
]
_messages: TypeAdapter[Message] = TypeAdapter(Message)


def parse(text: str) -> Message:
    """A message from its JSON. Raises UsageError, in one line, where it is none."""
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"a message of {len(text)} characters; {LONGEST_TEXT} at most")
    try:
        return _messages.validate_json(text)
    except ValidationError as error:
        raise UsageError(f"message: {first_problem(error)}") from None
