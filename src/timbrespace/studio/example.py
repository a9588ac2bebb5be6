"""The first visit: bundled sounds, and a part of every kind made of them, to hear what the thing does.

Nothing here is special: the sounds come from the library and the parts are ordinary recipes, so that whoever
looks at them sees how to make their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import TimbrespaceError
from timbrespace.studio import desk, parts
from timbrespace.studio.document import (
    Aim,
    FollowSource,
    MorphPoint,
    MorphSource,
    PathPoint,
    PlanePoint,
    PlaneSource,
    Sound,
    SoundSource,
    Source,
    TargetPoint,
)
from timbrespace.studio.studio import Studio

LOW, HIGH, VOICE, DRUM = "Alto sax Bb3 piano", "Alto sax G4 forte", "LJ001-0008", "Bobobo treble"
Point = TypeVar("Point")

SECONDS = 6.0
TURNS = 2  # of the path over the plane, and of the drawn descriptor


def set_up(studio: Studio) -> None:
    """Bring the sounds into the tray and make the parts; the morph is the one to look at first.

    Sounds that are there from an earlier visit are used again.
    """
    sounds = [_sound(studio, name) for name in (LOW, HIGH, VOICE, DRUM)]
    model = next(iter(studio.models))
    made = []
    for name, source in _sources(studio, model, sounds):
        part = parts.new_part(studio.session.document, model, source, name)
        desk.add(studio, part)
        made.append(part.id)
    studio.session.change(lambda document: document.model_copy(update={"active": made[0]}))


def _sources(studio: Studio, model: str, sounds: list[Sound]) -> Iterator[tuple[str, Source]]:
    low, high, voice, _ = sounds
    share = np.linspace(0.0, 1.0, 33)
    there_and_back = 0.5 - 0.5 * np.cos(TURNS * np.pi * share)
    curve = [MorphPoint(share=float(s), place=float(p)) for s, p in zip(share, there_and_back, strict=True)]
    yield "From low to high and back", MorphSource(a=low.id, b=high.id, curve=curve, align="loop")
    yield "A voice, as this model hears it", SoundSource(sound=voice.id)
    yield "A walk between four sounds", _walk(sounds)
    table = studio.described(model)
    if table is not None:
        yield "Brightness drawn by hand", _drawn(np.nanpercentile(table.column("centroid"), [15, 85]))


def _walk(sounds: list[Sound]) -> PlaneSource:
    corners = ((0.1, 0.15), (0.9, 0.15), (0.15, 0.9), (0.9, 0.85))
    points = [
        PlanePoint(ref=sound.id, x=x, y=y, radius=0.9, name=sound.name)
        for sound, (x, y) in zip(sounds, corners, strict=True)
    ]
    return PlaneSource(points=points, path=_curve(_circle, PathPoint), seconds=SECONDS)


def _drawn(ends: NDArray[np.float64]) -> FollowSource:
    low, high = (float(end) for end in ends)

    def swing(seconds: float) -> dict[str, float]:
        share = 0.5 - 0.5 * np.cos(2 * np.pi * TURNS * seconds / SECONDS)
        return {"value": float(low * (high / low) ** share)}

    target = _curve(swing, TargetPoint)
    return FollowSource(aims=[Aim(descriptor="centroid", target=target)], seconds=SECONDS)


def _circle(seconds: float) -> dict[str, float]:
    angle = 2 * np.pi * TURNS * seconds / SECONDS
    return {"x": 0.5 + 0.38 * float(np.cos(angle)), "y": 0.5 + 0.38 * float(np.sin(angle))}


def _curve(at: Callable[[float], dict[str, float]], kind: Callable[..., Point]) -> list[Point]:
    """Breakpoints ten times a second."""
    return [kind(seconds=float(t), **at(float(t))) for t in np.arange(0.0, SECONDS + 0.05, 0.1)]


def _sound(studio: Studio, name: str) -> Sound:
    """The bundled sound whose name begins so, in the tray."""
    for sound in studio.session.document.sounds:
        if sound.origin == "example" and sound.name.startswith(name):
            return sound
    items = (item for group in studio.library.groups() for item in group["items"])
    found = next((item for item in items if item["name"].startswith(name)), None)
    if found is None:
        raise TimbrespaceError(f"the package lacks its example '{name}'; install it again")
    return studio.library.bring(found["id"], studio.session)
