"""The plane of a part under a hand: the sounds of its points go round, weighed by a place among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries
from timbrespace.live.plane import PlaneLoops
from timbrespace.studio.document import Part, PlanePoint, PlaneSource, SoundSource
from timbrespace.studio.editing import middle_db
from timbrespace.studio.frames import PlaneFrames
from timbrespace.studio.messages import PlaneWhat, Preview

if TYPE_CHECKING:
    from timbrespace.studio.opening import Room

HELD_FRAMES = 32  # of a state that is held: any number goes round to the same


class Surface:
    """A plane that is played by hand, as `opening.Opened`. The part's edits do not act here."""

    def __init__(self, room: Room, what: PlaneWhat, preview: Preview | None) -> None:
        self._room, self._what = room, what
        part = room.part(what.part)
        self._model, self._source = part.model, self._find(part, preview)
        engine = room.studio.model(part.model)
        self._frames = PlaneFrames(self._loops(part), (what.x, what.y), engine.signal)
        self.voice = room.decoded(engine, self._frames)

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        part = self._room.part(self._what.part)
        if part.model != self._model:
            return False
        source = self._find(part, preview)
        if source is not self._source:
            self._source = source
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

    def _loops(self, part: Part) -> PlaneLoops:
        source, signal = self._source, self._room.studio.model(part.model).signal
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
        engine = studio.model(part.model)
        if sum(given is not None for given in (point.ref, point.seed, point.held)) != 1:
            raise UsageError(f"point '{point.name}' needs one of a sound, a random draw and a held state")
        if point.ref is not None and point.ref.startswith("p"):
            return studio.evaluator.series(self._room.part(point.ref)).series
        if point.ref is not None:
            heard = {"source": SoundSource(sound=point.ref), "edits": [], "cursor": 0}
            return studio.evaluator.series(part.model_copy(update=heard)).series
        if point.seed is not None:
            state = engine.prior_series(1, middle_db(engine), point.seed)
        else:
            assert point.held is not None
            z, level = np.array([point.held.z]), np.array([point.held.loudness_db])
            state = LatentSeries(z, level, engine.signal.frame_rate_hz, engine.model_id)
            engine.check_fits(state)
        return state.at(np.zeros(HELD_FRAMES))
