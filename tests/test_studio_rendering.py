"""Results: rendered in the background, newest first, stopped without a trace, kept within bounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import studio_parts_help as parts_help
from studio_parts_help import add_part, add_sound, commit

from timbrespace.engine import Engine
from timbrespace.errors import TimbrespaceError
from timbrespace.loudness import integrated_lufs
from timbrespace.studio import parts, rendering
from timbrespace.studio.document import (
    Erase,
    MorphPoint,
    MorphSource,
    Operator,
    Part,
    SetTo,
    Sound,
    SoundSource,
)
from timbrespace.studio.errors import Missing
from timbrespace.studio.studio import Studio

SECONDS = 20.0  # longer than anything here takes


@pytest.fixture
def studio(tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[Studio]:
    with parts_help.opened({"tiny": tiny_models["continuous"]}, tmp_path / "sessions") as opened:
        yield opened


@pytest.fixture
def sound(studio: Studio, write_tone: Callable[..., Path]) -> Sound:
    return add_sound(studio, write_tone("a.wav", 0.8))


@pytest.fixture
def part(studio: Studio, sound: Sound) -> Part:
    return add_part(studio, "tiny", SoundSource(sound=sound.id))


@pytest.fixture
def told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every event of a render that is sent."""
    events: list[dict[str, Any]] = []
    send = studio.events.send

    def heard(event: Any) -> None:
        if event["type"] == "render":
            events.append(event)
        send(event)

    monkeypatch.setattr(studio.events, "send", heard)
    return events


def wait_for_results(studio: Studio, *every: Part) -> None:
    """Until each has one, without asking for it."""

    def all_are_there() -> bool:
        return all(studio.renders.result(part.id) is not None for part in every)

    with studio.renders._news:
        assert studio.renders._news.wait_for(all_are_there, SECONDS)


