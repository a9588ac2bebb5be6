"""Sounds of the tray read where they are needed, at any rate, however long they are."""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from timbrespace.studio import sounds
from timbrespace.studio.document import Sound
from timbrespace.studio.session import Session

Samples = NDArray[np.float32]

MARGIN_SECONDS = 0.05  # read at either side of a piece and thrown away, so that resampled pieces meet
MOST_PIECES = 4  # held in memory


class SoundReader:
    """A sound at `sample_rate`, a second at a time: whole seconds are whole samples at any rate."""

    def __init__(self, session: Session, sound: Sound, sample_rate: int) -> None:
        self._session, self._sound, self._rate = session, sound, sample_rate
        self._pieces: OrderedDict[int, Samples] = OrderedDict()

    def read(self, start: int, count: int) -> Samples:
        """Samples [start, start + count), start 0 at least; silence beyond the end."""
        found: list[Samples] = [np.zeros(0, np.float32)]
        place, end = start, start + count
        while place < end:
            number, offset = divmod(place, self._rate)
            part = self._piece(number)[offset : offset + end - place]
            found.append(part)
            place += len(part)
        return np.concatenate(found)

    def _piece(self, number: int) -> Samples:
        """The `number`-th second, whole."""
        if number not in self._pieces:
            self._pieces[number] = self._made(number)
            if len(self._pieces) > MOST_PIECES:
                self._pieces.popitem(last=False)
        return self._pieces[number]

    def _made(self, number: int) -> Samples:
        whole = self._sound.frames / self._sound.sample_rate
        piece = np.zeros(0, np.float32)
        if number < whole:
            common = math.gcd(self._sound.sample_rate, self._rate)
            margin = math.ceil(MARGIN_SECONDS * common) / common  # whole samples at both rates
            first = max(number - margin, 0.0)
            last = min(number + 1 + margin, whole)
            read = sounds.at_rate(self._session, self._sound, first, last, self._rate)
            piece = read[round((number - first) * self._rate) :][: self._rate]
        return np.pad(piece, (0, self._rate - len(piece)))
