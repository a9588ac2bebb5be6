"""`timbrespace studio`: the graphical application, in the browser."""

from __future__ import annotations

import os
import sys
import threading
import time
import webbrowser
from collections.abc import Container, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from timbrespace.cli.common import Quiet, note, report_error, say, track
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.files import same_file

if TYPE_CHECKING:
    from timbrespace.engine import Engine

BUNDLED = Path(__file__).parents[1] / "demo_models"
LEAVING_SECONDS = 1.0  # for threads that are at their end


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(studio)


def studio(
    models: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[MODEL]...", help="Trained models; those of the package if none is given."),
    ] = None,
    dataset: Annotated[Path | None, typer.Option(help="A data set folder to pick sounds from.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Of this computer; a free one if not given.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    sessions: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where sessions are kept; your own data folder if not given."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Open the studio: draw, bend, morph and play the sounds of trained models in the browser.

    Prints the address of the page, which only this computer can open. Everything made is kept at once and
    there again next time. Stop it with Ctrl-C.
    """
    paths = models or sorted(BUNDLED.glob("*.timbre"))
    if dataset is not None and not (dataset / "manifest.json").is_file():
        raise UsageError(
            f"--dataset is '{dataset}', which is no data set; make one with `timbrespace prepare`"
        )
    from timbrespace.studio.server import serve
    from timbrespace.studio.sessions import sessions_folder
    from timbrespace.studio.studio import Studio

    root = sessions_folder(sessions)
    opened = Studio(_load(paths, quiet), root, dataset)
    folder = opened.session.folder

    def ready(address: str) -> None:
        say(address)
        note(f"the session '{opened.session.document.name}' is kept in {folder}; Ctrl-C stops", quiet=quiet)
        if browser:  # beside the server: a browser in the terminal comes back only when it is left
            threading.Thread(target=_browse, args=(address, quiet), daemon=True).start()

    serve(opened, port, ready)
    problem = opened.session.problem
    if problem is None:
        note("stopped; everything is kept", quiet=quiet)
    else:
        report_error(TimbrespaceError(f"the last changes could not be kept: {problem}"))
    _leave(0 if problem is None else 1)


def _leave(code: int) -> NoReturn:
    """End the process, soon: threads that record a model or encode a long sound may take a minute, and torch
    crashes where Python takes itself down around it."""
    end = time.monotonic() + LEAVING_SECONDS
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, end - time.monotonic()))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _browse(address: str, quiet: bool) -> None:
    if not webbrowser.open(address):
        note("no browser could be opened; open the address above yourself", quiet=quiet)


def _load(paths: Sequence[Path], quiet: bool) -> dict[str, Engine]:
    """The models by name: that of the file, or of its folder where a run calls it `model`."""
    from timbrespace import engine

    loaded: dict[str, Engine] = {}
    for number, path in enumerate(track(paths, "loading", quiet=quiet)):
        if any(same_file(path, other) for other in paths[:number]):
            note(f"{path} is given twice; once is enough", quiet=quiet)
            continue
        name = _free(_name(path), loaded)
        loaded[name] = engine.load(path)
    if not loaded:
        raise UsageError("there is no model; give one: timbrespace studio MODEL")
    return loaded


def _name(path: Path) -> str:
    """What a model is called in the page; file names may be longer than names, and need not be text."""
    from timbrespace.studio.quantities import LONGEST_NAME, printed

    stem = path.stem if path.stem != "model" else path.resolve().parent.name or path.stem
    text = printed(stem.encode("utf-8", "replace").decode()).strip()
    return text[: LONGEST_NAME - len(" 999")] or "model"


def _free(stem: str, taken: Container[str]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem} {number}", number + 1
    return name
