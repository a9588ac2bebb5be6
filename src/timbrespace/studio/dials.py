"""The dials of what is played, one set for all pages and for OSC: who moves one is followed by everybody.

They are those of `live.controls`, so a page, a controller and the command line speak of the same thing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.live.controls import DIMENSION, LiveControl, Settings, Values
from timbrespace.live.voice import Loaded, widest_reach
from timbrespace.studio.events import Events

EVENT_SECONDS = 1 / 30  # between two, so that a controller that hurries makes no flood of them
ELSEWHERE = (
    "plane/amount",
    "plane/loudness",
)  # of a plane that an input plays, which is none of the studio's
PLACE = "plane"
RESET = "reset"

Follower = Callable[[str], None]  # told the name of what moved, or RESET


class Dials(Settings):
    """Events tell the pages where dials went: {"type": "dials", "values": {name: [value, …]}}."""

    def __init__(self, models: Mapping[str, Engine], events: Events) -> None:
        self._models, self._events = models, events
        self._moved: dict[str, None] = {}
        self._news = threading.Condition()
        self._closing = False
        self._followers: list[Follower] = []
        loaded = [Loaded(name, engine) for name, engine in models.items()]
        super().__init__(widest_reach(loaded) if loaded else np.zeros(1), plane=True)
        self._thread = threading.Thread(target=self._tell, name="dials", daemon=True)
        self._thread.start()

    def set(self, name: str, values: Sequence[object], *, strict: bool = False) -> None:
        """As `Settings.set`; every page hears of it, and what plays."""
        if name in ELSEWHERE:
            raise UsageError(
                f"{name}: in the studio a plane plays by itself, and not by an input that this would mix it "
                "with; `timbrespace live --plane` has it"
            )
        super().set(name, values, strict=strict)
        self._note([name], name)

    def reset(self) -> None:
        """As `Settings.reset`; every page hears of it, and what plays."""
        super().reset()
        self._note([name for name, _, _ in self.listed()], RESET)

    def listed(self) -> list[tuple[str, LiveControl, Values]]:
        """As `Settings.listed`: those that there are in the studio."""
        return [row for row in super().listed() if row[0] not in ELSEWHERE]

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Have every move told, on the thread that makes it; what is returned ends that."""
        with self._news:
            self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    def describe(self, name: str) -> list[dict[str, Any]]:
        """The dials of a model as plain JSON: what the page shows of them, and where they stand.

        rest: where a dial stands at first. dimension: of the latents, or None. Raises KeyError.
        """
        reach = Loaded(name, self._models[name]).reach
        rows: list[dict[str, Any]] = []
        for full_name, control, values in self.listed():
            found = DIMENSION.fullmatch(full_name)
            dimension = int(found[1]) if found else None
            if dimension is not None and dimension >= len(reach):
                continue
            low, high = self.range_of(full_name)
            if control.name == "z/N/bias" and dimension is not None:
                low, high = -float(reach[dimension]), float(reach[dimension])
            row = {"name": full_name, "help": control.help, "unit": control.unit, "whole": control.whole}
            row |= {"low": low, "high": high, "rest": control.default, "dimension": dimension}
            rows.append({**row, "values": values.tolist()})
        return rows

    def close(self) -> None:
        """Tell no more."""
        with self._news:
            self._closing = True
            self._news.notify()

    def _note(self, names: Sequence[str], told: str) -> None:
        with self._news:
            self._moved |= dict.fromkeys(names)
            followers = list(self._followers)
            self._news.notify()
        for follower in followers:
            follower(told)

    def _tell(self) -> None:
        """All that moved in the meantime, in one event."""
        while True:
            with self._news:
                self._news.wait_for(lambda: self._moved or self._closing)
                if self._closing:
                    return
                moved, self._moved = self._moved, {}
            values = {name: self.at(name).tolist() for name in moved}
            self._events.send({"type": "dials", "values": values})
            time.sleep(EVENT_SECONDS)
