"""`timbrespace train`: a model from a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from timbrespace.cli.common import Quiet
from timbrespace.config import PRESETS


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(train)


def train(
    kind: Annotated[str, typer.Argument(metavar="continuous|discrete", help="The kind of model.")],
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A folder made by `prepare`.")],
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder to write the run into.")],
    preset: Annotated[str, typer.Option(help=f"The size and window: {', '.join(PRESETS)}.")] = "standard",
    minutes: Annotated[float | None, typer.Option(help="Budget in minutes; 10 if nothing is said.")] = None,
    steps: Annotated[int | None, typer.Option(help="Budget in steps instead of minutes.")] = None,
    latents: Annotated[int | None, typer.Option(help="Latent dimensions; the preset's if not given.")] = None,
    codes: Annotated[int | None, typer.Option(help="Codes of a discrete model; the preset's.")] = None,
    adversary: Annotated[
        float | None, typer.Option(help="Weight of the loudness adversary (continuous); 0 turns it off.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Every random draw follows from it.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in RUN stopped.")] = False,
    accelerator: Annotated[str, typer.Option(help="auto, cpu, gpu, cuda or mps.")] = "auto",
    devices: Annotated[int, typer.Option(help="Devices per node (processes, on a CPU).")] = 1,
    nodes: Annotated[int, typer.Option(help="Machines.")] = 1,
    quiet: Quiet = False,
) -> None:
    """Train a model; RUN/model.timbre holds the best one so far from the first minute on.

    Ctrl-C stops the run and keeps what it learned; --resume goes on from there.
    """
    from timbrespace.training.options import TrainOptions

    options = TrainOptions(
        kind=kind,  # type: ignore[arg-type]  # checked by TrainOptions
        dataset=dataset,
        run=run,
        preset=preset,
        minutes=minutes,
        steps=steps,
        latents=latents,
        codes=codes,
        adversary=adversary,
        seed=seed,
        resume=resume,
        accelerator=accelerator,
        devices=devices,
        nodes=nodes,
        quiet=quiet,
    )
    from timbrespace.training.run import train as run_training

    run_training(options)
