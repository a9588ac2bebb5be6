"""A page's WebSocket: what it asks for is what it hears, and whatever it says, nothing dies of it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import RATE, TINY
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from studio_parts_help import add_part, add_sound, commit, opened, part_now
from studio_player_help import Heard, heard, wait_until

from timbrespace.errors import UsageError
from timbrespace.studio import messages, parts, socket, sounds, wire
from timbrespace.studio.app import create_app
from timbrespace.studio.document import (
    CodePoint,
    CodesSource,
    Held,
    NewSource,
    Operator,
    Part,
    PathPoint,
    PlanePoint,
    PlaneSource,
    SetTo,
    SoundSource,
)
from timbrespace.studio.quantities import MAX_POINTS
from timbrespace.studio.reading import SoundReader
from timbrespace.studio.security import Guard
from timbrespace.studio.studio import Studio

PORT, HOP, LATENTS = 8124, TINY.signal.hop, TINY.latents
ADDRESS = f"ws://127.0.0.1:{PORT}/ws"
MOST_MESSAGES = 1000  # after which what was waited for does not come


@pytest.fixture(scope="module")
def studio(described_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    models = {name: described_models[name] for name in ("continuous", "discrete")}
    with opened(models, tmp_path_factory.mktemp("sessions")) as held:
        yield held


@pytest.fixture
def part(studio: Studio, write_tone: Callable[..., Path]) -> Part:
    sound = add_sound(studio, write_tone("tone.wav", 0.6))
    return add_part(studio, "continuous", SoundSource(sound=sound.id))


class Page:
    """The page's end of the line."""

    def __init__(self, line: WebSocketTestSession) -> None:
        self.line = line
        self.texts: list[dict[str, Any]] = []
        self.blocks: list[Heard] = []

    def say(self, **message: Any) -> None:
        self.line.send_text(json.dumps(message))

    def play(self, what: dict[str, Any], **more: Any) -> None:
        self.say(type="play", what=what, **more)

    def next(self) -> dict[str, Any] | Heard:
        message = self.line.receive()
        if "text" in message and message["text"] is not None:
            self.texts.append(json.loads(message["text"]))
            return self.texts[-1]
        self.blocks.append(heard(message["bytes"]))
        return self.blocks[-1]

    def text(self, kind: str) -> dict[str, Any]:
        """The next text of a type."""
        return next(m for m in self._until(kind) if isinstance(m, dict) and m["type"] == kind)

    def audio(self, wanted: Callable[[Heard], Any] = lambda block: True, kind: int = wire.AUDIO) -> Heard:
        """The next block that is wanted."""
        return next(m for m in self._until("") if isinstance(m, Heard) and m.kind == kind and wanted(m))

    def settled(self) -> Heard:
        """A block after the fades of whatever was asked for last."""
        for _ in range(12):
            block = self.audio()
        return block

    def _until(self, kind: str) -> Iterator[dict[str, Any] | Heard]:
        """What comes. An error that is not waited for ends it: the rest will not come."""
        for _ in range(MOST_MESSAGES):
            message = self.next()
            assert isinstance(message, Heard) or message["type"] != "error" or kind == "error", message
            yield message


@pytest.fixture
def client(studio: Studio) -> TestClient:
    guard = Guard(PORT, "the-token")
    return TestClient(
        create_app(studio, guard),
        base_url=f"http://127.0.0.1:{PORT}",
        headers={"x-timbrespace-token": "the-token", "origin": f"http://127.0.0.1:{PORT}"},
    )


@pytest.fixture
def page(client: TestClient, studio: Studio) -> Iterator[Page]:
    with client.websocket_connect(ADDRESS) as line:
        yield Page(line)
    studio.dials.reset()


def what(part: Part, version: str = "live") -> dict[str, Any]:
    return {"kind": "part", "part": part.id, "version": version}


def z_of(page: Page) -> np.ndarray:
    """Latents as they go to the decoder now, and after them the loudness."""
    return page.audio(kind=wire.LATENTS).values


