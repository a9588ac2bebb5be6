"""What the examples share: models, the recordings of the package, a folder for results, a table."""

from __future__ import annotations

import argparse
import csv
import io
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import timbrespace
from timbrespace import audio, files
from timbrespace.config import Kind
from timbrespace.engine import Engine
from timbrespace.errors import TimbrespaceError, UsageError

RECORDINGS = Path(timbrespace.__file__).parent / "demo_audio"
FIGURES_FILE = "figures.csv"


@dataclass(frozen=True)
class Sound:
    """A mono recording. samples: float32 [T], without an offset (DC)."""

    name: str
    samples: NDArray[np.float32]
    sample_rate: int


def parser_of(text: str, kinds: Sequence[Kind]) -> argparse.ArgumentParser:
    """The options that every example has. text: its docstring. kinds: of model that it plays."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder for the results")
    parser.add_argument(
        "--models", type=Path, default=Path("demo"), help="a folder that `make demo` made (demo)"
    )
    for kind in kinds:
        parser.add_argument(
            f"--{kind}", type=Path, metavar="FILE", help=f"this {kind} model (.timbre) in place of the demo's"
        )
    parser.add_argument("--force", action="store_true", help="write into a folder that holds files already")
    return parser


def load_model(options: argparse.Namespace, kind: Kind) -> Engine:
    """The model of a kind that the options name. Raises UsageError where there is none."""
    named: Path | None = getattr(options, kind)
    path = named or options.models / f"run-{kind}" / "model.timbre"
    if not path.is_file():
        raise UsageError(
            f"{path}: there is no such model; run `make demo` first (five minutes, into the folder demo), "
            f"or name a folder of `timbrespace demo` with --models, or a model with --{kind}"
        )
    engine = timbrespace.load(path)
    if engine.kind != kind:
        raise UsageError(f"{path}: this is a {engine.kind} model; --{kind} needs a {kind} one")
    return engine


def results_folder(options: argparse.Namespace) -> Path:
    """The folder to write into. Raises UsageError where it holds files already."""
    folder: Path = options.out
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: this is a file; the results need a folder")
    if folder.is_dir() and any(folder.iterdir()) and not options.force:
        raise UsageError(f"{folder}: holds files already; name a new folder or give --force")
    return folder


def read_sound(path: Path) -> Sound:
    """A recording as `prepare` takes it: the mean of its channels, without DC. Raises AudioError."""
    read = audio.read_audio(path, channel="mix")
    return Sound(path.stem, audio.without_offset(read.samples[0]), read.sample_rate)


def write_figures(folder: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table and keep it as figures.csv."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((columns, *rows))
    files.write_text(folder / FIGURES_FILE, text.getvalue(), force=True)
    print(f"\n{folder}: sounds, pictures and {FIGURES_FILE} written")


def number(value: float, digits: int = 3) -> str:
    """A figure for people; a dash where it has no meaning."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "–"


def note(text: str) -> None:
    """A line for people, beside the results."""
    print(text, file=sys.stderr, flush=True)


def run(main: Callable[[], None]) -> None:
    """Run an example; what is wrong is said in one line, exit code 2 for wrong use, 1 for anything else."""
    try:
        main()
    except TimbrespaceError as error:
        note(f"error: {error}")
        sys.exit(2 if isinstance(error, UsageError) else 1)
