"""`timbrespace follow`: sound whose descriptors follow drawn curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.blend_sources import check_results, picture_path, write_results
from timbrespace.cli.common import (
    Force,
    Json,
    Model,
    NoPicture,
    PictureOut,
    Progress,
    Quiet,
    Rate,
    Seed,
    SeriesOut,
    note,
    print_json,
    say,
)
from timbrespace.cli.encode_decode import check_rate
from timbrespace.cli.follow_sources import read_loudness, read_request, read_targets
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.codebook import DescriptorTable
    from timbrespace.codebook.achieved import Achieved
    from timbrespace.codebook.follow import Followed
    from timbrespace.codebook.targets import Target
    from timbrespace.engine import Engine


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(follow)


def follow(
    model: Model,
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The sound to write.")],
    descriptor: Annotated[
        list[str],
        typer.Option(help="centroid, bandwidth, rolloff, flatness or f0. Repeatable, with a target."),
    ],
    target: Annotated[
        list[str],
        typer.Option(help="sine, ramp, exp, steps, a number, or a file seconds,DESCRIPTOR (.csv)."),
    ],
    low: Annotated[
        list[float] | None,
        typer.Option(
            help="Lowest value of a shape, in Hz (flatness: 0 to 1); a tenth of the sounds lie below."
        ),
    ] = None,
    high: Annotated[
        list[float] | None,
        typer.Option(help="Highest value of a shape; a tenth of the sounds lie above."),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Length; that of the file or the source, else 8 seconds.")
    ] = None,
    period: Annotated[float, typer.Option(help="Seconds a period of a sine.")] = 4.0,
    loudness_db: Annotated[
        float | None, typer.Option(help="Level in dBFS; the middle of what the model learned.")
    ] = None,
    loudness: Annotated[
        Path | None,
        typer.Option(help="A curve seconds,loudness_db (.csv), or a sound whose loudness to take."),
    ] = None,
    continuity: Annotated[
        float, typer.Option(help="How much jumps count against distance; 0 is the paper's nearest code.")
    ] = 1.0,
    dataset: Annotated[
        Path | None, typer.Option(help="Take frames of this data set (continuous models without a table).")
    ] = None,
    rate: Rate = None,
    seed: Seed = 0,
    series: SeriesOut = None,
    picture: PictureOut = None,
    no_picture: NoPicture = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Play a model so that a descriptor of the sound follows a curve, and measure how well it does.

    Writes the sound, target against measured as a table (OUT.csv) and as a picture (OUT.png). Two
    descriptors at once: give --descriptor and --target twice; --low and --high go with the shapes in order.
    """
    check_rate(rate)
    request = read_request(descriptor, target, low, high, seconds, period, continuity)
    if loudness is not None and loudness_db is not None:
        raise UsageError("--loudness and --loudness-db exclude each other; give one")
    if loudness_db is not None and not -100.0 <= loudness_db <= 20.0:
        raise UsageError(f"--loudness-db is {loudness_db:g}; it must be -100 to 20 dBFS")
    picture = picture_path(output, picture, no_picture)
    inputs = [model, *([loudness] if loudness else []), *request.files]
    check_results(output, picture, series, inputs=inputs, force=force)
    from timbrespace import engine, files
    from timbrespace.codebook import table_of
    from timbrespace.codebook.achieved import save_achieved
    from timbrespace.dataset.store import Dataset

    table_file = output.with_suffix(".csv")
    files.check_output(table_file, inputs=inputs, force=force)
    loaded = engine.load(model)
    data = Dataset.open(dataset) if dataset is not None else None
    with Progress("describing", 1.0, quiet=quiet) as progress:
        table = table_of(loaded, data, progress=progress.update)
    length, level = read_loudness(loaded, loudness, loudness_db, table, request)
    targets = read_targets(request, table, length)
    found, sound, every = _play(loaded, table, targets, level, length, continuity, seed, quiet)
    results = [path for path in (output, picture, table_file, series) if path is not None]
    with files.together(results, force=force) as at:
        if picture is not None:
            _draw(at(picture), sound, targets, every, loaded)
        save_achieved(at(table_file), every, loaded.sample_rate)
        kept = [(series, found.series)] if series is not None else []
        report = write_results(output, sound[None], rate, kept, loaded, at, quiet=quiet)
    report |= _report(loaded, targets, every, continuity)
    report |= {"table": str(table_file), "picture": None if picture is None else str(picture)}
    _warn(found, every, quiet)
    if as_json:
        print_json(report)
    elif not quiet:
        _show(report)


