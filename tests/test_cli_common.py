"""Exit codes and the one line on stderr, whatever goes wrong."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import typer

from timbrespace.cli import common
from timbrespace.errors import AudioError, ConfigError, UsageError

FAILURES = {
    "audio": AudioError("a.wav: silent;\n   record again"),
    "usage": UsageError("--rate is 0"),
    "config": ConfigError("hop is 3"),
    "defect": RuntimeError("no such luck"),
    "memory": MemoryError(),
    "ctrl-c": KeyboardInterrupt(),
}


def make_app() -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.callback()
    def _all(debug: bool = typer.Option(False, "--debug")) -> None: ...

    @app.command()
    def fail(how: str, times: int = 1) -> None:
        if how == "partly":
            raise typer.Exit(1)
        if how in FAILURES:
            raise FAILURES[how]
        print("done", how)

    return app


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["fail", "audio"], 1, "timbrespace: a.wav: silent; record again"),
        (["fail", "usage"], 2, "timbrespace: --rate is 0"),
        (["fail", "config"], 2, "timbrespace: hop is 3"),
        (
            ["fail", "defect"],
            1,
            "timbrespace: unexpected RuntimeError: no such luck; add --debug to see where",
        ),
        (["fail", "memory"], 1, "timbrespace: out of memory; try shorter files or close other programs"),
        (["fail", "ctrl-c"], 130, "timbrespace: stopped"),
        (["fail"], 2, "timbrespace: Missing argument 'how'. (see timbrespace fail --help)"),
        (["fail", "x", "--times", "a"], 2, None),
        (["fail", "x", "--nonsense"], 2, None),
        (["nonsense"], 2, None),
        (["fail", "partly"], 1, ""),
    ],
)
def test_failure_is_one_line_and_a_code(arguments: list[str], code: int, line: str | None, capsys) -> None:
    assert common.run_guarded(make_app(), arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert line is None or err.strip() == line
    assert err.count("\n") <= 1
    assert err == "" or err.startswith("timbrespace: ")


def test_success(capsys) -> None:
    assert common.run_guarded(make_app(), ["fail", "not"]) == 0
    assert capsys.readouterr().out == "done not\n"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_debug_anywhere_shows_where(place: int) -> None:
    arguments = ["fail", "defect"]
    arguments.insert(place, "--debug")
    with pytest.raises(RuntimeError, match="no such luck"):
        common.run_guarded(make_app(), arguments)


def test_json_has_no_numbers_that_json_lacks(capsys) -> None:
    common.print_json({"a": np.float32("nan"), "b": [np.int64(3), float("inf")], "c": np.arange(2)})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [3, None], "c": [0, 1]}


def test_progress_is_silent_when_short_or_quiet_and_tells_the_time_left(capsys, monkeypatch) -> None:
    clock = iter(range(0, 1000, 3))
    with common.Progress("reading", 4) as progress:
        progress.update(1)
    monkeypatch.setattr(common.time, "monotonic", lambda: float(next(clock)))
    with common.Progress("reading", 4, quiet=True) as progress:
        progress.update(1)
    assert capsys.readouterr().err == ""
    with common.Progress("reading", 4) as progress:
        for _ in range(4):
            progress.advance()
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all(line.startswith("reading: ") and line.endswith(" left") for line in lines)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59, "59 s"), (75, "1 min 15 s"), (7260, "2 h 1 min"), (-3, "0 s")]
)
def test_seconds_for_people(seconds: float, text: str) -> None:
    assert common.format_seconds(seconds) == text


@pytest.fixture
def interrupted_by_ctrl_c() -> Iterator[None]:
    """As at a terminal, even where the tests were started in the background, which ignores interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupted_by_ctrl_c")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_a_destructor_swallowed_is_heard_at_the_next_step(capsys) -> None:
    app = typer.Typer()

    class Careless:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    @app.command()
    def work() -> None:
        careless = Careless()
        with common.Progress("working", 2.0) as progress:
            del careless  # Python prints what is raised in here, and goes on
            progress.advance()
        raise AssertionError("went on")

    assert common.run_guarded(app, []) == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert "stopped" in capsys.readouterr().err
    with common.Progress("another command", 1.0) as progress:
        progress.advance()


INTERRUPTED = """
import sys
class CtrlC:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, CtrlC())
from timbrespace.__main__ import main
sys.exit(main())
"""


def test_ctrl_c_while_the_program_is_loaded_is_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "timbrespace: stopped\n")
