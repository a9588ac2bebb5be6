"""What a studio session holds, as it is kept in `session.json` and as the page sees it.

A session has sounds, and parts. A part is a recipe: where its latent series comes from (`Source`), and what
was done to it since (`Edit`, one after the other). Undo moves the cursor back over the edits, redo forward;
nothing else is ever thrown away, and the same recipe always gives the same series. Times of sources are in
seconds, places of edits in frames of the part's series. Everything from outside is checked by these types.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timbrespace.studio.edits import Draw, Erase, Operator, Reset, SetTo
from timbrespace.studio.quantities import (
    FIRST,
    MAX_EDITS,
    MAX_POINTS,
    MOST_PARTS,
    MOST_REMOVED,
    Checked,
    Descriptor,
    Frame,
    Level,
    Loudness,
    ModelId,
    Name,
    Number,
    PartId,
    PartSeconds,
    Ref,
    Remembered,
    Seconds,
    Seed,
    SeriesId,
    SessionId,
    Share,
    SoundId,
)

FORMAT: Literal[1] = 1


class SoundSource(Checked):
    """A sound of the tray, or a selection of it, as the model hears it. end: None is the sound's."""

    kind: Literal["sound"] = "sound"
    sound: SoundId
    start: Seconds = 0.0
    end: Seconds | None = None


class MorphPoint(Checked):
    """share: of the time, 0 to 1. place: 0 is A, 1 is B; beyond lies more of either."""

    share: Share
    place: Annotated[float, Field(ge=-2.0, le=3.0)]


class MorphSource(Checked):
    """From A to B along a drawn curve, as `interpolation.interpolate`; course: as `courses.choose`."""

    kind: Literal["morph"] = "morph"
    a: Ref
    b: Ref
    curve: Annotated[list[MorphPoint], Field(min_length=1, max_length=MAX_POINTS), FIRST]
    align: Literal["stretch", "trim", "loop"] = "stretch"
    loudness: Literal["mix", "a", "b"] = "mix"
    course: Literal["auto", "line", "even"] = "line"


class Held(Checked):
    """One frame, held: a state that was caught."""

    z: Annotated[list[Number], Field(min_length=1, max_length=256), FIRST]
    loudness_db: Level


class PlanePoint(Checked):
    """A point of the plane: a sound or part, a random draw (seed), or a held state; one of the three.

    hue: degrees, of the colour in which the page shows it.
    """

    x: Share
    y: Share
    radius: Annotated[float, Field(gt=0.0, le=2.0)] = 1.4142
    name: Name = "point"
    hue: Annotated[int, Field(ge=0, lt=360)] | None = None
    ref: Ref | None = None
    seed: Seed | None = None
    held: Held | None = None


class PathPoint(Checked):
    """Where the path is at a time."""

    seconds: Seconds
    x: Share
    y: Share


class PlaneSource(Checked):
    """A walk over the plane, as `plane.walk`.

    latents, loudness: the number of the one point that alone gives them; None: the place on the plane does.
    """

    kind: Literal["plane"] = "plane"
    points: Annotated[list[PlanePoint], Field(min_length=1, max_length=26), FIRST]
    path: Annotated[list[PathPoint], Field(min_length=1, max_length=MAX_POINTS), FIRST]
    seconds: PartSeconds = 8.0
    align: Literal["loop", "stretch"] = "loop"
    latents: Annotated[int, Field(ge=0, le=25)] | None = None
    loudness: Annotated[int, Field(ge=0, le=25)] | None = None


class TargetPoint(Checked):
    """A breakpoint of a target, in the descriptor's unit."""

    seconds: Seconds
    value: Annotated[float, Field(ge=0.0, le=30_000.0)]


class Aim(Checked):
    """A descriptor and the curve that it is to follow."""

    descriptor: Descriptor
    target: Annotated[list[TargetPoint], Field(min_length=1, max_length=MAX_POINTS), FIRST]


class FollowSource(Checked):
    """Sounds of the model whose descriptors follow curves, as `codebook.follow.follow`."""

    kind: Literal["follow"] = "follow"
    aims: Annotated[list[Aim], Field(min_length=1, max_length=2), FIRST]
    loudness: Loudness = -20.0
    continuity: Annotated[float, Field(ge=0.0, le=1000.0)] = 1.0
    seconds: PartSeconds = 8.0


