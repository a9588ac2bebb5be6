"""The page's shell in a real browser: sounds come in, are played and selected, results are seen and saved."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import studio_server
from browser import FLAGS, NAMES
from conftest import make_tone
from playwright.sync_api import Browser, Page, expect, sync_playwright
from studio_server import StudioServer, check_quiet, keep_picture, open_page

SECONDS = 1.0
RATE = 44_100
PATIENCE_SECONDS = 60.0  # a model is recorded before it plays for the first time
HOLDS_SOUND_BACK = """(() => {
  const Own = AudioContext;
  window.AudioContext = class extends Own {
    waiting = [];
    begun = false;
    get state() {
      return this.begun ? super.state : "suspended";
    }
    async resume() {
      if (!window.mayBegin) return new Promise((begun) => this.waiting.push(begun));
      await super.resume();
      this.begun = true;
      this.waiting.forEach((begun) => begun());
    }
  };
})()"""  # until the page says mayBegin, and a click or a key has come


@pytest.fixture(scope="module")
def server(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    with studio_server.running(
        *tiny_models.values(), "--sessions", tmp_path_factory.mktemp("sessions")
    ) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    import shutil

    program = next((found for found in map(shutil.which, NAMES) if found), None)
    if program is None:
        pytest.fail("there is no chromium to open pages with; install it: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, headless=True, args=[*FLAGS, *studio_server.SOUND_FLAGS]
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, server: StudioServer) -> Iterator[Page]:
    server.api.post("/api/sessions", json={}).raise_for_status()
    opened = open_page(browser, server)
    expect(opened.locator(".shell")).to_be_visible(timeout=1000 * PATIENCE_SECONDS)
    yield opened
    check_quiet(opened)
    opened.close()


def tone(frequency_hz: float = 300.0, seconds: float = SECONDS) -> bytes:
    data = io.BytesIO()
    soundfile.write(data, make_tone(seconds, RATE, frequency_hz), RATE, format="WAV", subtype="FLOAT")
    return data.getvalue()


def bring_in(page: Page, name: str, data: bytes) -> None:
    page.set_input_files(".tray input[type=file]", {"name": name, "mimeType": "audio/wav", "buffer": data})


def document(server: StudioServer) -> dict[str, Any]:
    found: dict[str, Any] = server.api.get("/api/session").json()
    return found


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for what the server holds; the page goes on meanwhile."""
    for _ in range(round(PATIENCE_SECONDS / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it did not come about in {PATIENCE_SECONDS:g} s")


def test_the_first_sound_becomes_a_part_that_is_seen_and_saved(page: Page, server: StudioServer) -> None:
    expect(page.get_by_role("button", name="Hear an example")).to_be_visible()
    keep_picture(page, "first-visit")
    bring_in(page, "My tone.wav", tone())
    expect(page.locator(".part.active .name")).to_contain_text("My tone")
    expect(page.locator(".place-total")).to_have_text("of 1.02 s")  # whole frames
    with page.expect_download() as download:
        page.get_by_role("button", name="Save", exact=True).click()
        keep_picture(page, "save-menu")
        page.get_by_role("menuitem", name="Sound, WAV").click()
    part = document(server)["active"]
    saved = Path(download.value.path()).read_bytes()
    assert saved == server.api.get(f"/api/parts/{part}/result.wav").content
    assert soundfile.info(io.BytesIO(saved)).duration == pytest.approx(SECONDS, abs=0.001)


def test_space_plays_what_comes_over_the_socket_and_stops(page: Page) -> None:
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".place-total")).to_have_text("of 1.02 s")  # whole frames
    page.keyboard.press("Space")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Stop")
    until(
        page, lambda: bool(page.evaluate("studio.audio.stats.blocks > 20 && studio.audio.stats.bufferMs > 0"))
    )
    page.keyboard.press("a")
    versions = page.get_by_role("radiogroup", name="What is heard")
    expect(versions.get_by_role("radio", name="Source")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Space")
    expect(page.locator(".play")).to_have_attribute("aria-label", "Play")
    heard = page.evaluate("studio.audio.stats.blocks")
    page.wait_for_timeout(200)
    assert page.evaluate("studio.audio.stats.blocks") == heard


def test_what_is_played_right_after_a_stop_is_heard(page: Page) -> None:
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".place-total")).to_have_text("of 1.02 s")
    page.keyboard.press("l")
    more = "before => studio.audio.stats.blocks > before + 20"
    for _ in range(3):  # the word that the first has stopped comes when the second is asked for
        before = page.evaluate("(studio.audio.toggle(), studio.audio.stats.blocks)")
        page.wait_for_function(more, arg=before)
        before = page.evaluate("(studio.audio.toggle(), studio.audio.toggle(), studio.audio.stats.blocks)")
        page.wait_for_function(more, arg=before)
        page.keyboard.press("Space")
        expect(page.locator(".play")).to_have_attribute("aria-label", "Play")


