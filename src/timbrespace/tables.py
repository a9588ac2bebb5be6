"""Numbers in CSV files that people edit by hand: series, curves, paths.

The first line names the columns, the first column is `seconds`. Every error names the row as a text
editor counts it, the value and the remedy.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import SeriesError, TimbrespaceError

MAX_BYTES = 2**29
LARGEST = 1e30  # a number that single precision holds

Columns = dict[str, NDArray[np.float64]]


def read_table(path: Path) -> Columns:
    """The columns of a CSV file by name, each float64 [rows], `seconds` increasing.

    Raises SeriesError where a name is missing or doubled, a value is missing, not a number or not
    finite, or the seconds do not increase.
    """
    lines = _read_rows(path)
    if not lines:
        raise SeriesError(f"{path}: empty; the first line must name the columns, as in seconds,loudness_db")
    names = _column_names(path, lines[0][1])
    rows = [(number, _numbers(path, number, names, cells)) for number, cells in lines[1:]]
    if not rows:
        raise SeriesError(f"{path}: there is no row below the column names")
    values = np.array([numbers for _, numbers in rows], dtype=np.float64)
    _check_seconds(path, [number for number, _ in rows], values[:, 0])
    return {name: np.ascontiguousarray(values[:, column]) for column, name in enumerate(names)}


def row_number(path: Path, index: int) -> int:
    """The row, as a text editor counts, of a table's `index`-th row of numbers; for errors in its values."""
    return _read_rows(path)[index + 1][0]


def read_curve(path: Path, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A curve `seconds,<name>`: its seconds and its values, float64 [rows] each. Raises SeriesError."""
    columns = read_table(path)
    if list(columns) != ["seconds", name]:
        raise SeriesError(f"{path}: the columns are {','.join(columns)}; this curve needs seconds,{name}")
    return columns["seconds"], columns[name]


def format_table(columns: Mapping[str, Sequence[str]]) -> str:
    """The text of a CSV file from columns of ready-made cells."""
    lines = [",".join(columns)]
    lines += [",".join(row) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def _read_rows(path: Path) -> list[tuple[int, list[str]]]:
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise SeriesError(f"{path}: larger than any table this reads ({MAX_BYTES} bytes)")
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SeriesError(f"{path}: there is no such file") from None
    except UnicodeDecodeError:
        raise SeriesError(f"{path}: not a text file; expected CSV") from None
    except OSError as error:
        raise TimbrespaceError(f"{path}: cannot be read: {error.strerror or error}") from error
    if "\0" in text:
        raise SeriesError(f"{path}: not a text file; expected CSV")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise SeriesError(f"{path}: row {reader.line_num}: not CSV ({error})") from None


def _column_names(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise SeriesError(f"{path}: the columns must be separated by commas; save it again that way")
    if names[0] != "seconds":
        raise SeriesError(f"{path}: the first column is '{names[0]}'; it must be named 'seconds'")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise SeriesError(f"{path}: there are two columns named '{doubled[0]}'")
    return names


def _numbers(path: Path, row: int, names: list[str], cells: list[str]) -> list[float]:
    if len(cells) != len(names):
        raise SeriesError(f"{path}: row {row} has {len(cells)} values; the first line names {len(names)}")
    numbers = []
    for name, cell in zip(names, cells, strict=True):
        try:
            number = float(cell)
        except ValueError:
            raise SeriesError(f"{path}: row {row}: {name} is '{cell.strip()}'; it must be a number") from None
        if abs(number) > LARGEST and math.isfinite(number):
            raise SeriesError(f"{path}: row {row}: {name} is {cell.strip()}; that is too large")
        if not math.isfinite(number):
            raise SeriesError(f"{path}: row {row}: {name} is {cell.strip()}; it must be a finite number")
        numbers.append(number)
    return numbers


def _check_seconds(path: Path, rows: list[int], seconds: NDArray[np.float64]) -> None:
    if seconds[0] < 0:
        raise SeriesError(f"{path}: row {rows[0]}: seconds is {seconds[0]:g}; time starts at 0")
    steps = np.diff(seconds)
    if np.any(steps <= 0):
        at = int(np.argmax(steps <= 0)) + 1
        raise SeriesError(
            f"{path}: row {rows[at]}: seconds is {seconds[at]:g} after {seconds[at - 1]:g}; it must increase"
        )
