"""The studio's doors: who gets in, what a session is carried in, and what is answered to nonsense."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from timbrespace import engine
from timbrespace.studio import limits
from timbrespace.studio.app import create_app
from timbrespace.studio.security import Guard
from timbrespace.studio.studio import Studio

PORT = 8123
BASE = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def studio(tmp_path: Path, tiny_models: dict[str, Path]) -> Iterator[Studio]:
    models = {kind: engine.load(path) for kind, path in tiny_models.items()}
    held = Studio(models, tmp_path / "sessions")
    yield held
    held.close()


@pytest.fixture
def guard() -> Guard:
    return Guard(PORT, "the-token")


@pytest.fixture
def client(studio: Studio, guard: Guard) -> TestClient:
    headers = {"x-timbrespace-token": guard.token}
    return TestClient(
        create_app(studio, guard), base_url=BASE, headers=headers, raise_server_exceptions=False
    )


@pytest.fixture
def stranger(studio: Studio, guard: Guard) -> TestClient:
    return TestClient(create_app(studio, guard), base_url=BASE, follow_redirects=False)


def wav(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    buffer = io.BytesIO()
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)
    soundfile.write(buffer, tone, rate, format="WAV")
    return buffer.getvalue()


def with_sound(client: TestClient) -> dict[str, object]:
    answer = client.post("/api/sounds", params={"name": "tone.wav"}, content=wav())
    assert answer.status_code == 201, answer.text
    sound = answer.json()
    made = client.post(
        "/api/parts", json={"model": "continuous", "source": {"kind": "sound", "sound": sound["id"]}}
    )
    assert made.status_code == 201, made.text
    return made.json()["part"]


def test_the_opened_address_gives_a_cookie_and_hides_its_token(stranger: TestClient, guard: Guard) -> None:
    assert stranger.get("/").status_code == 401
    answer = stranger.get("/", params={"token": guard.token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    page = stranger.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert stranger.get("/api/state").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "the-token ", "thé"])
def test_a_wrong_token_opens_nothing(stranger: TestClient, token: str) -> None:
    assert stranger.get("/", params={"token": token}).status_code == 401
    assert stranger.get("/api/state", cookies={f"timbrespace_{PORT}": "x"}).status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/state", "/api/session/file", "/openapi.json", "/static/app.js"])
def test_nothing_is_answered_without_the_token(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1:80", f"0.0.0.0:{PORT}"])
def test_another_host_is_refused_even_with_the_token(client: TestClient, host: str) -> None:
    assert client.get("/api/state", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_page_is_refused_even_with_the_token(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/sessions", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example", "x-timbrespace-token": "the-token"},
        {"origin": BASE},
        {"x-timbrespace-token": "the-token"},
    ],
)
def test_a_socket_needs_the_origin_and_the_token(stranger: TestClient, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        stranger.websocket_connect("/ws", headers={"host": f"127.0.0.1:{PORT}", **headers}) as socket,
    ):
        socket.receive_text()
    assert refused.value.code == 1008


def test_errors_are_one_line_of_json(client: TestClient) -> None:
    cases = [
        ("GET", "/api/parts/p000000000000", None, 404),
        ("GET", "/api/nothing", None, 404),
        ("POST", "/api/parts", {"model": "none", "source": {"kind": "sound", "sound": "s" + "0" * 12}}, 404),
        ("PATCH", "/api/session", {"name": ""}, 422),
        ("PATCH", "/api/session", {"unknown": 1}, 422),
        ("PATCH", "/api/session", {"page": {"x": [1]}}, 422),
        ("POST", "/api/sessions/000000000000/open", None, 404),
        ("POST", "/api/sessions/..%2f..%2fetc/open", None, 404),
        ("GET", "/static/../app.py", None, 404),
        ("GET", "/static/%2e%2e/app.py", None, 404),
    ]
    for method, path, body, status in cases:
        answer = client.request(method, path, json=body)
        assert answer.status_code == status, (path, answer.text)
        assert list(answer.json()) == ["error"], path
        assert "\n" not in answer.json()["error"]


def test_a_body_without_end_is_ended(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BODY_BYTES", 1000)
    answer = client.patch("/api/session", content=(b"x" * 100 for _ in range(100)))
    assert answer.status_code == 413
    assert client.get("/api/state").status_code == 200


def test_the_page_remembers_and_forgets(client: TestClient) -> None:
    client.patch("/api/session", json={"page": {"room": "plane", "zoom": 2.5}, "name": "Mine"})
    session = client.patch("/api/session", json={"page": {"zoom": None, "on": True}}).json()
    assert session["page"] == {"room": "plane", "on": True}
    assert session["name"] == "Mine"


def test_a_page_that_knows_a_revision_gets_what_changed_since(client: TestClient) -> None:
    one, other = with_sound(client), with_sound(client)
    known = client.get("/api/session").json()

    def since(revision: int, session: str = known["id"]) -> dict[str, Any]:
        return client.get("/api/session/changes", params={"session": session, "since": revision}).json()

    same = since(known["revision"])
    lists = ("sounds", "removed_sounds", "parts", "removed_parts")
    assert same == {**known, **{name: [each["id"] for each in known[name]] for name in lists}}
    client.patch(f"/api/parts/{one['id']}", json={"name": "another"})
    client.delete(f"/api/parts/{other['id']}")
    now = client.get("/api/session").json()
    changed = since(known["revision"])
    assert changed["parts"] == [each if each["id"] == one["id"] else each["id"] for each in now["parts"]]
    assert changed["removed_parts"][-1] == other["id"]
    assert changed["revision"] == now["revision"] == known["revision"] + 2
    assert since(now["revision"] + 1) == since(-1) == now
    assert since(known["revision"], "0123456789ab") == now


def test_a_session_is_left_and_found_again(client: TestClient) -> None:
    part = with_sound(client)
    first = client.get("/api/session").json()
    second = client.post("/api/sessions", json={"name": "Other"}).json()
    assert (second["name"], second["parts"]) == ("Other", [])
    assert client.get(f"/api/parts/{part['id']}").status_code == 404
    again = client.post(f"/api/sessions/{first['id']}/open").json()
    assert again["parts"] == first["parts"]
    assert client.get(f"/api/parts/{part['id']}").status_code == 200
    assert client.delete(f"/api/sessions/{first['id']}").status_code == 422
    assert client.delete(f"/api/sessions/{second['id']}").status_code == 200
    assert [each["id"] for each in client.get("/api/sessions").json()] == [first["id"]]


def test_a_session_is_carried_elsewhere_and_sounds_the_same(client: TestClient) -> None:
    part = with_sound(client)
    edit = {"op": "operator", "name": "bias", "value": 0.5, "dimensions": [1]}
    client.post(f"/api/parts/{part['id']}/edits", json={"edit": edit})
    before = client.get(f"/api/parts/{part['id']}/result.wav").content
    carried = client.get("/api/session/file")
    assert carried.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(carried.content)) as archive:
        assert json.loads(archive.read("session.json"))["parts"][0]["id"] == part["id"]
        assert any(name.endswith(".wav") for name in archive.namelist())
    brought = client.post("/api/sessions/import", params={"name": "mine.zip"}, content=carried.content)
    assert brought.status_code == 201, brought.text
    client.post(f"/api/sessions/{brought.json()['id']}/open")
    assert client.get(f"/api/parts/{part['id']}/result.wav").content == before


def test_a_duplicate_is_a_session_of_its_own(client: TestClient) -> None:
    part = with_sound(client)
    first = client.get("/api/session").json()
    copy = client.post(f"/api/sessions/{first['id']}/duplicate").json()
    client.post(f"/api/sessions/{copy['id']}/open")
    assert client.get(f"/api/parts/{part['id']}/result.wav").status_code == 200


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def test_bad_session_files_are_named_and_leave_nothing(client: TestClient, studio: Studio) -> None:
    with_sound(client)
    good = client.get("/api/session/file").content
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    sound = next(name for name in held if name.endswith(".wav"))

    def changed(**files: bytes) -> bytes:
        return zipped(**{name.replace("/", "__"): data for name, data in {**held, **files}.items()})

    files = {
        "empty": b"",
        "text": b"nothing of the kind",
        "cut": good[: len(good) // 2],
        "other": zipped(readme=b"x"),
        "no json": zipped(**{"session.json": b"{}"}),
        "silly": zipped(**{"session.json": b"[" * 10_000}),
        "later": changed(**{"session.json": held["session.json"].replace(b'"format":1', b'"format":9')}),
        "no sound": zipped(**{"session.json": held["session.json"]}),
        "bad sound": changed(**{sound: b"RIFF" + b"\0" * 100}),
        "other sound": changed(**{sound: wav(0.1)}),
    }
    for name, data in files.items():
        answer = client.post("/api/sessions/import", params={"name": f"{name}.zip"}, content=data)
        assert answer.status_code == 400, (name, answer.text)
        assert f"{name}.zip" in answer.json()["error"]
    assert len(client.get("/api/sessions").json()) == 1
    assert [path.name for path in studio.sessions.root.iterdir()] == [studio.session.folder.name]


def test_files_with_other_names_are_left_in_the_archive(client: TestClient, studio: Studio) -> None:
    with_sound(client)
    good = client.get("/api/session/file").content
    buffer = io.BytesIO(good)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../../evil.txt", b"x")
        archive.writestr("sounds/../../evil.wav", b"x")
        archive.writestr("/evil", b"x")
    answer = client.post("/api/sessions/import", content=buffer.getvalue())
    assert answer.status_code == 201
    assert not any("evil" in path.name for path in studio.sessions.root.parent.rglob("*"))


def test_the_example_is_made_of_ordinary_parts(client: TestClient) -> None:
    session = client.post("/api/example").json()
    kinds = [part["source"]["kind"] for part in session["parts"]]
    assert kinds[:3] == ["morph", "sound", "plane"]
    assert session["active"] == session["parts"][0]["id"]
    again = client.post("/api/example").json()
    assert [sound["id"] for sound in again["sounds"]] == [sound["id"] for sound in session["sounds"]]
