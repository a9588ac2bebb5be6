"""What a page says, told to those who do it: its player, the hand beside it, its dials, its microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from timbrespace.engine import Engine
from timbrespace.live.controls import Settings
from timbrespace.live.voice import Loaded, widest_reach
from timbrespace.studio import messages, wire
from timbrespace.studio.frames import PlaneFrames
from timbrespace.studio.hand import Hand
from timbrespace.studio.microphone import Microphone
from timbrespace.studio.player import Player, Tell
from timbrespace.studio.playing import Decoded
from timbrespace.studio.stage import Stage

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio


class Conversation:
    """With one page. tell: takes what the page is to get, and never waits."""

    def __init__(self, studio: Studio, stage: Stage, tell: Tell) -> None:
        loaded = [Loaded(name, engine) for name, engine in studio.models.items()]
        self._settings = Settings(widest_reach(loaded) if loaded else np.zeros(1))
        self._player = Player(stage, tell)
        stage.prepare(_in_order(studio), studio.prepared.set)
        self._hand = Hand(studio, self._settings, self._player, tell)

    def hear(self, text: str) -> None:
        """A text message. Raises UsageError where it is none."""
        message: Any = messages.parse(text)
        DOINGS[type(message)](self, message)

    def hear_microphone(self, packet: bytes) -> None:
        """A binary message. Raises UsageError where it is none."""
        samples, voice = wire.unpack_microphone(packet), self._player.voice
        if isinstance(voice, Microphone):
            voice.heard.put(samples)

    def close(self) -> None:
        """The page is gone."""
        self._hand.close()
        self._player.close()

    def _open(self, message: messages.Play | messages.SetWhat) -> None:
        self._hand.open(message)

    def _stop(self, message: messages.Stop) -> None:
        self._hand.forget()
        self._player.stop()

    def _seek(self, message: messages.Seek) -> None:
        self._player.seek(message.seconds)

    def _loop(self, message: messages.SetLoop) -> None:
        self._player.loop(message.loop)

    def _preview(self, message: messages.Preview) -> None:
        self._hand.preview(message)

    def _row(self, message: messages.MoveRow) -> None:
        self._hand.row(message)

    def _place(self, message: messages.MovePlace) -> None:
        voice = self._player.voice
        if isinstance(voice, Decoded) and isinstance(voice.frames, PlaneFrames):
            voice.frames.place = message.x, message.y
            voice.stamp = max(voice.stamp, message.stamp)

    def _dial(self, message: messages.Dial) -> None:
        self._settings.set(message.name, [message.value])
        voice = self._player.voice
        if voice is not None:
            voice.stamp = max(voice.stamp, message.stamp)

    def _buffer(self, message: messages.BufferReport) -> None:
        self._player.reported(message.samples, message.underruns)


def _in_order(studio: Studio) -> list[Engine]:
    """The models, that of the part at work first."""
    document = studio.session.document
    part = None if document.active is None else document.part(document.active)
    first = "" if part is None else part.model
    return [studio.models[name] for name in sorted(studio.models, key=lambda name: name != first)]


DOINGS: dict[type, Any] = {
    messages.Play: Conversation._open,
    messages.SetWhat: Conversation._open,
    messages.Stop: Conversation._stop,
    messages.Seek: Conversation._seek,
    messages.SetLoop: Conversation._loop,
    messages.Preview: Conversation._preview,
    messages.MoveRow: Conversation._row,
    messages.MovePlace: Conversation._place,
    messages.Dial: Conversation._dial,
    messages.BufferReport: Conversation._buffer,
}
