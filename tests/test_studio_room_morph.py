"""The morph room, as a hand uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studio_rooms import RATE, Room, room_with, tone
from studio_server import keep_picture

from timbrespace import engine
from timbrespace.alignment import leading, samples_of
from timbrespace.audio import without_offset
from timbrespace.interpolation import drawn_positions, interpolate

A, B = tone(110.0, 1.5), tone(330.0, 1.0)


@pytest.fixture(scope="module")
def room(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A morph between two tones."""
    folder = tmp_path_factory.mktemp("sessions")
    with room_with([tiny_models["continuous"]], folder, {"low": A, "high": B}) as room:
        room.enter("Morph")
        room.page.get_by_role("button", name="Make the morph").click()
        room.page.wait_for_selector(".morph-curve")
        room.until(lambda: room.document["active"])
        yield room


@pytest.fixture(autouse=True)
def _line(room: Room) -> None:
    """Every test begins with the line, stretched, drawn freely, silent."""
    api, active = room.server.api, room.document["active"]
    start = {
        "curve": [{"share": 0, "place": 0}, {"share": 1, "place": 1}],
        "align": "stretch",
        "loudness": "mix",
    }
    assert api.put(f"/api/parts/{active}/source", json={"source": {**room.source, **start}}).is_success
    room.page.keyboard.press("Escape")
    room.page.get_by_role("radio", name="Draw").click()
    room.until(lambda: shown_curve(room) == 2)


def shown_curve(room: Room) -> int:
    """How many points the page has of the curve."""
    count: int = room.page.evaluate(
        "studio.doc.value.parts.find((p) => p.id === studio.doc.value.active).source.curve.length"
    )
    return count


def at(room: Room, share: float, down: float) -> tuple[float, float]:
    """A place on the curve's canvas, from its left and its top."""
    box = room.box(".morph-curve canvas")
    return box["x"] + share * box["width"], box["y"] + down * box["height"]


def place(room: Room, share: float) -> float:
    """Where the kept curve is at a share of the time."""
    curve = room.source["curve"]
    return float(np.interp(share, [point["share"] for point in curve], [point["place"] for point in curve]))


def test_a_drawn_line_is_kept_heard_and_undone(room: Room) -> None:
    room.page.get_by_role("button", name="Play", exact=True).first.click()
    room.until(lambda: room.stat("blocks") > 3)
    before = room.stat("stamps.size")
    room.drag([at(room, 0.2, 0.25), at(room, 0.5, 0.5), at(room, 0.8, 0.75)])
    keep_picture(room.page, "morph-drawn")
    room.until(lambda: len(room.source["curve"]) > 2)
    assert place(room, 0.5) == pytest.approx(0.5, abs=0.03)
    assert place(room, 0.25) > 0.7
    assert place(room, 0.75) < 0.3
    assert place(room, 0.1) == pytest.approx(0.1, abs=0.01)
    room.until(lambda: room.stat("stamps.size") > before)
    room.page.keyboard.press("Space")
    room.page.keyboard.press("Control+z")
    room.until(lambda: room.source["curve"] == [{"share": 0, "place": 0}, {"share": 1, "place": 1}])


def test_the_series_is_that_of_interpolate(room: Room, tiny_models: dict[str, Path]) -> None:
    room.page.get_by_role("button", name="Sigmoid").click()
    room.page.get_by_role("radio", name="Loop").click()
    room.until(lambda: room.source["align"] == "loop" and len(room.source["curve"]) > 2)
    model = engine.load(tiny_models["continuous"])
    a, b = (model.encode(without_offset(sound.astype(np.float32)), RATE) for sound in (A, B))
    lead = leading([a, b], model.signal, "loop")
    samples = samples_of(lead, model.signal)
    share, places = (np.array([point[name] for point in room.source["curve"]]) for name in ("share", "place"))
    curve = drawn_positions(share * samples / model.sample_rate, places, model.signal, len(lead), samples)
    expected = interpolate(a, b, model.signal, curve=curve, how="loop")
    series = room.series()
    np.testing.assert_allclose(series["z"], expected.z, atol=1e-5)
    np.testing.assert_allclose(series["loudness_db"], expected.loudness_db, atol=1e-3)


def test_escape_takes_back_what_was_being_drawn(room: Room) -> None:
    revision = room.document["revision"]
    room.drag([at(room, 0.2, 0.2), at(room, 0.8, 0.2)], end="escape")
    room.page.wait_for_timeout(300)
    assert room.document["revision"] == revision


def test_points_are_made_moved_and_taken_away(room: Room) -> None:
    page = room.page
    page.get_by_role("radio", name="Points").click()
    room.drag([at(room, 0.5, 0.5), at(room, 0.5, 0.2)])
    room.until(lambda: len(room.source["curve"]) == 3)
    middle = room.source["curve"][1]
    assert middle["share"] == pytest.approx(0.5, abs=0.02)
    assert middle["place"] > 0.7
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowDown")
    room.until(lambda: room.source["curve"][1]["share"] < middle["share"])
    moved = room.source["curve"][1]
    assert moved["share"] == pytest.approx(middle["share"] - 0.05, abs=1e-4)
    assert moved["place"] == pytest.approx(middle["place"] - 0.01, abs=1e-4)
    page.keyboard.press("Delete")
    room.until(lambda: len(room.source["curve"]) == 2)
    page.keyboard.press("]")
    page.keyboard.press("Insert")
    room.until(lambda: len(room.source["curve"]) == 3)


def test_beyond_a_and_b(room: Room) -> None:
    room.drag([at(room, 0.3, 0.01), at(room, 0.6, 0.01)])
    room.until(lambda: place(room, 0.45) == 1)
    room.page.get_by_role("button", name="Beyond A and B").click()
    room.drag([at(room, 0.3, 0.01), at(room, 0.6, 0.01)])
    room.until(lambda: place(room, 0.45) == 2)
    keep_picture(room.page, "morph-beyond")
    room.page.get_by_role("button", name="Flip").click()
    room.until(lambda: place(room, 0.45) == -1)


def test_sounds_are_chosen_dropped_and_swapped(room: Room) -> None:
    page = room.page
    before: dict[str, Any] = room.source
    page.get_by_role("button", name="Swap").click()
    room.until(lambda: (room.source["a"], room.source["b"]) == (before["b"], before["a"]))
    page.get_by_role("button", name="Sound B").click()
    page.get_by_role("menuitemradio", name="high").first.click()
    room.until(lambda: room.source["b"] == before["b"])
    page.locator(".sound-head", has_text="low").drag_to(page.locator(".voice.second"))
    room.until(lambda: room.source["b"] == before["a"])
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    room.until(lambda: (room.source["a"], room.source["b"]) == (before["a"], before["b"]))


def test_all_is_there_after_a_reload(room: Room) -> None:
    room.page.get_by_role("button", name="Ping-pong").click()
    room.until(lambda: len(room.source["curve"]) == 5)
    room.page.wait_for_timeout(700)  # the room that is shown is kept a little later
    room.page.reload()
    room.page.wait_for_selector(".morph-curve")
    room.until(lambda: shown_curve(room) == 5)
