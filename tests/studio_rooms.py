"""A room of the studio in a browser, with sounds in its tray: driven by hand, asked what it kept."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from browser import open_browser
from numpy.typing import NDArray
from playwright.sync_api import Page
from studio_server import SOUND_FLAGS, StudioServer, check_quiet, open_page, running

from timbrespace.studio.packets import DTYPES

PATIENCE_SECONDS = 30.0  # a model is made ready when a page opens: seconds on a busy machine
RATE = 8000
Box = dict[str, float]


class Room:
    """A page and the server behind it."""

    def __init__(self, server: StudioServer, page: Page) -> None:
        self.server, self.page = server, page

    def enter(self, title: str) -> None:
        """Show a room."""
        self.page.get_by_role("tab", name=title).click()

    @property
    def document(self) -> dict[str, Any]:
        """The open session as the server has it."""
        session: dict[str, Any] = self.server.api.get("/api/state").json()["session"]
        return session

    @property
    def source(self) -> dict[str, Any]:
        """That of the active part, as it is kept."""
        document = self.document
        part = next(part for part in document["parts"] if part["id"] == document["active"])
        source: dict[str, Any] = part["source"]
        return source

    def series(self) -> dict[str, NDArray[Any]]:
        """What the server gives the page of the active part: z [L, D], loudness_db [L] …"""
        part = self.document["active"]
        return unpacked(self.server.api.get(f"/api/parts/{part}/series").content)

    def until(self, holds: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait for something to hold; what it gave. Fails when it does not."""
        end = time.monotonic() + seconds
        while not (found := holds()):
            assert time.monotonic() < end, f"it did not happen within {seconds} s"
            self.page.wait_for_timeout(40)
        return found

    def stat(self, name: str) -> float:
        """One of what the page measures of its sound."""
        value: float = self.page.evaluate(f"studio.audio.stats.{name}")
        return value

    def box(self, selector: str) -> Box:
        """Where something is on the page."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        return dict(box)

    def drag(self, way: Sequence[tuple[float, float]], *, pause_ms: int = 12, end: str = "up") -> None:
        """A gesture along places of the page. end: "up", "escape", or "" to go on holding."""
        mouse = self.page.mouse
        mouse.move(*way[0])
        mouse.down()
        for place in way[1:]:
            mouse.move(*place, steps=3)
            self.page.wait_for_timeout(pause_ms)
        if end == "escape":
            self.page.keyboard.press("Escape")
        if end:
            mouse.up()


@contextmanager
def room_with(models: Sequence[Path], folder: Path, sounds: dict[str, NDArray[np.float64]]) -> Iterator[Room]:
    """A studio with these models, sounds in its tray, and a page at it."""
    with running("--sessions", folder, *models) as server, open_browser(SOUND_FLAGS) as browser:
        for name, samples in sounds.items():
            upload(server, name, samples)
        page = open_page(browser, server)
        page.wait_for_selector(".tabs")
        yield Room(server, page)
        check_quiet(page)


def upload(server: StudioServer, name: str, samples: NDArray[np.float64]) -> dict[str, Any]:
    """A sound for the tray, as a file dropped on the page."""
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="FLOAT")
    answer = server.api.post(
        "/api/sounds", params={"name": f"{name}.wav", "origin": "upload"}, content=file.getvalue()
    )
    assert answer.status_code == 201, answer.text
    sound: dict[str, Any] = answer.json()
    return sound


def tone(hz: float, seconds: float) -> NDArray[np.float64]:
    """A tone with overtones, [T] at RATE."""
    time_ = np.arange(round(seconds * RATE)) / RATE
    return 0.2 * sum(np.sin(2 * np.pi * hz * number * time_) / number for number in range(1, 6))


def unpacked(message: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a packet by name."""
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    arrays, at = {}, 4 + length
    for described in header["arrays"]:
        assert described["dtype"] in DTYPES
        count = int(np.prod(described["shape"]))
        array = np.frombuffer(message, described["dtype"], count, at)
        arrays[described["name"]] = array.reshape(described["shape"])
        at += array.nbytes + -array.nbytes % 4
    return arrays
