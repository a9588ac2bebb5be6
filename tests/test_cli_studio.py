"""`timbrespace studio` at the command line: what it refuses, in one line each, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from studio_server import running

from timbrespace.cli import studio as command
from timbrespace.cli.app import main
from timbrespace.studio.session import FILE

Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, code: int, *words: str | Path) -> str:
    """The one line of an error."""
    assert main(["studio", "--no-browser", *map(str, words)]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_that_is_none(capsys: Capture, port: str) -> None:
    assert "--port" in refused(capsys, 2, f"--port={port}")


def test_a_port_that_is_taken(capsys: Capture, tmp_path: Path, tiny_models: dict[str, Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = ("--port", str(port), "--sessions", tmp_path / "s", tiny_models["continuous"])
        assert f"--port is {port}" in refused(capsys, 1, *words)


def test_models_that_are_none(capsys: Capture, tmp_path: Path) -> None:
    empty = tmp_path / "empty.timbre"
    empty.touch()
    for path in (tmp_path / "none.timbre", tmp_path, empty):
        assert str(path) in refused(capsys, 1, "--sessions", tmp_path / "s", path)
    assert not (tmp_path / "s").exists()


def test_folders_that_are_none(capsys: Capture, tmp_path: Path, tiny_models: dict[str, Path]) -> None:
    file = tmp_path / "file"
    file.touch()
    model = tiny_models["continuous"]
    assert "which is a file" in refused(capsys, 2, "--sessions", file, model)
    assert "cannot be kept here" in refused(capsys, 1, "--sessions", file / "below", model)
    assert "no data set" in refused(capsys, 2, "--dataset", tmp_path, model)


def test_sessions_where_nothing_can_be_written(
    capsys: Capture, tmp_path: Path, tiny_models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "s").mkdir()
    monkeypatch.setattr(os, "replace", no)
    told = refused(capsys, 1, "--sessions", tmp_path / "s", tiny_models["continuous"])
    assert "cannot be written: Permission denied" in told


def test_models_are_called_by_names_that_can_be_shown(tmp_path: Path, tiny_models: dict[str, Path]) -> None:
    given = [tiny_models["continuous"], tiny_models["continuous"].parent / "." / "continuous.timbre"]
    if sys.platform != "win32":
        for name in (b"caf\xe9 \x1b[31m.timbre", b"x" * 230 + b".timbre", b"continuous.timbre"):
            path = tmp_path / os.fsdecode(name)
            path.symlink_to(tiny_models["discrete"])
            given.append(path)
    names = list(command._load(given[:3], quiet=True))
    assert len(names) == 2
    assert names[0] == "continuous"
    assert "\x1b" not in json.dumps(names[1])
    json.dumps(names[1]).encode()
    assert len(command._name(given[3])) < 200


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_the_system_may_end_it_and_everything_is_kept(
    tmp_path: Path, tiny_models: dict[str, Path], name: str
) -> None:
    """However often it is asked to end meanwhile."""
    with running("--sessions", tmp_path / "s", tiny_models["continuous"]) as server:
        session = server.api.patch("/api/session", json={"name": f"ended by {name}"}).json()
        server.api.close()
        process = server._process
        while process.poll() is None:
            process.send_signal(getattr(signal, name))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        more, told = process.communicate()
        assert (process.returncode, more) == (0, "")
    assert told.count("\n") == 2
    assert "everything is kept" in told
    held = json.loads((tmp_path / "s" / session["id"] / FILE).read_bytes())
    assert held["name"] == f"ended by {name}"


def test_threads_that_go_on_are_left_behind() -> None:
    program = (
        "import threading; from timbrespace.cli import studio; studio.LEAVING_SECONDS = 0.01\n"
        "threading.Thread(target=threading.Event().wait).start(); print('last'); studio._leave(3)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, b"last\n", b"")
