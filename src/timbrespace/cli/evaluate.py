"""`timbrespace evaluate`: how good a model is."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.columns import print_columns
from timbrespace.cli.common import Force, Json, Model, Progress, Quiet, note, print_json, print_table, say
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    from timbrespace.evaluate import Evaluation

REPORT_SHARE = 0.15  # of the work, about: playing the first sounds again and drawing them


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(evaluate)


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
    print_columns(headings, rows)
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


def _number(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.3f}"
