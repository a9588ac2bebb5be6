"""`timbrespace bench`: how fast a model is, how late, and whether blocks would be missed on stage."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.columns import print_columns
from timbrespace.cli.common import Force, Json, Progress, Quiet, print_json, print_table, say
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.bench import Bench, BlockTimes, Course, ExportedModel
    from timbrespace.engine import Engine

EXPORTED, PICTURE = ".ts", ".png"
MOST_SAMPLES = 65_536  # of a block
MINUTES = 10.0
HEADINGS = (
    "block", "lasts", "latency", "computes", "median", "99 %", "worst", "own 99 %", "rtf", "over", "missed/h",
)  # fmt: skip
LEGEND = """\
Block by block on one thread, in ms; latency in samples and ms, without the host's own buffers.
computes: calls with which a hop is whole, so that a frame is computed; the others only keep what comes.
median, 99 %, worst: of calls that compute, by the clock; worst is the longest single one.
own: the same in processor time; where the clock says more, the system was busy with something else.
rtf: times real time, of all calls. over: share of all blocks that took over {budget:.0f} % of their length.
missed/h: drop-outs to expect, blocks that took longer than they last, in an hour.
Not counted: the first calls, up to {first_ms:.1f} ms.
Counted: the garbage collector of Python, {rounds} rounds, up to {longest_ms:.1f} ms."""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(bench)


def bench(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A trained model, model.timbre, or an exported one, .ts.")
    ],
    audio: Annotated[
        Path | None, typer.Option(help="Measure on this sound and not on 20 seconds of tones and noise.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=1000, help="Offline: median of so many.")] = 5,
    blocks: Annotated[
        str | None, typer.Option(metavar="N,N,…", help="Sizes of blocks in samples; 64 to 4096 if not given.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Of sound for each size.")] = 20.0,
    budget: Annotated[
        float, typer.Option(min=1, max=100, help="Percent of a block's time it may take.")
    ] = 50,
    recorded: Annotated[
        bool,
        typer.Option("--recorded", help="Block by block, play what is recorded of the model, as live does."),
    ] = False,
    distribution: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Play minutes of sound in blocks of a hop; draw what they took."
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.05, max=1440, help="For --distribution; 10 if not given.")
    ] = None,
    paced: Annotated[
        bool, typer.Option("--paced", help="For --distribution: let blocks come as a sound card makes them.")
    ] = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Measure how fast a model is offline and block by block, its latency and its memory."""
    from timbrespace.bench import BLOCKS
    from timbrespace.bench import bench as measure

    sizes = BLOCKS if blocks is None else _sizes(blocks)
    if distribution is None and (paced or minutes is not None):
        raise UsageError("--minutes and --paced belong to --distribution OUT.png; name the picture")
    _check_picture(distribution, [model, *([audio] if audio is not None else [])], force)
    loaded = _load(model)
    samples = _sound(audio, loaded.sample_rate)
    with Progress("bench", 1.0, quiet=quiet) as progress:
        result = measure(
            loaded, samples, runs=runs, blocks=sizes, block_seconds=seconds, budget=budget / 100,
            recorded=recorded, progress=progress.update,
        )  # fmt: skip
    course = None
    if distribution is not None:
        length = 60 * (minutes or MINUTES)
        course = _run_course(loaded, samples, result, distribution, length, paced, force, quiet)
    if as_json:
        print_json({**result.to_dict(), "course": course.to_dict() if course is not None else None})
    elif not quiet:
        _show(result, course, distribution)


def _check_picture(picture: Path | None, inputs: Sequence[Path], force: bool) -> None:
    """Refuse, before minutes of measuring, a picture that could not be written. Raises as `check_output`."""
    from timbrespace import files

    if picture is None:
        return
    if picture.suffix.lower() != PICTURE:
        raise UsageError(f"{picture}: a picture is written as {PICTURE}; --distribution takes such a name")
    files.check_output(picture, inputs=inputs, force=force)


def _sizes(blocks: str) -> tuple[int, ...]:
    """`256,512` → the numbers. Raises UsageError on anything else."""
    sizes = []
    for word in blocks.split(","):
        if not word.strip().isdecimal() or not 1 <= int(word) <= MOST_SAMPLES:
            raise UsageError(
                f"--blocks is '{blocks}'; give sizes from 1 to {MOST_SAMPLES} samples, with commas between: "
                "256,512"
            )
        sizes.append(int(word))
    return tuple(dict.fromkeys(sizes))


def _load(path: Path) -> Engine | ExportedModel:
    if path.suffix.lower() == EXPORTED:
        from timbrespace.bench import ExportedModel

        return ExportedModel(path)
    from timbrespace import engine

    return engine.load(path)


def _sound(path: Path | None, sample_rate: int) -> NDArray[np.float32] | None:
    if path is None:
        return None
    from timbrespace.evaluate import load_sound

    return load_sound(path, sample_rate).samples


