"""From what a page wants to hear to a voice that plays it, and that voice kept up with what is edited.

Takes as long as it takes (a sound may have to be encoded first), so it is done beside the sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.live.controls import Settings
from timbrespace.studio import sounds
from timbrespace.studio.document import Part, Sound, SoundSource
from timbrespace.studio.errors import Missing
from timbrespace.studio.frames import Frames, HeldFrames, SeriesFrames
from timbrespace.studio.messages import (
    FrameWhat,
    MoveRow,
    PartWhat,
    PlaneWhat,
    Preview,
    RowWhat,
    SoundWhat,
    What,
)
from timbrespace.studio.microphone import Microphone
from timbrespace.studio.playing import Decoded, Sampled, Voice, reader_of
from timbrespace.studio.reading import SoundReader
from timbrespace.studio.surface import Surface

if TYPE_CHECKING:
    from timbrespace.studio.evaluation import Evaluated
    from timbrespace.studio.studio import Studio

Samples = NDArray[np.float32]


class Opened(Protocol):
    """A voice and what keeps it up."""

    @property
    def voice(self) -> Voice: ...

    def renew(self, preview: Preview | None) -> bool:
        """Take over what has changed, and what a hand is doing; False where another voice is needed."""


@dataclass
class Room:
    """Where voices are opened: the studio, and a page's dials."""

    studio: Studio
    settings: Settings

    def part(self, key: str) -> Part:
        """A part that is there. Raises Missing."""
        part = self.studio.session.document.part(key)
        if part is None or part in self.studio.session.document.removed_parts:
            raise Missing(f"there is no part {key:.20}")
        return part

    def sound(self, key: str) -> Sound:
        """A sound, in the tray or removed from it. Raises Missing."""
        return sounds.find(self.studio.session, key)

    def evaluated(self, key: str, preview: Preview | None) -> Evaluated:
        """A part's series, as it is or as a hand would have it."""
        part = self.part(key)
        if preview is None or preview.part != key or (preview.edit is None and preview.source is None):
            return self.studio.evaluator.series(part)
        return self.studio.evaluator.preview(part, preview.edit, preview.source)

    def decoded(self, engine: Engine, frames: Frames, glide_frames: int | None = None) -> Decoded:
        """A voice for frames."""
        return Decoded(engine, frames, self.settings, engine.playback(glide_frames=glide_frames))


class Steady:
    """What never changes while it plays."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        return True


class LivePart:
    """A part as its series is now; or, unedited, as its source is."""

    def __init__(self, room: Room, what: PartWhat, preview: Preview | None) -> None:
        self._room, self._key, self._version = room, what.part, what.version
        part = room.part(what.part)
        self._model, engine = part.model, room.studio.engine_of(part)
        evaluated = room.evaluated(what.part, preview)
        self._glide_frames = evaluated.glide_frames
        self._frames = SeriesFrames(self._chosen(evaluated), engine.signal)
        self.voice = room.decoded(engine, self._frames, self._glide_frames)
        self.voice.stamp = 0 if preview is None else preview.stamp

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        evaluated = self._room.evaluated(self._key, preview)
        if self._room.part(self._key).model != self._model or evaluated.glide_frames != self._glide_frames:
            return False
        self._frames.series = self._chosen(evaluated)
        if preview is not None:
            self.voice.stamp = max(self.voice.stamp, preview.stamp)
        return True

    def _chosen(self, evaluated: Evaluated) -> Any:
        series = evaluated.source if self._version == "source" else evaluated.series
        if not len(series):
            raise UsageError("this part has no frames to play; give it a longer source")
        return series


class HeldFrame:
    """One frame of a part."""

    def __init__(self, room: Room, what: FrameWhat, preview: Preview | None) -> None:
        self._room, self._what = room, what
        part = room.part(what.part)
        self._model, engine = part.model, room.studio.engine_of(part)
        z, level = self._frame(preview)
        self.frames = HeldFrames(z, level, engine.signal, glides=engine.kind == "continuous")
        self.voice = room.decoded(engine, self.frames)

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        if self._room.part(self._what.part).model != self._model:
            return False
        self.frames.hold(*self._frame(preview))
        if preview is not None:
            self.voice.stamp = max(self.voice.stamp, preview.stamp)
        return True

    def _frame(self, preview: Preview | None) -> tuple[Any, float]:
        series = self._room.evaluated(self._what.part, preview).series
        number = min(self._what.frame, len(series) - 1)
        return series.z[number], float(series.loudness_db[number])


class Rendered:
    """What was rendered of a part, now or before; what is rendered meanwhile takes its place."""

    def __init__(self, room: Room, what: PartWhat) -> None:
        self._room, self._what = room, what
        self._render = self._find()
        hop = room.studio.engine_of(room.part(what.part)).signal.hop
        samples, rate = self._render.samples, self._render.sample_rate  # the one before may have another rate
        self.voice = Sampled(reader_of(samples), len(samples), rate, hop)

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        return self._find() is self._render

    def _find(self) -> Any:
        part, renders = self._room.part(self._what.part), self._room.studio.renders
        before = self._what.version == "previous"
        render = renders.previous(part.id) if before else renders.result(part.id)
        if render is None:
            raise Missing(f"'{part.name}' has no {'earlier result' if before else 'result yet'}")
        return render


class HeldRow(Steady):
    """A row of a model's table; `hold` goes on to another."""

    def __init__(self, room: Room, what: RowWhat) -> None:
        engine, self._table = room.studio.model(what.model), room.studio.table(what.model)
        self._level = what.loudness_db
        glides = engine.kind == "continuous"
        self._frames = HeldFrames(self._row(what.row), self._level, engine.signal, glides=glides)
        super().__init__(room.decoded(engine, self._frames))

    def hold(self, message: MoveRow) -> None:
        """Hold another row, at another loudness where one is given. Raises UsageError."""
        self._level = self._level if message.loudness_db is None else message.loudness_db
        self._frames.hold(self._row(message.row), self._level)
        self.voice.stamp = max(self.voice.stamp, message.stamp)

    def _row(self, row: int) -> Any:
        if row >= len(self._table):
            raise UsageError(f"row is {row}; this model has sounds 0 to {len(self._table) - 1}")
        return self._table.z[row]


