"""OSC through real sockets: what moves, what is answered, what is survived."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_help import BLOCK, bundle, load, make_player, packet
from pythonosc.osc_message import OscMessage

from timbrespace.errors import TimbrespaceError
from timbrespace.live.messages import Interpreter
from timbrespace.live.osc import MOST_NOTES, OscPort
from timbrespace.live.player import Player

Send = Callable[..., None]
LOCAL = "127.0.0.1"


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within some seconds, which a busy machine may need."""
    end = time.monotonic() + 10.0
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Remote:
    """A controller: a socket of its own, with what it has received."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LOCAL, 0))
        self.socket.settimeout(10.0)
        self.target = (LOCAL, 0)

    @property
    def address(self) -> tuple[str, int]:
        return self.socket.getsockname()

    def send(self, address: str, *arguments: Any) -> None:
        self.socket.sendto(packet(address, *arguments), self.target)

    def receive(self) -> OscMessage:
        return OscMessage(self.socket.recv(65_535))


@pytest.fixture
def remote() -> Iterator[Remote]:
    made = Remote()
    yield made
    made.socket.close()


@pytest.fixture
def player(tiny_models: dict[str, Path]) -> Player:
    return make_player([load(tiny_models[kind]) for kind in ("continuous", "discrete")])


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def port(tiny_models: dict[str, Path], player: Player, remote: Remote, notes: list[str]) -> Iterator[OscPort]:
    models = [load(tiny_models[kind]) for kind in ("continuous", "discrete")]
    interpreter = Interpreter(player.settings, player, models)
    made = OscPort(interpreter, hear=(LOCAL, _free_port()), send_to=None, rate_hz=None, note=notes.append)
    remote.target = (LOCAL, made.port)
    yield made
    made.close()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def test_controls_move(port: OscPort, player: Player, remote: Remote) -> None:
    settings = player.settings
    remote.send("/ts/z/3/bias", 0.5)
    remote.send("/ts/z/3/scale", 2)  # an integer, as some controllers send
    remote.send("/ts/loudness/offset", -6.0)
    remote.send("/ts/freeze", True)
    remote.send("/ts/drywet", 7.0)
    assert eventually(lambda: settings.bias[3] == 0.5 and settings.scale[3] == 2.0)
    assert eventually(lambda: settings.of("loudness/offset")[0] == -6.0 and settings.of("freeze")[0] == 1.0)
    assert eventually(lambda: port.received == 5)
    assert settings.of("drywet")[0] == 1.0
    remote.send("/ts/reset", 0.0)  # a button let go
    remote.send("/ts/seed", 5.0)
    assert eventually(lambda: settings.of("seed")[0] == 5.0)
    assert settings.bias[3] == 0.5
    remote.send("/ts/reset")
    assert eventually(lambda: settings.bias[3] == 0.0 and settings.of("freeze")[0] == 0.0)


def test_a_bundle_counts_as_its_messages(port: OscPort, player: Player, remote: Remote) -> None:
    inner = [bundle(packet("/ts/z/1/bias", -1.0)), packet("/ts/z/0/bias", 1.0), packet("/ts/z/1/bias", -2.0)]
    remote.socket.sendto(bundle(*inner), remote.target)
    assert eventually(lambda: player.settings.bias[:2].tolist() == [1.0, -2.0])


def test_a_flood_of_bundles_ends_at_the_last_value(port: OscPort, player: Player, remote: Remote) -> None:
    acted: list[str] = []
    act = port._interpreter.act
    port._interpreter.act = lambda *message: acted.append(message[0]) or act(*message)  # type: ignore[method-assign]
    for round_of in range(40):
        values = [packet("/ts/z/0/bias", 0.001 * number) for number in range(700)]
        last = [packet("/ts/z/0/bias", 0.01 * round_of), packet("/ts/z/2/scale", 0.1)]
        remote.socket.sendto(bundle(*values, *last), remote.target)
        assert np.isfinite(player.process(np.zeros(BLOCK, np.float32))).all()
    ending = bundle(*[packet("/ts/z/0/bias", 0.0)] * 900, packet("/ts/z/0/bias", 1.25))

    def sent_again_until_it_came() -> bool:  # the system itself drops what is too much
        remote.socket.sendto(ending, remote.target)
        return bool(player.settings.bias[0] == 1.25)

    assert eventually(sent_again_until_it_came)
    assert player.settings.scale[2] == pytest.approx(0.1)
    assert port.refused == 0
    assert len(acted) < 10 * port.received  # of 700 messages in each


@pytest.mark.parametrize("wanted", ["discrete", 1, 1.0])
def test_models_change_by_name_or_number(port: OscPort, player: Player, remote: Remote, wanted: Any) -> None:
    remote.send("/ts/model", wanted)
    assert eventually(lambda: player.model == 1)


@pytest.mark.parametrize("wanted", ["../secret.timbre", "/etc/passwd", 2, -1, 0.5, True, float("nan")])
def test_nothing_but_the_models_given_can_be_played(
    port: OscPort, player: Player, remote: Remote, notes: list[str], wanted: Any
) -> None:
    remote.send("/ts/model", wanted)
    assert eventually(lambda: port.refused == 1)
    assert player.model == 0
    assert "there are 0 continuous, 1 discrete" in notes[0]


def test_info_says_what_there_is(port: OscPort, player: Player, remote: Remote) -> None:
    player.settings.set("z/2/bias", [1.5])
    remote.send("/ts/info")
    answers: list[OscMessage] = []
    while not any(m.address == "/ts/info/control" and m.params[0] == "/ts/seed" for m in answers):
        answers.append(remote.receive())
    models = [m.params for m in answers if m.address == "/ts/info/model"]
    assert models == [
        [0, "continuous", "continuous", 4, 16_000, 128, 1],
        [1, "discrete", "discrete", 4, 16_000, 128, 0],
    ]
    assert [m.params for m in answers if m.address == "/ts/info/latency"] == [[player.latency_samples]]
    controls = {m.params[0]: m.params[1:] for m in answers if m.address == "/ts/info/control"}
    assert controls["/ts/z/2/bias"] == [-3.0, 3.0, "deviations", 1.5]
    assert controls["/ts/loudness/offset"] == [-60.0, 30.0, "dB", 0.0]
    assert "/ts/plane" not in controls


WRONG = [
    b"",
    b"\0",
    b"/ts/z/0/bias",
    b"#bundle\0",
    b"#bundle\0" + b"\xff" * 40,
    b"/ts/z/0/bias\0\0\0\0,f\0\0",
    b"\xff\xfe/ts",
    packet("/elsewhere", 1.0),
    packet("/ts/", 1.0),
    packet("/ts/z/99/bias", 1.0),
    packet("/ts/z/0/bias", "x"),
    packet("/ts/z/0/bias", float("nan")),
    packet("/ts/z/0/bias", 1.0, 2.0),
    packet("/ts/drywet", b"blob"),
    packet("/ts/plane", 0.5, 0.5),
    packet("/ts/model"),
    packet("/ts/quit"),
]


def test_what_is_wrong_gets_one_note_and_changes_nothing(
    port: OscPort, player: Player, remote: Remote, notes: list[str], capfd
) -> None:
    for _ in range(3):
        for wrong in WRONG:
            remote.socket.sendto(wrong, remote.target)
        assert eventually(lambda: port.received % len(WRONG) == 0 and port.received > 0)
    remote.send("/ts/z/0/bias", 1.0)
    assert eventually(lambda: player.settings.bias[0] == 1.0)
    assert len(notes) == len(set(notes))
    assert all("\n" not in note and len(note) < 300 for note in notes)
    assert any("there is no latent 99" in note for note in notes)
    assert player.settings.bias[1:].tolist() == [0.0] * 3
    assert capfd.readouterr().err == ""


def test_noise_and_a_flood_are_survived(
    port: OscPort, player: Player, remote: Remote, notes: list[str]
) -> None:
    rng = random.Random(1)
    good = packet("/ts/z/0/scale", 1.0)
    for number in range(4000):
        broken = bytearray(good)
        for _ in range(rng.randrange(4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        remote.socket.sendto(bytes(broken) if number % 2 else rng.randbytes(rng.randrange(64)), remote.target)
        if number % 500 == 0:
            assert np.isfinite(player.process(np.zeros(BLOCK, np.float32))).all()

    def sent_again_until_it_came() -> bool:  # the system itself drops what is too much
        remote.send("/ts/z/1/bias", 0.75)
        return bool(player.settings.bias[1] == 0.75)

    assert eventually(sent_again_until_it_came)
    assert len(notes) <= MOST_NOTES
    assert all(note.isprintable() for note in notes)


def test_frames_are_sent_as_they_are_played(tiny_models: dict[str, Path], player: Player) -> None:
    remote = Remote()
    models = [load(tiny_models["continuous"])]
    interpreter = Interpreter(player.settings, player, models)
    port = OscPort(interpreter, hear=None, send_to=remote.address, rate_hz=None, note=print)
    player.listen(port.hear_frame)
    player.settings.set("z/0/scale", [0.0])
    player.settings.set("z/0/bias", [1.25])
    for _ in range(200):
        player.process(np.zeros(BLOCK, np.float32))
        if port.sent >= 2:
            time.sleep(0.001)
    port.close()
    latents, loudness = [], []
    remote.socket.settimeout(0.2)
    while True:
        try:
            message = remote.receive()
        except TimeoutError:
            break
        (latents if message.address == "/ts/latents" else loudness).append(message.params)
    assert len(latents) == len(loudness) > 20
    assert {len(row) for row in latents} == {4}
    assert latents[-1][0] == 1.25
    assert all(row == [-100.0] for row in loudness)
    remote.socket.close()


def test_frames_are_thinned_and_nobody_listening_is_no_harm(
    tiny_models: dict[str, Path], player: Player
) -> None:
    interpreter = Interpreter(player.settings, player, [load(tiny_models["continuous"])])
    port = OscPort(interpreter, hear=None, send_to=(LOCAL, _free_port()), rate_hz=0.1, note=print)
    for _ in range(50):
        port.hear_frame(np.zeros(4, np.float32), -20.0)
    assert eventually(lambda: port.sent == 2)
    time.sleep(0.05)
    port.close()
    assert port.sent == 2  # one frame in ten seconds


def test_a_port_that_only_sends_hears_nothing(tiny_models: dict[str, Path], player: Player) -> None:
    remote = Remote()
    interpreter = Interpreter(player.settings, player, [load(tiny_models["continuous"])])
    port = OscPort(interpreter, hear=None, send_to=remote.address, rate_hz=None, note=print)
    remote.target = (LOCAL, port.port)
    remote.send("/ts/z/0/bias", 1.0)
    time.sleep(0.05)
    port.close()
    assert port.received == 0
    assert player.settings.bias[0] == 0.0
    remote.socket.close()


def test_a_host_that_is_another_computer(tiny_models: dict[str, Path], player: Player) -> None:
    interpreter = Interpreter(player.settings, player, [load(tiny_models["continuous"])])
    with pytest.raises(TimbrespaceError, match=r"the host '192.0.2.1' is no address of this computer"):
        OscPort(interpreter, hear=("192.0.2.1", 9000), send_to=None, rate_hz=None, note=print)


def test_a_port_that_is_taken(tiny_models: dict[str, Path], player: Player, remote: Remote) -> None:
    interpreter = Interpreter(player.settings, player, [load(tiny_models["continuous"])])
    with pytest.raises(TimbrespaceError, match="choose another port"):
        OscPort(interpreter, hear=remote.address, send_to=None, rate_hz=None, note=print)
