"""Hands in the latent editor of the studio: where its curves are on the screen, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page
from studio_server import StudioServer

from timbrespace.latents import LatentSeries

PATIENCE_MS = 30_000  # a machine may be busy
STEP_MS = 50  # between looks
Place = tuple[float, float]  # pixels of the page

# The row of pixels in which the thick curve is drawn, at a share of its pane's width; null where it is not.
CURVE_ROW = """([pane, share]) => {
  const canvas = [...document.querySelectorAll(`.pane.${pane} canvas`)].at(-1);
  if (!canvas?.width) return null;
  const x = Math.round(share * canvas.width);
  const column = canvas.getContext("2d").getImageData(x, 0, 1, canvas.height).data;
  const lit = (row) => column[4 * row + 3] > 200 && column[4 * row] > 180;
  const rows = [...Array(canvas.height).keys()].filter(lit);
  const sum = rows.reduce((total, row) => total + row, 0);
  return rows.length ? (sum / rows.length) * (canvas.clientHeight / canvas.height) : null;
}"""


class Room:
    """The editor with a new part of a sound in it. part: its id."""

    def __init__(self, server: StudioServer, page: Page, sound: Path) -> None:
        self.api, self.page = server.api, page
        query = {"name": sound.name, "origin": "upload"}
        kept = self._made("/api/sounds", params=query, content=sound.read_bytes())
        source = {"kind": "sound", "sound": kept["id"]}
        name = f"tone {uuid4().hex[:8]}"
        made = self._made("/api/parts", json={"name": name, "model": "continuous", "source": source})
        self.part = made["part"]["id"]
        self.api.patch("/api/session", json={"active": self.part}).raise_for_status()
        shown = "name => document.querySelector('.transport-head h2')?.textContent === name"
        page.wait_for_function(shown, arg=name, timeout=PATIENCE_MS)
        page.locator("#dimension-0").click(timeout=PATIENCE_MS)
        page.wait_for_function(CURVE_ROW, arg=["latents", 0.5], timeout=PATIENCE_MS)

    def _made(self, path: str, **request: Any) -> Any:
        answer = self.api.post(path, **request)
        assert answer.status_code == 201, answer.text
        return answer.json()

    @property
    def view(self) -> dict[str, Any]:
        """What the server says of the part."""
        return dict(self.api.get(f"/api/parts/{self.part}").json())

    def wait_for(self, cursor: int, edits: int | None = None) -> None:
        """Until the page says that so many edits count, of so many; all, where that is not given."""
        says = "text => document.querySelector('.history')?.textContent === text"
        self.page.wait_for_function(
            says, arg=f"{cursor}/{cursor if edits is None else edits}", timeout=PATIENCE_MS
        )

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that the page does not say; fails after some seconds."""
        for _ in range(PATIENCE_MS // STEP_MS):
            if holds():
                return
            self.page.wait_for_timeout(STEP_MS)
        raise AssertionError("it never came to hold")

    def exported(self, folder: Path) -> LatentSeries:
        """The latents as they are saved."""
        path = folder / "exported.npz"
        path.write_bytes(self.api.get(f"/api/parts/{self.part}/latents.npz").content)
        return LatentSeries.load(path)

    def row(self, pane: str = "latents", share: float = 0.5) -> float:
        """Pixels from the pane's top to its curve."""
        found = self.page.evaluate(CURVE_ROW, [pane, share])
        assert found is not None, f"no curve at {share} of {pane}"
        return float(found)

    def at(self, pane: str = "latents", share: float = 0.5) -> Place:
        """Where its curve is on the page."""
        box = self.page.locator(f".pane.{pane}").bounding_box()
        assert box is not None
        return box["x"] + share * box["width"], box["y"] + self.row(pane, share)

    def beside(self, name: str, share: float) -> Place:
        """Half way down an element of this class, at a share of its width."""
        box = self.page.locator(f".{name}").bounding_box()
        assert box is not None
        return box["x"] + share * box["width"], box["y"] + box["height"] / 2

    def drag(self, start: Place, *to: Place, drop: bool = True) -> None:
        """drop: False keeps the button down."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for place in to:
            self.page.mouse.move(*place, steps=4)
        if drop:
            self.page.mouse.up()

    def turn(self, dial: str, pixels: float, *, drop: bool = True) -> None:
        """A dial, up by so many pixels."""
        box = self.page.get_by_role("slider", name=dial, exact=True).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.drag((x, y), (x, y - pixels), drop=drop)

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
