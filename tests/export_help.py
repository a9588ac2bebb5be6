"""Exported tiny models for tests, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from timbrespace import engine
from timbrespace.engine import Engine
from timbrespace.export.exporter import export


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
