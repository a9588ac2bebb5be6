"""A studio with nothing but sounds, and a real server for it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import soundfile
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from starlette.exceptions import HTTPException

from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import api_sounds
from timbrespace.studio.document import Document
from timbrespace.studio.errors import Missing
from timbrespace.studio.events import Events
from timbrespace.studio.library import Library
from timbrespace.studio.session import Session

RATE = 8000


class Told(Events):
    """Events that are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    def send(self, event: Any) -> None:
        self.sent.append(dict(event))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.sent if event["type"] == kind]


def new_session(folder: Path) -> Session:
    return Session.create(folder / "session", Document(id="0123456789ab"), Told())


def small_studio(session: Session, dataset: Path | None = None) -> Any:
    models = {"low": SimpleNamespace(sample_rate=4000)}

    def model(name: str) -> Any:
        if name not in models:
            raise Missing(f"no model {name}")
        return models[name]

    return SimpleNamespace(session=session, library=Library(dataset), model=model, events=session.events)


def app_of(studio: Any) -> FastAPI:
    """The routes of sounds, with errors told as the studio tells them."""
    app = FastAPI()
    app.include_router(api_sounds.router(studio))

    def told(_: Request, error: Exception) -> Response:
        kinds = ((Missing, 404), (UsageError, 422), (TimbrespaceError, 400))
        status = next(status for kind, status in kinds if isinstance(error, kind))
        return JSONResponse({"error": str(error)}, status_code=status)

    def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)

    app.add_exception_handler(TimbrespaceError, told)
    app.add_exception_handler(HTTPException, refused)

    @app.middleware("http")
    async def through(request: Request, proceed: Any) -> Any:
        """As the studio's doorkeeper, which every body passes."""
        return await proceed(request)

    return app


@contextmanager
def served(app: FastAPI, **how: Any) -> Iterator[int]:
    """The port on which it answers."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(16)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=0, **how)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def wait_until(condition: Any, seconds: float = 10.0) -> None:
    """Wait for what must come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def sine(seconds: float = 1.0, hz: float = 440.0, rate: int = RATE) -> NDArray[np.float32]:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def sound_file(path: Path, samples: NDArray[np.float32], rate: int = RATE, **how: Any) -> Path:
    """samples [T] or [T, C]."""
    soundfile.write(path, samples, rate, **how)
    return path


def nothing_left(session: Session) -> bool:
    """Whether nothing of anything that failed remains."""
    incoming = session.folder / "incoming"
    ids = {sound.id for sound in (*session.document.sounds, *session.document.removed_sounds)}
    kept = {path.name.split(".")[0] for path in session.sounds.iterdir()}
    return kept == ids and not (incoming.exists() and any(incoming.iterdir()))


def unpacked(packet: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of a packet."""
    import json

    length = int.from_bytes(packet[:4], "little")
    header = json.loads(packet[4 : 4 + length])
    arrays, at = {}, 4 + length
    for one in header["arrays"]:
        dtype = np.dtype(one["dtype"]).newbyteorder("<")
        count = int(np.prod(one["shape"]))
        arrays[one["name"]] = np.frombuffer(packet, dtype, count, at).reshape(one["shape"])
        at += -(-count * dtype.itemsize // 4) * 4
    return header, arrays
