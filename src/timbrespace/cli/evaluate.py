"""`timbrespace evaluate` and `bench`: how good a model is and how fast."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.common import Force, Json, Model, Progress, Quiet, note, print_json, print_table, say
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    from timbrespace.bench import Bench
    from timbrespace.evaluate import Evaluation

REPORT_SHARE = 0.15  # of the work, about: playing the first sounds again and drawing them
TABLE_WIDTH = 100  # columns; narrower, the numbers would wrap where output goes to a file


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(evaluate)
    app.command()(bench)


def evaluate(
    model: Model,
    audio: Annotated[Path, typer.Argument(metavar="AUDIO_DIR", help="Held-out sounds: a folder or a file.")],
    dataset: Annotated[
        Path | None,
        typer.Option(help="The data set the model learned from, for the baselines and the prior."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT_DIR",
            help="A folder for report.html (one page to send: sounds, pictures, scores) and its parts.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write the scores here too.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of noise, draws and intervals.")] = 0,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Score a model on sounds it has not learned from, with trivial baselines beside it."""
    from timbrespace import engine, files
    from timbrespace.dataset.store import Dataset
    from timbrespace.dataset.walk import walk
    from timbrespace.evaluate import evaluate as score
    from timbrespace.report import write_report

    if not audio.exists():
        raise UsageError(f"{audio}: there is no such file or folder")
    paths = [Path(found.path) for found in walk([audio], model).found]
    if not paths:
        raise UsageError(f"{audio}: there is no sound in this folder")
    for output in _outputs(out, report, len(paths)):
        files.check_output(output, inputs=[model, *paths], force=force)
    loaded = engine.load(model)
    data = Dataset.open(dataset) if dataset is not None else None
    share = 1.0 - REPORT_SHARE if report is not None else 1.0
    with Progress("evaluate", 1.0, quiet=quiet) as progress:
        result = score(
            loaded, paths, dataset=data, seed=seed,
            progress=lambda done, what: progress.update(share * done, what),
        )  # fmt: skip
        if out is not None:
            content = json.dumps(result.to_dict(), indent=2, allow_nan=False)
            files.write_text(out, content + "\n", force=force)
        if report is not None:
            page = write_report(
                report, loaded, result, force=force,
                progress=lambda done, what: progress.update(share + REPORT_SHARE * done, what),
            )  # fmt: skip
    for path, reason in result.skipped:
        note(f"skipped {reason if path in reason else f'{path}: {reason}'}", quiet=quiet)
    if as_json:
        print_json(result.to_dict())
    elif not quiet:
        _show_evaluation(result)
        for output in ([out] if out is not None else []) + ([page] if report is not None else []):
            say(f"{output}: written")


def bench(
    model: Model,
    audio: Annotated[
        Path | None, typer.Option(help="Measure on this sound and not on 20 seconds of tones and noise.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=1000, help="Median of so many.")] = 5,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure how fast a model encodes and decodes offline, and its memory."""
    from timbrespace import engine
    from timbrespace.bench import bench as measure
    from timbrespace.evaluate import load_sound

    loaded = engine.load(model)
    samples = load_sound(audio, loaded.sample_rate).samples if audio is not None else None
    with Progress("bench", 1.0, quiet=quiet) as progress:
        result = measure(loaded, samples, runs=runs, progress=progress.update)
    if as_json:
        print_json(result.to_dict())
    else:
        print_table(_bench_rows(result))


def _outputs(out: Path | None, report: Path | None, sounds: int) -> list[Path]:
    """Every file that will be written. Raises UsageError where they get in each other's way."""
    from timbrespace.files import same_file
    from timbrespace.report import report_files

    if report is not None and report.exists() and not report.is_dir():
        raise UsageError(f"{report}: this is a file; a report is a folder")
    parts = report_files(report, sounds) if report is not None else []
    if out is None:
        return parts
    if any(same_file(out, part) for part in parts):
        raise UsageError(f"{out}: --out is a part of the report; choose another name or leave it out")
    return [out, *parts]


def _show_evaluation(result: Evaluation) -> None:
    """Two tables: sound scores beside the baselines, then what stands alone."""
    from timbrespace.evaluate import BASELINES

    rows = [
        (
            name,
            _number(spread.median),
            f"{_number(spread.low)} … {_number(spread.high)}" if not math.isnan(spread.low) else "",
            *(_number(result.baselines[baseline][name].median) for baseline in BASELINES),
        )
        for name, spread in result.sound.items()
    ]
    headings = ("score", "median", "95 % interval", *(name.replace("_", " ") for name in BASELINES))
    count = len(result.files)
    seconds = sum(file.seconds for file in result.files)
    say(f"{result.kind} model {result.model_id} on {count} sounds, {seconds:.0f} s")
    _print_columns(headings, rows)
    scores = result.to_dict()["scores"]
    print_table(_flat({name: value for name, value in scores.items() if name not in result.sound}))
    for remark in result.notes:
        say(f"({remark})")


def _flat(scores: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value; a score of several descriptors gives a row each."""
    for name, value in scores.items():
        if isinstance(value, dict):
            yield from ((f"{name}, {which}", _number(one)) for which, one in value.items())
        else:
            yield name, _number(value)


def _print_columns(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console()
    Console(width=max(TABLE_WIDTH, console.width)).print(table)


def _bench_rows(result: Bench) -> Iterator[tuple[str, Any]]:
    yield "model", f"{result.kind} {result.model_id}"
    yield "sound", f"{result.seconds:.1f} s at {result.sample_rate} Hz, median of {result.runs} runs"
    for speed in dict.fromkeys((result.one_thread, result.all_threads)):
        threads = f"{speed.threads} thread{'s' if speed.threads > 1 else ''}"
        for name in ("rtf_encode", "rtf_decode", "rtf_both"):
            yield f"{name}, {threads}", f"{getattr(speed, name):.1f} times real time"
    yield "latency", f"{result.latency_samples} samples"
    if result.memory_peak_mib is not None and result.memory_before_mib is not None:
        yield (
            "memory",
            f"{result.memory_peak_mib:.0f} MiB ({result.memory_before_mib:.0f} before the first run)",
        )


def _number(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.3f}"