def _play(
    loaded: Engine,
    table: DescriptorTable,
    targets: Sequence[Target],
    level: NDArray[np.floating],
    length: float,
    continuity: float,
    seed: int,
    quiet: bool,
) -> tuple[Followed, NDArray[np.float32], dict[str, Achieved]]:
    """The way through the table, its sound [T], and every descriptor measured on it."""
    from timbrespace.codebook.achieved import achieved
    from timbrespace.codebook.follow import follow as follow_targets

    samples = round(length * loaded.sample_rate)
    with Progress("following", 3.0, quiet=quiet) as progress:
        found = follow_targets(
            loaded, table, targets, level, continuity=continuity, length_samples=samples,
            progress=progress.update,
        )  # fmt: skip
        progress.update(1.0, "decoding")
        sound = found.play(loaded, seed=seed, progress=lambda share: progress.update(1.0 + share))
        progress.update(2.0, "measuring")
        return found, sound, achieved(found, sound, loaded.sample_rate)


def _draw(
    path: Path,
    sound: NDArray[np.float32],
    targets: Sequence[Target],
    every: dict[str, Achieved],
    loaded: Engine,
) -> None:
    from timbrespace import figures_codebook

    curves = {name: {"target": one.target, "measured": one.measured} for name, one in every.items()}
    found = ", ".join(f"{name} {_number(one.follow_spearman)}" for name, one in every.items())
    asked = " and ".join(f"{target.descriptor.name} {target.label}" for target in targets)
    title = f"{asked}: rank correlation {found}"
    figures_codebook.save_curves(path, sound, curves, loaded.sample_rate, title)


def _report(
    loaded: Engine, targets: Sequence[Target], every: dict[str, Achieved], continuity: float
) -> dict[str, Any]:
    followed = {
        target.descriptor.name: {"target": target.label, **every[target.descriptor.name].scores()}
        for target in targets
    }
    return {
        "model": loaded.model_id, "kind": loaded.kind, "continuity": continuity, "descriptors": followed,
    }  # fmt: skip


def _warn(found: Followed, every: dict[str, Achieved], quiet: bool) -> None:
    """Say where a target lies beyond what the model reaches."""
    from timbrespace.descriptors import DESCRIPTORS

    for name, one in every.items():
        if one.follow_reached < 1.0:
            form = DESCRIPTORS[name].format
            low, high = found.reach[name]
            asked = found.asked[name]
            note(
                f"{name}: {100 * (1 - one.follow_reached):.1f} % of the target ({form(asked.min())} to "
                f"{form(asked.max())}) lies beyond what this model reaches, about {form(low)} to "
                f"{form(high)}; it was clipped",
                quiet=quiet,
            )
    missing = 1.0 - float(found.possible.mean())
    if len(every) > 1 and missing > 0.0:
        names = " and ".join(every)
        note(f"in {100 * missing:.0f} % of the frames no sound of this model has {names} so", quiet=quiet)


def _show(report: dict[str, Any]) -> None:
    for name, scores in report["descriptors"].items():
        error = scores["follow_median_error"]
        if math.isnan(error):
            off = "–"
        elif math.isnan(scores["error_cents"]):
            off = f"{error:.3g}"
        else:
            off = f"{error:.1f} Hz ({scores['error_percent']:.1f} %, {scores['error_cents']:.0f} cents)"
        say(f"{name}, {scores['target']}")
        say(f"  rank correlation   {_number(scores['follow_spearman'])}")
        say(f"  median error       {off}")
        say(f"  target reached     {100 * scores['follow_reached']:.0f} % of it lies in the model's range")
        if name == "f0":
            say(f"  octave errors      {_number(100 * scores['octave_errors'], 1)} %")
            say(f"  with a pitch       {_number(100 * scores['measurable'], 0)} % of the frames")
    say(f"{report['sound']}: {report['seconds']:.2f} s at {report['sample_rate']} Hz")
    for path in [report["table"], report["picture"], *report["series"]]:
        if path is not None:
            say(f"{path}: written")


def _number(value: float, digits: int = 3) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
