"""The studio's server: one process, the loopback address, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from timbrespace.errors import TimbrespaceError
from timbrespace.studio import address
from timbrespace.studio.app import create_app
from timbrespace.studio.limits import Prompt
from timbrespace.studio.security import HOSTS, Guard
from timbrespace.studio.studio import Studio

LARGEST_MESSAGE = 8 * 2**20  # bytes, of a WebSocket; what is longer than `messages` takes is told so
MOST_CONNECTIONS = 400
STOPPING_SECONDS = 2  # for what is being answered
CUTTING_SECONDS = 1  # for what was cut off then
ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class _Server(uvicorn.Server):
    """Tells when it answers, and ends soon after it is asked to, whatever its requests wait for."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for name in ("uvicorn.error", "asyncio"):  # what is cut off now is meant to be
            logging.getLogger(name).setLevel(logging.CRITICAL)
        await super().shutdown(sockets)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which would wait for the threads of requests: one may encode an hour."""
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self.serve(sockets))
            loop.run_until_complete(_cut_off())
        finally:
            loop.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: `_end_by_signals` does."""
        yield


async def _cut_off() -> None:
    """End what still goes on in the event loop; what does not end at once is left behind."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=CUTTING_SECONDS)


def serve(studio: Studio, port: int | None, ready: Callable[[str], None]) -> None:
    """Answer until interrupted; then everything is kept. port: None takes that of last time, or a free one.

    Threads that requests had may go on for a while. In the main thread, signals that end a program end this,
    and afterwards do nothing any more: the program is about to end. ready: called once with the address to
    open. Raises TimbrespaceError where the port is taken.
    """
    last = address.last(studio.sessions.root)
    with _bound(port, last.port if last else None) as listening:
        guard = _guard(listening.getsockname()[1], last)
        mine = address.Address(guard.port, guard.token)
        address.keep(studio.sessions.root, mine)
        config = uvicorn.Config(
            create_app(studio, guard),
            http=Prompt,
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws_max_size=LARGEST_MESSAGE,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=STOPPING_SECONDS,
        )
        server = _Server(config, lambda: ready(guard.address))
        _end_by_signals(server)
        studio.prepare()
        try:
            server.run(sockets=[listening])
            address.forget(studio.sessions.root, mine)
        finally:
            studio.close()


def _end_by_signals(server: _Server) -> None:
    """Ctrl-C, the system and a terminal that is closed end the server, once and from now on; asked again,
    while it ends or later, they change nothing."""

    def end(*_: Any) -> None:
        server.should_exit = True

    if threading.current_thread() is threading.main_thread():
        for name in ENDING:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)


def _guard(port: int, last: address.Address | None) -> Guard:
    """With last time's token where the port is last time's: pages left open go on by themselves."""
    return Guard(port, last.token) if last is not None and last.port == port else Guard(port)


def _bound(port: int | None, wished: int | None = None) -> socket.socket:
    """Listening at a port; where none is given, at the wished one if it is free."""
    if port is None and wished is not None:
        try:
            return _bound(wished)
        except TimbrespaceError:
            pass
    # asyncio spares small answers a delay of 40 ms (Nagle's) only where the protocol is named
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if port is None:
            listening.bind((HOSTS[0], 0))
        if sys.platform != "win32":  # there it would share the port with another program
            # so that its port is free as soon as a studio stops: both it and the next one have to say so
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if port is not None:
            listening.bind((HOSTS[0], port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise TimbrespaceError(
            f"--port is {port}: {error.strerror or error}; leave it out for a free one"
        ) from error
    return listening
