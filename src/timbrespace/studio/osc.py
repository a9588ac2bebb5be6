"""OSC for the studio: the dials moved from outside, and what plays sent out; switched on and off in the page.

The same addresses as `timbrespace live` (`docs/live.md`). They act on whatever is played by decoding.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import UsageError
from timbrespace.live.messages import Interpreter
from timbrespace.live.osc import OscPort, parse_address, require_osc, resolve
from timbrespace.live.voice import Loaded

if TYPE_CHECKING:
    from timbrespace.engine import Engine
    from timbrespace.studio.studio import Studio

HEAR, SEND = "OSC in", "OSC out"


class Osc:
    """The one OSC port of the studio. hear, send_to: as they were given, or None."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._models = [Loaded(name, engine) for name, engine in studio.models.items()]
        self._playing = 0
        self._lock = threading.Lock()
        self._port: OscPort | None = None
        self._given: tuple[str | None, str | None] = None, None
        self._note = ""

    @property
    def model(self) -> int:
        """Number of the model that plays, or played last."""
        return self._playing

    @property
    def latency_samples(self) -> int:
        """Of that model, from input to output."""
        return int(self._models[self._playing].engine.signal.n_fft)

    def play_model(self, number: int) -> None:
        """Have the pages change to another model where they play live."""
        self._studio.events.send({"type": "model", "model": self._models[number].name})

    def reset(self) -> None:
        """Every dial back to where it was."""
        self._studio.dials.reset()

    def open(self, hear: str | None, send_to: str | None) -> dict[str, Any]:
        """Listen and send, instead of what was open; a port alone is this computer's.

        Raises UsageError for an address that is none, TimbrespaceError for one that cannot be had; then what
        was open is closed.
        """
        require_osc()
        if hear is None and send_to is None:
            raise UsageError("OSC needs a port to listen at, or an address to send to")
        if not self._models:
            raise UsageError("OSC needs a model to play; start the studio with one")
        asked = None if hear is None else resolve(HEAR, parse_address(HEAR, hear, local=True))
        wanted = None if send_to is None else resolve(SEND, parse_address(SEND, send_to, local=False))
        with self._lock:
            self._close()
            self._note = ""
            interpreter = Interpreter(self._studio.dials, self, self._models)
            self._port = OscPort(
                interpreter, hear=asked, send_to=wanted, rate_hz=None, note=self._noted, option=HEAR
            )
            self._given = hear, send_to
        return self.told()

    def close(self) -> dict[str, Any]:
        """Neither listen nor send."""
        with self._lock:
            self._close()
        return self.told()

    def state(self) -> dict[str, Any]:
        """What is open and what went through it. note: the last that was not understood, or ""."""
        port, (hear, send_to) = self._port, self._given
        counts = (0, 0, 0) if port is None else (port.received, port.sent, port.refused)
        counted = dict(zip(("received", "sent", "refused"), counts, strict=True))
        return {"on": port is not None, "hear": hear, "send_to": send_to, **counted, "note": self._note}

    def told(self) -> dict[str, Any]:
        """The same, and every page hears it."""
        state = self.state()
        self._studio.events.send({"type": "osc", **state})
        return state

    def hear_frame(self, frame: NDArray[np.float32], engine: Engine) -> None:
        """A frame [D + 1] of a model is played; on the thread that makes sound."""
        port = self._port
        if port is not None:
            self._playing = next((n for n, each in enumerate(self._models) if each.engine is engine), 0)
            port.hear_frame(frame[:-1], float(frame[-1]))

    def _close(self) -> None:
        port, self._port = self._port, None
        self._given = None, None
        if port is not None:
            port.close()

    def _noted(self, note: str) -> None:
        self._note = note.removeprefix("OSC: ")
        self.told()
