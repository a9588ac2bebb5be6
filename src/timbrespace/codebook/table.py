"""What a model can play, described: every code of a discrete model, frames of the data of a continuous one.

The table is the map on which descriptors are followed. It is kept in the bundle's header under `codes`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace import files
from timbrespace.descriptors import DESCRIPTORS, SPECTRAL
from timbrespace.errors import BundleError
from timbrespace.pitch import F0_VOICING

Values = NDArray[np.float64]

DIGITS = 6  # significant ones, of what is kept
MAX_ROWS = 65_536


@dataclass(frozen=True, eq=False)
class DescriptorTable:
    """K sounds of a model, each held, decoded and analysed.

    z: float32 [K, D]. level_db: dBFS, at which all were decoded. loudness_db: [K], dBFS, that of the frame in
    the data (of codes, which have none, level_db). count: int [K], frames of the data that fall on a code; of
    described frames, one each. values: descriptor → [K] in its unit; f0 is a guess where f0_confidence [K],
    0 to 1, is low. codes: whether row k is code k.
    """

    z: NDArray[np.float32]
    loudness_db: Values
    count: NDArray[np.int64]
    values: Mapping[str, Values]
    f0_confidence: Values
    level_db: float
    codes: bool

    def __len__(self) -> int:
        """Number of described sounds K."""
        return len(self.z)

    @property
    def pitched(self) -> NDArray[np.bool_]:
        """Sounds that have a pitch, [K]."""
        return self.f0_confidence > F0_VOICING

    def column(self, name: str) -> Values:
        """A descriptor of every sound, [K]; f0 is NaN where there is no pitch."""
        values = self.values[name]
        return np.where(self.pitched, values, np.nan) if name == "f0" else values

    def to_header(self) -> dict[str, Any]:
        """Plain values for the bundle's `codes`."""
        header: dict[str, Any] = {
            "descriptors": {name: _rounded(self.values[name]) for name in DESCRIPTORS},
            "f0_confidence": _rounded(self.f0_confidence),
            "count": self.count.tolist(),
            "loudness_db": _rounded(self.loudness_db),
            "level_db": self.level_db,
        }
        return header if self.codes else {**header, "z": [_rounded(row) for row in self.z]}

    @classmethod
    def from_header(
        cls, header: Mapping[str, Any], codebook: NDArray[np.float32] | None, latents: int
    ) -> DescriptorTable:
        """The inverse of `to_header`. codebook: the model's, [K, D], if it has one; latents: D.

        Raises BundleError where damaged.
        """
        try:
            z = np.asarray(header["z"] if codebook is None else codebook, dtype=np.float32)
            columns = {name: np.asarray(header["descriptors"][name], dtype=float) for name in DESCRIPTORS}
            table = cls(
                z,
                np.asarray(header["loudness_db"], dtype=float),
                np.asarray(header["count"], dtype=np.int64),
                columns,
                np.asarray(header["f0_confidence"], dtype=float),
                float(header["level_db"]),
                codebook is not None,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _damaged(f"what should be numbers is not ({type(error).__name__})") from None
        shapes = {len(column) if column.ndim == 1 else -1 for column in table._columns()}
        if z.ndim != 2 or z.shape[1] != latents or shapes != {len(z)} or not 0 < len(z) <= MAX_ROWS:
            raise _damaged("its columns do not fit each other")
        finite = all(np.isfinite(column).all() for column in (*table._columns(), z))
        if not (finite and math.isfinite(table.level_db) and table._in_range()):
            raise _damaged("it holds values that cannot be")
        return table

    def to_csv(self) -> str:
        """`code,count,centroid_hz,bandwidth_hz,rolloff_hz,flatness,f0_hz,f0_confidence`, a row a sound; f0_hz
        is empty where there is no pitch."""
        text = io.StringIO()
        names = [*SPECTRAL, "f0"]
        columns = [DESCRIPTORS[name].column for name in names]
        text.write(",".join(["code", "count", *columns, "f0_confidence"]) + "\n")
        for row in range(len(self)):
            cells = [f"{self.values[name][row]:.{DIGITS}g}" for name in names]
            cells[-1] = cells[-1] if self.pitched[row] else ""
            confidence = f"{self.f0_confidence[row]:.4f}"
            text.write(",".join([str(row), str(self.count[row]), *cells, confidence]) + "\n")
        return text.getvalue()

    def save_csv(self, path: Path, *, force: bool = False) -> None:
        """Write `to_csv`. Errors as `files.atomic_path`."""
        files.write_text(path, self.to_csv(), force=force)

    def _in_range(self) -> bool:
        """Whether every value is one that its descriptor can have at all."""
        kinds = [(DESCRIPTORS[name], column) for name, column in self.values.items()]
        known = all(kind.low <= column.min() and column.max() <= kind.high for kind, column in kinds)
        sure = self.f0_confidence.min() >= 0.0 and self.f0_confidence.max() <= 1.0
        return bool(known and sure and self.count.min() >= 0)

    def _columns(self) -> list[NDArray[Any]]:
        return [self.loudness_db, self.count, self.f0_confidence, *self.values.values()]


def _damaged(how: str) -> BundleError:
    remedy = "make it anew with `timbrespace codebook --store` and --recompute, or --dataset if continuous"
    return BundleError(f"the descriptor table in the model's file is damaged: {how}; {remedy}")


def _rounded(values: ArrayLike) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in np.asarray(values, dtype=float)]