class TraySound(Steady):
    """A sound of the tray at its gain, which may be changed while it plays."""

    def __init__(self, room: Room, sound: Sound, sample_rate: int, hop: int) -> None:
        self._session, self._key = room.studio.session, sound.id
        self._sampled = sampled(room, sound, sample_rate, hop)
        super().__init__(self._sampled)
        self.renew(None)

    def renew(self, preview: Preview | None) -> bool:
        """As `Opened`."""
        sound = self._session.document.sound(self._key)
        if sound is not None:
            self._sampled.gain = 10.0 ** (sound.gain_db / 20.0)
        return True


def sampled(
    room: Room, sound: Sound, sample_rate: int, hop: int, start: float = 0.0, end: float | None = None
) -> Sampled:
    """Seconds [start, end) of a sound at some rate, without its gain; end: None is its end."""
    whole = sound.frames / sound.sample_rate
    last = whole if end is None else min(end, whole)
    first, length = round(start * sample_rate), max(round((last - start) * sample_rate), 0)
    reader = SoundReader(room.studio.session, sound, sample_rate)

    def read(place: int, count: int) -> Samples:
        before, after = max(-place, 0), max(place + count - length, 0)
        inside = max(count - before - after, 0)
        piece = reader.read(first + max(place, 0), inside)
        return np.pad(piece, (min(before, count - inside), count - inside - min(before, count - inside)))

    return Sampled(read, length, sample_rate, hop)


def open_voice(room: Room, what: What, preview: Preview | None) -> Opened:
    """The voice for what a page wants. Raises TimbrespaceError where there is no such thing."""
    if isinstance(what, PartWhat):
        return _open_part(room, what, preview)
    if isinstance(what, FrameWhat):
        return HeldFrame(room, what, preview)
    if isinstance(what, RowWhat):
        return HeldRow(room, what)
    if isinstance(what, SoundWhat):
        engine = next(iter(room.studio.models.values()))
        return TraySound(room, room.sound(what.sound), engine.sample_rate, engine.signal.hop)
    if isinstance(what, PlaneWhat):
        return Surface(room, what, preview)
    return Steady(Microphone(room.studio.model(what.model), room.settings))


def _open_part(room: Room, what: PartWhat, preview: Preview | None) -> Opened:
    part = room.part(what.part)
    source = part.current_source
    if what.version in ("result", "previous"):
        return Rendered(room, what)
    if what.version == "source" and isinstance(source, SoundSource):
        engine, sound = room.studio.engine_of(part), room.sound(source.sound)
        return Steady(sampled(room, sound, engine.sample_rate, engine.signal.hop, source.start, source.end))
    return LivePart(room, what, preview)
