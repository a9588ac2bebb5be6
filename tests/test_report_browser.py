"""The report in a real browser: it plays, it fits every screen, and it asks nobody for anything."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile
from browser import open_browser
from conftest import RATE, make_tone

from timbrespace.cli.app import main

AUDIO = (
    "[...document.querySelectorAll('audio')].map(a => [a.readyState, a.duration, a.error && a.error.message])"
)
AUDIO_READY = "[...document.querySelectorAll('audio')].every(a => a.error || a.readyState >= 2)"
BROKEN = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_page_works(kind: str, tiny_models: dict[str, Path], tmp_path: Path) -> None:
    names = ("short.wav", f"{'a very long name_' * 8}.wav")
    for name, seconds in zip(names, (0.5, 1.0), strict=True):
        soundfile.write(tmp_path / name, make_tone(seconds), RATE)
    sounds, out = str(tmp_path), str(tmp_path / "report")
    assert main(["evaluate", str(tiny_models[kind]), sounds, "--report", out, "--quiet"]) == 0
    address = (tmp_path / "report" / "report.html").as_uri()
    requests: list[str] = []
    complaints: list[str] = []
    with open_browser() as browser:
        page = browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.wait_for_function(AUDIO_READY)
        players = page.evaluate(AUDIO)
        assert len(players) >= 4
        assert all(error is None and state >= 2 and duration > 0 for state, duration, error in players)
        for (_, duration, _), seconds in zip(players, (1.0, 1.0, 0.5, 0.5), strict=False):
            assert duration == pytest.approx(seconds, abs=0.01)
        assert page.evaluate(BROKEN) == 0
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate(OVERFLOW) == 0, (width, scheme)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots per inch
        assert page.evaluate(OVERFLOW) == 0
    assert complaints == []
    assert {url for url in requests if not url.startswith("data:")} == {address}