def test_strangers_do_not_get_in(client: TestClient) -> None:
    for headers in ({"x-timbrespace-token": "guessed"}, {"origin": "http://elsewhere.example"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(ADDRESS, headers=headers):
            pass


def test_a_part_plays_from_where_it_is_asked_for(page: Page, part: Part) -> None:
    page.play(what(part), **{"from": 0.2})
    told = page.text("playing")
    assert told == {"type": "playing", "what": what(part), "sample_rate": RATE}
    first, second = page.audio(), page.audio()
    assert first.flags == wire.FIRST
    assert first.seconds == pytest.approx(0.2)
    assert second.seconds - first.seconds == pytest.approx(HOP / RATE)
    assert len(first.values) == HOP
    assert np.abs(second.values).max() > 0
    assert page.text("stopped")["why"] == "end"


def test_what_was_rendered_for_a_model_of_another_rate_is_played_at_its_own(
    page: Page, studio: Studio, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    slower = dataclasses.replace(studio.renders.wait(part.id), sample_rate=RATE // 2)
    monkeypatch.setattr(studio.renders, "previous", lambda key: slower)
    page.play(what(part, "previous"))
    assert page.text("playing")["sample_rate"] == RATE // 2


def test_a_hand_is_heard_with_its_stamp_and_what_is_kept_goes_on(
    studio: Studio, page: Page, part: Part
) -> None:
    page.play(what(part), loop=[0.1, 0.4])
    page.settled()
    edit = {"op": "set", "value": 2.5, "dimensions": [1]}
    page.say(type="preview", stamp=5, part=part.id, edit=edit)
    page.audio(lambda block: block.stamp == 5)
    assert z_of(page)[1] == pytest.approx(2.5)
    page.say(type="preview", stamp=6, part=part.id)
    page.audio(lambda block: block.stamp == 6)
    assert z_of(page)[1] != pytest.approx(2.5)
    page.say(type="preview", stamp=7, part=part.id, edit=edit)
    page.audio(lambda block: block.stamp == 7)
    commit(studio, part, SetTo(value=-1.5, dimensions=[1]))
    page.audio(kind=wire.LATENTS, wanted=lambda frame: frame.values[1] == -1.5)
    assert page.settled().flags == 0


def test_what_takes_another_glide_or_model_goes_on_with_it(studio: Studio, page: Page, part: Part) -> None:
    page.play(what(part), loop=[0.1, 0.4])
    page.settled()
    studio.session.change(lambda document: parts.edited(document, part.id, Operator(name="reverse")))
    changed = part_now(studio, part).model_copy(update={"model": "discrete"})
    studio.session.change(
        lambda document: document.model_copy(
            update={"parts": [changed if each.id == part.id else each for each in document.parts]}
        )
    )
    page.text("playing")
    assert page.settled().flags == 0


def test_a_part_that_is_taken_away_stops(studio: Studio, page: Page, part: Part) -> None:
    page.play(what(part), loop=[0.1, 0.4])
    page.settled()
    studio.session.change(lambda document: parts.removed(document, part.id))
    assert page.text("stopped")["why"] == f"there is no part {part.id}"


def test_source_and_results_are_compared_at_one_place(studio: Studio, page: Page, part: Part) -> None:
    render = studio.renders.wait(part.id)
    page.play(what(part, "result"), **{"from": 0.1}, loop=[0.1, 0.5])
    block = page.settled()
    at = round(block.seconds * RATE)
    np.testing.assert_allclose(block.values, render.samples[at : at + HOP], atol=1e-6)
    page.say(type="what", what=what(part, "previous"))
    assert page.text("playing")["what"]["version"] == "result"
    assert "no earlier result" in page.text("error")["error"]
    page.say(type="what", what=what(part, "source"), gain_db=-20.0)
    page.text("playing")
    block = page.settled()
    sound = studio.session.document.sounds[-1]
    at = round(block.seconds * RATE)
    original = SoundReader(studio.session, sound, RATE).read(at, HOP)
    np.testing.assert_allclose(block.values, 0.1 * original, atol=1e-6)


def test_a_new_result_takes_the_place_of_the_old(studio: Studio, page: Page, part: Part) -> None:
    first = studio.renders.wait(part.id)
    page.play(what(part, "result"), loop=[0.1, 0.5])
    page.settled()
    commit(studio, part, SetTo(value=2.0))
    second = studio.renders.wait(part.id)
    page.text("playing")
    block = page.settled()
    at = round(block.seconds * RATE)
    np.testing.assert_allclose(block.values, second.samples[at : at + HOP], atol=1e-6)
    assert first is not second


def test_a_sound_plays_at_its_gain(studio: Studio, page: Page, part: Part) -> None:
    sound = studio.session.document.sounds[-1]
    page.play({"kind": "sound", "sound": sound.id}, **{"from": 0.1})
    block = page.audio(lambda block: block.seconds > 0.15)
    at = round(block.seconds * RATE)
    np.testing.assert_allclose(
        block.values, SoundReader(studio.session, sound, RATE).read(at, HOP), atol=1e-6
    )


def test_rows_are_held_one_after_the_other(studio: Studio, page: Page) -> None:
    table = studio.table("discrete")
    page.play({"kind": "row", "model": "discrete", "row": 3, "loudness_db": -30})
    frame = z_of(page)
    assert frame[:-1] == pytest.approx(table.z[3])
    assert frame[-1] == -30
    page.say(type="row", stamp=9, row=5)
    page.audio(lambda block: block.stamp == 9)
    assert z_of(page)[:-1] == pytest.approx(table.z[5])
    page.say(type="row", stamp=10, row=60_000)
    assert "row is 60000" in page.text("error")["error"]
    page.play({"kind": "row", "model": "nobody", "row": 3})
    assert page.text("playing")["what"]["row"] == 3
    assert "nobody" in page.text("error")["error"]


def test_a_frame_of_a_part_is_held_and_follows_the_hand(studio: Studio, page: Page, part: Part) -> None:
    series = studio.evaluator.series(part).series
    page.play({"kind": "frame", "part": part.id, "frame": 30})
    assert z_of(page)[:-1] == pytest.approx(series.z[30])
    page.say(type="preview", stamp=3, part=part.id, edit={"op": "set", "value": 1.0})
    page.audio(kind=wire.LATENTS, wanted=lambda frame: np.allclose(frame.values[:-1], 1.0, atol=1e-3))


def test_a_place_on_a_plane_is_heard(studio: Studio, page: Page, part: Part) -> None:
    points = [
        PlanePoint(x=0, y=0, ref=part.id),
        PlanePoint(x=1, y=0, ref=studio.session.document.sounds[-1].id),
        PlanePoint(x=0, y=1, seed=4),
        PlanePoint(x=1, y=1, held=Held(z=[1.0] * LATENTS, loudness_db=-12.0)),
    ]
    source = PlaneSource(points=points, path=[PathPoint(seconds=0, x=0, y=0)])
    plane = add_part(studio, "continuous", source)
    page.play({"kind": "plane", "part": plane.id, "x": 1, "y": 1})
    frame = z_of(page)
    assert frame[:-1] == pytest.approx(np.ones(LATENTS))
    assert frame[-1] == -12.0
    page.say(type="place", stamp=2, x=0, y=1)
    page.audio(lambda block: block.stamp == 2)
    drawn = studio.models["continuous"].prior_series(1, -30.0, 4).z[0]
    page.audio(kind=wire.LATENTS, wanted=lambda frame: np.allclose(frame.values[:-1], drawn, atol=1e-3))
    moved = source.model_copy(
        update={"points": [points[3].model_copy(update={"x": 0.0, "y": 0.0}), *points[1:]]}
    )
    page.say(type="place", stamp=3, x=0, y=0)
    page.say(type="preview", stamp=4, part=plane.id, source=moved.model_dump())
    page.audio(kind=wire.LATENTS, wanted=lambda frame: np.allclose(frame.values[:-1], 1.0, atol=1e-3))
    page.say(type="preview", stamp=5, part=plane.id)
    commit(studio, part, SetTo(value=0.7))
    page.audio(kind=wire.LATENTS, wanted=lambda frame: np.allclose(frame.values[:-1], 0.7, atol=1e-3))
    page.play({"kind": "plane", "part": part.id})
    assert "is no plane" in page.text("error")["error"]


def test_a_long_curve_is_heard_as_a_hand_draws_it_and_moves_one_of_its_points(
    studio: Studio, page: Page
) -> None:
    table = studio.table("continuous").z
    path = [CodePoint(seconds=number * 1e-4, row=1) for number in range(MAX_POINTS)]
    drawn = add_part(studio, "continuous", CodesSource(path=path[:1], seconds=1.0))
    page.play(what(drawn), loop=[0.2, 0.4])
    page.settled()
    source = CodesSource(path=[point.model_copy(update={"row": 2}) for point in path], seconds=1.0)
    page.say(type="preview", stamp=1, part=drawn.id, source=source.model_dump())
    page.audio(lambda block: block.stamp == 1)
    assert z_of(page)[:-1] == pytest.approx(table[2])
    commit(studio, drawn, NewSource(source=source))
    held = {"curve": "path", "length": MAX_POINTS, "edits": 1, "cursor": 1}
    last = [{"seconds": 0.001, "row": 3}]
    page.say(
        type="preview", stamp=2, part=drawn.id, splice={**held, "start": 10, "drop": 19_990, "put": last}
    )
    page.audio(lambda block: block.stamp == 2)
    assert z_of(page)[:-1] == pytest.approx(table[3])
    page.say(type="preview", stamp=3, part=drawn.id, splice={**held, "start": 20_000, "drop": 1, "put": last})
    assert "cannot be changed" in page.text("error")["error"]


def test_dials_act_on_what_is_decoded(page: Page, part: Part) -> None:
    page.play({"kind": "row", "model": "continuous", "row": 3})
    before = z_of(page)
    page.say(type="dial", stamp=1, name="z/0/bias", value=0.5)
    page.audio(
        kind=wire.LATENTS, wanted=lambda frame: math.isclose(frame.values[0], before[0] + 0.5, abs_tol=1e-3)
    )
    for name, value in (("z/99/bias", 0.0), ("plane", 0.5), ("nothing", 1.0)):
        page.say(type="dial", stamp=2, name=name, value=value)
        assert name in page.text("error")["error"]


def test_a_microphone_is_heard_through_the_model(page: Page) -> None:
    page.play({"kind": "live", "model": "continuous"})
    page.text("playing")
    tone = (0.5 * np.sin(np.arange(HOP) * np.pi / 16)).astype("<f4")
    loudest = 0.0
    for _ in range(60):
        page.line.send_bytes(struct.pack("<B3xI", 3, HOP) + tone.tobytes())
        loudest = max(loudest, float(np.abs(page.audio().values).max()))
    assert 1e-3 < loudest < 4.0
    assert len(z_of(page)) == LATENTS + 1


def test_a_stop_during_a_long_opening_counts(
    studio: Studio, page: Page, part: Part, monkeypatch: Any
) -> None:
    begun, go_on = [], []
    real = studio.evaluator.series

    def slow(part: Part, **more: Any) -> Any:
        begun.append(1)
        wait_until(lambda: go_on)
        return real(part, **more)

    monkeypatch.setattr(studio.evaluator, "series", slow)
    page.play(what(part))
    wait_until(lambda: begun)
    page.say(type="stop")
    page.say(type="nonsense")
    page.text("error")
    go_on.append(1)
    page.play({"kind": "row", "model": "continuous", "row": 1})
    assert page.text("playing")["what"]["kind"] == "row"


MALFORMED = [
    "",
    "{",
    "[]",
    "null",
    '{"type": "play"}',
    '{"type": "fly"}',
    '{"type": "play", "what": {"kind": "file", "path": "/etc/passwd"}}',
    '{"type": "play", "what": {"kind": "sound", "sound": "../../x"}}',
    '{"type": "play", "what": {"kind": "row", "model": "continuous", "row": -1}}',
    '{"type": "play", "what": {"kind": "row", "model": "continuous", "row": 1e99}}',
    '{"type": "seek", "seconds": NaN}',
    '{"type": "seek", "seconds": -1}',
    '{"type": "seek", "seconds": "soon"}',
    '{"type": "loop", "loop": [1]}',
    '{"type": "loop", "loop": [2, 1]}',
    '{"type": "place", "stamp": 1, "x": 2, "y": 0}',
    '{"type": "place", "stamp": -1, "x": 0, "y": 0}',
    '{"type": "dial", "stamp": 1, "name": "z/0/bias", "value": Infinity}',
    '{"type": "preview", "stamp": 1, "part": "p0", "edit": null}',
    '{"type": "preview", "stamp": 1, "part": "p000000000000", "edit": {"op": "explode"}}',
    '{"type": "buffer", "samples": -4}',
    '{"type": "stop", "now": true}',
    '{"type": "stop"' + " " * messages.LONGEST_TEXT + "}",
    "[" * 100_000,
    '{"type": "\\ud800"}',
]


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: text[:50])
def test_a_malformed_message_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        messages.parse(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


WRONG = {
    "edit": {"op": "draw", "dimensions": ["x"] * 99, "start": 0, "values": [["x"] * 99] * 99},
    "source": {"kind": "codes", "path": [{}] * 99, "loudness": [{}] * 99},
    "splice": {
        "curve": "path",
        "length": 99,
        "edits": 0,
        "cursor": 0,
        "start": 0,
        "drop": 0,
        "put": [{}] * 99,
    },
}


@pytest.mark.parametrize("name", WRONG)
def test_of_many_things_that_are_wrong_in_a_message_only_the_first_are_gathered(name: str) -> None:
    """Gathering a million of them held the sound up for seconds, and took a gigabyte."""
    with pytest.raises(UsageError) as refused:
        message = {"type": "preview", "stamp": 1, "part": "p000000000000", name: WRONG[name]}
        messages.parse(json.dumps(message))
    gathered = refused.value.__context__
    assert isinstance(gathered, ValidationError)
    assert gathered.error_count() < 20


@given(st.text(max_size=200))
def test_any_text_is_a_message_or_refused(text: str) -> None:
    with pytest.raises(UsageError):
        messages.parse(text)


@given(st.binary(max_size=64))
def test_any_bytes_are_sound_or_refused(message: bytes) -> None:
    try:
        samples = wire.unpack_microphone(message)
    except UsageError:
        return
    assert np.isfinite(samples).all()
    assert 4 * len(samples) + 8 == len(message)


def test_faults_of_a_microphone_are_silence() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1e30, 0.5], "<f4")
    sound = wire.unpack_microphone(struct.pack("<B3xI", 3, 5) + values.tobytes())
    assert sound.tolist() == [0.0, 4.0, -4.0, 4.0, 0.5]


def test_malformed_messages_are_answered_and_the_sound_goes_on(page: Page, part: Part) -> None:
    page.play(what(part), loop=[0.1, 0.4])
    page.settled()
    for text in MALFORMED:
        page.line.send_text(text)
        assert page.text("error")["error"]
    for packet in (b"", b"\x01", b"\x03" + bytes(7) + b"123", struct.pack("<B3xI", 3, 2**31)):
        page.line.send_bytes(packet)
        assert "microphone" in page.text("error")["error"]
    missing = {"kind": "part", "part": "p000000000000", "version": "live"}
    page.play(missing)
    assert page.text("playing")["what"] == what(part)
    assert "there is no part" in page.text("error")["error"]
    page.say(type="preview", stamp=1, part=part.id, edit={"op": "set", "value": 1, "dimensions": [77]})
    assert "77" in page.text("error")["error"]
    assert page.settled().flags == 0


def test_every_page_hears_the_news(studio: Studio, client: TestClient) -> None:
    with client.websocket_connect(ADDRESS) as one, client.websocket_connect(ADDRESS) as other:
        pages = Page(one), Page(other)
        for page in pages:
            page.say(type="nonsense")
            page.text("error")
        studio.events.send({"type": "models"})
        for page in pages:
            assert page.text("models") == {"type": "models"}


def test_a_page_that_vanishes_leaves_no_thread_playing(client: TestClient, part: Part) -> None:
    import threading

    before = threading.active_count()
    for _ in range(3):
        with client.websocket_connect(ADDRESS) as line:
            page = Page(line)
            page.play(what(part), loop=[0.1, 0.4])
            page.settled()
    wait_until(lambda: threading.active_count() <= before)


def test_a_page_that_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "MOST_WAITING_BYTES", 1000)

    async def fill() -> list[Any]:
        outbox = socket.Outbox()
        outbox.put({"type": "first"})
        first = await outbox.next()
        for _ in range(10):
            outbox.put(bytes(300))
        await asyncio.sleep(0)
        outbox.put({"type": "late"})
        return [first, await outbox.next(), outbox.overrun]

    assert asyncio.run(fill()) == ['{"type": "first"}', None, True]


def test_codes_and_files_play_too(studio: Studio, page: Page) -> None:
    source = CodesSource(path=[CodePoint(seconds=0, row=2), CodePoint(seconds=0.2, row=5)], seconds=0.5)
    painted = add_part(studio, "discrete", source)
    page.play(what(painted), loop=[0.25, 0.45])
    assert z_of(page)[:-1] == pytest.approx(studio.table("discrete").z[5])
    page.say(type="what", what=what(painted, "source"))
    page.text("playing")
    assert z_of(page)[:-1] == pytest.approx(studio.table("discrete").z[5])


def test_a_sound_is_read_the_same_wherever_one_begins(
    studio: Studio, write_tone: Callable[..., Path]
) -> None:
    sound = add_sound(studio, write_tone("long.wav", 2.5, 1, 22_050))
    reader = SoundReader(studio.session, sound, RATE)
    whole = reader.read(0, 3 * RATE)
    assert not whole[round(2.5 * RATE) + 1 :].any()
    pieces = [SoundReader(studio.session, sound, RATE).read(start, 999) for start in range(0, 2 * RATE, 999)]
    assert np.array_equal(np.concatenate(pieces)[: 2 * RATE], whole[: 2 * RATE])
    together = sounds.at_rate(studio.session, sound, 0.0, None, RATE)
    np.testing.assert_allclose(whole[: len(together)], together, atol=1e-4)
