"""What a page says, told to those who do it: its player, the hand beside it, its dials, its microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.studio import messages, wire
from timbrespace.studio.dials import PLACE, RESET
from timbrespace.studio.frames import PlaneFrames
from timbrespace.studio.hand import Hand
from timbrespace.studio.microphone import Microphone
from timbrespace.studio.player import Player, Tell
from timbrespace.studio.playing import Decoded

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio


class Conversation:
    """With one page. tell: takes what the page is to get, and never waits."""

    def __init__(self, studio: Studio, tell: Tell) -> None:
        self._stage, self._dials, self._osc = studio.stage, studio.dials, studio.osc
        self._player = Player(self._stage, tell)
        self._player.heard = self._heard
        self._unfollow = self._dials.follow(self._follow)
        studio.prepare()
        self._hand = Hand(studio, self._dials, self._player, tell)

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
        self._unfollow()
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
        self._go_to(message.x, message.y, message.stamp)

    def _go_to(self, x: float, y: float, stamp: int) -> None:
        """To a place on the plane, where that is what plays."""
        voice = self._player.voice
        if isinstance(voice, Decoded) and isinstance(voice.frames, PlaneFrames):
            voice.frames.place = x, y
            voice.stamp = max(voice.stamp, stamp)

    def _follow(self, name: str) -> None:
        """A dial has moved, by whomever; most are read where the sound is made."""
        voice = self._player.voice
        if name == PLACE:
            x, y = self._dials.of(PLACE)
            self._go_to(float(x), float(y), 0)
        elif name == RESET and isinstance(voice, Microphone):
            voice.refresh()

    def _heard(self, frame: NDArray[np.float32]) -> None:
        """A frame is played; of several pages the one that began last is sent out."""
        voice = self._player.voice
        if isinstance(voice, Decoded | Microphone) and self._stage.is_front(self._player.stop):
            self._osc.hear_frame(frame, voice.engine)

    def _dial(self, message: messages.Dial) -> None:
        self._dials.set(message.name, [message.value])
        voice = self._player.voice
        if voice is not None:
            voice.stamp = max(voice.stamp, message.stamp)

    def _buffer(self, message: messages.BufferReport) -> None:
        self._player.reported(message.samples, message.underruns)


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
