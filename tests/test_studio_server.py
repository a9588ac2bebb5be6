"""The socket that the studio answers on, and requests that do not end."""

import socket
import threading
from contextlib import suppress

import httpx
import pytest
import uvicorn
import websockets.sync.client
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient
from studio_sounds_help import served, wait_until

from timbrespace.studio import limits
from timbrespace.studio.limits import EndUnread
from timbrespace.studio.server import _bound, _Server


def test_small_answers_are_not_held_back() -> None:
    """asyncio sets this on what a server accepts, and only where the socket's protocol is named."""
    with _bound(None) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
        assert listening.proto == socket.IPPROTO_TCP


def ending_app() -> FastAPI:
    app = FastAPI()

    @app.get("/unread")
    def unread() -> str:
        return "answered"

    @app.post("/read")
    def read(body: list[int]) -> int:
        return sum(body)

    app.add_middleware(EndUnread)
    return app


@pytest.mark.parametrize("path", ["/unread", "/nothing"])
def test_a_body_that_nobody_reads_ends_with_the_answer(path: str) -> None:
    with (
        served(ending_app()) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
        pytest.raises((BrokenPipeError, ConnectionResetError)),
    ):
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        for _ in range(1_000_000):
            connection.sendall(b"4000\r\n" + bytes(0x4000) + b"\r\n")


def test_a_body_that_was_read_leaves_the_connection_open() -> None:
    page = TestClient(ending_app())
    assert page.post("/read", json=[1, 2, 3]).json() == 6
    assert "connection" not in page.post("/read", json=[1, 2, 3]).headers
    assert "connection" not in page.get("/unread").headers
    assert page.post("/nothing", json=[1]).headers["connection"] == "close"


def test_a_connection_that_brings_no_request_is_ended_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HEAD_SECONDS", 0.05)
    app, ended = FastAPI(), threading.Event()

    @app.get("/long")
    def long() -> str:
        ended.wait(60)
        return "answered"

    @app.websocket("/ws")
    async def talk(page: WebSocket) -> None:
        await page.accept()
        await page.send_text(await page.receive_text())

    head = b"GET /long HTTP/1.1\r\nHost: here\r\n"
    with (
        served(app, http=limits.Prompt) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as asking,
        websockets.sync.client.connect(f"ws://127.0.0.1:{port}/ws") as page,
    ):
        asking.sendall(head + b"\r\n")
        for begun in (b"", head):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
                slow.sendall(begun)
                assert slow.recv(100) == b""
        ended.set()
        assert b"200 OK" in asking.recv(1000)
        asking.sendall(head)
        while asking.recv(1000):  # of what was answered, until it is ended
            pass
        page.send("here")
        assert page.recv() == "here"


def test_a_request_that_takes_for_ever_does_not_keep_the_server() -> None:
    """Python waits for threads that work for a request: one may encode an hour, or record a model."""
    app, begun, release = FastAPI(), threading.Event(), threading.Event()

    @app.get("/")
    def long() -> None:
        begun.set()
        release.wait()

    with _bound(None) as listening:
        config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
        server = _Server(config, lambda: None)
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        running.start()
        wait_until(lambda: server.started)
        port = listening.getsockname()[1]

        def ask() -> None:
            with suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/", timeout=60)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        assert begun.wait(30)
        server.should_exit = True
        running.join(30)
        ended = not running.is_alive()
        release.set()
        asking.join(30)
    assert ended
