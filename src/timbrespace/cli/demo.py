"""`timbrespace demo`: the main job on the recordings that ship with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from timbrespace.cli.common import Quiet, say


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(demo)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[OUT_DIR]", help="Where to put everything.")] = Path(
        "timbrespace-demo"
    ),
    quick: Annotated[
        bool, typer.Option("--quick", help="Train for 20 seconds instead of two minutes.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Prepare, train both kinds of model, play sounds they have not heard, and say what to open.

    A second run on the same folder goes on where the first one stopped.
    """
    if not quiet:
        say(f"timbrespace demo: about {2 if quick else 6} minutes on two cores")
    from timbrespace.demo import run_demo

    run_demo(folder, quick=quick, quiet=quiet, report=lambda line: say(line, quiet=quiet))
