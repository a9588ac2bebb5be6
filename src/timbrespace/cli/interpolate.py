"""`timbrespace interpolate`: from one sound to another through the latent space."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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
from timbrespace.cli.common import Force, Json, Model, Progress, Quiet, print_json, print_table
from timbrespace.cli.encode_decode import check_rate
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.engine import Engine
    from timbrespace.interpolation import Course
    from timbrespace.latents import LatentSeries


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(interpolate)


@dataclass(frozen=True)
class Way:
    """How to get from A to B, as the options say. curve: a name of `CURVES`, or a file."""

    curve: str | Path
    start: float
    end: float
    align: str
    loudness: str
    even: bool
    seed: int


@dataclass(frozen=True)
class Played:
    """A channel: the series and its positions [L], and the sounds of A, B and the series, [T] each."""

    series: LatentSeries
    places: NDArray[np.float64]
    sounds: tuple[NDArray[np.float32], ...]


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
    even: Annotated[
        bool,
        typer.Option(
            "--even",
            help="Leave the straight line as little as it takes for centroid and bandwidth to move evenly.",
        ),
    ] = False,
    rate: Annotated[int | None, typer.Option(help="Sample rate in Hz; the model's if not given.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the noise part.")] = 0,
    series: Annotated[
        Path | None, typer.Option(metavar="OUT.npz", help="Write the latent series too.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="The picture; beside the sound if not given.")
    ] = None,
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Draw none.")] = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Move from one sound to another through the latent space, and measure how steadily it gets there.

    Channels go each on their own; a mono sound is heard on all of the other's. In a discrete model the
    way leads over codes: every frame plays the one nearest to the mixture.
    """
    check_rate(rate)
    inputs = [model, a, b]
    way = Way(_curve(curve), start, end, align, loudness, even, seed)
    if isinstance(way.curve, Path):
        inputs.append(way.curve)
    picture = picture_path(output, picture, no_picture)
    check_results(output, picture, series, inputs=inputs, force=force)
    import numpy as np

    from timbrespace import engine

    loaded = engine.load(model)
    with Progress("interpolating", 2, quiet=quiet) as progress:
        steps = Steps(progress)
        both = [read_channels(path, loaded, quiet, steps.next()) for path in (a, b)]
        channels = by_channel(both, [str(a), str(b)])
        targets = series_paths(series, len(channels), inputs=inputs, force=force) if series else []
        progress.total = 2 + 4 * len(channels)
        played = [_play(pair[0], pair[1], loaded, way, steps) for pair in channels]
    stacked = [np.stack([channel.sounds[number] for channel in played]) for number in range(3)]
    courses, scores = _score(stacked, played[0], loaded)
    if picture is not None:
        titles = [f"A: {a.name}, played by the model", f"B: {b.name}, played by the model", output.name]
        _draw(picture, titles, stacked, courses, scores, loaded, force)
    written = ((target, channel.series) for target, channel in zip(targets, played, strict=False))
    report = write_results(output, stacked[2], rate, written, loaded, force=force, quiet=quiet)
    report |= _report(loaded, courses, scores)
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


def _play(a: LatentSeries, b: LatentSeries, loaded: Engine, way: Way, steps: Steps) -> Played:
    """One channel: interpolate and decode."""
    from timbrespace.alignment import align, samples_of
    from timbrespace.even_course import even_out
    from timbrespace.interpolation import interpolate as between
    from timbrespace.interpolation import positions, read_positions

    signal = loaded.signal
    a, b = align([a, b], signal, way.align)
    frames, samples = len(a), samples_of(a, signal)
    curve = way.curve
    shape = read_positions(curve, signal, frames, samples) if isinstance(curve, Path) else curve
    places = positions(shape, signal, frames, samples, start=way.start, end=way.end)
    line = between(a, b, signal, curve=places, loudness=way.loudness)
    tell = steps.next()
    if way.even:
        line = even_out(line, a, b, places, loaded, progress=tell)
    line = loaded.requantise(line)
    sounds = tuple(loaded.decode(s, seed=way.seed, progress=steps.next()) for s in (a, b, line))
    return Played(line, places, sounds)


def _score(
    sounds: Sequence[NDArray[np.float32]], first: Played, loaded: Engine
) -> tuple[list[Course], dict[str, float]]:
    """The courses of A, B and the result, [C, T] each, and how steadily the last moves from A to B."""
    from timbrespace.interpolation import course_of, interpolation_monotonicity

    a, b, result = (course_of(mono(samples), loaded.sample_rate) for samples in sounds)
    return [a, b, result], interpolation_monotonicity(a, b, result, first.places, loaded.signal)


def _draw(
    path: Path,
    titles: Sequence[str],
    sounds: Sequence[NDArray[np.float32]],
    courses: Sequence[Course],
    scores: dict[str, float],
    loaded: Engine,
    force: bool,
) -> None:
    from timbrespace.figures_blend import Panel, save_interpolation

    found = ", ".join(f"{name} {_number(value, 3)}" for name, value in scores.items())
    texts = [*titles[:2], f"{titles[2]}: interpolation_monotonicity {found}"]
    panels = [
        Panel(text, mono(samples), course.heard(), course.seconds)
        for text, samples, course in zip(texts, sounds, courses, strict=True)
    ]
    save_interpolation(path, panels, loaded.sample_rate, force=force)


def _report(loaded: Engine, courses: Sequence[Course], scores: dict[str, float]) -> dict[str, Any]:
    ends = {f"{name}_hz": [course.mean(name) for course in courses[:2]] for name in scores}
    return {"model": loaded.model_id, "kind": loaded.kind, "interpolation_monotonicity": scores} | ends


def _show(report: dict[str, Any]) -> None:
    rows = []
    for name, score in report["interpolation_monotonicity"].items():
        from_hz, to_hz = report[f"{name}_hz"]
        rows.append((f"interpolation_monotonicity, {name}", _number(score, 3)))
        rows.append((f"{name}, from A to B", f"{_number(from_hz, 0)} to {_number(to_hz, 0)} Hz"))
    print_table(rows)
    show_results(report)


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