def test_sound_that_the_browser_holds_back_comes_with_the_next_key_and_not_late(page: Page) -> None:
    page.add_init_script(HOLDS_SOUND_BACK)
    page.reload()
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".place-total")).to_have_text("of 1.02 s")
    page.keyboard.press("l")
    page.keyboard.press("Space")
    expect(page.get_by_role("alert")).to_contain_text("The browser holds the sound back")
    assert page.evaluate("studio.audio.stats.blocks") == 0
    page.evaluate("window.mayBegin = true")
    page.keyboard.press("Shift")
    until(page, lambda: bool(page.evaluate("studio.audio.stats.blocks > 60")))
    assert (
        page.evaluate("studio.audio.stats.bufferMs") < 1000
    )  # not the four seconds and more that it was held


def test_a_sound_is_selected_in_made_louder_taken_out_and_put_back(page: Page, server: StudioServer) -> None:
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".part.active")).to_have_count(1)  # what comes into the tray is at its place
    wave = page.locator(".sound.open canvas")
    box = wave.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.25, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=4)
    page.mouse.up()
    until(page, lambda: document(server)["sounds"][0]["selection"] is not None)
    assert document(server)["sounds"][0]["selection"] == pytest.approx([0.25, 0.75], abs=0.01)
    until(page, lambda: page.evaluate("studio.doc.value.sounds[0].selection !== null"))
    wave.press("Escape")
    until(page, lambda: document(server)["sounds"][0]["selection"] is None)
    gain = page.get_by_role("slider", name="gain")
    gain.press("Shift+ArrowUp")
    until(page, lambda: bool(document(server)["sounds"][0]["gain_db"] == 5.0))
    expect(gain).to_have_attribute("aria-valuetext", "5.0 dB")
    gain.dblclick()
    until(page, lambda: bool(document(server)["sounds"][0]["gain_db"] == 0.0))
    page.locator(".sound .name").focus()
    page.keyboard.press("Delete")
    expect(page.locator(".sound")).to_have_count(0)
    page.get_by_role("button", name="Put back").click()
    expect(page.locator(".sound")).to_have_count(1)


def test_of_sounds_that_come_together_one_becomes_a_part(page: Page, server: StudioServer) -> None:
    files = [
        {"name": f"{name}.wav", "mimeType": "audio/wav", "buffer": tone(hertz, seconds)}
        for name, hertz, seconds in (("low", 200.0, 60.0), ("middle", 300.0, 1.0), ("high", 400.0, 1.0))
    ]
    page.set_input_files("input[type=file][multiple]", files)  # type: ignore[arg-type]
    expect(page.locator(".sound")).to_have_count(3)
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.locator(".sound .name")).to_have_text(["low", "middle", "high"])
    until(page, lambda: document(server)["active"] is not None)
    page.wait_for_timeout(300)
    assert len(document(server)["parts"]) == 1


@pytest.mark.parametrize("name", ["Copy and paste", "Save", "Sessions", "The model that plays"])
def test_a_menu_is_whole(page: Page, name: str) -> None:
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".part.active .name")).to_contain_text("tone")
    page.locator(f"[data-tip^='{name}'], [aria-label^='{name}']").first.click()
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    page.wait_for_timeout(200)  # it appears
    assert menu.locator("button:enabled").count() >= 2
    for item in menu.locator("button:enabled").all():
        box = item.bounding_box()
        assert box is not None
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        assert item.evaluate("(item, [x, y]) => item.contains(document.elementFromPoint(x, y))", middle)
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)


def test_another_model_is_chosen_for_what_belongs_together_and_taken_back(
    page: Page, server: StudioServer
) -> None:
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".part.active")).to_have_count(1)
    part = document(server)["active"]
    curve = [{"share": 0.0, "place": 0.5}]
    source = {"kind": "morph", "a": part, "b": part, "curve": curve}
    server.api.post("/api/parts", json={"model": "continuous", "source": source}).raise_for_status()
    expect(page.locator(".part")).to_have_count(2)
    page.locator(".head .model").click()
    expect(page.get_by_role("menuitemradio", name="continuous")).to_be_focused()  # what is chosen
    page.get_by_role("menuitemradio", name="discrete").click()
    expect(page.get_by_role("status").last).to_contain_text("1 other part is made of")
    page.get_by_role("button", name="Change all").click()
    until(page, lambda: {each["model"] for each in document(server)["parts"]} == {"discrete"})
    expect(page.locator(".head .model-name")).to_have_text("discrete")
    page.keyboard.press("Control+z")
    expect(page.locator(".head .model-name")).to_have_text("continuous")
    assert {each["model"] for each in document(server)["parts"]} == {"continuous"}


