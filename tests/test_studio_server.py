"""The socket that the studio answers on."""

import socket

from timbrespace.studio.server import _bound


def test_small_answers_are_not_held_back() -> None:
    """asyncio sets this on what a server accepts, and only where the socket's protocol is named."""
    with _bound(None) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
        assert listening.proto == socket.IPPROTO_TCP
