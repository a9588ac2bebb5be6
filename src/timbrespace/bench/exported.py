"""An exported model played as a host plays it: its method `forward`, a whole number of hops a call.

A host whose blocks are smaller than a hop gathers them first; so does this.
"""

from __future__ import annotations

import math
import time
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from timbrespace.errors import ExportError
from timbrespace.export.description import Description, read_description

Audio = NDArray[np.float32]


class ExportedPlayer:
    """One instance of an exported model: blocks in, blocks out."""

    def __init__(self, module: Any, description: Description, block_samples: int) -> None:
        gathered = description.hop - math.gcd(block_samples, description.hop)
        self.latency_samples = description.latency_samples + gathered
        self._module = module
        self._hop = description.hop
        self._waiting = np.zeros(0, np.float32)
        self._ready = np.zeros(gathered, np.float32)

    @torch.inference_mode()
    def process(self, block: Audio) -> Audio:
        """block [T], in multiples of what it was opened for → as many samples."""
        waiting = np.concatenate([self._waiting, block])
        whole = len(waiting) // self._hop * self._hop
        self._waiting = waiting[whole:]
        ready = self._ready
        if whole:
            played = self._module.forward(torch.from_numpy(waiting[None, None, :whole]))
            ready = np.concatenate([ready, played[0, 0].numpy()])
        self._ready = ready[len(block) :]
        return ready[: len(block)]


class ExportedModel:
    """A `.ts` file. load_seconds: how long it took to load. size_bytes: of the file.

    Raises ExportError where it is none, or damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.description = read_description(self.path)
        self.size_bytes = self.path.stat().st_size
        started = time.perf_counter()
        self._load()
        self.load_seconds = time.perf_counter() - started

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.description.sample_rate

    def stream(self, block_samples: int) -> ExportedPlayer:
        """A fresh instance for blocks of so many samples."""
        return ExportedPlayer(self._load(), self.description, block_samples)

    def _load(self) -> Any:
        try:
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                module = torch.jit.load(str(self.path), map_location="cpu").eval()
                module.get_methods()  # as hosts do: it is then prepared
                return module
        except (RuntimeError, AttributeError, OSError, zipfile.BadZipFile) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ExportError(f"{self.path}: torch cannot load it ({reason}); export it again") from None
