"""The studio under attack and in bad luck: other pages, nonsense, full disks, models that are not there."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from anyio import ClosedResourceError
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from studio_player_help import wait_until
from test_studio_app import BASE, PORT, with_sound

from timbrespace import engine
from timbrespace.studio import limits, socket
from timbrespace.studio import sounds as tray
from timbrespace.studio.app import create_app
from timbrespace.studio.player import Player
from timbrespace.studio.security import Guard
from timbrespace.studio.stage import MOST_PLAYERS, Stage
from timbrespace.studio.studio import Studio

GUARD = Guard(PORT, "the-token")
OWN = {"x-timbrespace-token": "the-token"}
Models = dict[str, engine.Engine]


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


def client_of(studio: Studio) -> TestClient:
    return TestClient(create_app(studio, GUARD), base_url=BASE, headers=OWN, raise_server_exceptions=False)


def headers(*pairs: tuple[str, str], port: int = PORT) -> Headers:
    given = [("host", f"127.0.0.1:{port}"), *pairs]
    return Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in given])


@pytest.mark.parametrize(
    "cookie",
    [
        f"timbrespace_{PORT}=the-token",
        f'other={{"a": "b c"}}; timbrespace_{PORT}=the-token',
        f"timbrespace_{PORT}=stale; timbrespace_{PORT}=the-token",
        f"timbrespace_{PORT}=the-token; timbrespace_{PORT}=stale; =; ;x",
        f"caf\xe9=\xff; timbrespace_{PORT}=the-token",
    ],
)
def test_cookies_of_other_programs_do_not_lock_the_page_out(cookie: str) -> None:
    assert GUARD.admits(headers(("cookie", cookie)))


@pytest.mark.parametrize(
    "cookie",
    ["", f"timbrespace_{PORT}=", f"timbrespace_{PORT + 1}=the-token", f'timbrespace_{PORT}="the-token"x'],
)
def test_no_cookie_but_the_right_one_opens(cookie: str) -> None:
    assert not GUARD.admits(headers(("cookie", cookie)))


@pytest.mark.parametrize(
    "given",
    [
        [("host", "evil.example")],
        [("origin", BASE), ("origin", "http://evil.example")],
        [("origin", "")],
        [("origin", f"http://127.0.0.1.evil.example:{PORT}")],
        [("origin", f"http://[::1]:{PORT}")],
        [("origin", f"{BASE}/")],
    ],
)
def test_whoever_names_another_place_too_is_refused(given: list[tuple[str, str]]) -> None:
    assert GUARD.refusal(headers(*given)) is not None


@pytest.mark.parametrize(
    "host", ["", f"localhost.:{PORT}", f"[::1]:{PORT}", f"127.1:{PORT}", f"2130706433:{PORT}"]
)
def test_no_other_spelling_of_the_host_is_taken(host: str) -> None:
    assert GUARD.refusal(Headers({"host": host})) is not None


def test_browsers_leave_out_the_port_that_is_usual() -> None:
    assert Guard(80).refusal(Headers({"host": "127.0.0.1", "origin": "http://127.0.0.1"})) is None
    assert GUARD.refusal(Headers({"host": "127.0.0.1"})) is not None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\0b\x1b[31m", "ab[31m"),
        ("one\r\nX: two", "one  X: two"),
        ("\u202eevil\u2066", "evil"),
        ("שיר 😀", "שיר 😀"),
    ],
)
def test_names_are_what_can_be_shown(client: TestClient, given: str, shown: str) -> None:
    assert client.patch("/api/session", json={"name": given}).json()["name"] == shown
    part = with_sound(client)
    assert client.patch(f"/api/parts/{part['id']}", json={"name": given}).json()["part"]["name"] == shown
    for path in (f"/api/parts/{part['id']}/latents.csv", "/api/session/file"):
        said = client.get(path).headers["content-disposition"]
        assert said.isascii()
        assert said.isprintable()


@pytest.mark.parametrize("name", ["", " ", "\0", "\u202e", "\ud800", "x" * 201, 1, None, ["a"]])
def test_names_that_are_none(client: TestClient, name: Any) -> None:
    answer = client.post("/api/sessions", content=json.dumps({"name": name}).encode())
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000, '{"a":' * 50_000, '{"page":{"x":NaN}}', '{"page":{"x":-Infinity}}', "", "null",
        '{"page":{"x":1e999}}', '{"page":{"x":' + "9" * 5000 + "}}", '{"page":{"\\ud800":1}}', '{"name":"a"',
        b"\xff\xfe\x00",
    ],
)  # fmt: skip
def test_nonsense_changes_nothing(client: TestClient, studio: Studio, body: str | bytes) -> None:
    before = studio.session.document
    answer = client.patch("/api/session", content=body)
    assert answer.status_code in (400, 422)
    assert list(answer.json()) == ["error"]
    assert studio.session.document is before


@pytest.mark.parametrize(
    "path",
    [
        "/static/%00", "/static/..%2fapp.py", "/static/..%5capp.py", "/static//etc/passwd", "/%ff",
        "/static/" + "a" * 5000, "/static/core/../../app.py", "/api/models/%2e%2e%2f/map", "//etc/passwd",
        "/api/models/%ff/map", "/api/sounds/..%2f..%2fsession.json", "/api/sounds/s00000000000%0A.wav",
        "/api/parts/p%00/series",
    ],
)  # fmt: skip
def test_no_path_leads_out(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert list(answer.json()) == ["error"]


def test_a_body_that_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STALL_SECONDS", 0.01)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await receive()

    async def still() -> Any:
        if sent:
            await asyncio.sleep(60)
        sent.append(True)
        return {"type": "http.request", "body": b"{", "more_body": True}

    sent: list[bool] = []
    scope = {"type": "http", "method": "PATCH", "path": "/api/session"}
    with pytest.raises(HTTPException) as ended:
        asyncio.run(limits.BodyLimit(app)(scope, still, None))  # type: ignore[arg-type]
    assert ended.value.status_code == 408


def test_of_many_orders_the_newest_counts(studio: Studio, client: TestClient) -> None:
    places: list[float] = []

    class Voice:
        sample_rate, hop, stamp, seconds = 8000, 80, 0, None

        def block(self) -> None:
            return None

        def set_loop(self, loop: Any) -> None:
            pass

        def seek(self, seconds: float) -> None:
            places.append(seconds)

    player = Player(Stage(), lambda message: None)
    with player._news:
        player.start(Voice(), "what", 0.0, None, 0.0)  # type: ignore[arg-type]
        for number in range(10_000):
            player.seek(float(number))
    wait_until(lambda: len(places) == 2)
    player.close()
    assert places == [0.0, 9999.0]


def test_ten_pages_at_once(studio: Studio, client: TestClient) -> None:
    part = with_sound(client)
    own = {**OWN, "origin": BASE}
    play = {"type": "play", "what": {"kind": "part", "part": part["id"]}, "loop": [0.0, 0.4]}
    stopped: list[str] = []
    with client:
        pages = [client.websocket_connect(f"ws://127.0.0.1:{PORT}/ws", headers=own) for _ in range(10)]
        lines = [page.__enter__() for page in pages]

        def listen(line: Any) -> None:
            with suppress(ClosedResourceError):
                for _ in range(400):
                    told = json.loads(line.receive().get("text") or "{}")
                    if told.get("type") == "stopped":
                        stopped.append(told["why"])
                        return

        threads = [threading.Thread(target=listen, args=(line,), daemon=True) for line in lines]
        for thread, line in zip(threads, lines, strict=True):
            thread.start()
            line.send_text(json.dumps(play))
            for stamp in range(5):
                edit = {"op": "set", "value": stamp / 5, "dimensions": [0]}
                told = {"type": "preview", "stamp": stamp, "part": part["id"], "edit": edit}
                line.send_text(json.dumps(told))
            line.send_text("[" * 10_000)
            line.send_bytes(b"\x03\0\0\0\xff\xff\xff\xff")
        wait_until(lambda: len(stopped) == 10 - MOST_PLAYERS)
        assert all("made room" in why for why in stopped)
        assert client.get("/api/state").status_code == 200
        for page in pages:
            page.__exit__(None, None, None)
    assert tray.find(studio.session, part["source"]["sound"]).name == "tone"


def test_who_waits_for_a_result_is_in_nobodys_way(
    studio: Studio, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = with_sound(client)
    render, ready, waiting = studio.renders.wait(part["id"]), threading.Event(), []

    def wait(_: str) -> Any:
        waiting.append(True)
        assert ready.wait(30)
        return render

    monkeypatch.setattr(studio.renders, "wait", wait)
    answers: list[int] = []

    def ask() -> None:
        answers.append(client.get(f"/api/parts/{part['id']}/peaks").status_code)

    with client:
        threads = [threading.Thread(target=ask) for _ in range(60)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(waiting) == 60)
        assert client.get("/api/state").status_code == 200
        ready.set()
        for thread in threads:
            thread.join()
    assert answers == [200] * 60


def test_a_page_that_takes_nothing_is_let_go_in_the_middle_of_a_message(
    studio: Studio, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "MOST_WAITING_BYTES", 1000)

    class Deaf:
        async def receive(self) -> Any:
            await asyncio.sleep(60)

        async def send_text(self, _: str) -> None:
            studio.events.send({"type": "news", "text": "x" * 2000})
            await asyncio.sleep(60)

        async def close(self, code: int) -> None:
            closed.append(code)

    async def hold() -> None:
        talk = asyncio.create_task(socket._hold(Deaf(), studio))  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        studio.events.send({"type": "news"})
        async with asyncio.timeout(10):
            await talk

    closed: list[int] = []
    asyncio.run(hold())
    assert closed == [socket.TOO_SLOW]
