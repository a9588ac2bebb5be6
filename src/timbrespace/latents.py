"""A latent series: what a sound is to a model, frame by frame, in memory and in files.

Two files hold one: `.npz`, exact, and `.csv`, for editing by hand. Stereo is two series.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import ArrayLike, NDArray

from timbrespace import files, tables
from timbrespace.errors import SeriesError, TimbrespaceError

MAX_FRAMES = 2**24  # 54 hours at 86 frames a second; more is a damaged file or a slip of the pen
MAX_BYTES = 2**30  # of one array in a file
MAX_LATENTS = 256
FIELDS = ("z", "loudness_db", "frame_rate_hz", "model_id", "codes", "length_samples")
GRID_TOLERANCE = 0.01  # of a frame: rows this close to the frame grid are frames, not breakpoints


@dataclass(frozen=True, eq=False)
class LatentSeries:
    """One channel of sound as a model sees it.

    z: float32 [L, D]. loudness_db: float32 [L], dBFS. codes: int32 [L] or None, discrete models only.
    frame_rate_hz: frames per second. model_id: the model that made it. length_samples: samples of
    the sound at the model's rate, so that decoding gives the same length; None: whole frames.
    Raises SeriesError where shapes disagree or a value is not finite.
    """

    z: NDArray[np.float32]
    loudness_db: NDArray[np.float32]
    frame_rate_hz: float
    model_id: str
    codes: NDArray[np.int32] | None = None
    length_samples: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "z", _floats(self.z, "z", 2))
        object.__setattr__(self, "loudness_db", _floats(self.loudness_db, "loudness_db", 1))
        if self.codes is not None:
            object.__setattr__(self, "codes", _codes(self.codes))
        _check(self.z.shape[0] <= MAX_FRAMES, f"z has {self.z.shape[0]} frames; at most {MAX_FRAMES}")
        _check(1 <= self.z.shape[1] <= MAX_LATENTS, f"z has {self.z.shape[1]} dimensions; 1 to {MAX_LATENTS}")
        for name, values in (("loudness_db", self.loudness_db), ("codes", self.codes)):
            same = values is None or len(values) == len(self.z)
            _check(same, f"{name} has {0 if values is None else len(values)} frames and z {len(self.z)}")
        rate_fits = np.isfinite(self.frame_rate_hz) and 1 <= self.frame_rate_hz <= 10_000
        _check(bool(rate_fits), f"frame_rate_hz is {self.frame_rate_hz}; it must be 1 to 10000")
        length = self.length_samples
        _check(length is None or 0 <= length < 2**40, f"length_samples is {length}; it must not be negative")

    def __len__(self) -> int:
        """Number of frames L."""
        return len(self.z)

    @property
    def latents(self) -> int:
        """Number of dimensions D."""
        return int(self.z.shape[1])

    @property
    def seconds(self) -> NDArray[np.float64]:
        """The time of every frame, float64 [L], starting at 0."""
        return np.arange(len(self), dtype=np.float64) / self.frame_rate_hz

    def at(self, positions: ArrayLike) -> LatentSeries:
        """The series read at fractional frame numbers, [N]: linearly between frames, held beyond either end.

        Codes, and the vectors that stand for them, are those of the nearest frame. Whole frames long.
        """
        place = np.clip(np.asarray(positions, dtype=np.float64), 0.0, len(self) - 1)
        nearest = np.rint(place).astype(np.intp)
        level = np.interp(place, np.arange(len(self)), self.loudness_db)
        if self.codes is not None:
            z, codes = self.z[nearest], self.codes[nearest]
        else:
            before = np.minimum(place.astype(np.intp), max(len(self) - 2, 0))
            share = (place - before)[:, None].astype(np.float32)
            after = np.minimum(before + 1, len(self) - 1)
            z, codes = (1 - share) * self.z[before] + share * self.z[after], None
        return replace(self, z=z, loudness_db=level.astype(np.float32), codes=codes, length_samples=None)

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write an `.npz` file; equal series give equal bytes. Errors as `files.atomic_path`."""
        arrays: dict[str, ArrayLike] = {
            "z": self.z,
            "loudness_db": self.loudness_db,
            "frame_rate_hz": np.float64(self.frame_rate_hz),
            "model_id": np.array(self.model_id),
        }
        if self.codes is not None:
            arrays["codes"] = self.codes
        if self.length_samples is not None:
            arrays["length_samples"] = np.int64(self.length_samples)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        files.write_bytes(Path(path), buffer.getvalue(), force=force)

    @classmethod
    def load(cls, path: str | Path) -> LatentSeries:
        """Read an `.npz` file. Nothing in it is executed; sizes are checked before memory is taken.

        Raises SeriesError where it is not a series file, is damaged or holds something that does not fit.
        """
        path = Path(path)
        fields = _read_npz(path)
        missing = [n for n in FIELDS[:4] if n not in fields]
        if missing:
            raise SeriesError(f"{path}: not a latent series: it has no {', '.join(missing)}")
        length = fields.get("length_samples")
        try:
            return cls(
                z=fields["z"],
                loudness_db=fields["loudness_db"],
                frame_rate_hz=_scalar(fields["frame_rate_hz"], "frame_rate_hz"),
                model_id=_text(fields["model_id"]),
                codes=fields.get("codes"),
                length_samples=None if length is None else int(_scalar(length, "length_samples")),
            )
        except SeriesError as error:
            raise SeriesError(f"{path}: {error}") from None

    def to_csv(self, path: str | Path, *, force: bool = False) -> None:
        """Write `seconds,loudness_db,z0,z1,…` or `seconds,loudness_db,code`. Errors as `save`."""
        columns = {
            "seconds": [f"{second:.6f}" for second in self.seconds],
            "loudness_db": [f"{level:.9g}" for level in self.loudness_db],
        }
        if self.codes is not None:
            columns["code"] = [str(code) for code in self.codes]
        else:
            columns |= {f"z{d}": [f"{value:.9g}" for value in self.z[:, d]] for d in range(self.latents)}
        files.write_text(Path(path), tables.format_table(columns), force=force)

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        *,
        frame_rate_hz: float,
        model_id: str,
        codebook: NDArray[np.float32] | None = None,
    ) -> LatentSeries:
        """Read what `to_csv` wrote, edited or not; rows between frames or far apart are breakpoints.

        Values are interpolated linearly between the rows, codes hold until the next row, and before
        the first row its values hold. codebook: float32 [K, D], needed for a `code` column.
        Raises SeriesError with the row at fault.
        """
        path = Path(path)
        columns = tables.read_table(path)
        if "loudness_db" not in columns:
            raise SeriesError(f"{path}: there is no column 'loudness_db'")
        names = [name for name in columns if name not in ("seconds", "loudness_db")]
        frames = _frame_times(path, columns["seconds"], frame_rate_hz)
        loudness_db = np.interp(frames, columns["seconds"], columns["loudness_db"])
        codes = None
        if names == ["code"]:
            codes = _held_codes(path, frames, columns, codebook)
            assert codebook is not None
            z = codebook[codes]
        elif names and names == [f"z{d}" for d in range(len(names))]:
            z = np.stack([np.interp(frames, columns["seconds"], columns[n]) for n in names], axis=1)
        else:
            wanted = "'code'" if codebook is not None else "z0,z1,…"
            raise SeriesError(f"{path}: after seconds,loudness_db come {','.join(names)}; expected {wanted}")
        try:
            return cls(z, loudness_db, frame_rate_hz, model_id, codes)  # type: ignore[arg-type]
        except SeriesError as error:
            raise SeriesError(f"{path}: {error}") from None


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
    codebook: NDArray[np.float32] | None,
) -> NDArray[np.int32]:
    if codebook is None:
        raise SeriesError(f"{path}: it has a column 'code', but a continuous model has no codes")
    codes = columns["code"]
    bad = (codes != np.round(codes)) | (codes < 0) | (codes >= len(codebook))
    if np.any(bad):
        at = int(np.argmax(bad))
        second = columns["seconds"][at]
        raise SeriesError(
            f"{path}: at {second:g} seconds the code is {codes[at]:g}; "
            f"it must be a whole number from 0 to {len(codebook) - 1}"
        )
    row = np.searchsorted(columns["seconds"], frames + 1e-9, side="right") - 1
    return codes[np.maximum(row, 0)].astype(np.int32)


