"""What every command shares: the error line and the exit code, progress on stderr, results on stdout.

Exit codes: 0 what was asked was done, 2 wrong use, 1 anything else, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import errno
import io
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, TypeVar

import typer
from typer.exceptions import Abort, TyperException

from timbrespace.errors import TimbrespaceError, UsageError

PROGRAM = "timbrespace"
SHOW_AFTER_SECONDS = 2.0  # a bar for something that is over at once only flickers
PLAIN_LINE_SECONDS = 10.0  # between progress lines where stderr is not a terminal

Force = Annotated[bool, typer.Option("--force", help="Overwrite the output if it exists.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no report; errors still show.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Rate = Annotated[int | None, typer.Option(help="Sample rate in Hz; the model's if not given.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the noise part.")]
SeriesOut = Annotated[Path | None, typer.Option(metavar="OUT.npz", help="Write the latent series too.")]
PictureOut = Annotated[
    Path | None, typer.Option(metavar="FILE.png", help="The picture; beside the sound if not given.")
]
NoPicture = Annotated[bool, typer.Option("--no-picture", help="Draw none.")]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A trained model: model.timbre.")]

Item = TypeVar("Item")
_interrupted = threading.Event()


def run_guarded(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a command; every failure becomes one line on stderr. Returns the exit code.

    `--debug` anywhere among the arguments lets the traceback through instead.
    """
    for stream in (sys.stdout, sys.stderr):  # file names may hold bytes that are no text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "" in arguments:
        _say(f"argument {arguments.index('') + 1} is empty; is a variable of the shell not set?")
        return 2
    debug = "--debug" in arguments
    plain = [argument for argument in arguments if argument != "--debug"]
    command = typer.main.get_command(app)
    try:
        with _heard_interrupts():
            code = command.main(plain, prog_name=PROGRAM, standalone_mode=False)
    except TyperException as error:
        if error.format_message():  # empty where the help itself was the answer
            _say(f"{error.format_message()}{_value_of(error, plain)} (see {_help_of(error)})")
        return 2
    except (KeyboardInterrupt, Abort):
        code = 130
    except BrokenPipeError:
        return 1
    except Exception as error:
        if debug:
            raise
        _say(_one_line(error))
        return 2 if isinstance(error, UsageError) else 1
    if code == 130:
        _say("stopped")
    return code if isinstance(code, int) else 0


@contextmanager
def _heard_interrupts() -> Iterator[None]:
    """Remember Ctrl-C, which Python forgets when it comes inside a destructor; `Progress` raises again."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def interrupt(*_: object) -> None:
        _interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _interrupted.clear()


def report_error(error: TimbrespaceError) -> None:
    """The one line of an error that does not end the command: one bad file among many."""
    _say(_one_line(error))


def say(message: str, *, quiet: bool = False) -> None:
    """A line of report on stdout, flushed."""
    if not quiet:
        print(message, flush=True)


def note(message: str, *, quiet: bool = False) -> None:
    """A remark on stderr: something the user should know though the command goes on."""
    if not quiet:
        print(f"{PROGRAM}: note: {message}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """`value` as indented JSON on stdout; numbers that are not finite become null."""
    print(json_text(value), flush=True)


def json_text(value: Any) -> str:
    """`value` as indented JSON; numbers that are not finite become null."""
    return json.dumps(_finite(value), indent=2, allow_nan=False)


def print_table(rows: Iterable[tuple[str, Any]]) -> None:
    """Name and value, one pair a line, in two columns."""
    pairs = [(name, str(value)) for name, value in rows]
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        print(f"{name:<{width}}  {value}", flush=True)


class Progress:
    """Progress with the time left, on stderr: a bar in a terminal, else a line now and then.

    Nothing shows before two seconds have gone by, and nothing at all when `quiet`.
    """

    def __init__(self, description: str, total: float, *, quiet: bool = False) -> None:
        self.description = description
        self.total = max(total, 1e-9)
        self.quiet = quiet
        self.done = 0.0
        self._started = time.monotonic()
        self._last_line = self._started
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, amount: float = 1.0, note: str = "") -> None:
        """`amount` more is done; `note` says what."""
        self.update(self.done + amount, note)

    def update(self, done: float, note: str = "") -> None:
        """`done` of the total is done; `note` says what."""
        if _interrupted.is_set():
            raise KeyboardInterrupt
        self.done = done
        elapsed = time.monotonic() - self._started
        if self.quiet or elapsed < SHOW_AFTER_SECONDS:
            return
        if sys.stderr.isatty():
            self._draw(note)
        elif time.monotonic() - self._last_line >= PLAIN_LINE_SECONDS:
            self._last_line = time.monotonic()
            left = elapsed / max(done, 1e-9) * (self.total - done)
            share = 100 * done / self.total
            text = f"{self.description}: {share:.0f} %, {format_seconds(left)} left {note}"
            print(text.rstrip(), file=sys.stderr, flush=True)

    def _draw(self, note: str) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:3.0f} %"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(self.description, total=self.total, note=note)
            self._bar.start()
        self._bar.update(self._task, completed=self.done, note=note)


def track(
    items: Sequence[Item], description: str, *, quiet: bool = False, name: Callable[[Item], str] = str
) -> Iterator[Item]:
    """Go through `items` with progress."""
    with Progress(description, len(items), quiet=quiet) as progress:
        for item in items:
            progress.update(progress.done, name(item))
            yield item
            progress.advance()


def format_seconds(seconds: float) -> str:
    """`75` as `1 min 15 s`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _say(message: str) -> None:
    print(f"{PROGRAM}: {message}", file=sys.stderr, flush=True)


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, TimbrespaceError):
        return text
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "no space left on the disk; free some and run the command again"
    if isinstance(error, MemoryError):
        return "out of memory; try shorter files or close other programs"
    return f"unexpected {type(error).__name__}: {text}; add --debug to see where"


def _help_of(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context is not None else PROGRAM} --help"


def _value_of(error: TyperException, arguments: Sequence[str]) -> str:
    """`; it is 'abc'` where an option was given a value that is none; nothing where that is not known."""
    names = getattr(getattr(error, "param", None), "opts", ())
    for name in names:
        for place, argument in enumerate(arguments):
            if argument == name and place + 1 < len(arguments):
                return f"; it is '{arguments[place + 1]}'"
            if argument.startswith(f"{name}="):
                return f"; it is '{argument.removeprefix(f'{name}=')}'"
    return ""


def _finite(value: Any) -> Any:
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
