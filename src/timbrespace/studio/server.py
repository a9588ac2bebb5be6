"""The studio's server: one process, the loopback address, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

from timbrespace.errors import TimbrespaceError
from timbrespace.studio.app import create_app
from timbrespace.studio.security import HOSTS, Guard
from timbrespace.studio.studio import Studio

LARGEST_MESSAGE = 2**20  # bytes, of a WebSocket
MOST_CONNECTIONS = 400
STOPPING_SECONDS = 2


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is cut off now is meant to be
        await super().shutdown(sockets)


def serve(studio: Studio, port: int | None, ready: Callable[[str], None]) -> None:
    """Answer until interrupted; then everything is kept. port: None takes a free one.

    ready: called once with the address to open. Raises TimbrespaceError where the port is taken.
    """
    with _bound(port) as listening:
        guard = Guard(listening.getsockname()[1])
        config = uvicorn.Config(
            create_app(studio, guard),
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws_max_size=LARGEST_MESSAGE,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=STOPPING_SECONDS,
        )
        server = _Server(config, lambda: ready(guard.address))
        with _ends_well(server):
            try:
                with suppress(KeyboardInterrupt):  # how it is stopped
                    server.run(sockets=[listening])
            finally:
                studio.close()


@contextmanager
def _ends_well(server: _Server) -> Iterator[None]:
    """What else ends a program, the system or a terminal that is closed, ends the server as Ctrl-C does."""

    def terminate(*_: Any) -> None:  # uvicorn takes this one while it runs, and passes it on at its end
        raise KeyboardInterrupt

    def hang_up(*_: Any) -> None:
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = {"SIGTERM": terminate, "SIGHUP": hang_up}
    found = {getattr(signal, name): handler for name, handler in wanted.items() if hasattr(signal, name)}
    before = {number: signal.signal(number, handler) for number, handler in found.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bound(port: int | None) -> socket.socket:
    # asyncio spares small answers a delay of 40 ms (Nagle's) only where the protocol is named
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if port is not None and sys.platform != "win32":  # there it would share the port with another program
            # so that the port of a studio that was just stopped is free
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOSTS[0], port or 0))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise TimbrespaceError(
            f"--port is {port}: {error.strerror or error}; leave it out for a free one"
        ) from error
    return listening
