"""The described sounds of the models: from their files, else made, and kept beside the sessions.

Codes of a discrete model are described when they are first asked for. Frames of the data of a continuous
model whose file has none come from the studio's data set: that takes a minute, so `make` does it, beside
everything else, and what needs them says so until they are there.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from timbrespace import files
from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.dataset.store import Dataset
from timbrespace.engine import Engine
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.progress import Tell


class Tables:
    """models: by name. dataset: where frames come from, or None. folder: where what was made is kept."""

    def __init__(self, models: Mapping[str, Engine], dataset: Dataset | None, folder: Path) -> None:
        self._models, self._dataset, self._folder = models, dataset, folder
        self._known: dict[str, DescriptorTable] = {}  # by the model's identity
        self._coming = {} if dataset is None else {name: 0.0 for name in models if self._is_missing(name)}
        self._lock = threading.RLock()

    def of(self, name: str) -> DescriptorTable:
        """A model's table. Raises UsageError where it has none, or none yet."""
        engine = self._models[name]
        share = self._coming.get(name)
        if share is not None:
            raise UsageError(
                f"the sounds of '{name}' are being described from the data set ({100 * share:.0f} %); "
                "wait until they are there"
            )
        with self._lock:
            if engine.model_id not in self._known:
                self._known[engine.model_id] = table_of(engine)
            return self._known[engine.model_id]

    @property
    def coming(self) -> list[str]:
        """Models whose sounds are still to be described from the data set."""
        return list(self._coming)

    def make(self, name: str, progress: Tell) -> None:
        """Describe the sounds of a model that is `coming`. progress: may raise to stop it.

        Raises TimbrespaceError where the data set cannot be this model's.
        """
        engine = self._models[name]
        try:
            table = self._kept(engine) or self._make(name, engine, progress)
            with self._lock:
                self._known[engine.model_id] = table
        finally:
            self._coming.pop(name, None)

    def _is_missing(self, name: str) -> bool:
        engine = self._models[name]
        return engine.kind == "continuous" and not engine.header.get("codes")

    def _make(self, name: str, engine: Engine, progress: Tell) -> DescriptorTable:
        def tell(share: float) -> None:
            progress(share)
            self._coming[name] = share

        header = table_of(engine, self._dataset, progress=tell).to_header()
        with suppress(TimbrespaceError):  # made again next time
            files.write_text(self._path(engine), json.dumps(header), force=True)
        return DescriptorTable.from_header(header, engine.codebook, engine.config.latents)

    def _kept(self, engine: Engine) -> DescriptorTable | None:
        """What an earlier studio made of the same model and data; None where that is missing or damaged."""
        try:
            header = json.loads(self._path(engine).read_text(encoding="utf-8"))
            return DescriptorTable.from_header(header, engine.codebook, engine.config.latents)
        except (OSError, ValueError, RecursionError, TimbrespaceError):
            return None

    def _path(self, engine: Engine) -> Path:
        assert self._dataset is not None
        recordings = (source.sha256 for source in self._dataset.sources)
        words = "\0".join([engine.model_id, str(self._dataset.sample_rate), *recordings])
        return self._folder / f"{hashlib.sha256(words.encode()).hexdigest()[:32]}.table.json"
