"""The live room, as hands, controllers and OSC use it."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browser import open_browser
from live_help import free_port, packet
from playwright.sync_api import Page
from pythonosc.osc_message import OscMessage
from studio_rooms import Room
from studio_server import SOUND_FLAGS, check_quiet, keep_picture, running

LOCAL = "127.0.0.1"
MICROPHONE_HZ = 48_000
FAKE_MIDI = Path(__file__).parent / "javascript" / "browser" / "fake_midi.js"


@pytest.fixture(scope="module")
def room(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The live room, with a tone at the microphone and a controller that can be plugged in."""
    folder = tmp_path_factory.mktemp("live")
    microphone = folder / "microphone.wav"
    time = np.arange(2 * MICROPHONE_HZ) / MICROPHONE_HZ
    soundfile.write(microphone, 0.3 * np.sin(2 * np.pi * 220 * time), MICROPHONE_HZ, subtype="PCM_16")
    flags = (*SOUND_FLAGS, f"--use-file-for-fake-audio-capture={microphone}")
    models = [tiny_models["continuous"], tiny_models["discrete"]]
    with running("--sessions", folder / "sessions", *models) as server, open_browser(flags) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.problems = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
        page.add_init_script(path=FAKE_MIDI)
        page.goto(server.address)
        page.wait_for_selector(".tabs")
        room = Room(server, page)
        room.enter("Live")
        page.wait_for_selector(".live-column [role=slider]")
        yield room
        check_quiet(page)


@pytest.fixture(autouse=True)
def _calm(room: Room) -> Iterator[None]:
    """Every test ends silent, with all dials where they rest."""
    yield
    room.page.evaluate("studio.audio.stop()")
    room.server.api.post("/api/controls/reset")
    room.server.api.delete("/api/osc")
    room.until(lambda: dial(room, "z0 bias") == 0.0 and not is_pressed(room, "freeze"))


def knob(room: Room, title: str) -> Any:
    """A dial: "z0 bias", or "loudness offset"."""
    if title.startswith("z"):
        number, label = title[1:].split()
        return room.page.locator(".live-column").nth(int(number)).get_by_role("slider", name=label)
    return room.page.get_by_role("slider", name=title, exact=True)


def dial(room: Room, title: str) -> float:
    """Where a dial stands on the page."""
    return float(knob(room, title).get_attribute("aria-valuenow"))


def kept(room: Room, name: str) -> float:
    """Where a dial stands on the server."""
    rows = room.server.api.get("/api/controls", params={"model": "continuous"}).json()
    return float(next(row for row in rows if row["name"] == name)["values"][0])


def controllers(room: Room) -> dict[str, str]:
    """Of the dials that the session knows one for: channel and number."""
    page = room.document["page"]
    return {name.removeprefix("midi/"): found for name, found in page.items() if name.startswith("midi/")}


def is_pressed(room: Room, label: str) -> bool:
    return (
        room.page.locator(".live-foot").get_by_role("button", name=label).first.get_attribute("aria-pressed")
        == "true"
    )


def move(room: Room, number: int, value: int, device: str = "knobs", channel: int = 0) -> None:
    room.page.evaluate("(all) => fakeMidi.move(...all)", [device, number, value, channel])


def test_the_microphone_is_played_and_the_take_goes_into_the_tray(room: Room) -> None:
    page = room.page
    page.get_by_role("button", name="Start").click()
    take = page.get_by_label("Take", exact=True)
    room.until(lambda: float(take.inner_text()) > 1.5)
    room.until(lambda: page.get_by_label("Latency").inner_text().split()[0].isdecimal())
    room.until(lambda: float(page.get_by_label("Level in").get_attribute("aria-valuenow")) > -30.0)
    keep_picture(page, "live")
    page.keyboard.press("k")
    sound = room.until(lambda: next(iter(room.document["sounds"]), None))
    assert (sound["name"], sound["origin"], sound["sample_rate"]) == ("Take 1", "result", 16_000)
    samples, _ = soundfile.read(io.BytesIO(room.server.api.get(f"/api/sounds/{sound['id']}.wav").content))
    assert len(samples) == sound["frames"] > 1.4 * 16_000
    assert np.abs(samples[len(samples) // 2 :]).max() > 0.001
    page.keyboard.press("Space")
    page.get_by_role("button", name="Start").wait_for()


def test_freeze_holds_the_latents_that_are_drawn(room: Room) -> None:
    page = room.page
    page.evaluate("() => { rows = []; studio.link.onLatents(({ values }) => rows.push([...values])); }")
    page.get_by_role("button", name="Start").click()
    room.until(lambda: page.evaluate("rows.length") > 20)
    assert spread(page) > 0.0
    page.keyboard.press("f")
    room.until(lambda: is_pressed(room, "freeze") and spread(page) == 0.0)


def spread(page: Page) -> float:
    """How far the latents went in the last twenty rows that the page was given."""
    return float(np.ptp(np.array(page.evaluate("rows.slice(-20)"))[:, :-1], axis=0).max())


def test_a_dial_is_turned_by_hand_and_every_page_follows(room: Room) -> None:
    knob(room, "z1 bias").focus()
    for _ in range(3):
        room.page.keyboard.press("Shift+ArrowUp")
    moved = dial(room, "z1 bias")
    assert moved > 0.0
    room.until(lambda: kept(room, "z/1/bias") == pytest.approx(moved))
    room.page.get_by_role("button", name="Reset").click()
    room.until(lambda: dial(room, "z1 bias") == 0.0)


def test_what_others_do_just_after_the_pages_own_hand_is_followed_too(room: Room) -> None:
    knob(room, "z2 bias").focus()
    room.page.keyboard.press("Shift+ArrowUp")
    room.until(lambda: kept(room, "z/2/bias") > 0.0)
    room.server.api.post("/api/controls/reset")
    room.until(lambda: dial(room, "z2 bias") == 0.0)


def test_osc_moves_the_pages_dials_and_hears_what_is_played(room: Room) -> None:
    page, port = room.page, free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote:
        remote.bind((LOCAL, 0))
        remote.settimeout(20.0)
        page.get_by_label("in", exact=True).fill(str(port))
        page.get_by_label("out", exact=True).fill(f"{LOCAL}:{remote.getsockname()[1]}")
        page.get_by_role("button", name="OSC").click()
        room.until(lambda: is_pressed(room, "OSC"))
        remote.sendto(packet("/ts/z/0/bias", 0.5), (LOCAL, port))
        room.until(lambda: dial(room, "z0 bias") == 0.5)
        page.get_by_role("button", name="Start").click()
        assert OscMessage(remote.recv(65_535)).address == "/ts/latents"
        assert OscMessage(remote.recv(65_535)).address == "/ts/loudness"
        remote.sendto(packet("/ts/nonsense", 0.5), (LOCAL, port))
        room.until(lambda: "there is no such control" in page.locator(".osc-said").inner_text())
        page.get_by_role("button", name="OSC").click()
        room.until(lambda: not is_pressed(room, "OSC"))


def test_a_port_that_is_taken_is_told_in_one_line(room: Room) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOCAL, 0))
        room.page.get_by_label("in", exact=True).fill(str(taken.getsockname()[1]))
        room.page.get_by_role("button", name="OSC").click()
        room.until(lambda: "choose another port" in room.page.locator(".osc-said").inner_text())
        assert not is_pressed(room, "OSC")


