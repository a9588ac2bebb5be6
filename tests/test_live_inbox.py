"""OSC messages that wait: which count, in which order, and how many at once."""

from __future__ import annotations

import struct

import pytest
from live_help import bundle, packet

from timbrespace.live.inbox import MOST_ACTED, MOST_READ, MOST_WAITING, Inbox

SENDER = ("127.0.0.1", 1)


def arrived(*packets: bytes) -> Inbox:
    """One at which these packets have arrived."""
    arriving = iter(packets)
    return Inbox(lambda: (one, SENDER) if (one := next(arriving, None)) is not None else None)


def test_the_last_to_each_address_in_the_order_of_the_last_ones() -> None:
    one, two, reset, again = packet("/a", 1.0), packet("/b", 2.0), packet("/reset"), packet("/a", 3.0)
    for packets in ([one, two, reset, again], [bundle(one, two), bundle(reset, bundle(again))]):
        inbox = arrived(*packets)
        assert inbox.take() == [(two, SENDER), (reset, SENDER), (again, SENDER)]
        assert inbox.take() == []


def test_so_many_at_once_and_none_waits_for_ever() -> None:
    count = MOST_WAITING - 1
    every = [packet(f"/{number}", 1.0) for number in range(count)]
    inbox = arrived(*[bundle(*every)] * 50)
    taken: list[bytes] = []
    for _ in range(-(-count // MOST_ACTED)):
        batch = inbox.take()
        assert len(batch) == MOST_ACTED
        taken += [message for message, _ in batch]
    assert set(taken) == set(every)


def test_a_long_bundle_is_read_in_parts() -> None:
    numbers = [packet("/a", number) for number in range(2 * MOST_READ + 1)]
    inbox = arrived(bundle(*numbers))
    expected = [numbers[MOST_READ - 1], numbers[2 * MOST_READ - 1], numbers[-1]]
    assert [inbox.take() for _ in range(4)] == [[(message, SENDER)] for message in expected] + [[]]


def test_the_oldest_are_dropped_where_too_many_wait() -> None:
    inbox = arrived(*(packet(f"/{number}", 1.0) for number in range(MOST_WAITING + 9)))
    assert inbox.take()[0][0] == packet("/9", 1.0)


@pytest.mark.parametrize("size", [0, 1_000_000, -1])
def test_a_broken_bundle_is_given_as_it_is(size: int) -> None:
    broken = bundle(packet("/a", 1.0)) + struct.pack(">i", size) + b"/b\0\0"
    assert arrived(broken).take() == [(packet("/a", 1.0), SENDER), (broken, SENDER)]


def test_bundles_in_bundles_have_an_end() -> None:
    deep = packet("/a", 1.0)
    for _ in range(2_000):
        deep = bundle(deep)
    ((given, _),) = arrived(deep).take()
    assert given.startswith(b"#bundle")
