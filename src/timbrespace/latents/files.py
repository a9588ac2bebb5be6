"""Latent series in files: `.npz`, exact, and `.csv`, for editing by hand.

Plain arrays in and out; `LatentSeries` checks what they hold. Nothing in a file is executed, and sizes
are checked before memory is taken.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from timbrespace import files, tables
from timbrespace.errors import SeriesError, TimbrespaceError
from timbrespace.latents.checks import MAX_FRAMES, check

MAX_BYTES = 2**30  # of one array in a file
FIELDS = ("z", "loudness_db", "frame_rate_hz", "model_id", "codes", "length_samples")
GRID_TOLERANCE = 0.01  # of a frame: rows this close to the frame grid are frames, not breakpoints


class Rows(NamedTuple):
    """What a text file says of every frame: z [L, D], loudness_db [L], codes [L] or None."""

    z: NDArray[np.floating]
    loudness_db: NDArray[np.floating]
    codes: NDArray[np.int32] | None


def write_npz(path: Path, fields: Mapping[str, Any], *, force: bool = False) -> None:
    """Write `FIELDS` by name, but those that are None; equal fields give equal bytes.

    Errors as `files.atomic_path`.
    """
    buffer = io.BytesIO()
    arrays = {name: np.asarray(fields[name]) for name in FIELDS if fields[name] is not None}
    np.savez(buffer, allow_pickle=False, **arrays)
    files.write_bytes(path, buffer.getvalue(), force=force)


def read_npz(path: Path) -> dict[str, Any]:
    """Those of `FIELDS` that a file has: arrays, numbers and a text, as `LatentSeries` takes them.

    Raises SeriesError where one is missing that must be there, or is something else.
    """
    arrays = _read_arrays(path)
    missing = [name for name in FIELDS[:4] if name not in arrays]
    if missing:
        raise SeriesError(f"{path}: not a latent series: it has no {', '.join(missing)}")
    try:
        fields = {**arrays, "model_id": _text(arrays["model_id"])}
        fields["frame_rate_hz"] = _scalar(arrays["frame_rate_hz"], "frame_rate_hz")
        if "length_samples" in arrays:
            fields["length_samples"] = int(_scalar(arrays["length_samples"], "length_samples"))
    except SeriesError as error:
        raise SeriesError(f"{path}: {error}") from None
    return fields


def write_csv(path: Path, seconds: NDArray[np.float64], rows: Rows, *, force: bool = False) -> None:
    """Write `seconds,loudness_db,z0,z1,…` or `seconds,loudness_db,code`. Errors as `files.atomic_path`."""
    columns = {
        "seconds": [f"{second:.6f}" for second in seconds],
        "loudness_db": [f"{level:.9g}" for level in rows.loudness_db],
    }
    if rows.codes is not None:
        columns["code"] = [str(code) for code in rows.codes]
    else:
        columns |= {f"z{d}": [f"{value:.9g}" for value in column] for d, column in enumerate(rows.z.T)}
    files.write_text(path, tables.format_table(columns), force=force)


def read_csv(path: Path, frame_rate_hz: float, codebook: NDArray[np.float32] | None) -> Rows:
    """Read what `write_csv` wrote, edited or not; rows between frames or far apart are breakpoints.

    Values are interpolated linearly between the rows, codes hold until the next row, and before
    the first row its values hold. codebook: float32 [K, D], needed for a `code` column.
    Raises SeriesError with the row at fault.
    """
    columns = tables.read_table(path)
    if "loudness_db" not in columns:
        raise SeriesError(f"{path}: there is no column 'loudness_db'")
    names = [name for name in columns if name not in ("seconds", "loudness_db")]
    seconds = columns["seconds"]
    frames = _frame_times(path, seconds, frame_rate_hz)
    loudness_db = np.interp(frames, seconds, columns["loudness_db"])
    if names == ["code"]:
        if codebook is None:
            raise SeriesError(f"{path}: it has a column 'code', but a continuous model has no codes")
        codes = _held_codes(path, frames, columns, codebook)
        return Rows(codebook[codes], loudness_db, codes)
    if names and names == [f"z{d}" for d in range(len(names))]:
        z = np.stack([np.interp(frames, seconds, columns[name]) for name in names], axis=1)
        return Rows(z, loudness_db, None)
    wanted = "'code'" if codebook is not None else "z0,z1,…"
    found = ",".join(names) or "no columns"
    raise SeriesError(f"{path}: after seconds,loudness_db come {found}; expected {wanted}")


def _frame_times(path: Path, seconds: NDArray[np.float64], frame_rate_hz: float) -> NDArray[np.float64]:
    """Seconds of the frames [L] that a table covers, put onto its rows where those lie on the grid."""
    position = seconds * frame_rate_hz
    count = int(min(np.round(position[-1]), MAX_FRAMES)) + 1
    if count > MAX_FRAMES:
        raise SeriesError(f"{path}: the last row is at {seconds[-1]:g} seconds; that is too long")
    if count == len(seconds) and np.all(np.abs(position - np.arange(count)) < GRID_TOLERANCE):
        return seconds
    return np.arange(count) / frame_rate_hz


def _held_codes(
    path: Path,
    frames: NDArray[np.float64],
    columns: tables.Columns,
    codebook: NDArray[np.float32],
) -> NDArray[np.int32]:
    codes = columns["code"]
    bad = (codes != np.round(codes)) | (codes < 0) | (codes >= len(codebook))
    if np.any(bad):
        at = int(np.argmax(bad))
        raise SeriesError(
            f"{path}: row {tables.row_number(path, at)}: the code is {codes[at]:g}; "
            f"it must be a whole number from 0 to {len(codebook) - 1}"
        )
    row = np.searchsorted(columns["seconds"], frames + 1e-9, side="right") - 1
    return codes[np.maximum(row, 0)].astype(np.int32)


def _read_arrays(path: Path) -> dict[str, NDArray]:
    if path.is_dir():
        raise SeriesError(f"{path}: this is a folder; name an .npz file")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
            return {name: _read_array(archive, entries[name]) for name in FIELDS if name in entries}
    except FileNotFoundError:
        raise SeriesError(f"{path}: there is no such file") from None
    except zipfile.BadZipFile as error:
        raise SeriesError(f"{path}: not an .npz file, or a damaged one ({error})") from None
    except OSError as error:
        raise TimbrespaceError(f"{path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # zipfile, zlib and numpy raise a dozen kinds on damaged bytes
        raise SeriesError(f"{path}: damaged: {' '.join(str(error).split())[:200]}") from None


def _read_array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> NDArray:
    """One array, its header checked against the size of its data before memory is taken."""
    with archive.open(entry) as stream:
        shape, column_order, dtype = _read_header(stream)
        if dtype.hasobject or dtype.kind not in "fiuU":
            raise ValueError(f"{entry.filename} holds {dtype} and not numbers")
        size = dtype.itemsize * int(np.prod(shape, dtype=object))
        if size > MAX_BYTES:
            raise ValueError(f"{entry.filename} declares {size} bytes; that is too much")
        data = stream.read(size + 1)
    if len(data) != size:
        raise ValueError(f"{entry.filename} declares {size} bytes and holds {len(data)}")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if column_order else "C")


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(stream)
    if version == (1, 0):
        return npy.read_array_header_1_0(stream)
    return npy.read_array_header_2_0(stream)


def _scalar(array: NDArray, name: str) -> float:
    check(array.size == 1 and array.dtype.kind in "fiu", f"{name} must be one number")
    value = float(array.reshape(()))
    check(bool(np.isfinite(value)), f"{name} is {value}; it must be finite")
    return value


def _text(array: NDArray) -> str:
    check(array.size == 1 and array.dtype.kind == "U", "model_id must be one text")
    return str(array.reshape(()))