def _run_course(
    model: Engine | ExportedModel,
    samples: NDArray[np.float32] | None,
    result: Bench,
    picture: Path,
    seconds: float,
    paced: bool,
    force: bool,
    quiet: bool,
) -> Course:
    """Play so many seconds in blocks of a hop and draw what they took."""
    from timbrespace.bench import playable, run_course
    from timbrespace.bench.picture import save_course
    from timbrespace.trial_sound import trial_sound

    sound = trial_sound(model.sample_rate) if samples is None else samples
    with Progress("blocks of a hop", 1.0, quiet=quiet) as progress:
        course = run_course(
            playable(model, result.recorded), sound, result.hop, seconds=seconds, budget=result.budget,
            paced=paced, progress=progress.update,
        )  # fmt: skip
    title = f"{result.kind} {result.model_id}, blocks of {result.hop} samples"
    save_course(picture, course, title, force=force)
    return course


def _show(result: Bench, course: Course | None, picture: Path | None) -> None:
    print_table(_rows(result))
    print_columns(HEADINGS, [_block_row(times, result.hop) for times in result.blocks])
    say(_legend(result.blocks, result.budget))
    if course is not None:
        say("")
        print_table(_course_rows(course))
        say(f"{picture}: written")


def _rows(result: Bench) -> Iterator[tuple[str, Any]]:
    yield "model", f"{result.kind} {result.model_id}"
    if result.size_bytes is not None and result.load_seconds is not None:
        yield "file", f"{result.size_bytes / 1e6:.1f} MB, loaded in {result.load_seconds:.2f} s"
    offline = [speed for speed in dict.fromkeys((result.one_thread, result.all_threads)) if speed is not None]
    runs = f", median of {result.runs} runs offline" if offline else ""
    yield "sound", f"{result.seconds:.1f} s at {result.sample_rate} Hz{runs}"
    for speed in offline:
        threads = f"{speed.threads} thread{'s' if speed.threads > 1 else ''}"
        for name in ("rtf_encode", "rtf_decode", "rtf_both"):
            yield f"{name}, {threads}", f"{getattr(speed, name):.1f} times real time"
    milliseconds = 1000 * result.latency_samples / result.sample_rate
    yield "latency", f"{result.latency_samples} samples, {milliseconds:.1f} ms, in blocks of {result.hop}"
    if result.memory_peak_mib is not None and result.memory_before_mib is not None:
        yield (
            "memory",
            f"{result.memory_peak_mib:.0f} MiB ({result.memory_before_mib:.0f} before the first run)",
        )


def _block_row(times: BlockTimes, hop: int) -> Sequence[str]:
    computing = times.computing
    return (
        str(times.block_samples),
        f"{times.block_ms:.2f}",
        f"{times.latency_samples}, {times.latency_ms:.1f}",
        "all" if times.block_samples >= hop else f"1 in {hop / times.block_samples:.3g}",
        _number(computing.median_ms),
        _number(computing.p99_ms),
        _number(computing.worst_ms),
        _number(times.own.p99_ms),
        f"{times.rtf:.1f}",
        f"{100 * times.over_budget:.2f} %",
        f"{times.dropouts_per_hour:.0f}",
    )


def _legend(blocks: Sequence[BlockTimes], budget: float) -> str:
    """What the columns mean, and what stands in none of them."""
    return LEGEND.format(
        budget=100 * budget,
        first_ms=max(times.first_ms for times in blocks),
        rounds=sum(times.collections for times in blocks),
        longest_ms=max(times.longest_collection_ms for times in blocks),
    )


def _course_rows(course: Course) -> Iterator[tuple[str, Any]]:
    times, own, lasts = course.every, course.own, course.block_ms
    how = "as a sound card makes them" if course.paced else "one after the other"
    yield "course", f"{course.seconds / 60:.1f} min in {times.calls} blocks of {lasts:.2f} ms, {how}"
    yield "median, 99 %, worst", f"{times.median_ms:.2f}, {times.p99_ms:.2f}, {times.worst_ms:.2f} ms"
    yield "own", f"{own.median_ms:.2f}, {own.p99_ms:.2f}, {own.worst_ms:.2f} ms"
    shares = f"{100 * times.p99_ms / lasts:.0f} % (own {100 * own.p99_ms / lasts:.0f} %)"
    yield "99 % in parts of a block", shares
    yield "own, within half and twice the median", f"{100 * course.share_near:.2f} %"
    minutes = f"{course.first_minute_ms:.2f}, {course.last_minute_ms:.2f} ms"
    yield "own, median of the first and last minute", minutes
    yield "over budget, missed", f"{100 * course.over_budget:.3f} %, {course.dropouts}"
    collector = f"{course.collections} rounds, up to {course.longest_collection_ms:.1f} ms"
    yield "first calls, garbage collector", f"{course.first_ms:.1f} ms; {collector}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