class Gate:
    """A decoder that waits at its first block until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self.begun: list[int] = []  # frames of every series that was begun
        self.ended: list[int] = []
        decode = Engine.decode

        def held(engine: Engine, series: Any, *, progress: Any = None, **options: Any) -> Any:
            self.begun.append(len(series))
            self.reached.set()
            assert self.go.wait(SECONDS)
            progress(0.5)
            samples = decode(engine, series, progress=progress, **options)
            self.ended.append(len(series))
            return samples

        monkeypatch.setattr(Engine, "decode", held)


def test_a_render_is_the_part_decoded_with_its_seed(
    studio: Studio, part: Part, told: list[dict[str, Any]]
) -> None:
    studio.session.change(lambda document: parts.replaced(document, part.id, seed=4))
    assert studio.renders.result(part.id) is None
    render = studio.renders.wait(part.id)
    engine = studio.model("tiny")
    series = parts_help.series_of(studio, part)
    assert np.array_equal(render.samples, engine.decode(series, seed=4))
    assert render.sample_rate == engine.sample_rate
    assert render.loudness_lufs == integrated_lufs(render.samples, engine.sample_rate)
    assert studio.renders.result(part.id) is render
    shares = [event["share"] for event in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {event["fingerprint"] for event in told} == {render.fingerprint}
    assert {event["part"] for event in told} == {part.id}


def test_the_previous_result_is_of_another_recipe(studio: Studio, part: Part) -> None:
    first = studio.renders.wait(part.id)
    assert studio.renders.wait(part.id) is first
    assert studio.renders.previous(part.id) is None
    commit(studio, part, Operator(name="reverse"))
    second = studio.renders.wait(part.id)
    assert second.fingerprint != first.fingerprint
    assert studio.renders.previous(part.id) is first
    studio.session.change(lambda document: parts.moved(document, part.id, -1))
    assert studio.renders.wait(part.id) is first  # kept, and not made again
    assert studio.renders.result(part.id) is first
    assert studio.renders.previous(part.id) is second


def test_an_older_render_of_the_part_is_stopped_and_leaves_nothing(
    studio: Studio, part: Part, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    old = studio.renders.request(part.id)
    assert gate.reached.wait(SECONDS)
    frames = len(commit(studio, part, Operator(name="stretch", value=0.5)))
    new = studio.renders.request(part.id)
    gate.go.set()
    render = studio.renders.wait(part.id)
    assert render.fingerprint == new != old
    assert gate.ended == [frames]
    assert studio.renders.result(part.id) is render
    assert studio.renders.previous(part.id) is None
    assert len(studio.renders._kept) == 1
    assert not studio.renders._wanted
    assert [event for event in told if event["fingerprint"] == old and event["share"] == 1.0] == []


def test_the_newest_request_is_rendered_first(
    studio: Studio, sound: Sound, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    others = [add_part(studio, "tiny", SoundSource(sound=sound.id, end=0.1 * number)) for number in (1, 2, 3)]
    studio.renders.request(part.id)
    assert gate.reached.wait(SECONDS)
    for other in others:
        studio.renders.request(other.id)
    gate.go.set()
    wait_for_results(studio, part, *others)
    lengths = [len(parts_help.series_of(studio, each)) for each in (part, *others)]
    assert gate.begun == [lengths[0], *lengths[::-1]]  # the first began, and again after what was newer
    assert gate.ended == lengths[::-1]


def test_a_change_is_rendered_and_so_is_the_active_part_made_of_it(studio: Studio, part: Part) -> None:
    curve = [MorphPoint(share=0, place=0.5)]
    morph = add_part(studio, "tiny", MorphSource(a=part.id, b=part.id, curve=curve))
    aside = add_part(studio, "tiny", SoundSource(sound=part.source.sound, end=0.3))  # type: ignore[union-attr]
    studio.session.change(lambda document: document.model_copy(update={"active": morph.id}))
    page = parts_help.client(studio)
    page.post(f"/api/parts/{part.id}/edits", json={"edit": {"op": "erase"}})
    wait_for_results(studio, part, morph)
    assert studio.renders.result(aside.id) is None


def test_who_waits_gets_what_the_part_is_by_then(
    studio: Studio, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, got = Gate(monkeypatch), []
    waiting = threading.Thread(target=lambda: got.append(studio.renders.wait(part.id)))
    waiting.start()
    assert gate.reached.wait(SECONDS)
    commit(studio, part, Operator(name="reverse"))
    new = studio.renders.request(part.id)
    gate.go.set()
    waiting.join(SECONDS)
    assert [render.fingerprint for render in got] == [new]


def test_many_changes_in_a_row_end_with_the_last(
    studio: Studio, part: Part, told: list[dict[str, Any]]
) -> None:
    for value in range(40):
        commit(studio, part, SetTo(value=value / 10))
        studio.renders.request(part.id)
    last = studio.renders.wait(part.id)
    assert last.fingerprint == studio.evaluator.fingerprint(parts_help.part_now(studio, part))
    assert np.array_equal(last.samples, studio.model("tiny").decode(parts_help.series_of(studio, part)))


def test_what_fails_is_told_and_the_next_is_rendered(
    studio: Studio, part: Part, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = Engine.decode

    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("of nothing")

    monkeypatch.setattr(Engine, "decode", fail)
    with pytest.raises(TimbrespaceError, match="unexpected ZeroDivisionError: of nothing"):
        studio.renders.wait(part.id)
    assert told[-1]["error"] == "unexpected ZeroDivisionError: of nothing"
    assert studio.renders.result(part.id) is None
    monkeypatch.setattr(Engine, "decode", decode)
    assert len(studio.renders.wait(part.id).samples)


def test_a_sound_whose_file_is_gone_is_an_error_and_not_the_end(
    studio: Studio, part: Part, sound: Sound, write_tone: Callable[..., Path]
) -> None:
    (studio.session.sounds / f"{sound.id}.wav").unlink()
    with pytest.raises(Missing, match="its file is gone or damaged"):
        studio.renders.wait(part.id)
    other = add_part(studio, "tiny", SoundSource(sound=add_sound(studio, write_tone("b.wav", 0.2)).id))
    assert len(studio.renders.wait(other.id).samples) == 3200


def test_renders_are_kept_within_bounds(studio: Studio, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    size = studio.renders.wait(part.id).samples.nbytes + 1024
    monkeypatch.setattr(rendering, "RENDER_BYTES", 3 * size)
    small = rendering.Renders(studio)
    try:
        first = small.wait(part.id).samples
        for value in range(5):
            commit(studio, part, SetTo(value=value / 10))
            small.wait(part.id)
        assert small._kept.bytes <= 3 * size
        assert len(small._kept) == 3
        studio.session.change(lambda document: parts.moved(document, part.id, -5))
        assert np.array_equal(small.wait(part.id).samples, first)
    finally:
        small.close()


def test_another_session_ends_what_is_being_rendered(
    studio: Studio, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    studio.renders.request(part.id)
    assert gate.reached.wait(SECONDS)
    studio.enter(studio.sessions.create("other"))
    gate.go.set()
    with pytest.raises(Missing, match="there is no part"):
        studio.renders.wait(part.id)
    assert gate.ended == []
    assert studio.renders.result(part.id) is None


def test_closing_stops_at_the_next_block(studio: Studio, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    studio.renders.request(part.id)
    assert gate.reached.wait(SECONDS)

    def let_go_when_closing() -> None:
        with studio.renders._news:
            assert studio.renders._news.wait_for(lambda: studio.renders._closing, SECONDS)
        gate.go.set()

    threading.Thread(target=let_go_when_closing).start()
    studio.renders.close()
    assert gate.ended == []
    assert studio.renders._thread is not None
    assert not studio.renders._thread.is_alive()


def test_what_there_is_to_draw_of_a_result(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    header, arrays = parts_help.unpacked(page.get(f"{address}/peaks?columns=100").content)
    samples = studio.renders.wait(part.id).samples
    assert (header["start"], header["end"]) == (0.0, 0.8)
    assert arrays["high"].max() == round(float(samples.max()) * 32767)
    header, arrays = parts_help.unpacked(page.get(f"{address}/spectrogram?columns=64&start=0.2").content)
    assert arrays["image"].shape[0] == 64
    assert header["start"] == 0.2
    assert page.get(f"{address}/peaks?version=previous").status_code == 404
    commit(studio, part, Erase(dimensions=["loudness"]))
    page.get(f"{address}/result.wav")
    assert page.get(f"{address}/peaks?version=previous").status_code == 200
    known = page.get(f"{address}/render").json()
    assert known["previous"]["peak"] == float(np.abs(samples).max())
    assert known["result"]["peak"] == float(np.abs(studio.renders.wait(part.id).samples).max())
    assert known["previous"]["loudness_lufs"] == integrated_lufs(samples, 16_000)
    assert known["result"]["fingerprint"] != known["previous"]["fingerprint"]
    assert page.get(f"{address}/peaks?start=5").status_code == 422


def test_a_result_is_saved_as_flac_under_the_parts_name(studio: Studio, part: Part, tmp_path: Path) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    page.patch(address, json={"name": 'äöü / "x"\r\n'})
    answer = page.get(f"{address}/result.wav?format=flac")
    assert answer.headers["content-type"] == "audio/flac"
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''%C3%A4%C3%B6%C3%BC%20%2F%20%22x%22.flac"
    (tmp_path / "x.flac").write_bytes(answer.content)
    assert (
        np.abs(parts_help.samples_of(tmp_path / "x.flac") - studio.renders.wait(part.id).samples).max() < 1e-6
    )


def test_parts_come_and_go(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    commit(studio, part, Operator(name="reverse"))
    copy = page.post(f"{address}/duplicate").json()["part"]
    assert (copy["name"], copy["cursor"]) == ("a 2", 1)
    assert studio.session.document.active == copy["id"]
    assert page.delete(f"/api/parts/{copy['id']}").json()["active"] == part.id
    assert page.post(f"/api/parts/{copy['id']}/undo").status_code == 404
    assert page.delete(f"/api/parts/{copy['id']}").status_code == 404
    assert page.post(f"/api/parts/{copy['id']}/restore").status_code == 200
    assert page.post(f"/api/parts/{copy['id']}/restore").status_code == 200
    assert [each.name for each in studio.session.document.parts] == ["a", "a 2"]
    assert page.get("/api/parts/p000000000000").status_code == 404
    assert page.get("/api/parts/x").status_code == 422
    changed = page.patch(address, json={"loop": False, "selection": [3, 9]}).json()["part"]
    assert (changed["loop"], changed["selection"]) == (False, [3, 9])
    assert page.patch(address, json={"selection": None}).json()["part"]["selection"] is None
    assert page.patch(address, json={"selection": [9, 3]}).status_code == 422


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 no", b"\x00\xff", b"seconds,loudness_db,z0\n0,-20,1\n", b"a,b\n"]
)
def test_a_file_that_is_no_series_is_refused(studio: Studio, data: bytes) -> None:
    answer = parts_help.client(studio).post("/api/series?model=tiny&name=mine.csv", content=data)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(("mine.csv: ", "the series has 1 dimensions"))
    assert list(studio.session.series.iterdir()) == []
    assert studio.session.document.parts == []
