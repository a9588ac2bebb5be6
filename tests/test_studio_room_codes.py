"""The codebook room, as a musician uses it: painted paths, drawn targets, the map by hand and by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import open_browser
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page
from studio_server import SOUND_FLAGS, StudioServer, check_quiet, keep_picture, open_page, running

from timbrespace import audio, engine
from timbrespace.codebook import table_of
from timbrespace.codebook.follow import follow
from timbrespace.codebook.targets import drawn_target, steady_level
from timbrespace.studio.maps import unit_places

MAP, CURVE = ".codes-map canvas", ".codes-right .codes-curve canvas"
Way = Sequence[Sequence[float]] | NDArray[np.float32]

LOW, HIGH = -0.06, 1.06  # what the map shows at first, both ways
WAITS = 300  # of 50 ms
HELD_SOCKETS = """window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); sockets.push(this); }
};"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser(SOUND_FLAGS) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(
    described_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StudioServer]:
    folder = tmp_path_factory.mktemp("sessions")
    with running(described_models["discrete"], described_models["continuous"], "--sessions", folder) as up:
        yield up


@pytest.fixture
def page(server: StudioServer, browser: Browser) -> Iterator[Page]:
    """The room, in a session of its own, on the discrete model."""
    server.api.post("/api/sessions", json={})
    opened = open_page(browser, server)
    opened.get_by_role("tab", name="Codes").click()
    opened.locator(MAP).wait_for()
    yield opened
    check_quiet(opened)
    opened.close()


@pytest.fixture(scope="module")
def places(described_models: dict[str, Path]) -> NDArray[np.float32]:
    """Where the discrete model's codes are on the map's canvas, shares [K, 2] from the upper left."""
    shares = (unit_places(table_of(engine.load(described_models["discrete"])).z) - LOW) / (HIGH - LOW)
    return np.stack([shares[:, 0], 1.0 - shares[:, 1]], axis=1)