def _read_npz(path: Path) -> dict[str, NDArray]:
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


def _floats(values: ArrayLike, name: str, dimensions: int) -> NDArray[np.float32]:
    array = np.asarray(values)
    _check(array.dtype.kind in "fiu", f"{name} holds {array.dtype} and not numbers")
    shape = list(array.shape)
    _check(array.ndim == dimensions, f"{name} has the shape {shape}; it must have {dimensions} dimensions")
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(array, dtype=np.float32)
    if not np.all(np.isfinite(array)):
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise SeriesError(f"{name} is {array[at]} at frame {at[0]}; it must be finite")
    return array


def _codes(values: ArrayLike) -> NDArray[np.int32]:
    array = np.asarray(values)
    _check(array.ndim == 1 and array.dtype.kind in "iu", "codes must be whole numbers, one a frame")
    in_range = array.size == 0 or (array.min() >= 0 and array.max() < 2**31)
    _check(in_range, "codes must not be negative")
    return np.ascontiguousarray(array, dtype=np.int32)


def _scalar(array: NDArray, name: str) -> float:
    _check(array.size == 1 and array.dtype.kind in "fiu", f"{name} must be one number")
    value = float(array.reshape(()))
    _check(bool(np.isfinite(value)), f"{name} is {value}; it must be finite")
    return value


def _text(array: NDArray) -> str:
    _check(array.size == 1 and array.dtype.kind == "U", "model_id must be one text")
    return str(array.reshape(()))


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise SeriesError(message)
