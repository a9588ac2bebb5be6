"""The studio's page in real Firefox: a sound comes in, plays, is changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from firefox import CONTROL, open_firefox
from studio_server import StudioServer, running

SCALE = ".operators .turn [aria-label=scale]"


def part(server: StudioServer) -> dict[str, Any]:
    """The one that there is, as the server has it."""
    (found,) = server.api.get("/api/session").json()["parts"]
    return dict(found)


def test_a_sound_comes_in_plays_and_is_changed_by_hand(
    tiny_models: dict[str, Path], write_tone: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "sessions"
    with (
        running("--sessions", folder, *tiny_models.values()) as server,
        open_firefox(tmp_path / "profile") as page,
    ):
        page.open(server.address)
        page.until("document.querySelector('.tray input[type=file]')")
        page.choose(".tray input[type=file]", write_tone("tone.wav", 1.0))
        page.until("document.querySelector('.place-total').textContent === 'of 1.02 s'")

        page.press("l")
        page.press(" ")
        page.until("studio.audio.stats.blocks > 60 && studio.audio.stats.bufferMs > 0")
        page.until("Number(document.querySelector('.transport [role=meter]').ariaValueNow) > -60")

        page.drag(SCALE, 0, -40)
        page.until("document.querySelector('.history').textContent === '1/1'")
        assert part(server)["edits"] == 1
        page.press(CONTROL, "z")
        page.until("document.querySelector('.history').textContent === '0/1'")
        assert page.problems == []
