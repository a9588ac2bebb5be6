"""`timbrespace`: the command line put together from its groups."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from timbrespace import __version__
from timbrespace.cli import (
    bench,
    codebook,
    convert,
    demo,
    encode_decode,
    evaluate,
    export,
    follow,
    info,
    interpolate,
    live,
    pd,
    plane,
    prepare,
    studio,
    train,
    transform,
)
from timbrespace.cli.common import run_guarded


def build_app() -> typer.Typer:
    """The application with every command, in the order in which they are used."""
    app = typer.Typer(
        name="timbrespace",
        help="Learn the timbre space of your own recordings and play it.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_global_options)
    groups = (
        prepare, train, info, encode_decode, convert, transform, interpolate, plane, codebook, follow,
        evaluate, bench, export, pd, studio, live, demo,
    )  # fmt: skip
    for group in groups:
        group.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line. Returns the exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted."""
    _spare_cores()
    return run_guarded(build_app(), sys.argv[1:] if arguments is None else list(arguments))


def _spare_cores() -> None:
    """Threads on half of the cores, unless the user has chosen; before anything loads torch.

    The matrices are small: the second half brings little on an idle machine, and threads that wait for
    a core somebody else has cost a multiple.
    """
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 2) // 2)))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"timbrespace {__version__}")
        raise typer.Exit


def _global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks; may stand anywhere.")] = False,
) -> None:
    """Learn the timbre space of your own recordings and play it."""