class CodePoint(Checked):
    """From here on this row of the model's table sounds: a code, or a described frame."""

    seconds: Seconds
    row: Annotated[int, Field(ge=0, le=65_535)]


class CodesSource(Checked):
    """A path painted over the map of the model's sounds; each holds until the next."""

    kind: Literal["codes"] = "codes"
    path: Annotated[list[CodePoint], Field(min_length=1, max_length=MAX_POINTS), FIRST]
    loudness: Loudness = -20.0
    seconds: PartSeconds = 8.0


class SeriesSource(Checked):
    """A latent series that was brought in as a file, kept in the session's folder."""

    kind: Literal["series"] = "series"
    series: SeriesId


Source = Annotated[
    SoundSource | MorphSource | PlaneSource | FollowSource | CodesSource | SeriesSource,
    Field(discriminator="kind"),
]


class NewSource(Checked):
    """From here on the series comes from another source; edits before and after it act on that."""

    op: Literal["source"] = "source"
    source: Source


class NewModel(Checked):
    """From here on another model plays the part. A studio writes this itself, so that undo can take it back.

    before, before_id: the model until then.
    """

    op: Literal["model"] = "model"
    model: Name
    model_id: ModelId = ""
    before: Name
    before_id: ModelId = ""


Edit = Annotated[Operator | Draw | SetTo | Erase | Reset | NewSource, Field(discriminator="op")]
Step = Annotated[
    Operator | Draw | SetTo | Erase | Reset | NewSource | NewModel, Field(discriminator="op")
]  # what undo goes back over


class Sound(Checked):
    """A sound of the tray: one channel, kept as `sounds/ID.wav` in the session's folder, float32.

    frames: samples at its own rate. selection: seconds [from, to]. origin: where it came from.
    """

    id: SoundId
    name: Name
    sample_rate: Annotated[int, Field(ge=1000, le=768_000)]
    frames: Annotated[int, Field(ge=1)]
    peak: Annotated[float, Field(ge=0.0)] = 1.0
    origin: Literal["upload", "microphone", "dataset", "example", "result"] = "upload"
    gain_db: Annotated[float, Field(ge=-60.0, le=30.0)] = 0.0
    selection: tuple[Seconds, Seconds] | None = None
    loop: bool = False


class Part(Checked):
    """A recipe. model: what plays it now, by the name under which a studio holds it; model_id: which one that
    was, "" where it was not noted. cursor: how many of the edits count."""

    id: PartId
    name: Name
    model: Name
    model_id: ModelId = ""
    source: Source
    edits: Annotated[list[Step], Field(max_length=MAX_EDITS), FIRST] = Field(default_factory=list)
    cursor: Annotated[int, Field(ge=0, le=MAX_EDITS)] = 0
    seed: Seed = 0
    loop: bool = True
    selection: tuple[Frame, Frame] | None = None

    @property
    def current_source(self) -> Source:
        """Where its series comes from now: the last new source before the cursor, else the first."""
        changed = [edit.source for edit in self.edits[: self.cursor] if isinstance(edit, NewSource)]
        return changed[-1] if changed else self.source


class Document(Checked):
    """A session. revision grows with every change. page: what the page wants remembered, of no meaning to the
    server. removed: what was taken away, to undo that."""

    format: Literal[1] = FORMAT
    id: SessionId
    name: Name = "Untitled"
    created: str = ""
    changed: str = ""
    revision: Annotated[int, Field(ge=0)] = 0
    sounds: Annotated[list[Sound], FIRST] = Field(default_factory=list)
    parts: Annotated[list[Part], Field(max_length=MOST_PARTS), FIRST] = Field(default_factory=list)
    active: PartId | None = None
    removed_sounds: Annotated[list[Sound], FIRST] = Field(default_factory=list)
    removed_parts: Annotated[list[Part], Field(max_length=MOST_REMOVED), FIRST] = Field(default_factory=list)
    page: Remembered = Field(default_factory=dict)

    def sound(self, key: str) -> Sound | None:
        """The sound of this id, in the tray or removed from it (recipes may still need it)."""
        return next((s for s in [*self.sounds, *self.removed_sounds] if s.id == key), None)

    def part(self, key: str) -> Part | None:
        """The part of this id, removed or not."""
        return next((p for p in [*self.parts, *self.removed_parts] if p.id == key), None)
