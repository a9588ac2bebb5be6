"""A composer's first ten minutes, in a real browser, and a studio that is killed in the end.

Two sounds of her own, a morph between them, one dimension of it bent by hand, a drawn brightness: heard,
saved as the commands would make it, and there again.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browser import open_browser
from playwright.sync_api import Page, expect
from studio_editor_help import CURVE_ROW
from studio_rooms import Room
from studio_server import SOUND_FLAGS, StudioServer, check_quiet, keep_picture, open_page
from test_cli_convert import run

from timbrespace.cli.studio import BUNDLED
from timbrespace.latents import LatentSeries

MODEL = BUNDLED / "alto_sax.timbre"
RATE = 44_100
BLOCKS = 12  # of sound: a seventh of a second
FIRST_SOUND_SECONDS = 90.0  # a model is recorded before it plays for the first time: long on a busy machine
DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: "audio/wav" }));
  }
  const at = { dataTransfer: transfer, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, at));
}"""


@pytest.fixture
def sounds(tmp_path: Path) -> dict[str, Path]:
    """Two recordings of one's own: a low voice that swells, a high one that trembles."""
    written = {}
    for name, hz, seconds in (("Low swell", 98.0, 1.6), ("High tremble", 415.0, 1.2)):
        time = np.arange(round(seconds * RATE)) / RATE
        turn = 2 * np.pi * hz * (time + 0.004 * np.sin(2 * np.pi * 5 * time) / hz)
        overtones = sum(np.sin(number * turn) / number**1.2 for number in range(1, 12))
        envelope = np.sin(np.pi * np.clip(time / seconds, 0, 1)) ** 0.5
        written[name] = tmp_path / f"{name}.wav"
        soundfile.write(written[name], 0.15 * overtones * envelope, RATE, subtype="FLOAT")
    return written


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """The studio as it is started first: the models of the package, and nothing else."""
    server = StudioServer(["--sessions", tmp_path / "sessions"])
    with open_browser(SOUND_FLAGS) as browser:
        page = open_page(browser, server, 1440, 900)
        page.wait_for_selector(".first")
        room = Room(server, page)
        yield room
        check_quiet(page)
    room.server.stop()


def test_what_is_made_is_heard_saved_and_never_lost(
    room: Room, sounds: dict[str, Path], tmp_path: Path
) -> None:
    drop_in(room.page, sounds)
    made = {"morph": draw_a_morph(room)}
    hear(room)
    morphed = save(room, "Sound, WAV", tmp_path / "morph.wav")
    ends = [sounds[name] for name in ends_of(room)]
    assert_bytes(morphed, by_interpolate(room.source, ends, tmp_path))

    bend_a_dimension(room)
    hear(room)
    bent = save(room, "Sound, WAV", tmp_path / "bent.wav")
    latents = save(room, "Latents, NPZ", tmp_path / "bent.npz")
    assert_bent(latents, tmp_path / "morph by command.npz")
    assert_bytes(bent, by_decode(latents, tmp_path))
    assert bent.read_bytes() != morphed.read_bytes()

    made["drawn"] = draw_a_brightness(room)
    hear(room)
    drawn = save(room, "Sound, WAV", tmp_path / "drawn.wav")
    assert_bytes(drawn, by_follow(room.source, tmp_path))

    room.until(lambda: room.document["page"].get("room") == "codes")
    before = room.document
    room.server.api.get("/api/sessions").raise_for_status()  # answers once everything is on the disk
    room.server.kill()
    expect(room.page.locator(".banner")).to_contain_text("The studio has stopped")
    room.server = StudioServer(["--sessions", tmp_path / "sessions"])
    expect(room.page.locator(".banner")).to_have_count(0)
    assert room.document == before
    for name, kept in (("morph", bent), ("drawn", drawn)):
        show(room, made[name])
        hear(room)
        again = save(room, "Sound, WAV", tmp_path / f"{name} again.wav")
        assert_bytes(again, kept)
    keep_picture(room.page, "journey-again")


def drop_in(page: Page, sounds: dict[str, Path]) -> None:
    """Files over the page, let go."""
    page.evaluate(
        DROP, [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in sounds.values()]
    )
    expect(page.locator("li.sound .length")).to_have_count(2)
    assert set(page.locator("li.sound .name").all_inner_texts()) == set(sounds)
    expect(page.locator(".part.active")).to_have_count(1)