def parts(server: StudioServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.api.get("/api/session").json()["parts"]
    return found


def at(canvas: Locator, x: float, y: float) -> tuple[float, float]:
    """A place of a canvas, shares from the upper left, on the page."""
    box = canvas.bounding_box()
    assert box is not None
    return float(box["x"] + x * box["width"]), float(box["y"] + y * box["height"])


def drag(
    page: Page, canvas: Locator, way: Sequence[Sequence[float]] | NDArray[np.float32], lift: bool = True
) -> None:
    """Press, go along, let go."""
    page.mouse.move(*at(canvas, *way[0]))
    page.mouse.down()
    for place in way[1:]:
        page.mouse.move(*at(canvas, *place), steps=4)
    if lift:
        page.mouse.up()


def wait_until(page: Page, holds: Callable[[], bool], what: str) -> None:
    """Give the page and its server time."""
    for _ in range(WAITS):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{what} did not happen")


def wait_for_part(page: Page, server: StudioServer, cursor: int = 0, count: int = 1) -> dict[str, Any]:
    """The newest part, once there are so many and it has so many edits."""
    wait_until(
        page,
        lambda: len(parts(server)) == count and parts(server)[-1]["cursor"] == cursor,
        f"part {count} with {cursor} edits",
    )
    return parts(server)[-1]


def far_apart(places: NDArray[np.float32]) -> tuple[int, int]:
    """The leftmost and the rightmost code."""
    return int(places[:, 0].argmin()), int(places[:, 0].argmax())


def nearest_along(places: NDArray[np.float32], first: int, last: int, size: tuple[float, float]) -> list[int]:
    """The codes that a straight stroke passes, each once in order, as distances are on the screen."""
    line = places[first] + np.linspace(0, 1, 2000)[:, None] * (places[last] - places[first])
    away = np.linalg.norm((line[:, None] - places[None]) * np.array(size), axis=2)
    rows = away.argmin(axis=1)
    return rows[np.flatnonzero(np.diff(rows, prepend=-1))].tolist()


def test_a_stroke_over_the_map_becomes_a_path_that_is_heard(
    page: Page, server: StudioServer, places: NDArray[np.float32], described_models: dict[str, Path]
) -> None:
    canvas = page.locator(MAP)
    first, last = far_apart(places)
    box = canvas.bounding_box()
    assert box is not None
    drag(page, canvas, np.linspace(places[first], places[last], 30))
    part = wait_for_part(page, server)
    source = part["source"]
    rows = [point["row"] for point in source["path"]]
    passed = nearest_along(places, first, last, (box["width"], box["height"]))
    assert (rows[0], rows[-1]) == (first, last)
    assert set(rows) <= set(passed)
    assert len(rows) > 2
    times = [point["seconds"] for point in source["path"]]
    assert times[0] == 0.0
    assert all(a < b for a, b in zip(times, [*times[1:], source["seconds"]], strict=True))
    check_played(server, part, engine.load(described_models["discrete"]))
    wait_until(page, lambda: page.evaluate("studio.audio.stats.blocks") > 5, "sound in the page")
    keep_picture(page, "codes-path")


def check_played(server: StudioServer, part: dict[str, Any], model: engine.Engine) -> None:
    """The part's exported codes are those of its path at the middle of every frame."""
    text = server.api.get(f"/api/parts/{part['id']}/latents.csv").text.splitlines()
    column = text[0].split(",").index("code")
    codes = [int(line.split(",")[column]) for line in text[1:]]
    path = part["source"]["path"]
    heard = model.signal.centre_seconds(len(codes))
    begun = np.searchsorted([point["seconds"] for point in path], heard, side="right") - 1
    assert codes == [path[max(0, at)]["row"] for at in begun]


def test_undo_brings_the_path_before_back_and_escape_changes_nothing(
    page: Page, server: StudioServer, places: NDArray[np.float32]
) -> None:
    canvas = page.locator(MAP)
    first, last = far_apart(places)
    drag(page, canvas, np.linspace(places[first], places[last], 20))
    before = wait_for_part(page, server)["source"]
    drag(page, canvas, np.linspace(places[last], places[first], 20))
    assert wait_for_part(page, server, 1)["source"]["path"][0]["row"] == last
    page.keyboard.press("Control+z")
    assert wait_for_part(page, server, 0)["source"] == before
    drag(page, canvas, np.linspace(places[last], places[first], 20), lift=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(300)
    assert parts(server)[0]["source"] == before
    assert parts(server)[0]["edits"] == 1  # the one undone is still there


def test_with_keys_alone_codes_are_found_added_trimmed_and_removed(page: Page, server: StudioServer) -> None:
    page.locator(MAP).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    first = wait_for_part(page, server)["source"]
    assert (len(first["path"]), first["seconds"]) == (1, 0.25)
    page.locator(MAP).focus()
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    second = wait_for_part(page, server, 1)["source"]
    assert second["seconds"] == 0.5
    assert second["path"][0] == first["path"][0]
    box = page.locator(CURVE).bounding_box()
    assert box is not None
    drag(page, page.locator(CURVE), [(1 - 4 / box["width"], 0.5), (0.8, 0.5)])
    trimmed = wait_for_part(page, server, 2)["source"]
    assert trimmed["seconds"] == pytest.approx(0.4, abs=0.01)
    page.locator(CURVE).focus()
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    removed = wait_for_part(page, server, 3)["source"]
    assert removed["path"] == [{**second["path"][-1], "seconds": 0.0}]


def test_a_drawn_target_is_followed_measured_and_exported_as_the_command_line_would(
    page: Page, server: StudioServer, described_models: dict[str, Path], tmp_path: Path
) -> None:
    page.keyboard.press("t")
    curve = page.locator(CURVE)
    curve.wait_for()
    drag(page, curve, [(0.1 + 0.02 * n, 0.5 + 0.2 * np.sin(n / 5)) for n in range(41)])
    part = wait_for_part(page, server)
    source = part["source"]
    points = source["aims"][0]["target"]
    assert points[0]["seconds"] == pytest.approx(0.8, abs=0.05)
    assert points[-1]["seconds"] == pytest.approx(7.2, abs=0.05)
    page.locator(".codes-scores", has_text="Half of the time").wait_for()
    keep_picture(page, "codes-target")
    model = engine.load(described_models["discrete"])
    times, values = ([point[name] for point in points] for name in ("seconds", "value"))
    samples = round(source["seconds"] * model.sample_rate)
    level = steady_level(source["loudness"], model.signal, samples)
    target = drawn_target(source["aims"][0]["descriptor"], times, values)
    found = follow(model, table_of(model), [target], level, length_samples=samples)
    audio.write_audio(tmp_path / "wanted.wav", found.play(model), model.sample_rate)
    exported = server.api.get(f"/api/parts/{part['id']}/result.wav").content
    assert exported == (tmp_path / "wanted.wav").read_bytes()


def test_shapes_points_and_a_second_descriptor_are_one_edit_each(page: Page, server: StudioServer) -> None:
    page.keyboard.press("t")
    page.get_by_role("button", name="ramp").click()
    ramp = wait_for_part(page, server)["source"]["aims"][0]["target"]
    reach = server.api.get("/api/state").json()["models"][0]["descriptors"]["centroid"]
    assert [point["seconds"] for point in ramp] == [0.0, 8.0]
    assert [point["value"] for point in ramp] == pytest.approx([reach["middle_low"], reach["middle_high"]])
    page.get_by_role("radio", name="Points").click()
    drag(page, page.locator(CURVE), [(0.5, 0.3), (0.5, 0.25)])
    bent = wait_for_part(page, server, 1)["source"]["aims"][0]["target"]
    assert (bent[0], bent[-1]) == (ramp[0], ramp[-1])
    assert bent[1]["seconds"] == pytest.approx(4.0, abs=0.05)
    page.locator(CURVE).focus()
    for key in ("Home", "]", "Insert"):  # as on every other curve
        page.keyboard.press(key)
    added = wait_for_part(page, server, 2)["source"]["aims"][0]["target"]
    assert added == [*bent[:2], added[2], bent[2]]
    page.locator("[data-tip^='Follow a second']").click()
    both = wait_for_part(page, server, 3)["source"]["aims"]
    assert both[0]["target"] == added
    assert both[1]["descriptor"] != "centroid"
    page.get_by_role("button", name="Draw the loudness").click()
    drawn = wait_for_part(page, server, 4)["source"]["loudness"]
    assert drawn == [{"seconds": 0.0, "db": -20.0}, {"seconds": 8.0, "db": -20.0}]


def test_the_map_of_a_continuous_model_has_the_described_frames(page: Page, server: StudioServer) -> None:
    page.locator(".head-right .menu button").click()
    page.get_by_role("menuitemradio", name="continuous").click()
    shown = page.locator(f"{MAP}[aria-label^='Map of 60 sounds']")
    shown.wait_for()
    page.locator(MAP).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("status").filter(has_text="sound ").first.wait_for(state="attached")
    page.get_by_label("Layout").select_option("width")
    page.keyboard.press("Escape")
    keep_picture(page, "codes-continuous")


def test_what_was_drawn_without_a_connection_is_kept_when_it_is_back(
    page: Page, server: StudioServer
) -> None:
    page.add_init_script(HELD_SOCKETS)
    page.reload()
    page.get_by_role("tab", name="Codes").click()
    page.get_by_role("radio", name="Target").click()
    page.locator(CURVE).wait_for()
    page.context.set_offline(True)
    page.evaluate("sockets.forEach((socket) => socket.close())")
    drag(page, page.locator(CURVE), [(0.1, 0.5), (0.9, 0.3)])
    page.get_by_role("alert").filter(has_text="does not answer").wait_for()
    assert parts(server) == []
    page.context.set_offline(False)
    kept = wait_for_part(page, server)["source"]["aims"][0]["target"]
    assert kept[0]["seconds"] == pytest.approx(0.8, abs=0.05)
    assert kept[-1]["seconds"] == pytest.approx(7.2, abs=0.05)
