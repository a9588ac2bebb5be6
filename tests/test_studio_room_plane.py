"""The plane room, as a hand uses it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_help import free_port, packet
from studio_rooms import RATE, Room, room_with, tone
from studio_server import keep_picture

from timbrespace import engine, plane
from timbrespace.audio import without_offset

MARGIN = 34  # pixels about the square, as `drawing.js` has it
SOUNDS = {"low": tone(110.0, 1.5), "high": tone(330.0, 1.0), "middle": tone(220.0, 1.2)}


@pytest.fixture(scope="module")
def room(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A plane of three tones."""
    folder = tmp_path_factory.mktemp("sessions")
    with room_with([tiny_models["continuous"]], folder, SOUNDS) as room:
        room.enter("Plane")
        room.page.get_by_role("button", name="Make the plane").click()
        room.page.wait_for_selector(".plane-surface")
        room.until(lambda: room.document["active"])
        yield room


@pytest.fixture(autouse=True)
def _calm(room: Room) -> Iterator[None]:
    """Every test begins with nothing chosen, points in the hand, and ends silent, its steps taken back."""
    page = room.page
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Points").click()
    before = room.source
    yield
    page.evaluate("studio.audio.stop()")
    active = room.document["active"]
    assert room.server.api.put(f"/api/parts/{active}/source", json={"source": before}).is_success
    room.until(
        lambda: (
            shown(room, "path.length") == len(before["path"])
            and shown(room, "points.length") == len(before["points"])
        )
    )


def shown(room: Room, field: str) -> Any:
    """Something of the source as the page has it."""
    return room.page.evaluate(
        f"studio.doc.value.parts.find((p) => p.id === studio.doc.value.active).source.{field}"
    )


def at(room: Room, x: float, y: float) -> tuple[float, float]:
    """A place of the plane, on the page; y grows upward."""
    box = room.box(".plane-surface canvas")
    side = min(box["width"], box["height"]) - 2 * MARGIN
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    return left + x * side, top + (1 - y) * side


def point(room: Room, number: int) -> dict[str, Any]:
    """A point as it is kept."""
    found: dict[str, Any] = room.source["points"][number]
    return found


def where(room: Room, number: int) -> tuple[float, float]:
    """And where it is on the page."""
    kept = point(room, number)
    return at(room, kept["x"], kept["y"])


def test_the_walk_is_that_of_plane(room: Room, tiny_models: dict[str, Path]) -> None:
    source = room.source
    assert [each["name"] for each in source["points"]] == list(SOUNDS)
    model = engine.load(tiny_models["continuous"])
    every = [model.encode(without_offset(sound.astype(np.float32)), RATE) for sound in SOUNDS.values()]
    samples = round(source["seconds"] * model.sample_rate)
    frames = model.signal.frames_of(samples)
    seconds, x, y = (np.array([step[name] for step in source["path"]]) for name in ("seconds", "x", "y"))
    places = plane.drawn_places(seconds, np.stack([x, y], axis=1), model.signal, frames, samples)
    points = [(each["x"], each["y"]) for each in source["points"]]
    expected = plane.walk(every, places, model.signal, seconds=source["seconds"], points=points, radii=1.4142)
    np.testing.assert_allclose(room.series()["z"], expected.z, atol=1e-4)


def test_the_puck_is_heard_and_what_it_does_is_recorded(room: Room) -> None:
    page = room.page
    room.drag([at(room, 0.5, 0.5), at(room, 0.4, 0.4)])
    room.until(lambda: room.stat("blocks") > 3)
    measured = room.stat("stamps.size")
    page.get_by_role("button", name="Record", exact=True).click()
    way = [at(room, 0.2 + 0.6 * n / 20, 0.25) for n in range(21)]
    room.drag(way, pause_ms=25, end="")
    page.wait_for_timeout(400)  # the hand rests
    keep_picture(page, "plane-recording")
    page.mouse.up()
    room.until(lambda: room.source["seconds"] != 8)
    path, seconds = room.source["path"], room.source["seconds"]
    assert (path[0]["seconds"], path[0]["x"]) == (0, pytest.approx(0.2, abs=0.01))
    assert path[-1]["x"] == pytest.approx(0.8, abs=0.01)
    assert all(step["y"] == pytest.approx(0.25, abs=0.01) for step in path)
    assert path[-1]["seconds"] == pytest.approx(seconds, abs=1e-2)
    assert seconds - path[-2]["seconds"] > 0.3  # the rest is there
    assert room.stat("stamps.size") > measured
    page.keyboard.press("Control+z")
    room.until(lambda: room.source["seconds"] == 8)


