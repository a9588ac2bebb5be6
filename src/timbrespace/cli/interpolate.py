"""`timbrespace interpolate`: from one sound to another through the latent space."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.blend_sources import (
    Steps,
    by_channel,
    check_results,
    mono,
    picture_path,
    read_channels,
    series_paths,
    show_results,
    write_results,
)
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
    print_json,
    print_table,
)
from timbrespace.cli.encode_decode import check_rate
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    from timbrespace.courses import Choice
    from timbrespace.engine import Engine


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(interpolate)


def interpolate(
    model: Model,
    a: Annotated[Path, typer.Argument(metavar="A", help="Where it starts: a sound, or a series.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Where it ends: a sound, or a series.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The sound to write.")],
    curve: Annotated[
        str, typer.Option(help="linear, sigmoid, or a file seconds,position (.csv): 0 is A, 1 is B.")
    ] = "linear",
    start: Annotated[
        float, typer.Option("--from", help="Position at the curve's 0; may lie beyond A.")
    ] = 0.0,
    end: Annotated[float, typer.Option("--to", help="Position at the curve's 1; may lie beyond B.")] = 1.0,
    align: Annotated[
        str,
        typer.Option(help="Of unequal lengths: stretch the shorter, trim the longer, or loop the shorter."),
    ] = "stretch",
    loudness: Annotated[str, typer.Option(help="mix: from A's to B's, in dB; a or b: that sound's.")] = "mix",
    course: Annotated[
        str,
        typer.Option(
            help="line: straight; even: bent, so that centroid and bandwidth move evenly; "
            "auto: the steadier of both."
        ),
    ] = "auto",
    rate: Rate = None,
    seed: Seed = 0,
    series: SeriesOut = None,
    picture: PictureOut = None,
    no_picture: NoPicture = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Move from one sound to another through the latent space, and measure how steadily it gets there.

    Channels go each on their own; a mono sound is heard on all of the other's. In a discrete model the
    way leads over codes: every frame plays the one nearest to the mixture. --course line is exactly
    (1 - n/N) times A and n/N times B; auto and even may leave that line where the sound gains by it.
    One course is taken by all channels; scores are of the channels' mean.
    """
    check_rate(rate)
    inputs = [model, a, b]
    shape = _curve(curve)
    if isinstance(shape, Path):
        inputs.append(shape)
    picture = picture_path(output, picture, no_picture)
    _check_course(course)
    check_results(output, picture, series, inputs=inputs, force=force)
    from timbrespace import courses, engine, files

    loaded = engine.load(model)
    with Progress("interpolating", 3, quiet=quiet) as progress:
        steps = Steps(progress)
        both = [read_channels(path, loaded, quiet, steps.next()) for path in (a, b)]
        channels = by_channel(both, [str(a), str(b)])
        targets = series_paths(series, len(channels), inputs=inputs, force=force) if series else []
        lines = [
            courses.between(
                first, second, loaded.signal,
                curve=shape, start=start, end=end, align=align, loudness=loudness,
            )
            for first, second in channels
        ]  # fmt: skip
        choice = courses.choose(lines, loaded, course, seed=seed, progress=steps.next())
    results = [path for path in (output, picture, *targets) if path is not None]
    with files.together(results, force=force) as at:
        if picture is not None:
            _draw(at(picture), a.name, b.name, output.name, choice, loaded)
        written = zip(targets, choice.chosen.series, strict=False)
        report = write_results(output, choice.chosen.sound, rate, written, loaded, at, quiet=quiet)
    report |= _report(loaded, choice)
    report["picture"] = None if picture is None else str(picture)
    if as_json:
        print_json(report)
    elif not quiet:
        _show(report)


def _curve(text: str) -> str | Path:
    from timbrespace.interpolation import CURVES

    if text in CURVES:
        return text
    if not Path(text).is_file():
        raise UsageError(f"--curve is '{text}'; it must be {', '.join(CURVES)} or a file seconds,position")
    return Path(text)


def _check_course(course: str) -> None:
    from timbrespace.courses import COURSES

    if course not in COURSES:
        raise UsageError(f"--course is '{course}'; it must be {', '.join(COURSES)}")


def _draw(path: Path, a: str, b: str, output: str, choice: Choice, loaded: Engine) -> None:
    from timbrespace.figures_blend import Panel, save_interpolation

    chosen = choice.chosen
    found = ", ".join(f"{name} {_number(value, 3)}" for name, value in chosen.scores.items())
    titles = [
        f"A: {a}, played by the model",
        f"B: {b}, played by the model",
        f"{output}, course {choice.name}: interpolation_monotonicity {found}",
    ]
    sounds, courses = [*choice.sounds, chosen.sound], [*choice.courses, chosen.course]
    panels = [
        Panel(text, mono(samples), course.heard(), course.seconds)
        for text, samples, course in zip(titles, sounds, courses, strict=True)
    ]
    save_interpolation(path, panels, loaded.sample_rate)


def _report(loaded: Engine, choice: Choice) -> dict[str, Any]:
    scores = choice.chosen.scores
    ends = {f"{name}_hz": [course.mean(name) for course in choice.courses] for name in scores}
    return {
        "model": loaded.model_id,
        "kind": loaded.kind,
        "course": choice.name,
        "interpolation_monotonicity": scores,
        "interpolation_monotonicity_by_course": choice.scores,
    } | ends


def _show(report: dict[str, Any]) -> None:
    taken = report["course"]
    rows = [("course", taken)]
    for name in report["interpolation_monotonicity"]:
        from_hz, to_hz = report[f"{name}_hz"]
        for course, scores in report["interpolation_monotonicity_by_course"].items():
            label = f"interpolation_monotonicity, {name}, {course}"
            rows.append((label, _number(scores[name], 3)))
        rows.append((f"{name}, from A to B", f"{_number(from_hz, 0)} to {_number(to_hz, 0)} Hz"))
    print_table(rows)
    show_results(report)


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
