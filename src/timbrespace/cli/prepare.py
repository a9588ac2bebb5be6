"""`timbrespace prepare`: recordings to a data set, with a word on every file."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.common import Json, Progress, Quiet, format_seconds, note, print_json, say

if TYPE_CHECKING:
    from timbrespace.dataset.prepare import Report
    from timbrespace.dataset.store import Skipped, Source

_COMPACT = ("not audio", "hidden")  # reasons told in one line for all files
_NAMES_SHOWN = 5


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("prepare")(prepare)


def prepare(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="AUDIO... DATASET", help="Recordings or folders of them; last, the data set."),
    ],
    rate: Annotated[int, typer.Option(help="Sample rate of the data set, Hz.")] = 44_100,
    channel: Annotated[str, typer.Option(help="mix, left, right, or a number from 1.")] = "mix",
    jobs: Annotated[int | None, typer.Option(help="Processes; one a core unless given.")] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make a data set from recordings, or bring one up to date, and say what was taken and what was not."""
    from timbrespace.audio import parse_channel
    from timbrespace.dataset.prepare import prepare as prepare_dataset

    if len(paths) < 2:
        raise typer.BadParameter("name the recordings and then the folder for the data set")
    *audio, folder = paths
    wanted = parse_channel(channel)
    with Progress("preparing", 1.0, quiet=quiet) as progress:

        def on_progress(done: float, total: float, path: str) -> None:
            progress.update(done / max(total, 1.0), os.path.basename(printable(path)))

        try:
            report = prepare_dataset(
                audio, folder, rate=rate, channel=wanted, jobs=jobs, on_progress=on_progress
            )
        except KeyboardInterrupt:
            note("what is finished is kept; the same command goes on from there", quiet=quiet)
            raise
    if as_json:
        print_json(as_table(report))
    else:
        for line in describe(report):
            say(line, quiet=quiet)


def as_table(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    content = asdict(report)
    content["folder"] = str(report.folder)
    content["seconds"] = round(report.seconds, 3)
    return content


def describe(report: Report) -> list[str]:
    """The report in words, a line a file."""
    lines = [_describe_taken(source, report.sample_rate) for source in report.taken]
    for reason in _COMPACT:
        names = [os.path.basename(file.path) for file in report.skipped if _is_compact(file, reason)]
        if names:
            lines.append(f"skipped  {len(names)} × {reason}: {_short_list(names)}")
    lines += [_describe_skipped(file) for file in report.skipped if not _is_compact(file, file.reason)]
    lines += [f"removed  {path}" for path in report.removed]
    lines += [f"note     {remark}" for remark in report.remarks]
    state = "" if report.changed else ", nothing changed"
    length = f"{format_seconds(report.seconds)} at {report.sample_rate} Hz"
    reused = f", {report.reused} as before" if report.reused else ""
    lines.append(
        f"{report.folder}: {len(report.taken)} taken, {len(report.skipped)} skipped{reused}, {length}{state}"
    )
    return [printable(line) for line in lines]


def printable(text: str) -> str:
    """File names may hold bytes that are not text, and control characters."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "�" for letter in whole)


def _describe_taken(source: Source, sample_rate: int) -> str:
    form = (
        "mono"
        if source.channels == 1
        else "stereo"
        if source.channels == 2
        else f"{source.channels} channels"
    )
    seconds = f"{source.length / sample_rate:.1f} s"
    notes = "".join(f"; {note}" for note in source.notes)
    about = f"{seconds}, {source.original_rate} Hz {form}, {source.level_db:.0f} dB"
    return f"taken    {source.path}  {about}{notes}"


def _describe_skipped(file: Skipped) -> str:
    return f"skipped  {file.path}: {file.reason}{': ' if file.detail else ''}{file.detail}"


def _is_compact(file: Skipped, reason: str) -> bool:
    return file.reason == reason and reason in _COMPACT and not file.detail


def _short_list(names: list[str]) -> str:
    counts = [name if count == 1 else f"{name} ({count})" for name, count in Counter(names).items()]
    more = f" and {len(counts) - _NAMES_SHOWN} more" if len(counts) > _NAMES_SHOWN else ""
    return ", ".join(counts[:_NAMES_SHOWN]) + more
