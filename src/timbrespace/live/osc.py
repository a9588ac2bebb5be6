"""OSC over UDP: controls in, latents and loudness out, on a thread of its own.

What has arrived is taken together, and of messages to one address only the last counts (`inbox`): a
controller that sends more than is needed, or a flood, costs little and makes no queue. Whatever comes in,
the sound goes on; what is wrong is noted once. It listens to this computer alone unless told otherwise.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.live.inbox import Address, Arrived, Inbox
from timbrespace.live.messages import PREFIX, Interpreter, Message

LOCAL = "127.0.0.1"
TICK_SECONDS = 0.004
LARGEST_PACKET = 65_535  # bytes
MOST_NOTES = 20
ANSWER_SECONDS = 0.1  # between two answers, which are long
WAITING_FRAMES = 64  # to be sent; older ones are dropped


@dataclass(frozen=True)
class Frame:
    """z [D] and loudness in dB of a frame that is being played."""

    z: NDArray[np.float32]
    loudness_db: float


def parse_address(option: str, text: str, *, local: bool) -> Address:
    """`9000` or `HOST:9000`; a port alone is this computer's. local: a host may be left out.

    Raises UsageError.
    """
    host, _, port = text.rpartition(":")
    if (host or local) and port.isascii() and port.isdecimal() and 1 <= int(port) <= 65_535:
        return host or LOCAL, int(port)
    form = "PORT or HOST:PORT" if local else "HOST:PORT"
    raise UsageError(f"{option} is '{text}'; it must be {form}, with a port from 1 to 65535")


def resolve(option: str, address: Address) -> Address:
    """The address by its number, which a name is asked for once and not at every message.

    Raises TimbrespaceError where the name is of no host that can be found.
    """
    host, port = address
    try:
        found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise TimbrespaceError(
            f"{option}: the host '{host}' is not found; check it, or give its number, as in {LOCAL}:{port}"
        ) from None
    return str(found[0][4][0]), port


class OscPort:
    """Listens, answers and sends until closed.

    hear: where to listen, or None. send_to: who gets the frames, or None. rate_hz: at most so many frames a
    second, None for all. note: is told what is wrong. option: what an error calls `hear`. Raises
    TimbrespaceError where it cannot listen there.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        *,
        hear: Address | None,
        send_to: Address | None,
        rate_hz: float | None,
        note: Callable[[str], None],
        option: str = "--osc-in",
    ) -> None:
        self.received = self.sent = self.refused = 0
        self._interpreter, self._note, self._send_to = interpreter, note, send_to
        self._pause = 0.0 if rate_hz is None else 1.0 / rate_hz
        self._next_frame = self._next_answer = 0.0
        self._frames: deque[Frame] = deque(maxlen=WAITING_FRAMES)
        self._noted: set[str] = set()
        self._closing = threading.Event()
        self.hearing = hear is not None
        self._socket = _bound(hear, option)
        self._inbox = Inbox(self._receive)
        logging.getLogger().addFilter(_is_ours)
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that answers come from, and messages are heard at."""
        return int(self._socket.getsockname()[1])

    def hear_frame(self, z: NDArray[np.float32], loudness_db: float) -> None:
        """A frame is played; called by the thread that makes sound, so nothing here takes long."""
        if self._send_to is not None:
            self._frames.append(Frame(z, loudness_db))

    def close(self) -> None:
        """Stop; what is still to be sent is."""
        self._closing.set()
        self._thread.join(timeout=2.0)
        logging.getLogger().removeFilter(_is_ours)
        self._socket.close()

    def _run(self) -> None:
        while not self._closing.wait(TICK_SECONDS):  # which leaves time, in a flood, to those who make sound
            if self.hearing:
                for packet, sender in self._inbox.take():
                    self._act(packet, sender)
            self._send_frames()
        self._send_frames()

    def _receive(self) -> Arrived | None:
        """The next packet; None where there is none, or an earlier answer found nobody there."""
        try:
            packet, sender = self._socket.recvfrom(LARGEST_PACKET)
        except OSError:
            return None
        self.received += 1
        return packet, sender

    def _act(self, packet: bytes, sender: Address) -> None:
        from pythonosc.osc_message import OscMessage

        try:
            if not packet.startswith(b"/"):
                raise ValueError
            message = OscMessage(packet)
            address, arguments = message.address, message.params
        except Exception:  # the parser has many ways of not liking a packet
            self._refuse(f"a packet of {len(packet)} bytes from {sender[0]} that is no OSC message")
            return
        try:
            answers = self._interpreter.act(address, arguments)
        except UsageError as error:
            self._refuse(str(error))
            return
        if answers and (now := time.monotonic()) >= self._next_answer:
            self._next_answer = now + ANSWER_SECONDS
            self._send([sender, self._send_to], answers)

    def _refuse(self, what: str) -> None:
        self.refused += 1
        what = "".join(letter if letter.isprintable() else "?" for letter in what)
        if what not in self._noted and len(self._noted) < MOST_NOTES:
            self._noted.add(what)
            last = "; no more of these are noted" if len(self._noted) == MOST_NOTES else ""
            self._note(f"OSC: {what}{last}")

    def _send_frames(self) -> None:
        while self._frames:
            frame = self._frames.popleft()
            now = time.monotonic()
            if now < self._next_frame:
                continue
            on_time = now - self._next_frame < self._pause
            self._next_frame = (self._next_frame if on_time else now) + self._pause
            values = [float(value) for value in frame.z]
            self._send(
                [self._send_to],
                [(f"{PREFIX}latents", values), (f"{PREFIX}loudness", [frame.loudness_db])],
            )

    def _send(self, receivers: Iterable[Address | None], messages: Iterable[Message]) -> None:
        packets = [_packet(address, arguments) for address, arguments in messages]
        for receiver in filter(None, receivers):
            for packet in packets:
                with contextlib.suppress(OSError):  # nobody there, or no room: it is only a picture of now
                    self._socket.sendto(packet, receiver)
                    self.sent += 1


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a line of a log is not one of the parser's, which has one to say about every odd packet."""
    return "pythonosc" not in record.pathname


def _packet(address: str, arguments: list[Any]) -> bytes:
    from pythonosc.osc_message_builder import OscMessageBuilder

    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


def _bound(hear: Address | None, option: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    host, port = hear or (LOCAL, 0)
    try:
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        if getattr(error, "errno", None) == errno.EADDRNOTAVAIL:
            remedy = f"is no address of this computer; give {LOCAL} for itself, 0.0.0.0 for all it has"
            raise TimbrespaceError(f"{option}: the host '{host}' {remedy}") from None
        reason = getattr(error, "strerror", None) or str(error)
        raise TimbrespaceError(f"{option} {host}:{port}: {reason}; choose another port") from None
    return made


def require_osc() -> None:
    """Raise TimbrespaceError where python-osc is not installed."""
    try:
        import pythonosc  # noqa: F401
    except ImportError:
        raise TimbrespaceError("OSC needs the package python-osc: pip install python-osc") from None
