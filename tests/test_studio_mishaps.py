"""The studio in bad luck: damaged files, full disks, folders and models that are gone. Nothing is lost."""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import prepare_help
import pytest
import soundfile
from conftest import RATE
from fastapi.testclient import TestClient
from pydantic import ValidationError
from studio_player_help import wait_until
from test_studio_app import wav, with_sound, zipped
from test_studio_safety import Models, client_of

from timbrespace import engine
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import app, portable, sounds
from timbrespace.studio import session as kept
from timbrespace.studio.document import Document
from timbrespace.studio.events import Events
from timbrespace.studio.quantities import MOST_PARTS, MOST_REMEMBERED
from timbrespace.studio.sessions import Sessions
from timbrespace.studio.studio import Studio


@pytest.fixture(scope="module")
def models(tiny_models: dict[str, Path]) -> Models:
    return {kind: engine.load(path) for kind, path in tiny_models.items()}


@pytest.fixture
def studio(tmp_path: Path, models: Models) -> Iterator[Studio]:
    held = Studio(models, tmp_path / "sessions")
    yield held
    held.close()


@pytest.fixture
def client(studio: Studio) -> TestClient:
    return client_of(studio)


def test_damaged_archives_are_refused_and_leave_nothing(
    client: TestClient, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = io.BytesIO(zipped(**{"session.json": b"{}"}))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("session.json", b"{}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", b"abcdefgh" * 1000)
    broken = bytearray(packed.getvalue())
    broken[44:50] = b"\xff" * 6
    monkeypatch.setattr(portable, "MAX_JSON_BYTES", 10_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", b" " * 10_001)
    files = {"twice": twice.getvalue(), "broken": bytes(broken), "bomb": bomb.getvalue()}
    for name, data in files.items():
        answer = client.post("/api/sessions/import", params={"name": name}, content=data)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"].startswith(f"{name}: ")
    assert [path.name for path in studio.sessions.root.iterdir()] == [studio.session.folder.name]


def test_a_session_file_of_more_than_a_session_holds_is_refused(
    client: TestClient, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sound(client)
    held = studio.session.document.model_dump(mode="json")
    part = held["parts"][0]
    many = [{**part, "id": f"p{number:012x}"} for number in range(MOST_PARTS + 1)]
    for wanted, says in (
        ({"parts": many}, f"parts: List should have at most {MOST_PARTS} items"),
        ({"page": {str(number): 1 for number in range(MOST_REMEMBERED + 1)}}, "page: Dictionary should have"),
        ({"parts": [part, part]}, "something in it is there twice"),
    ):
        data = zipped(**{"session.json": json.dumps({**held, **wanted}).encode()})
        answer = client.post("/api/sessions/import", params={"name": "x.zip"}, content=data)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("x.zip: session.json: ")
        assert says in answer.json()["error"]
    for wrong in ({"sounds": [{}] * 9}, {"parts": [{**part, "edits": [{"op": "erase", "x": 1}] * 9}]}):
        with pytest.raises(ValidationError) as refused:  # a million that are told fill the memory
            Document.model_validate_json(json.dumps({**held, **wrong}))
        assert len({error["loc"][:4] for error in refused.value.errors()}) < 9
    monkeypatch.setattr(portable, "MAX_MEMORY_BYTES", 9_000)
    many_values = zipped(**{"session.json": b'{"":[' + b"0," * 200})
    answer = client.post("/api/sessions/import", content=many_values)
    assert "session.json: it takes 0.0 GB of memory" in answer.json()["error"]
    monkeypatch.undo()
    data = zipped(**{"session.json": json.dumps({**held, "sounds": [], "revision": 2**64}).encode()})
    brought = client.post("/api/sessions/import", content=data).json()
    assert kept.read(studio.sessions.root / brought["id"]).revision == 0


def test_what_was_being_written_when_a_studio_was_killed_goes(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, Events())
    session = sessions.create("killed")
    (session.sounds / "s0123456789ab.wav").touch()
    session.close()
    before = sorted(session.folder.rglob("*"))
    for place in (session.folder / ".session.0123abcd.tmp.json", session.series / ".n0.0123abcd.tmp.npz"):
        place.touch()
    sessions.open(session.folder.name).close()
    assert sorted(session.folder.rglob("*")) == before


def test_the_list_reads_what_was_written_and_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = Sessions(tmp_path, Events())
    session, other = sessions.create("one"), sessions.create("two")
    assert {each.name for each in sessions.listed()} == {"one", "two"}
    read: list[object] = []
    real = json.loads
    monkeypatch.setattr(json, "loads", lambda text: read.append(text) or real(text))
    session.change(lambda document: document.model_copy(update={"name": "another"}))
    session.close()
    assert {each.name for each in sessions.listed()} == {"another", "two"}
    assert len(read) == 1
    other.close()


def test_a_name_that_is_no_text_does_not_hide_the_other_sessions(client: TestClient, studio: Studio) -> None:
    damaged = studio.sessions.root / "0123456789ab"
    damaged.mkdir()
    (damaged / kept.FILE).write_text('{"name": "\\ud800", "changed": "", "sounds": [], "parts": []}')
    listed = client.get("/api/sessions").json()
    assert [each["id"] for each in listed] == [studio.session.folder.name, damaged.name]
    assert client.post(f"/api/sessions/{damaged.name}/open").status_code == 400


def test_an_example_that_cannot_be_written_is_told_in_one_line(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise soundfile.LibsndfileError(2, prefix="Error opening 'sound.wav': ")

    monkeypatch.setattr(sounds, "keep", full)
    answer = client.post("/api/example")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("is the disk full?")


def test_no_session_is_unpacked_onto_a_full_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with_sound(client)
    carried = client.get("/api/session/file").content
    monkeypatch.setattr(portable, "free_bytes", lambda _: 1000)
    answer = client.post("/api/sessions/import", content=carried)
    assert answer.status_code == 400
    assert "there is room for" in answer.json()["error"]


def test_what_could_not_be_kept_is_kept_as_soon_as_it_can(
    client: TestClient, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "RETRY_SECONDS", 0.02)
    told: list[Any] = []
    monkeypatch.setattr(studio.session.events, "send", told.append)
    real = os.replace

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    client.patch("/api/session", json={"name": "kept in the end"})
    assert not studio.session.flush()
    assert "No space left" in client.get("/api/state").json()["problem"]
    answer = client.post("/api/sounds", params={"name": "tone.wav"}, content=wav())
    assert answer.status_code == 507
    assert "No space left" in answer.json()["error"]
    monkeypatch.setattr(os, "replace", real)
    wait_until(lambda: studio.session.problem is None)
    assert kept.read(studio.session.folder).name == "kept in the end"
    assert [event["error"] is None for event in told if event["type"] == "unsaved"] == [False, True]


def test_what_is_answered_is_on_the_disk_unless_that_takes_long(
    client: TestClient, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, release = kept.write, threading.Event()

    def slow(*given: Any) -> None:
        release.wait(0.01)
        real(*given)

    def stuck(*given: Any) -> None:
        release.wait()
        real(*given)

    monkeypatch.setattr(app, "KEPT_SECONDS", 30.0)
    monkeypatch.setattr(kept, "write", slow)
    client.patch("/api/session", json={"name": "kept"})
    assert kept.read(studio.session.folder).name == "kept"
    monkeypatch.setattr(app, "KEPT_SECONDS", 0.01)
    monkeypatch.setattr(kept, "write", stuck)
    assert client.patch("/api/session", json={"name": "answered"}).json()["name"] == "answered"
    assert kept.read(studio.session.folder).name == "kept"
    release.set()
    assert studio.session.flush()
    assert kept.read(studio.session.folder).name == "answered"


def test_a_session_folder_that_is_taken_away_is_there_again(client: TestClient, studio: Studio) -> None:
    part = with_sound(client)
    studio.session.flush()
    shutil.rmtree(studio.session.folder)
    told = client.get(f"/api/sounds/{part['source']['sound']}/peaks")
    assert told.status_code == 404
    client.patch("/api/session", json={"name": "back"})
    assert studio.session.flush()
    assert client.post("/api/sounds", params={"name": "tone.wav"}, content=wav()).status_code == 201
    assert kept.read(studio.session.folder).name == "back"


def test_sessions_spoilt_by_hand_are_listed_and_left(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, Events())
    good = sessions.create("good")
    good.close()
    nonsense = [
        "[" * 100_000,
        "{}",
        "[]",
        "null",
        '{"name":1,"changed":2,"sounds":3,"parts":[]}',
        "\0",
        "9" * 10_000,
    ]
    for number, text in enumerate(nonsense):
        folder = tmp_path / f"{number:012x}"
        folder.mkdir()
        (folder / kept.FILE).write_text(text)
    shutil.copytree(good.folder, tmp_path / "copy of mine")
    copy = tmp_path / ("f" * 12)
    shutil.copytree(good.folder, copy)
    listed = sessions.listed()
    assert len(listed) == len(nonsense) + 2
    assert sum(each.problem is not None for each in listed) == len(nonsense)
    latest = sessions.latest()
    (other,) = {good.folder.name, copy.name} - {latest.folder.name}
    for opened in (latest, sessions.open(other)):
        assert (opened.document.name, opened.document.id) == ("good", opened.folder.name)
        opened.close()


def test_a_part_waits_for_its_model(tmp_path: Path, models: Models) -> None:
    root = tmp_path / "sessions"
    first = Studio({"sax": models["continuous"]}, root)
    page = client_of(first)
    sound = page.post("/api/sounds", params={"name": "tone.wav"}, content=wav()).json()["id"]
    asked = {"model": "sax", "source": {"kind": "sound", "sound": sound}}
    part = page.post("/api/parts", json=asked).json()["part"]
    path = f"/api/parts/{part['id']}"
    page.post(f"{path}/edits", json={"edit": {"op": "set", "value": 1.0, "dimensions": [0]}})
    heard = page.get(f"{path}/result.wav").content
    first.close()

    for held, words in (
        ({"voice": models["discrete"]}, "the model 'sax', which is not open"),
        ({"sax": models["discrete"]}, "another model of the name 'sax'"),
    ):
        without = Studio(held, root)
        page = client_of(without)
        shown = page.get(path)
        assert shown.status_code == 200
        assert words in shown.json()["problem"]
        assert shown.json()["part"]["edits"] == 1
        assert page.get(f"{path}/result.wav").status_code == 404
        assert page.post(f"{path}/edits", json={"edit": {"op": "erase"}}).status_code == 404
        assert page.patch(path, json={"name": "kept"}).json()["part"]["name"] == "kept"
        assert page.post(f"{path}/duplicate").status_code == 201
        assert page.delete(path).status_code == 200
        assert page.post(f"{path}/restore").status_code == 200
        without.close()

    again = Studio({"voice": models["discrete"], "alto": models["continuous"]}, root)
    page = client_of(again)
    view = page.get(path).json()
    assert (view["problem"], view["part"]["model"]) == (None, "alto")
    assert page.get(f"{path}/result.wav").content == heard
    moved = page.patch(path, json={"model": "voice"}).json()
    assert (moved["problem"], moved["part"]["model_id"]) == (None, models["discrete"].model_id)
    again.close()

    renamed = Studio({"voice": models["discrete"], "contralto": models["continuous"]}, root)
    page = client_of(renamed)
    assert page.post(f"{path}/undo").json()["part"]["model"] == "contralto"
    assert page.get(f"{path}/result.wav").content == heard
    again = renamed
    again.close()


def test_a_data_set_describes_a_model_that_has_no_table(
    tmp_path: Path, models: Models, write_tone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_help.prepare([write_tone("tone.wav", 2.0)], tmp_path / "data", rate=RATE)
    held = Studio({"sax": models["continuous"]}, tmp_path / "sessions", tmp_path / "data")
    page = client_of(held)
    assert held.tables.coming == ["sax"]
    told = page.get("/api/models/sax/map")
    assert told.status_code == 422
    assert "are being described from the data set (0 %)" in told.json()["error"]
    assert page.get("/api/state").json()["models"][0]["descriptors"] == {}
    shares: list[float] = []
    held.tables.make("sax", shares.append)
    assert shares[-1] == pytest.approx(1.0)
    assert held.tables.coming == []
    assert page.get("/api/models/sax/map").status_code == 200
    assert "centroid" in page.get("/api/state").json()["models"][0]["descriptors"]
    table = held.table("sax")
    held.close()

    monkeypatch.setattr("timbrespace.studio.tables.table_of", None)  # it is not made twice
    again = Studio({"sax": models["continuous"]}, tmp_path / "sessions", tmp_path / "data")
    again.tables.make("sax", shares.append)
    assert np.array_equal(again.table("sax").z, table.z)
    again.close()


def test_a_data_set_of_another_rate_describes_nothing(
    tmp_path: Path, models: Models, write_tone: Any
) -> None:
    prepare_help.prepare([write_tone("tone.wav", 1.0)], tmp_path / "data", rate=RATE // 2)
    held = Studio(models, tmp_path / "sessions", tmp_path / "data")
    with pytest.raises(UsageError, match="Hz and the model at"):
        held.tables.make("continuous", lambda _: None)
    assert held.described("continuous") is None
    assert held.described("discrete") is not None
    held.close()


def test_a_session_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    sessions = Sessions(tmp_path / "sessions", Events())
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(TimbrespaceError, match="No space left"):
        sessions.create("none")
    assert list(sessions.root.iterdir()) == []