def test_osc_moves_the_puck_that_is_heard(room: Room) -> None:
    page = room.page
    room.drag([at(room, 0.5, 0.5), at(room, 0.4, 0.4)])
    room.until(lambda: room.stat("blocks") > 3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote:
        remote.bind(("127.0.0.1", 0))
        port = free_port()
        assert room.server.api.put("/api/osc", json={"hear": str(port), "send_to": None}).is_success
        page.wait_for_timeout(500)  # the hand's own moves have come back
        remote.sendto(packet("/ts/plane", 0.9, 0.2), ("127.0.0.1", port))
        place = "import('/static/plane/state.js').then(({ puck }) => [puck.value.x, puck.value.y])"
        room.until(lambda: page.evaluate(place) == pytest.approx([0.9, 0.2]))
    room.server.api.delete("/api/osc")


def test_keys_record_too(room: Room) -> None:
    page = room.page
    page.keyboard.press("r")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
        page.wait_for_timeout(120)
    page.keyboard.press("r")
    room.until(lambda: room.source["seconds"] < 8)
    path = room.source["path"]
    assert path[0]["x"] - path[-1]["x"] == pytest.approx(0.3, abs=0.01)


def test_points_are_moved_and_their_zones_drawn(room: Room) -> None:
    page = room.page
    page.locator(".point-name").nth(1).click()
    room.drag([where(room, 1), at(room, 0.6, 0.6)])
    room.until(lambda: point(room, 1)["x"] == pytest.approx(0.6, abs=0.02))
    page.keyboard.press("-")
    page.keyboard.press("-")
    room.until(lambda: point(room, 1)["radius"] == pytest.approx(2**0.5 / 1.21, abs=0.01))
    kept = point(room, 1)
    radius = 0.35
    for _ in range(12):
        page.keyboard.press("-")
    room.until(lambda: point(room, 1)["radius"] < 0.4)
    edge = point(room, 1)["radius"]
    room.drag([at(room, kept["x"] - edge, kept["y"]), at(room, kept["x"] - radius, kept["y"])])
    room.until(lambda: point(room, 1)["radius"] == pytest.approx(radius, abs=0.02))
    keep_picture(page, "plane-zone")
    revision = room.document["revision"]
    room.drag([where(room, 1), at(room, 0.1, 0.1)], end="escape")
    page.wait_for_timeout(250)
    assert room.document["revision"] == revision


def test_points_are_drawn_by_chance_caught_named_and_taken_away(room: Room) -> None:
    page = room.page
    page.get_by_role("button", name="Random", exact=True).click()
    room.until(lambda: len(room.source["points"]) == 4)
    seed = point(room, 3)["seed"]
    page.get_by_role("button", name="Draw again").click()
    room.until(lambda: point(room, 3)["seed"] not in (None, seed))
    page.locator(".point-name").nth(3).dblclick()
    page.get_by_role("textbox", name="Name of the point").fill("Fog")
    page.keyboard.press("Enter")
    room.until(lambda: point(room, 3)["name"] == "Fog")
    page.keyboard.press("Escape")
    room.drag([at(room, 0.5, 0.5), at(room, 0.4, 0.5)])
    room.until(lambda: page.evaluate("studio.audio.stats.blocks") > 3)
    page.wait_for_timeout(300)
    page.keyboard.press("g")
    room.until(lambda: len(room.source["points"]) == 5)
    assert len(point(room, 4)["held"]["z"]) == 4
    page.keyboard.press("Delete")
    room.until(lambda: len(room.source["points"]) == 4)
    hues = [each["hue"] for each in room.source["points"]]
    assert len(set(hues)) == 4


def test_a_sound_is_dropped_where_it_is_to_be(room: Room) -> None:
    box = room.box(".plane-surface canvas")
    x, y = at(room, 0.5, 0.75)
    target = {"x": x - box["x"], "y": y - box["y"]}
    room.page.locator(".sound-head", has_text="high").drag_to(
        room.page.locator(".plane-surface"), target_position=target
    )
    room.until(lambda: len(room.source["points"]) == 4)
    dropped = point(room, 3)
    assert (dropped["x"], dropped["y"]) == (pytest.approx(0.5, abs=0.02), pytest.approx(0.75, abs=0.02))
    assert dropped["name"] == "high"


def test_the_path_is_bent_and_timed(room: Room) -> None:
    page = room.page
    page.get_by_role("radio", name="Path").click()
    page.get_by_role("button", name="Shapes of paths").click()
    page.get_by_role("menuitem", name="Diagonal").click()
    room.until(lambda: len(room.source["path"]) == 2)
    room.drag([at(room, 0.25, 0.25), at(room, 0.1, 0.6)])
    room.until(lambda: len(room.source["path"]) == 3)
    step = room.source["path"][1]
    assert (step["x"], step["y"]) == (pytest.approx(0.1, abs=0.02), pytest.approx(0.6, abs=0.02))
    assert step["seconds"] == pytest.approx(2, abs=0.1)
    line = room.box(".plane-timeline canvas")
    handle = line["y"] + line["height"] - 18
    room.drag(
        [(line["x"] + line["width"] * step["seconds"] / 8, handle), (line["x"] + line["width"] / 2, handle)]
    )
    room.until(lambda: room.source["path"][1]["seconds"] == pytest.approx(4, abs=0.1))
    keep_picture(page, "plane-path")
    page.get_by_role("button", name="Smooth").click()
    room.until(lambda: len(room.source["path"]) > 3)
    page.get_by_role("button", name="Thin").click()
    room.until(lambda: len(room.source["path"]) <= 8)
    page.get_by_role("slider", name="length").press("Home")
    room.until(lambda: room.source["seconds"] == 0.5 and room.source["path"][-1]["seconds"] == 0.5)


def test_timbre_and_loudness_come_from_one_point_alone(room: Room) -> None:
    page = room.page
    before = room.series()["z"]
    page.get_by_role("button", name="Loudness from").click()
    page.get_by_role("menuitemradio", name="high").click()
    room.until(lambda: room.source["loudness"] == 1)
    np.testing.assert_array_equal(room.series()["z"], before)
    page.get_by_role("button", name="Timbre from").click()
    page.get_by_role("menuitemradio", name="low").click()
    room.until(lambda: room.source["latents"] == 0)
    assert np.abs(room.series()["z"] - before).max() > 0.01


def test_of_a_long_path_what_a_hand_changes_goes_out_and_what_changed_comes_back(room: Room) -> None:
    page, active = room.page, room.document["active"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    path = [{"seconds": number / 100, "x": number / 800, "y": 0.5} for number in range(800)]
    wanted = {"source": {**room.source, "path": path}}
    assert room.server.api.put(f"/api/parts/{active}/source", json=wanted).is_success
    room.until(lambda: shown(room, "path.length") == len(path))
    assert any("/api/session/changes" in url for url in asked)
    assert not any(url.endswith("/api/state") for url in asked)
    moved = {"seconds": 3.0, "x": 0.9, "y": 0.9}
    said = """([id, moved]) => new Promise((resolve) => {
      const { link } = studio, send = link.send;
      const { source } = studio.doc.value.parts.find((part) => part.id === id);
      link.send = (message) => {
        if (message.type === "preview") resolve(message);
        link.send = send;
        return send(message);
      };
      studio.audio.preview(id, { source: { ...source, path: source.path.with(300, moved) } });
    })"""
    message = room.until(lambda: (told := page.evaluate(said, [active, moved])).get("splice") and told)
    assert "source" not in message
    expected = {"curve": "path", "length": 800, "start": 300, "drop": 1, "put": [moved]}
    assert expected.items() <= message["splice"].items()
