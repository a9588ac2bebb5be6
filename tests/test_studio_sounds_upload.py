"""Uploads over a real connection: endless, standing still, broken off, too many."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx
import numpy as np
import pytest
from starlette.exceptions import HTTPException
from studio_sounds_help import app_of, new_session, nothing_left, served, sine, small_studio, wait_until
from test_studio_sounds import as_file

from timbrespace.studio import decoder, incoming, receiving, sounds
from timbrespace.studio.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = new_session(tmp_path)
    yield made
    made.close()


@pytest.fixture
def port(session: Session) -> Iterator[int]:
    with served(app_of(small_studio(session))) as number:
        yield number


def begun(port: int, headers: str) -> socket.socket:
    """An upload whose body is the test's to send."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"POST /api/sounds?name=take.wav HTTP/1.1\r\nHost: here\r\n{headers}\r\n".encode())
    return connection


def answer_of(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer, after which the server must end the connection."""
    data = b""
    while piece := connection.recv(65_536):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def works(port: int) -> bool:
    """Whether a sound can be brought in."""
    place = f"http://127.0.0.1:{port}/api/sounds"
    answer = httpx.post(place, params={"name": "good.wav"}, content=as_file(sine(0.1)), timeout=10)
    return answer.status_code == 201


HANGING = "import time; print('{\"share\": 0.5}', flush=True); time.sleep(60)"


def other_decoder(monkeypatch: pytest.MonkeyPatch, program: str = HANGING) -> list[subprocess.Popen[str]]:
    """Decoders that run another program, one that never comes to an end, as they are started."""
    started: list[subprocess.Popen[str]] = []

    def start(arguments: list[str]) -> subprocess.Popen[str]:
        started.append(subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True))
        return started[-1]

    monkeypatch.setattr(decoder, "_start", start)
    return started


def test_an_endless_upload_ends_with_one_error(
    port: int, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MAX_UPLOAD_BYTES", 3_000_000)
    monkeypatch.setattr(receiving, "LINGER_SECONDS", 0.05)
    chunk = b"4000\r\n" + bytes(0x4000) + b"\r\n"
    with (
        begun(port, "Transfer-Encoding: chunked\r\n") as connection,
        pytest.raises((BrokenPipeError, ConnectionResetError)),
    ):
        for _ in range(1_000_000):
            connection.sendall(chunk)
    told = [event["error"] for event in session.events.of("sound") if "error" in event]  # type: ignore[attr-defined]
    assert told == ["take.wav: larger than the 3 MB that fit; cut it, or save it as FLAC"]
    assert nothing_left(session)
    assert works(port)


class Flood:
    """A request whose body is always there and goes on; as a page on the same computer can send."""

    headers: ClassVar[dict[str, str]] = {}

    async def stream(self) -> AsyncIterator[bytes]:
        for _ in range(1_000_000):
            await asyncio.sleep(0)
            yield b"x"
        raise AssertionError("taken to the end")


def test_a_flood_is_let_pass_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "LINGER_SECONDS", 0.05)

    async def refused() -> HTTPException:
        return await receiving.refusal(Flood(), 413, "too much")  # type: ignore[arg-type]

    for _ in range(5):
        error = asyncio.run(refused())
        assert (error.status_code, error.detail, error.headers) == (413, "too much", {"connection": "close"})


def test_a_flood_ends_when_the_server_does(tmp_path: Path) -> None:
    async def stopped() -> None:
        taking = receiving.receive(Flood(), tmp_path / "upload", 10**12, label="take.wav")  # type: ignore[arg-type]
        task = asyncio.create_task(taking)
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task], timeout=20)
        assert task.cancelled()

    for _ in range(5):
        asyncio.run(stopped())


@pytest.mark.parametrize("size", [3_000_001, 50_000_000])
def test_a_page_that_sends_too_much_hears_why(
    port: int, session: Session, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(incoming, "MAX_UPLOAD_BYTES", 3_000_000)
    answer = httpx.post(f"http://127.0.0.1:{port}/api/sounds", content=bytes(size), timeout=20)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert answer.json()["error"].startswith("sound: larger than the 3 MB that fit")
    assert nothing_left(session)


def test_an_upload_that_says_it_is_too_large_is_refused_before_it_comes(
    port: int, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "QUIET_SECONDS", 0.1)
    with begun(port, "Content-Length: 99999999999\r\n") as connection:
        status, body = answer_of(connection)
    assert status == 413
    assert body["error"].startswith("take.wav: larger than the ")
    assert nothing_left(session)


@pytest.mark.parametrize("drip", [False, True])
def test_an_upload_that_stands_still_is_ended(
    port: int, session: Session, monkeypatch: pytest.MonkeyPatch, drip: bool
) -> None:
    monkeypatch.setattr(receiving, "STALL_SECONDS", 0.3)
    with begun(port, "Content-Length: 1000\r\n") as connection:
        connection.sendall(b"RIFF")
        stop = threading.Event()
        if drip:
            threading.Thread(target=drip_into, args=(connection, stop), daemon=True).start()
        status, body = answer_of(connection)
        stop.set()
    assert (status, body["error"]) == (408, "take.wav: it stands still for 0.3 s; send it again")
    assert nothing_left(session)
    assert works(port)


def drip_into(connection: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        try:
            connection.sendall(b"a")
        except OSError:
            return


def test_an_upload_that_is_broken_off_leaves_nothing(port: int, session: Session) -> None:
    with begun(port, "Content-Length: 1000000\r\n") as connection:
        connection.sendall(bytes(100_000))
        wait_until(lambda: not nothing_left(session))
    wait_until(lambda: nothing_left(session))
    assert session.document.sounds == []
    assert works(port)


def test_when_the_page_goes_away_its_decoder_ends(
    port: int, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = other_decoder(monkeypatch)
    with begun(port, "Content-Length: 4\r\n") as connection:
        connection.sendall(b"RIFF")
        wait_until(lambda: len(started) == 1)
        assert started[0].poll() is None
    wait_until(lambda: started[0].poll() is not None)
    wait_until(lambda: nothing_left(session))
    monkeypatch.undo()
    assert works(port)


def test_a_sound_does_not_go_into_a_session_that_was_closed_meanwhile(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = small_studio(session)
    started = other_decoder(monkeypatch, "print('{\"kept\": {\"sample_rate\": 8000, \"frames\": 1, "
                           "\"peak\": 0, \"note\": \"\"}}')")  # fmt: skip
    other = new_session(tmp_path / "other")
    with served(app_of(studio)) as number, begun(number, "Content-Length: 4\r\n") as connection:
        wait_until(lambda: not nothing_left(session))
        studio.session = other
        connection.sendall(b"RIFF")
        wait_until(lambda: any("error" in event for event in session.events.sent))  # type: ignore[attr-defined]
    told = session.events.of("sound")[-1]["error"]  # type: ignore[attr-defined]
    assert told == "take.wav: another session was opened; bring it in again"
    assert len(started) == 1
    wait_until(lambda: nothing_left(session))
    assert nothing_left(other)
    other.close()


def test_two_are_taken_at_once_others_wait_and_too_many_are_refused(
    port: int, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MOST_WAITING", 1)
    monkeypatch.setattr(receiving, "QUIET_SECONDS", 0.1)
    started = other_decoder(monkeypatch)
    connections = [begun(port, "Content-Length: 4\r\n") for _ in range(3)]
    try:
        for connection in connections:
            connection.sendall(b"RIFF")
        wait_until(lambda: len(started) == 2)
        with begun(port, "Content-Length: 4\r\n") as fourth:
            status, body = answer_of(fourth)
        assert (status, len(started)) == (429, 2)
        assert "other sounds are being brought in" in body["error"]
        connections[0].close()
        wait_until(lambda: len(started) == 3)
    finally:
        for connection in connections:
            connection.close()
    wait_until(lambda: all(process.poll() is not None for process in started))
    wait_until(lambda: nothing_left(session))


def test_a_file_larger_than_a_piece_comes_through_whole(port: int, session: Session) -> None:
    noise = np.random.default_rng(5).uniform(-1, 1, 2_000_000).astype(np.float32)
    data = as_file(noise, 44_100, subtype="FLOAT")
    place = f"http://127.0.0.1:{port}/api/sounds"
    pieces = (data[at : at + 77_777] for at in range(0, len(data), 77_777))
    assert httpx.post(place, content=data, timeout=20).json()["frames"] == 2_000_000
    assert httpx.post(place, content=pieces, timeout=20).json()["frames"] == 2_000_000
    for sound in session.document.sounds:
        assert np.array_equal(sounds.read(session, sound), noise)
    assert nothing_left(session)


def test_when_the_server_stops_nothing_remains(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    started = other_decoder(monkeypatch)
    with served(app_of(small_studio(session))) as number:
        connection = begun(number, "Content-Length: 4\r\n")
        connection.sendall(b"RIFF")
        wait_until(lambda: len(started) == 1)
    connection.close()
    assert started[0].poll() is not None
    assert nothing_left(session)