def draw_a_morph(room: Room) -> str:
    """There, back halfway, and there again, with a free hand."""
    parts = len(room.document["parts"])
    room.enter("Morph")
    room.page.get_by_role("button", name="Make the morph").click()
    room.page.wait_for_selector(".morph-curve canvas")
    room.until(lambda: len(room.document["parts"]) == parts + 1 and room.source["kind"] == "morph")
    box = room.box(".morph-curve canvas")
    way = [(0.0, 0.8), (0.35, 0.15), (0.6, 0.6), (1.01, 0.1)]
    room.drag([(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way])
    room.until(lambda: len(room.source["curve"]) > 4)
    keep_picture(room.page, "journey-morph")
    return str(room.document["active"])


def bend_a_dimension(room: Room) -> None:
    """The middle of the first one, upwards."""
    room.enter("Editor")
    room.page.wait_for_function(CURVE_ROW, arg=["latents", 0.5])
    room.page.keyboard.press("q")
    box = room.box(".pane.latents")
    x, y = box["x"] + box["width"] / 2, box["y"] + room.page.evaluate(CURVE_ROW, ["latents", 0.5])
    room.drag([(x, y), (x, y - 70)])
    expect(room.page.locator(".history")).to_have_text("1/1")
    keep_picture(room.page, "journey-bent")


def draw_a_brightness(room: Room) -> str:
    """A curve of the centroid over the map of the model's sounds."""
    parts = len(room.document["parts"])
    room.enter("Codes")
    room.page.wait_for_selector(".codes-map canvas")
    room.page.get_by_role("radio", name="Target").click()
    room.page.wait_for_selector(".codes-curve canvas")
    box = room.box(".codes-curve canvas")
    way = [(0.02 + 0.96 * share, 0.5 + 0.25 * np.sin(7 * share)) for share in np.linspace(0, 1, 24)]
    room.drag([(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way])
    room.until(lambda: len(room.document["parts"]) == parts + 1 and room.source["kind"] == "follow")
    room.page.locator(".codes-scores", has_text="Half of the time").wait_for()
    keep_picture(room.page, "journey-drawn")
    return str(room.document["active"])


def show(room: Room, part: str) -> None:
    """Another part in the rooms."""
    place = [each["id"] for each in room.document["parts"]].index(part)
    room.page.locator(".part .name").nth(place).click()
    room.until(lambda: room.document["active"] == part)


def hear(room: Room) -> None:
    """Space, unless it plays since it was drawn, until some sound has come; space."""
    before = room.stat("blocks")
    play = room.page.locator(".play")
    if play.get_attribute("aria-label") == "Play":
        room.page.keyboard.press("Space")
    room.until(lambda: room.stat("blocks") > before + BLOCKS, FIRST_SOUND_SECONDS)
    room.page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-label", "Play")


def save(room: Room, what: str, target: Path) -> Path:
    """By the menu of the result."""
    room.page.get_by_role("button", name="Save", exact=True).click()
    with room.page.expect_download() as download:
        room.page.get_by_role("menuitem", name=what).click()
    download.value.save_as(target)
    return target


def ends_of(room: Room) -> list[str]:
    """The names of the morph's two sounds."""
    names = {sound["id"]: sound["name"] for sound in room.document["sounds"]}
    return [names[room.source[end]] for end in ("a", "b")]


def by_interpolate(source: dict[str, Any], ends: list[Path], folder: Path) -> Path:
    """`timbrespace interpolate` along the same curve, from the files themselves; its series beside it."""
    seconds = max(soundfile.info(path).duration for path in ends)
    curve = folder / "curve.csv"
    rows = [f"{point['share'] * seconds!r},{point['place']!r}" for point in source["curve"]]
    curve.write_text("\n".join(["seconds,position", *rows]) + "\n", encoding="utf-8")
    options = ("--curve", curve, "--align", source["align"], "--course", source["course"], "--no-picture")
    target = folder / "morph by command.wav"
    assert run("interpolate", MODEL, *ends, target, *options, "--series", target.with_suffix(".npz")) == 0
    return target


def by_decode(latents: Path, folder: Path) -> Path:
    """`timbrespace decode` of what the page saved."""
    assert run("decode", MODEL, latents, folder / "bent by command.wav") == 0
    return folder / "bent by command.wav"


def by_follow(source: dict[str, Any], folder: Path) -> Path:
    """`timbrespace follow` with the same target."""
    (aim,) = source["aims"]
    target = folder / "target.csv"
    rows = [f"{point['seconds']!r},{point['value']!r}" for point in aim["target"]]
    target.write_text("\n".join([f"seconds,{aim['descriptor']}", *rows]) + "\n", encoding="utf-8")
    options = ("--descriptor", aim["descriptor"], "--target", target, "--seconds", source["seconds"])
    level = ("--loudness-db", source["loudness"], "--continuity", source["continuity"])
    assert run("follow", MODEL, folder / "drawn by command.wav", *options, *level, "--no-picture") == 0
    return folder / "drawn by command.wav"


def assert_bent(latents: Path, before: Path) -> None:
    """The first dimension is as before but for the bend, the others and loudness are as before."""
    now, then = LatentSeries.load(latents), LatentSeries.load(before)
    raised = now.z[:, 0] - then.z[:, 0]
    assert np.argmax(raised) == pytest.approx(len(now) / 2, abs=2)
    assert raised.max() > 0.3
    np.testing.assert_array_equal(now.z[:, 1:], then.z[:, 1:])
    np.testing.assert_array_equal(now.loudness_db, then.loudness_db)


def assert_bytes(saved: Path, expected: Path) -> None:
    """The same file, and one that sounds."""
    samples, rate = soundfile.read(io.BytesIO(saved.read_bytes()))
    assert rate == RATE
    assert np.abs(samples).max() > 0.01
    assert saved.read_bytes() == expected.read_bytes()
