"""The latent editor, used as a musician does: mouse and keys in a real browser, checked by what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from browser import open_browser
from playwright.sync_api import Browser, Page, expect
from studio_editor_help import CURVE_ROW, Room
from studio_server import StudioServer, check_quiet, keep_picture, open_page, running

SECONDS = 2.0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    sessions = tmp_path_factory.mktemp("sessions")
    with running("--sessions", sessions, tiny_models["continuous"]) as studio:
        yield studio


@pytest.fixture(scope="module")
def page(browser: Browser, server: StudioServer) -> Iterator[Page]:
    with closing(open_page(browser, server)) as opened:
        yield opened


@pytest.fixture
def room(page: Page, server: StudioServer, write_tone: Callable[..., Path]) -> Iterator[Room]:
    """The editor with a new tone in it; afterwards no script may have failed."""
    yield Room(server, page, write_tone("tone.wav", SECONDS))
    check_quiet(page)


def test_a_curve_is_bent_between_its_handles_and_follows_at_once(room: Room, tmp_path: Path) -> None:
    before = room.exported(tmp_path)
    room.press("q")
    x, y = room.at(share=0.5)
    room.drag((x, y), (x, y - 40), drop=False)
    assert y - 44 < room.at(share=0.5)[1] < y - 36  # the curve is under the pointer, before anything is kept
    assert room.view["edits"] == 0
    keep_picture(room.page, "editor-bend")
    room.page.mouse.up()
    room.wait_for(1)
    after = room.exported(tmp_path)
    raised = after.z[:, 0] - before.z[:, 0]
    middle = len(before) // 2
    assert np.argmax(raised) == pytest.approx(middle, abs=2)
    assert raised.min() > -1e-3
    assert raised[0] == raised[-1] == 0
    np.testing.assert_array_equal(after.z[:, 1:], before.z[:, 1:])
    np.testing.assert_array_equal(after.loudness_db, before.loudness_db)
    room.drag((x, y - 40), (x, y), drop=False)
    room.press("Escape")
    room.page.mouse.up()
    room.press("Control+z")
    room.wait_for(0, 1)
    np.testing.assert_array_equal(room.exported(tmp_path).z, before.z)


def test_a_line_goes_straight_from_handle_to_handle(room: Room, tmp_path: Path) -> None:
    was = room.row()
    room.page.get_by_role("textbox", name="Value to set").fill("0.5")
    room.page.get_by_role("button", name="Set", exact=True).click()
    room.wait_for(1)
    room.press("w")
    room.until(lambda: abs(room.row() - was) > 5)  # it comes from the server, and cannot be held before
    x, y = room.at(share=0.5)
    room.drag((x, y), (x, y - 30))
    room.wait_for(2)
    z = room.exported(tmp_path).z[:, 0].astype(float)
    top = int(np.argmax(z))
    assert z[0] == z[-1] == 0.5
    np.testing.assert_allclose(z[: top + 1], np.linspace(z[0], z[top], top + 1), atol=1e-3)
    np.testing.assert_allclose(z[top:], np.linspace(z[top], z[-1], len(z) - top), atol=1e-3)
    assert top == pytest.approx(len(z) / 2, abs=2)
    room.press("Delete")  # the handle that was moved goes, and the turn with it
    room.wait_for(3)
    np.testing.assert_allclose(room.exported(tmp_path).z[:, 0], 0.5, atol=1e-4)


def test_a_pencil_draws_dimension_and_loudness(room: Room, tmp_path: Path) -> None:
    before = room.exported(tmp_path)
    room.press("e")
    left, top = room.beside("pane.latents", 0.25)
    right, _ = room.beside("pane.latents", 0.75)
    room.drag((left, top), ((left + right) / 2, top - 40), (right, top))
    room.wait_for(1)
    z = room.exported(tmp_path).z[:, 0]
    start, middle, end = (round(share * len(z)) for share in (0.25, 0.5, 0.75))
    changed = np.flatnonzero(z != before.z[:, 0])
    assert changed[0] == pytest.approx(start, abs=1)
    assert changed[-1] == pytest.approx(end, abs=1)
    assert z[middle] > z[start + 2] > z[start]
    start_of_line, end_of_line = room.beside("pane.loudness", 0.2), room.beside("pane.loudness", 0.8)
    room.page.keyboard.down("Shift")
    room.drag(start_of_line, (end_of_line[0], end_of_line[1] - 25), end_of_line)
    room.page.keyboard.up("Shift")
    room.wait_for(2)
    level = room.exported(tmp_path).loudness_db
    drawn = level[round(0.2 * len(level)) + 1 : round(0.8 * len(level)) - 1]
    np.testing.assert_allclose(
        drawn, drawn[0], atol=1e-3
    )  # the straight line, not the way that the hand took
    keep_picture(room.page, "editor-draw")


def test_operators_are_seen_while_turned_and_kept_once(room: Room, tmp_path: Path) -> None:
    before = room.exported(tmp_path)
    y = room.row()
    room.turn("bias", 30, drop=False)
    room.until(lambda: room.row() < y - 5)  # drawn from the server's own arithmetic
    assert room.view["edits"] == 0
    keep_picture(room.page, "editor-dial")
    room.page.mouse.up()
    room.wait_for(1)
    raised = room.exported(tmp_path).z - before.z
    np.testing.assert_allclose(raised[:, 0], raised[0, 0], atol=1e-5)
    assert raised[0, 0] > 0.1
    assert np.all(raised[:, 1:] == 0)
    room.page.get_by_role("slider", name="scale", exact=True).focus()
    room.press("ArrowUp", "ArrowUp", "ArrowUp")  # three presses rest and are one edit
    room.wait_for(2)
    assert room.view["last_edit"].startswith("scale 1.12")


def test_the_dice_are_rolled_again_in_the_place_of_the_last_roll(room: Room, tmp_path: Path) -> None:
    before = room.exported(tmp_path)
    room.press("t")  # all of z
    room.turn("random", 40)
    room.wait_for(1)
    first = room.exported(tmp_path)
    amount = float(room.view["last_edit"].split()[1])
    seed = int(room.page.locator(".seed").inner_text())
    room.press("r")
    room.page.wait_for_function(
        "seed => document.querySelector('.seed').textContent === seed", arg=str(seed + 1)
    )
    second = before.random(amount, smoothness_hz=2.0, seed=seed + 1)
    room.until(lambda: np.allclose(room.exported(tmp_path).z, second.z, atol=1e-5))
    room.wait_for(1)
    room.press("Shift+r")  # the same number, the same noise
    room.until(lambda: np.array_equal(room.exported(tmp_path).z, first.z))
    room.press("t")


def test_frames_are_selected_in_the_ruler_and_edits_keep_to_them(room: Room, tmp_path: Path) -> None:
    before = room.exported(tmp_path)
    room.drag(room.beside("editor-ruler", 0.25), room.beside("editor-ruler", 0.5))
    room.page.wait_for_selector(".chip")
    start, end = room.view["part"]["selection"]
    assert (start, end) == pytest.approx((len(before) / 4, len(before) / 2), abs=2)
    room.press("ArrowDown", "Delete")
    room.wait_for(1)
    z = room.exported(tmp_path).z
    assert np.all(z[start:end, 1] == 0)
    np.testing.assert_array_equal(z[:start], before.z[:start])
    np.testing.assert_array_equal(z[end:], before.z[end:])
    room.press("ArrowUp", "Control+c", "ArrowDown", "Control+v")
    room.wait_for(2)
    np.testing.assert_allclose(room.exported(tmp_path).z[start:end, 1], before.z[start:end, 0], atol=1e-4)
    room.press("Control+Delete")
    room.wait_for(3)
    np.testing.assert_array_equal(room.exported(tmp_path).z, before.z)
    room.press("Escape")
    room.page.wait_for_selector(".chip", state="detached")
    room.page.mouse.click(*room.beside("editor-ruler", 0.5))
    place = float(room.page.locator(".place-now").inner_text())
    assert place == pytest.approx(len(before) / before.frame_rate_hz / 2, abs=0.05)


def test_everything_has_a_key(room: Room, tmp_path: Path) -> None:
    before = room.exported(tmp_path)
    room.press("q", "ArrowDown", "ArrowDown", "ArrowRight")
    chosen = room.page.locator(".dimension[aria-selected=true]").inner_text()
    assert chosen.startswith("z2")
    room.press("Alt+ArrowUp", "Alt+ArrowUp", "Alt+Shift+ArrowUp")
    assert room.view["edits"] == 0
    room.wait_for(1)  # all presses are one edit, once they rest
    raised = room.exported(tmp_path).z - before.z
    assert raised[:, 2].max() > 0.05
    assert np.all(np.delete(raised, 2, axis=1) == 0)
    room.press("Alt+ArrowUp", "Escape")
    room.press("Control+z")
    room.wait_for(0, 1)
    room.press("Control+Shift+z")
    room.wait_for(1)
    shown = room.page.locator(".editor-sight")
    room.press("+", "+")
    shown.wait_for(state="attached")
    room.press("PageDown", "f")
    shown.wait_for(state="detached")


def test_the_spectrogram_lies_behind_the_curves(room: Room) -> None:
    with room.page.expect_response(lambda answer: "/sounds/" in answer.url and "/spectrogram" in answer.url):
        room.page.locator(".editor-head").get_by_role("radio", name="Source").click()
    with room.page.expect_response(
        lambda answer: "/parts/" in answer.url and "/spectrogram" in answer.url
    ) as told:
        room.press("s")
    assert told.value.ok
    room.page.wait_for_timeout(200)
    keep_picture(room.page, "editor-backdrop")
    room.press("s")


def test_a_hand_is_heard_whatever_was_compared_with_before(room: Room) -> None:
    heard = room.page.get_by_role("radiogroup", name="What is heard")
    room.press("a")
    expect(heard.get_by_role("radio", name="Source")).to_be_checked()
    x, y = room.at()
    room.drag((x, y), (x, y - 30), drop=False)
    expect(heard.get_by_role("radio", name="Now")).to_be_checked()
    room.page.mouse.up()
    room.wait_for(1)
    room.press("Space")  # it played since A


def test_silence_is_in_sight_and_keys_select_from_and_up_to_a_place(room: Room) -> None:
    room.page.locator("#dimension-loudness").click()
    silent = {"op": "set", "dimensions": ["loudness"], "value": -100.0}
    room.api.post(f"/api/parts/{room.part}/edits", json={"edit": silent}).raise_for_status()
    room.wait_for(cursor=1)
    room.page.wait_for_function(CURVE_ROW, arg=["loudness", 0.5])
    frames = room.view["frames"]
    result = room.page.locator(".result canvas")
    result.press("Shift+ArrowRight")  # a tenth of all
    result.press("Shift+ArrowRight")
    result.blur()
    room.press("i")
    room.until(lambda: room.view["part"]["selection"] == pytest.approx([0.2 * frames, frames], abs=1))
    for _ in range(3):
        result.press("Shift+ArrowRight")
    result.press("o")
    room.until(lambda: room.view["part"]["selection"] == pytest.approx([0.2 * frames, 0.5 * frames], abs=1))
    result.press("Escape")
    room.until(lambda: room.view["part"]["selection"] is None)
