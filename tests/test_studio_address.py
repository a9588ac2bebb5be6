"""The address of a studio: kept beside the sessions, for a page that was left open, and for no one else."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from timbrespace.studio import address
from timbrespace.studio.address import FILE, LASTS_SECONDS, Address
from timbrespace.studio.server import _bound, _guard

KEPT = Address(8123, "t" * 32)


def test_it_is_there_again_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    assert address.last(tmp_path) is None
    address.keep(tmp_path, Address(1, "u" * 32))
    address.keep(tmp_path, KEPT)
    assert address.last(tmp_path) == KEPT
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    if sys.platform != "win32":
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_it_is_forgotten_by_the_studio_that_kept_it(tmp_path: Path) -> None:
    address.keep(tmp_path, KEPT)
    address.forget(tmp_path, Address(KEPT.port, "other" * 8))
    assert address.last(tmp_path) == KEPT
    address.forget(tmp_path, KEPT)
    assert address.last(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    address.forget(tmp_path, KEPT)


def test_an_old_one_is_none(tmp_path: Path) -> None:
    address.keep(tmp_path, KEPT)
    written = (tmp_path / FILE).stat().st_mtime
    os.utime(tmp_path / FILE, (written, written - LASTS_SECONDS - 1))
    assert address.last(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '"x"',
        json.dumps({"port": 0, "token": KEPT.token}),
        json.dumps({"port": 8123, "token": ""}),
        json.dumps({"port": 8123, "token": "é" * 32}),
        json.dumps({"port": "8123", "token": KEPT.token}),
    ],
)
def test_nonsense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert address.last(tmp_path) is None


def test_the_port_of_last_time_is_taken_if_it_is_free() -> None:
    with _bound(None) as first:
        port = first.getsockname()[1]
        with _bound(None, port) as other:
            assert other.getsockname()[1] != port
    with _bound(None, port) as again:
        assert again.getsockname()[1] == port
        assert again.proto == socket.IPPROTO_TCP


def test_the_token_of_last_time_holds_at_its_port_only() -> None:
    assert _guard(KEPT.port, KEPT).token == KEPT.token
    assert _guard(KEPT.port + 1, KEPT).token != KEPT.token
    assert _guard(KEPT.port, None).token != KEPT.token
