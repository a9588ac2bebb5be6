"""The kinds of values that a session, a request or a message may hold, with their ranges."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from timbrespace.config import LARGEST_SEED

MAX_FRAMES = 60_000  # of a part: ten minutes and more
MAX_POINTS = 20_000  # of a drawn curve
MAX_EDITS = 100_000
MOST_PARTS = 500  # of a session…
MOST_REMOVED = 100_000  # …and of what was taken out of it, parts or sounds
MOST_REMEMBERED = 500  # entries of `Document.page`
LONGEST_SECONDS = 600.0  # of a part
LONGEST_SOUND_SECONDS = 4 * 3600.0
LONGEST_NAME = 200  # letters
OVERRIDES = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # turn what follows a name around


def printed(name: Any) -> Any:
    """A name without what does not print and could change the page or the terminal that shows it."""
    if not isinstance(name, str):
        return name
    return "".join(
        " " if letter in "\n\r\t" else letter
        for letter in name
        if letter in "\n\r\t" or not (unicodedata.category(letter) == "Cc" or letter in OVERRIDES)
    )


SoundId = Annotated[str, StringConstraints(pattern=r"^s[0-9a-f]{12}$")]
PartId = Annotated[str, StringConstraints(pattern=r"^p[0-9a-f]{12}$")]
SeriesId = Annotated[str, StringConstraints(pattern=r"^n[0-9a-f]{12}$")]
SessionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
Ref = Annotated[str, StringConstraints(pattern=r"^[sp][0-9a-f]{12}$")]  # a sound as it is, or a part
Name = Annotated[
    str,
    BeforeValidator(printed),
    StringConstraints(min_length=1, max_length=LONGEST_NAME, strip_whitespace=True),
]
ModelId = Annotated[str, StringConstraints(max_length=200)]
Seconds = Annotated[float, Field(ge=0.0, le=LONGEST_SOUND_SECONDS)]
PartSeconds = Annotated[float, Field(gt=0.0, le=LONGEST_SECONDS)]
Level = Annotated[float, Field(ge=-100.0, le=6.0)]  # dBFS; -100 is silence
Number = Annotated[float, Field(ge=-1000.0, le=1000.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Frame = Annotated[int, Field(ge=0, le=MAX_FRAMES)]
Dimension = Annotated[int, Field(ge=0, le=255)] | Literal["loudness"]
FIRST = Field(fail_fast=True)  # of what is wrong in a list: telling of a million things fills the memory
Dimensions = Annotated[list[Dimension], Field(min_length=1, max_length=257), FIRST]
Row = Annotated[list[Number], Field(min_length=1, max_length=MAX_FRAMES), FIRST]  # a dimension's values
Remembered = Annotated[dict[str, str | float | bool | None], Field(max_length=MOST_REMEMBERED)]
Descriptor = Literal["centroid", "bandwidth", "rolloff", "flatness", "f0"]


class Checked(BaseModel):
    """Strict: no unknown fields, no NaN, no infinity."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class LevelPoint(Checked):
    """A breakpoint of a loudness curve."""

    seconds: Seconds
    db: Level


Loudness = Level | Annotated[list[LevelPoint], Field(min_length=1, max_length=MAX_POINTS), FIRST]
