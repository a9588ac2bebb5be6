"""Tables with known values, spectra with known distances, and models that hold such tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.bundle import Bundle, load_bundle, save_bundle
from timbrespace.codebook import DescriptorTable
from timbrespace.config import preset
from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries

SIGNAL = preset("tiny").signal
BINS = SIGNAL.bins
BIN_HZ = SIGNAL.sample_rate / 2 / (BINS - 1)


def table(
    centroid: ArrayLike, *, f0: ArrayLike = 220.0, confidence: ArrayLike = 1.0, z: ArrayLike | None = None,
    codes: bool = True, **others: ArrayLike,
) -> DescriptorTable:  # fmt: skip
    """A table of K sounds by their centroids in Hz; what is not given is the same for all."""
    centroids = np.asarray(centroid, dtype=float)
    count = len(centroids)
    values: dict[str, ArrayLike] = {
        "bandwidth": 500.0,
        "rolloff": 2000.0,
        "flatness": 0.1,
        **others,
        "f0": f0,
    }
    columns = {
        name: np.broadcast_to(np.asarray(value, float), count).copy() for name, value in values.items()
    }
    vectors = np.arange(4.0 * count).reshape(count, 4) if z is None else z
    return DescriptorTable(
        np.asarray(vectors, dtype=np.float32),
        np.full(count, -20.0),
        np.arange(count, dtype=np.int64),
        {"centroid": centroids, **columns},
        np.broadcast_to(np.asarray(confidence, float), count).copy(),
        -20.0,
        codes,
    )


def engine_of(magnitudes: NDArray[np.floating]) -> Engine:
    """What stands for a discrete model whose sounds have these magnitudes [K, F], code k at z = (4k, …)."""

    def decode_magnitudes(series: LatentSeries) -> NDArray[np.float32]:
        return np.asarray(magnitudes[(series.z[:, 0] / 4).astype(int)], dtype=np.float32)

    stand_in = SimpleNamespace(
        decode_magnitudes=decode_magnitudes,
        sample_rate=SIGNAL.sample_rate,
        signal=SIGNAL,
        model_id="0123456789abcdef",
    )
    return cast(Engine, stand_in)


def lines(bins: Sequence[int]) -> NDArray[np.float64]:
    """A spectrum [F] of equal lines in these bins."""
    spectrum = np.zeros(BINS)
    spectrum[list(bins)] = 1.0
    return spectrum


def keep(source: Path, target: Path, codes: Mapping[str, Any] | None) -> Path:
    """A copy of a model with this descriptor table in its file."""
    bundle = load_bundle(source)
    header = {**bundle.header, "codes": None if codes is None else dict(codes)}
    save_bundle(target, Bundle(header, bundle.tensors), force=True)
    return target
