"""`timbrespace plane`: a path through sounds that lie as points in a square."""

from __future__ import annotations

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
    SeriesOut,
    print_json,
    say,
)
from timbrespace.cli.encode_decode import check_rate
from timbrespace.cli.plane_points import (
    PlanePoint,
    parse_place,
    parse_point,
    parse_points,
    parse_radii,
    parse_switch,
    play_point,
    read_point,
)
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.engine import Engine
    from timbrespace.latents import LatentSeries

LONGEST_SECONDS = 3600.0
SHORTEST_SECONDS = 0.1
PLAIN_SECONDS = 5.0  # where neither a path nor a sound says how long


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(plane)


@dataclass(frozen=True)
class Layout:
    """The plane: points [P, 2], radii [P], and which point alone gives latents or loudness; None: all do."""

    points: NDArray[np.float64]
    radii: NDArray[np.float64]
    latents: int | None
    loudness: int | None


def plane(
    model: Model,
    sounds: Annotated[
        list[str],
        typer.Argument(
            metavar="A B C D",
            help="The points: sounds or series; FILE@SECONDS, that moment held; random or random:SEED, "
            "drawn from what the model expects.",
        ),
    ],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The sound to write.")],
    path: Annotated[
        str | None,
        typer.Option(help="circle, diagonal, eight, square, spiral, or a file seconds,x,y (.csv)."),
    ] = None,
    point: Annotated[str | None, typer.Option(metavar="X,Y", help="Stay in one place.")] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Length; the path file's, else the longest sound's.")
    ] = None,
    points: Annotated[
        str | None,
        typer.Option(
            metavar='"X,Y X,Y …"',
            help="Where the points lie, 0 to 1: A 0,0 B 1,0 C 0,1 D 1,1; other counts in a ring.",
        ),
    ] = None,
    radius: Annotated[
        list[float] | None,
        typer.Option(
            help="How far points reach: once for all, or repeated, one a point; without it, everywhere."
        ),
    ] = None,
    align: Annotated[
        str, typer.Option(help="What makes a sound last: loop goes round in it, stretch slows it.")
    ] = "loop",
    latents: Annotated[
        str, typer.Option(help="on: the path mixes the timbre; off: A's alone; or B, C, … alone.")
    ] = "on",
    loudness: Annotated[
        str, typer.Option(help="plane: the path mixes the loudness; A, B, …: that point's alone.")
    ] = "plane",
    rate: Rate = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the noise part and of random points.")] = 0,
    series: SeriesOut = None,
    picture: PictureOut = None,
    no_picture: NoPicture = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Move through a plane on which sounds are points; each place plays the mean of those that reach it.

    In a discrete model every frame plays the code nearest to the mean.
    """
    check_rate(rate)
    place = _where(path, point)
    named = [parse_point(text, number, seed) for number, text in enumerate(sounds)]
    layout = _layout(len(named), points, radius, latents, loudness)
    if align not in ("loop", "stretch"):
        raise UsageError(f"--align is '{align}'; it must be loop or stretch")
    _check_seconds(seconds)
    inputs = [model, *(p.path for p in named if p.path is not None)]
    path_seconds = _read_path_seconds(path, inputs)
    picture = picture_path(output, picture, no_picture)
    check_results(output, picture, series, inputs=inputs, force=force)
    import numpy as np

    from timbrespace import engine, files
    from timbrespace.plane import weights

    loaded = engine.load(model)
    with Progress("playing the plane", len(named), quiet=quiet) as progress:
        steps = Steps(progress)
        read = [read_point(p, loaded, quiet, steps.next()) for p in named]
        channels = by_channel(read, [p.text for p in named])
        targets = series_paths(series, len(channels), inputs=inputs, force=force) if series else []
        progress.total = len(named) + len(channels)
        length = round((seconds or path_seconds or _longest(named, read, loaded)) * loaded.sample_rate)
        places = _places(path, place, loaded, length)
        shares = weights(places, layout.points, layout.radii)
        lines = [_play(named, every, shares, layout, length, align, loaded) for every in channels]
        result = np.stack([loaded.decode(line, seed=seed, progress=steps.next()) for line in lines])
    results = [path for path in (output, picture, *targets) if path is not None]
    with files.together(results, force=force) as at:
        if picture is not None:
            _draw(at(picture), named, layout, places, result, output.name, loaded)
        written = zip(targets, lines, strict=False)
        report = write_results(output, result, rate, written, loaded, at, quiet=quiet)
    report |= _report(named, layout, shares, loaded)
    report["picture"] = None if picture is None else str(picture)
    if as_json:
        print_json(report)
    elif not quiet:
        _show(report)


def _where(path: str | None, point: str | None) -> tuple[float, float] | None:
    """The one place of `--point`; None where there is a path."""
    if (path is None) == (point is None):
        what = "give --path or --point" if path is None else "--path and --point exclude each other"
        raise UsageError(f"where on the plane: {what}")
    return None if point is None else parse_place("--point", point)


def _places(
    path: str | None, place: tuple[float, float] | None, loaded: Engine, length: int
) -> NDArray[np.float64]:
    """Where every frame of a sound of so many samples stands, [L, 2]."""
    import numpy as np

    from timbrespace.plane import path_places

    frames = loaded.signal.frames_of(length)
    if path is not None:
        return path_places(path, loaded.signal, frames, length)
    return np.tile(np.asarray(place, dtype=np.float64), (frames, 1))


def _read_path_seconds(path: str | None, inputs: list[Path]) -> float | None:
    """How long a path file is, which is then one of the inputs; None for a path that has no length."""
    from timbrespace.plane import PATHS, read_path

    if path is None or path in PATHS:
        return None
    last = float(read_path(path)["seconds"][-1])
    inputs.append(Path(path))
    if last > LONGEST_SECONDS:
        raise UsageError(f"{path}: the last row is at {last:g} seconds; that is too long")
    return last if last >= SHORTEST_SECONDS else None


def _check_seconds(seconds: float | None) -> None:
    if seconds is not None and not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise UsageError(f"--seconds is {seconds:g}; it must be {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g}")


def _layout(
    count: int, points: str | None, radius: Sequence[float] | None, latents: str, loudness: str
) -> Layout:
    from timbrespace.plane import default_points

    default = default_points(count)
    return Layout(
        default if points is None else parse_points(points, count),
        parse_radii(radius or [], count),
        parse_switch("--latents", latents, {"on": None, "plane": None, "off": 0}, count),
        parse_switch("--loudness", loudness, {"plane": None, "on": None, "off": 0}, count),
    )


def _longest(named: Sequence[PlanePoint], read: Sequence[Sequence[LatentSeries]], loaded: Engine) -> float:
    from timbrespace.alignment import samples_of

    lengths = [
        samples_of(every[0], loaded.signal) for p, every in zip(named, read, strict=True) if p.moment is None
    ]
    seconds = max(lengths) / loaded.sample_rate if lengths else PLAIN_SECONDS
    return max(seconds, SHORTEST_SECONDS)


def _play(
    named: Sequence[PlanePoint],
    every: Sequence[LatentSeries],
    shares: NDArray[np.float64],
    layout: Layout,
    length: int,
    align: str,
    loaded: Engine,
) -> LatentSeries:
    """One channel of the plane as a series."""
    from timbrespace.alignment import check_alike
    from timbrespace.plane import blend

    check_alike(every, loaded.signal)
    fitted = [play_point(p, s, loaded.signal, length, align) for p, s in zip(named, every, strict=True)]
    return loaded.requantise(blend(fitted, shares, latents=layout.latents, loudness=layout.loudness))


def _draw(
    path: Path,
    named: Sequence[PlanePoint],
    layout: Layout,
    places: NDArray[np.float64],
    result: NDArray[np.float32],
    title: str,
    loaded: Engine,
) -> None:
    from timbrespace.figures_blend import Panel, save_plane
    from timbrespace.interpolation import course_of

    samples = mono(result)
    course = course_of(samples, loaded.sample_rate)
    panel = Panel(title, samples, course.heard(), course.seconds)
    labels = [p.label for p in named]
    save_plane(path, layout.points, layout.radii, labels, places, panel, loaded.sample_rate)


def _report(
    named: Sequence[PlanePoint], layout: Layout, shares: NDArray[np.float64], loaded: Engine
) -> dict[str, Any]:
    """What there is to say of every point; shares are means over the sound, of timbre and of loudness."""
    from timbrespace.plane import steered

    points = [
        {"point": p.letter, "source": p.text, "x": float(x), "y": float(y), "radius": float(r)}
        for p, (x, y), r in zip(named, layout.points, layout.radii, strict=True)
    ]
    for name, alone in (("timbre_share", layout.latents), ("loudness_share", layout.loudness)):
        for point, share in zip(points, steered(shares, alone).mean(axis=0), strict=True):
            point[name] = float(share)
    return {"model": loaded.model_id, "kind": loaded.kind, "points": points}


def _show(report: dict[str, Any]) -> None:
    alike = all(p["timbre_share"] == p["loudness_share"] for p in report["points"])
    for p in report["points"]:
        timbre, loudness = f"{100 * p['timbre_share']:.0f} %", f"{100 * p['loudness_share']:.0f} %"
        shares = timbre if alike else f"timbre {timbre}, loudness {loudness}"
        say(f"{p['point']} at {p['x']:.2f},{p['y']:.2f}: {shares} on average, {p['source']}")
    show_results(report)
