"""`timbrespace pd`: an exported model as a folder of patches for Pure Data and Max, ready to open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from timbrespace.cli.common import Json, Quiet, print_json, say


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(pd)


def pd(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder for the patches.")],
    model: Annotated[
        Path, typer.Argument(metavar="MODEL.ts", help="An exported model, of `timbrespace export`.")
    ],
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace what this command laid out in FOLDER before; all else stays."),
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Lay out abstractions, help patches and examples for Pure Data and Max around an exported model.

    The model is copied in, so the folder is whole; SuperCollider has a file in it too. A folder that this
    command did not make is left alone.
    """
    from timbrespace.patches import layout
    from timbrespace.patches.instrument import in_pd_samples

    laid = layout.lay_out(folder, model, force=force)
    description, start = laid.description, folder / layout.START
    if as_json:
        facts = {
            "open": str(start),
            "model": layout.file_name(model),
            "sample_rate": description.sample_rate,
            "latency_samples": description.latency_samples,
            "in_pd_samples": in_pd_samples(description),
        }
        print_json(facts)
        return
    in_ms = 1000.0 / description.sample_rate
    both = in_pd_samples(description)
    say(f"{folder}: {laid.pd_patches} patches around {description.name}", quiet=quiet)
    say(f"open {start} in Pure Data, at a sample rate of {description.sample_rate} Hz", quiet=quiet)
    say(f"for Max open {folder / layout.MAX}, for SuperCollider {folder / layout.SUPERCOLLIDER}", quiet=quiet)
    say(
        f"latency {description.latency_samples} samples ({description.latency_samples * in_ms:.0f} ms), in "
        f"Pure Data {both} ({both * in_ms:.0f} ms), and that of Pure Data's own audio",
        quiet=quiet,
    )