def test_a_controller_is_learnt_takes_over_softly_and_is_forgotten(room: Room) -> None:
    page = room.page
    knob(room, "z0 bias").click(button="right")
    page.get_by_text("No controller is connected").wait_for()
    page.evaluate("fakeMidi.plug('knobs')")
    move(room, 74, 10)
    assert page.locator(".learning").count() == 0
    room.until(lambda: "CC 74↑" in page.locator(".live-column").first.inner_text())
    assert dial(room, "z0 bias") == 0.0  # it is far from where the dial stands
    for value in (40, 70, 100):
        move(room, 74, value)
    low, high = (float(knob(room, "z0 bias").get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    wanted = low + (high - low) * 100 / 127
    room.until(lambda: dial(room, "z0 bias") == pytest.approx(wanted))
    room.until(lambda: kept(room, "z/0/bias") == pytest.approx(wanted))
    page.locator("[data-control=freeze]").focus()
    page.keyboard.press("l")
    move(room, 20, 127, channel=2)
    room.until(lambda: is_pressed(room, "freeze"))
    keep_picture(page, "live-midi")
    page.get_by_role("button", name="MIDI 2").click()
    page.get_by_text("CC 20 ch 3").first.wait_for()
    page.get_by_role("button", name="Forget CC 20 ch 3 of freeze").click()
    page.get_by_role("button", name="Close").click()
    room.until(lambda: controllers(room) == {"z/0/bias": "1/74"})


def test_controllers_are_there_again_after_a_reload_in_every_room_and_from_any_device(room: Room) -> None:
    page = room.page
    room.until(lambda: controllers(room) == {"z/0/bias": "1/74"})
    page.reload()
    page.wait_for_selector(".live-column [role=slider]")
    room.enter("Editor")
    page.evaluate("fakeMidi.plug('another')")
    for value in (50, 64, 127):
        move(room, 74, value, device="another")
    room.until(lambda: kept(room, "z/0/bias") > 0.0)
    page.evaluate("fakeMidi.unplug('another')")
    room.enter("Live")
    room.until(lambda: dial(room, "z0 bias") == pytest.approx(kept(room, "z/0/bias")))


def test_controllers_that_two_pages_learn_at_once_are_all_kept(room: Room) -> None:
    other: Page = room.page.context.browser.new_page()  # type: ignore[union-attr]
    other.add_init_script(path=FAKE_MIDI)
    other.goto(room.server.address)
    other.get_by_role("tab", name="Live").click()
    for page, column, number in ((room.page, 0, 21), (other, 1, 22)):
        page.evaluate("fakeMidi.plug('both')")
        page.locator(".live-column").nth(column).get_by_role("slider", name="scale").click(button="right")
        page.evaluate(f"fakeMidi.move('both', {number}, 1)")
    learnt = {"z/0/bias": "1/74", "z/0/scale": "1/21", "z/1/scale": "1/22"}
    room.until(lambda: controllers(room) == learnt)
    for page in (room.page, other):
        page.get_by_role("button", name="MIDI 3").wait_for()
    other.get_by_role("button", name="MIDI 3").click()
    other.get_by_role("button", name="Forget CC 21 of z0 scale").click()
    room.page.get_by_role("button", name="MIDI 2").click()
    room.page.get_by_role("button", name="Forget CC 22 of z1 scale").click()
    room.page.get_by_role("button", name="Close").click()
    room.until(lambda: controllers(room) == {"z/0/bias": "1/74"})
    other.close()


def test_a_browser_without_midi_says_so(room: Room) -> None:
    page: Page = room.page.context.browser.new_page()  # type: ignore[union-attr]
    page.add_init_script("delete Navigator.prototype.requestMIDIAccess")
    page.goto(room.server.address)
    page.get_by_role("tab", name="Live").click()
    page.locator(".live-column [role=slider]").first.click(button="right")
    page.get_by_text("This browser has no Web MIDI").wait_for()
    page.keyboard.press("Escape")
    page.locator(".learning").wait_for(state="detached")
    page.close()
