"""Exported tiny models for tests, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from signals import noise
from torch import Tensor

from timbrespace import engine
from timbrespace.engine import Engine
from timbrespace.export.exporter import export
from timbrespace.latents import LatentSeries

FRAMES = 40  # of input, where it does not matter


@dataclass(frozen=True)
class Exported:
    """A model, the file made of it, and its certificate."""

    engine: Engine
    path: Path
    certificate: dict[str, Any]

    def load(self) -> Any:
        """A fresh instance of the module."""
        return torch.jit.load(str(self.path))


def exported(model: Path, folder: Path, name: str) -> Exported:
    """`model` exported to `folder`/`name`.ts."""
    loaded = engine.load(model)
    path = folder / f"{name}.ts"
    return Exported(loaded, path, export(loaded, path, name=name))


def sound(model: Exported, seconds: float = 1.0, seed: int = 0) -> Tensor:
    """[1, 1, T], whole frames."""
    hop = model.engine.signal.hop
    count = int(seconds * model.engine.sample_rate) // hop * hop
    return torch.from_numpy(noise(count, seed)).view(1, 1, -1)


def in_blocks(method: Any, x: Tensor, size: int) -> Tensor:
    return torch.cat([method(block) for block in x.split(size, dim=2)], dim=2)


def series_of(model: Exported, x: Tensor) -> LatentSeries:
    series: LatentSeries = model.engine.encode(x[0, 0].numpy(), model.engine.sample_rate)
    return series


def as_input(series: LatentSeries, frames: int = FRAMES) -> Tensor:
    """[1, D + 1, L] as `decode` takes it."""
    rows = np.concatenate([series.z, series.loudness_db[:, None]], axis=1)[:frames]
    return torch.from_numpy(rows.T.copy())[None]


def offline(model: Exported, series: LatentSeries, frames: int = FRAMES, seed: int = 0) -> np.ndarray:
    """What the model makes of the first frames, as late as the export."""
    z, loudness_db = (torch.from_numpy(values[None, :frames].copy()) for values in
                      (series.z, series.loudness_db))  # fmt: skip
    net = model.engine.model
    with torch.inference_mode():
        nearest = net.rotation(net.bottleneck.nearest(net.rotation.back(z)))
        audio: np.ndarray = net.decode(nearest, loudness_db, net.initial_decoder_state(1), seed)[0][0].numpy()
    return audio
