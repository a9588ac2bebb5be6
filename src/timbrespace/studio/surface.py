"""The plane of a part under a hand: the sounds of its points go round, weighed by a place among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries
from timbrespace.live.plane import PlaneLoops
from timbrespace.studio.document import Part, PlanePoint, PlaneSource, SoundSource
from timbrespace.studio.frames import PlaneFrames
from timbrespace.studio.messages import PlaneWhat, Preview
from timbrespace.studio.sources import check_point, point_state

if TYPE_CHECKING:
    from timbrespace.studio.opening import Room

HELD_FRAMES = 32  # of a state that is held: any number goes round to the same


class Surface:
    """A plane that is played by hand, as `opening.Opened`. The part's edits do not act here."""

    def __init__(self, room: Room, what: PlaneWhat, preview: Preview | None) -> None:
        self._room, self._what = room, what
        part = room.part(what.part)
        self._model, self._source = part.model, self._find(part, preview)
        self._heard = self._fingerprints()
        engine = room.studio.engine_of(part)
        self._frames = PlaneFrames(self._loops(part), (what.x, what.y), engine.signal)
        self.voice = room.decoded(engine, self._frames)

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        part = self._room.part(self._what.part)
        if part.model != self._model:
            return False
        before, heard = self._source, self._heard
        self._source = self._find(part, preview)
        self._heard = self._fingerprints()
        if self._source is not before or self._heard != heard:
            self._frames.loops = self._loops(part)
        if preview is not None:
            self.voice.stamp = max(self.voice.stamp, preview.stamp)
        return True

    def _find(self, part: Part, preview: Preview | None) -> PlaneSource:
        source = part.current_source
        if preview is not None and preview.part == part.id and preview.source is not None:
            source = preview.source
        if not isinstance(source, PlaneSource):
            raise UsageError(f"'{part.name}' is no plane; set its points first")
        return source

    def _fingerprints(self) -> list[str]:
        """Of the parts that points play: they change when those are edited."""
        refs = [point.ref for point in self._source.points if point.ref is not None]
        evaluator = self._room.studio.evaluator
        return [evaluator.fingerprint(self._room.part(ref)) for ref in refs if ref.startswith("p")]

    def _loops(self, part: Part) -> PlaneLoops:
        source, signal = self._source, self._room.studio.engine_of(part).signal
        return PlaneLoops(
            [self._series(part, point) for point in source.points],
            signal,
            points=[(point.x, point.y) for point in source.points],
            radii=[point.radius for point in source.points],
            latents=source.latents,
            loudness=source.loudness,
        )

    def _series(self, part: Part, point: PlanePoint) -> LatentSeries:
        """What a point plays, by itself. Raises UsageError where it is nothing or more than one thing."""
        studio = self._room.studio
        check_point(point)
        if point.ref is not None and point.ref.startswith("p"):
            return studio.evaluator.series(self._room.part(point.ref)).series
        if point.ref is not None:
            heard = {"source": SoundSource(sound=point.ref), "edits": [], "cursor": 0}
            return studio.evaluator.series(part.model_copy(update=heard)).series
        return point_state(point, studio.engine_of(part)).at(np.zeros(HELD_FRAMES))
