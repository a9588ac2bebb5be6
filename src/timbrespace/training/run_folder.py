"""The folder of a run: whose it is, what is in it, and whether a new call may go on with it.

`run.json` holds what was asked for and a fingerprint of the data set; it is there from the start, and says
at the end that the run is finished. Nothing in the folder is ever unpickled: the checkpoint is read with
`weights_only=True`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from timbrespace.config import ModelConfig
from timbrespace.dataset.store import Dataset
from timbrespace.errors import TrainingError
from timbrespace.files import write_text
from timbrespace.training.options import TrainOptions

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: nothing keeps a second process out
    fcntl = None

VERSION = 3
COMPARED = ("kind", "preset", "minutes", "steps", "latents", "codes", "adversary", "seed")


class RunFolder:
    """Paths and state of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record = path / "run.json"
        self.log = path / "train.log"
        self.bundle = path / "model.timbre"
        self.checkpoint = path / "checkpoints" / "last.ckpt"
        self.board = path / "tensorboard"

    def claim(self, request: dict[str, Any], *, resume: bool) -> bool:
        """Make the folder, or check that it is this request's. True where the run is finished already.

        Raises TrainingError: it holds something else, another request, or `resume` was not said.
        """
        if self.path.is_dir() and not any(self.path.iterdir()):
            return self._begin(request)
        if not os.path.lexists(self.path):
            return self._begin(request)
        if not self.record.is_file():
            raise TrainingError(f"{self.path}: exists and is not a training run; choose another name")
        record = self._read_record()
        if not resume:
            raise TrainingError(f"{self.path}: holds a run; give --resume to go on with it, or another name")
        for name, value in request.items():
            self._compare(name, record["request"].get(name), value)
        return bool(record["finished"])

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes out of the folder. Raises TrainingError where one is in it."""
        if fcntl is None:
            yield
            return
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise TrainingError(
                f"{self.path}: another process is training here; wait for it, or choose another name"
            ) from error
        try:
            yield
        finally:
            os.close(descriptor)

    def finish(self) -> None:
        """Say that the run is done."""
        self._write(self._read_record()["request"], finished=True)

    def read_checkpoint(self) -> dict[str, Any] | None:
        """The last checkpoint, tensors and plain values only; None without one. Raises TrainingError."""
        if not self.checkpoint.is_file():
            return None
        try:
            found: dict[str, Any] = torch.load(
                self.checkpoint, map_location="cpu", weights_only=True, mmap=True
            )
            int(found["global_step"])
        except Exception as error:  # the reader raises many kinds
            reason = " ".join(str(error).split())[:100]
            raise TrainingError(
                f"{self.checkpoint}: cannot be read ({reason}); delete {self.path} to start over"
            ) from error
        return found

    def _begin(self, request: dict[str, Any]) -> bool:
        self._write(request, finished=False)
        return False

    def _write(self, request: dict[str, Any], *, finished: bool) -> None:
        content = {"version": VERSION, "request": request, "finished": finished}
        write_text(self.record, json.dumps(content, indent=1) + "\n", force=True)

    def _read_record(self) -> dict[str, Any]:
        try:
            record = json.loads(self.record.read_text("utf-8"))
            if record["version"] != VERSION:
                raise TrainingError(
                    f"{self.record}: of version {record['version']}, not {VERSION}; train anew"
                )
            dict(record["request"])
            bool(record["finished"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"cannot be read ({error}); delete {self.path} to start over"
            raise TrainingError(f"{self.record}: {reason}") from error
        return dict(record)

    def _compare(self, name: str, before: Any, now: Any) -> None:
        if before == now:
            return
        if name == "dataset":
            raise TrainingError(
                f"{self.path}: was started on another data set, or it changed; choose another name"
            )
        if name == "config":
            raise TrainingError(f"{self.path}: was started by a version with other presets; train anew")
        raise TrainingError(
            f"{self.path}: was started with {name} {_word(before)}, not {_word(now)}; "
            "give the same, or choose another name"
        )


def cannot_write(path: Path, error: OSError) -> TrainingError:
    """What to say where a file of a run cannot be written."""
    reason = error.strerror or str(error)
    return TrainingError(f"{path}: cannot be written: {reason}; --resume goes on from what is saved")


def request_of(options: TrainOptions, dataset: Dataset, config: ModelConfig) -> dict[str, Any]:
    """What makes one run differ from another, as plain values."""
    chosen = {name: getattr(options, name) for name in COMPARED}
    return {
        **chosen,
        "processes": options.devices * options.nodes,
        "dataset": _fingerprint(dataset),
        "config": config.to_dict(),
    }


def _fingerprint(dataset: Dataset) -> str:
    digest = hashlib.sha256(str(dataset.sample_rate).encode())
    for source in dataset.sources:
        digest.update(f"{source.sha256} {source.start} {source.length}\n".encode())
    return digest.hexdigest()


def _word(value: Any) -> str:
    return "not given" if value is None else str(value)
