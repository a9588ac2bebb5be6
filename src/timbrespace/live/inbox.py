"""OSC messages that have arrived: of those to one address the last, and never more than can be acted on.

Bundles are opened and their messages count one by one, so that a flood in bundles costs as little as one of
single messages. Only addresses are looked at here; a message that another replaces is never parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

Address = tuple[str, int]  # host and port
Arrived = tuple[bytes, Address]  # a packet, or a message out of one, and who sent it

MOST_READ = 1_000  # messages at once; what is left waits in the system's buffer or is lost there
MOST_ACTED = 48  # messages at once, which is every control of a model of 16 dimensions
MOST_WAITING = 300  # addresses; the ones that came first are dropped
BUNDLE = b"#bundle\0"
BUNDLE_HEAD = 16  # bytes, with the time, which is not looked at
DEEPEST = 8  # bundles within bundles


class Inbox:
    """Where messages wait for their turn. receive: gives the next packet, None where there is none yet."""

    def __init__(self, receive: Callable[[], Arrived | None]) -> None:
        self._arriving = _messages(receive)
        self._waiting: dict[bytes, Arrived] = {}

    def take(self) -> list[Arrived]:
        """What is to be acted on now, MOST_ACTED messages at the most, in the order of the last ones.

        An address that waits from an earlier time keeps its turn, so that none waits for ever.
        """
        fresh: dict[bytes, Arrived] = {}
        for arrived in islice(self._arriving, MOST_READ):
            if arrived is None:
                break
            address = arrived[0].partition(b"\0")[0]
            if address in self._waiting:
                self._waiting[address] = arrived
            else:
                fresh.pop(address, None)
                fresh[address] = arrived
        self._waiting |= fresh
        for address in list(self._waiting)[: max(0, len(self._waiting) - MOST_WAITING)]:
            del self._waiting[address]
        return [self._waiting.pop(address) for address in list(self._waiting)[:MOST_ACTED]]


def messages_in(packet: bytes, depth: int = 0) -> Iterator[bytes]:
    """The messages in a packet, in their order, one at least: no bundle, or a broken one, as it is."""
    if not packet.startswith(BUNDLE) or len(packet) <= BUNDLE_HEAD or depth == DEEPEST:
        yield packet
        return
    place = BUNDLE_HEAD
    while place < len(packet):
        size = int.from_bytes(packet[place : place + 4], "big")
        part = packet[place + 4 : place + 4 + size]
        if not part or len(part) < size:
            yield packet
            return
        yield from messages_in(part, depth + 1)
        place += 4 + size


def _messages(receive: Callable[[], Arrived | None]) -> Iterator[Arrived | None]:
    """Every message that arrives, for ever; None where there is none at the moment."""
    while True:
        arrived = receive()
        if arrived is None:
            yield None
            continue
        packet, sender = arrived
        for message in messages_in(packet):
            yield message, sender
