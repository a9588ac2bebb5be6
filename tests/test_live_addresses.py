"""Where OSC comes from and goes to: ports, hosts by number and by name."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.live.osc import parse_address, resolve

LOCAL = "127.0.0.1"


def test_addresses() -> None:
    assert parse_address("--osc-in", "9000", local=True) == (LOCAL, 9000)
    assert parse_address("--osc-in", "0.0.0.0:9000", local=True) == ("0.0.0.0", 9000)
    assert parse_address("--osc-out", "synth.local:1", local=False) == ("synth.local", 1)
    for wrong, local in (
        ("9000", False),
        ("0", True),
        ("70000", True),
        ("a:b", True),
        ("", True),
        ("²", True),
    ):
        with pytest.raises(UsageError, match=r"--osc is '.*'; it must be"):
            parse_address("--osc", wrong, local=local)


def test_a_name_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(host: str, port: int, *kinds: int) -> list[Any]:
        asked.append(host)
        return [(*kinds, 17, "", ("192.0.2.7", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert resolve("--osc-out", ("synth.local", 9000)) == ("192.0.2.7", 9000)
    assert asked == ["synth.local"]


def test_numbers_are_what_they_are() -> None:
    for host in (LOCAL, "0.0.0.0", "192.0.2.7"):
        assert resolve("--osc-in", (host, 9000)) == (host, 9000)


def test_a_host_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*asked: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(TimbrespaceError, match=r"the host 'a\.\.b' is not found"):
        resolve("--osc-out", ("a..b", 9000))
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(TimbrespaceError, match=r"--osc-out: the host 'nohost' is not found; check it"):
        resolve("--osc-out", ("nohost", 9000))
