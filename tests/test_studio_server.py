"""The socket that the studio answers on, and requests that do not end."""

import socket

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from studio_sounds_help import served

from timbrespace.studio.limits import EndUnread
from timbrespace.studio.server import _bound


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
