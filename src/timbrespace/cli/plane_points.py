"""Points of the plane as they are written on a command line, and as series that play."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from timbrespace.cli.blend_sources import read_channels
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.config import SignalConfig
    from timbrespace.engine import Engine
    from timbrespace.latents import LatentSeries

RANDOM = "random"
LABEL_LENGTH = 18  # of a file's name in a picture; both its ends are kept
PLAIN_LOUDNESS_DB = -25.0  # of random points where a model does not know how loud its data were


@dataclass(frozen=True)
class PlanePoint:
    """One point. path: its file, None for a random draw with `seed`. moment: seconds, None: all of it."""

    letter: str
    text: str
    path: Path | None
    moment: float | None
    seed: int | None

    @property
    def label(self) -> str:
        """For pictures."""
        name = self.text if self.path is None else self.path.stem
        name = name if len(name) <= LABEL_LENGTH else f"{name[:6]}…{name[7 - LABEL_LENGTH :]}"
        at = f" @ {self.moment:g} s" if self.path is not None and self.moment is not None else ""
        return f"{self.letter}  {name}{at}"


def parse_point(text: str, number: int, seed: int) -> PlanePoint:
    """FILE, FILE@SECONDS, random or random:SEED. seed: for random points that name none, each its own.

    Raises UsageError for a moment or a seed that is no number.
    """
    from timbrespace.plane import LETTERS

    letter = LETTERS[number % len(LETTERS)]
    word, _, after = text.partition(":")
    if word == RANDOM and not Path(text).exists():
        if text != RANDOM and not (after.isdecimal() and len(after) <= 9):
            raise UsageError(f"point {letter} is '{text}'; it must be random or random:SEED, as in random:7")
        return PlanePoint(letter, text, None, 0.0, int(after) if after else seed + number)
    name, at, after = text.rpartition("@")
    if not at or Path(text).exists():
        return PlanePoint(letter, text, Path(text), None, None)
    try:
        moment = float(after)
    except ValueError:
        moment = math.nan
    if not (math.isfinite(moment) and moment >= 0):
        raise UsageError(f"point {letter} is '{text}'; after @ come seconds, as in {name}@1.5")
    return PlanePoint(letter, text, Path(name), moment, None)


def parse_place(option: str, text: str) -> tuple[float, float]:
    """`X,Y` on the plane. Raises UsageError."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"{option} is '{text}'; it must be X,Y as in 0.5,0.25") from None
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UsageError(f"{option} is {x:g},{y:g}; the plane goes from 0 to 1")
    return x, y


def parse_points(text: str, count: int) -> NDArray[np.float64]:
    """Places [P, 2] of `count` points. Raises UsageError."""
    import numpy as np

    places = [parse_place("--points", part) for part in text.split()]
    if len(places) != count:
        raise UsageError(f"--points has {len(places)} places for {count} sounds; give one X,Y for each")
    return np.array(places)


def parse_radii(radii: Sequence[float], count: int) -> NDArray[np.float64]:
    """Radii [P] from none, one for all, or one a point. Raises UsageError."""
    import numpy as np

    from timbrespace.plane import REACHES_ALL

    if len(radii) not in (0, 1, count):
        raise UsageError(f"--radius is given {len(radii)} times; give it once, or {count} times")
    for radius in radii:
        if not (math.isfinite(radius) and radius > 0):
            raise UsageError(f"--radius is {radius:g}; it must be above 0")
    return np.broadcast_to(np.array(radii or [REACHES_ALL]), (count,))


def parse_switch(option: str, text: str, words: Mapping[str, int | None], count: int) -> int | None:
    """The number of the point whose letter is given, or what a word stands for. Raises UsageError."""
    from timbrespace.plane import LETTERS

    if text.lower() in words:
        return words[text.lower()]
    if len(text) == 1 and text.upper() in LETTERS[:count]:
        return LETTERS.index(text.upper())
    known = [*words, *LETTERS[:count]]
    raise UsageError(f"{option} is '{text}'; it must be one of {', '.join(known)}")


def read_point(
    point: PlanePoint, loaded: Engine, quiet: bool, tell: Callable[[float], None]
) -> list[LatentSeries]:
    """A point's series, one a channel; of a random one a single frame. Raises AudioError, SeriesError."""
    if point.path is not None:
        return read_channels(point.path, loaded, quiet, tell)
    known = (loaded.header.get("latent") or {}).get("loudness_quantiles_db") or [PLAIN_LOUDNESS_DB]
    assert point.seed is not None
    return [loaded.prior_series(1, float(sorted(known)[len(known) // 2]), point.seed)]


def play_point(
    point: PlanePoint, series: LatentSeries, signal: SignalConfig, length_samples: int, how: str
) -> LatentSeries:
    """A point's series at the length of the path. Raises UsageError for a moment beyond its end."""
    from timbrespace.alignment import fit, hold

    frames = signal.frames_of(length_samples)
    if point.moment is None:
        return fit(series, signal, frames, length_samples, how)
    try:
        return hold(series, signal, point.moment, frames, length_samples)
    except UsageError as error:
        raise UsageError(f"point {point.letter} is '{point.text}': {error}") from None
