"""The page's microphone through a model, with the dials at work, as `live` does it with a sound card."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from timbrespace.engine import Engine
from timbrespace.live.controls import Settings
from timbrespace.live.lines import OffsetRemover
from timbrespace.live.player import Player as LivePlayer
from timbrespace.live.voice import Loaded
from timbrespace.studio.playing import Block

Samples = NDArray[np.float32]

STORE_SECONDS = 0.02  # of sound before playing begins, and again after a gap: messages come unevenly
MOST_SECONDS = 0.15  # waiting; what is older is given up, so that the sound is not late for ever


class Jitter:
    """Sound that comes unevenly and goes evenly. One thread puts, another takes; gaps are silent.

    first: number of the sample that is taken next, of all that were put.
    """

    def __init__(self, sample_rate: int) -> None:
        self.first = self.gaps = 0
        self._store = round(STORE_SECONDS * sample_rate)
        self._most = round(MOST_SECONDS * sample_rate)
        self._waiting = np.zeros(0, np.float32)
        self._flowing = False
        self._lock = threading.Lock()

    def put(self, samples: Samples) -> None:
        """The next samples [T]. Of too many the oldest are forgotten."""
        with self._lock:
            self._waiting = np.concatenate([self._waiting, samples])
            if len(self._waiting) > self._most:
                self.first += len(self._waiting) - self._store
                self._waiting = self._waiting[-self._store :].copy()

    def take(self, count: int) -> Samples:
        """The next samples [count]."""
        with self._lock:
            if not self._flowing and len(self._waiting) < self._store + count:
                return np.zeros(count, np.float32)
            taken, self._waiting = self._waiting[:count], self._waiting[count:]
            self.first += len(taken)
            self._flowing = len(taken) == count
            self.gaps += not self._flowing
        return np.pad(taken, (0, count - len(taken)))


class Microphone:
    """A voice, as `playing.Voice`. It has no places: the seconds of a block are those of the microphone's
    sound, since it began, that its first sample is made from; by them the page knows how late it is."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.sample_rate, self.hop = engine.sample_rate, engine.signal.hop
        self.stamp = self._sounding = 0
        self.seconds = None
        self.heard = Jitter(self.sample_rate)
        self._offset = OffsetRemover(self.sample_rate)
        self._player = LivePlayer(
            [Loaded("model", engine)], settings, self.sample_rate, self.hop, recorded=True
        )
        self._player.listen(self._note)
        self._frame: Samples | None = None

    def block(self) -> Block:
        """As `Voice`."""
        sounding, self._sounding = self._sounding, max(self._sounding, self.stamp)
        late = self._player.latency_samples
        seconds = max(self.heard.first - late, 0) / self.sample_rate
        samples = self._player.process(self._offset.process(self.heard.take(self.hop)))
        return Block(samples, seconds, sounding, self._frame)

    def refresh(self) -> None:
        """Forget what was heard before, in a fade."""
        self._player.play_model(0)

    def seek(self, seconds: float) -> None:
        """As `Voice`: time does not go back."""

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """As `Voice`: nor round."""

    def _note(self, z: Samples, loudness_db: float) -> None:
        self._frame = np.append(z, loudness_db).astype(np.float32)