def test_a_part_made_of_one_that_was_taken_out_has_another_model_at_once(
    page: Page, server: StudioServer
) -> None:
    bring_in(page, "tone.wav", tone())
    expect(page.locator(".part.active")).to_have_count(1)
    below = document(server)["active"]
    source = {"kind": "morph", "a": below, "b": below, "curve": [{"share": 0.0, "place": 0.5}]}
    server.api.post("/api/parts", json={"model": "continuous", "source": source}).raise_for_status()
    server.api.delete(f"/api/parts/{below}").raise_for_status()
    expect(page.locator(".part")).to_have_count(1)
    page.locator(".head .model").click()
    page.get_by_role("menuitemradio", name="discrete").click()
    expect(page.locator(".head .model-name")).to_have_text("discrete")
    held = document(server)
    assert {each["model"] for each in (*held["parts"], *held["removed_parts"])} == {"discrete"}


def test_a_long_sound_waits_for_a_selection_which_keys_can_make(page: Page, server: StudioServer) -> None:
    data = io.BytesIO()
    soundfile.write(data, np.sin(np.arange(601_000) / 7) / 2, 1000, format="WAV", subtype="PCM_16")
    bring_in(page, "rehearsal.wav", data.getvalue())
    expect(page.get_by_role("status").last).to_contain_text("select up to ten minutes of it")
    expect(page.get_by_role("alert")).to_have_count(0)
    wave = page.locator(".sound.open canvas")
    wave.press("Shift+ArrowRight")  # a tenth of it
    wave.press("i")
    wave.press("ArrowRight")
    wave.press("o")
    until(page, lambda: (document(server)["sounds"][0]["selection"] or [0, 601])[1] < 600)
    first, last = document(server)["sounds"][0]["selection"]
    assert 60.0 < first < last
    page.get_by_role("button", name="Play with it").click()
    expect(page.locator(".part.active .name")).to_contain_text("rehearsal")


def test_the_focus_comes_back_from_a_dialog_and_a_small_window_hides_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 853, "height": 480})  # 1280 × 720, zoomed to 150 %
    keys = page.locator("[data-tip^='Keys and help']")
    keys.focus()
    expect(keys).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(keys).to_be_focused()
    page.mouse.move(100, 20)
    page.mouse.wheel(2000, 2000)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_in_viewport(ratio=1)


def test_what_is_no_sound_says_so_and_nothing_comes_of_it(page: Page, server: StudioServer) -> None:
    bring_in(page, "notes.wav", b"to do: buy reeds")
    expect(page.get_by_role("alert")).to_contain_text("notes.wav")
    bring_in(page, "nothing.wav", b"")
    expect(page.get_by_role("alert").last).to_contain_text("nothing.wav is empty")
    assert document(server)["sounds"] == []


def test_rooms_and_names_are_there_again_after_a_reload(page: Page, server: StudioServer) -> None:
    bring_in(page, "tone.wav", tone())
    page.keyboard.press("3")
    expect(page.get_by_role("tab", name="Plane")).to_have_attribute("aria-selected", "true")
    page.locator(".session-name").click()
    page.get_by_label("Name of the session").fill("For a quartet")
    page.keyboard.press("Enter")
    until(page, lambda: document(server)["name"] == "For a quartet" and "room" in document(server)["page"])
    page.reload()
    expect(page.locator(".session-name")).to_have_text("For a quartet")
    expect(page.get_by_role("tab", name="Plane")).to_have_attribute("aria-selected", "true")


def test_a_recording_of_the_microphone_goes_into_the_tray(page: Page, server: StudioServer) -> None:
    page.get_by_role("button", name="Record from the microphone").click()
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.locator(".sound .name")).to_have_text("Recording 1")
    sound = document(server)["sounds"][0]
    assert sound["origin"] == "microphone"
    samples, _ = soundfile.read(io.BytesIO(server.api.get(f"/api/sounds/{sound['id']}.wav").content))
    assert 0.3 < len(samples) / sound["sample_rate"] < 3.0
    assert np.abs(samples).max() > 0.1  # Chromium's own microphone beeps


def test_the_page_shows_its_keys_goes_light_and_does_without_other_hosts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Play, stop")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    hosts = json.loads(
        page.evaluate(
            "JSON.stringify(performance.getEntriesByType('resource').map((each) => new URL(each.name).host))"
        )
    )
    assert set(hosts) == {page.evaluate("location.host")}
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").or_(page.get_by_role("button", name="Light")).click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
