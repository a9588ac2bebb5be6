"""A prepared data set on disk: one long mono signal and a manifest that says what is where.

`audio.npy` is a float32 array to be mapped into memory, `manifest.json` lists the sources. They are
replaced together by `folder.py`; a new manifest waiting beside them counts as soon as its audio has
been moved into place, so that whoever opens the folder at any moment gets a pair that belongs together.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from timbrespace.dataset.split import Region, split_regions
from timbrespace.errors import DatasetError

FORMAT = "timbrespace data set"
VERSION = 1
AUDIO, MANIFEST = "audio.npy", "manifest.json"
NEXT_AUDIO, NEXT_MANIFEST = "audio.next.npy", "manifest.next.json"


@dataclass(frozen=True)
class Source:
    """One recording in the data set.

    path: where it was read. sha256: of its decoded samples (chosen channel, original rate, float32).
    start, length: its place in the signal, samples. original_rate: Hz. channels: of the file. peak:
    largest |sample| as prepared. level_db: K-weighted level of the loudest frame, dBFS. bandwidth_hz:
    where its spectrum ends. dc: offset that was removed, full scale 1. truncation: what was missing, or
    "". notes: how it differs from the rest. size, mtime_ns: of the file when it was read.
    """

    path: str
    sha256: str
    start: int
    length: int
    original_rate: int
    channels: int
    peak: float
    level_db: float
    bandwidth_hz: float
    dc: float = 0.0
    truncation: str = ""
    notes: tuple[str, ...] = ()
    size: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True)
class Skipped:
    """A file that was not used, and why: `reason` is one of a few fixed words, `detail` says more."""

    path: str
    reason: str
    detail: str = ""
    size: int = 0
    mtime_ns: int = 0
    sha256: str = ""


Part = TypeVar("Part", Source, Skipped)


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` holds. sample_rate: Hz. settings: what `prepare` was asked for."""

    sample_rate: int
    settings: dict[str, Any]
    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]

    @property
    def samples(self) -> int:
        """Length of the signal."""
        return sum(source.length for source in self.sources)

    def totals(self) -> dict[str, Any]:
        """Counts, length and range of levels."""
        return {
            "sources": len(self.sources),
            "skipped": len(self.skipped),
            "samples": self.samples,
            "seconds": round(self.samples / self.sample_rate, 3),
            "peak": max((source.peak for source in self.sources), default=0.0),
            "loudest_db": max((source.level_db for source in self.sources), default=None),
            "softest_source_db": min((source.level_db for source in self.sources), default=None),
        }

    def to_json(self) -> str:
        """Text of `manifest.json`."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            "sample_rate": self.sample_rate,
            "settings": self.settings,
            "totals": self.totals(),
            "sources": [asdict(source) for source in self.sources],
            "skipped": [asdict(file) for file in self.skipped],
        }
        return json.dumps(content, indent=1, allow_nan=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Read and check a manifest. Raises DatasetError: missing, broken, not one, of a newer version."""
        try:
            content = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise DatasetError(f"{path}: cannot be read: {error.strerror}; is this a data set?") from error
        except ValueError as error:
            raise DatasetError(f"{path}: broken ({error}); delete the folder and prepare again") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise DatasetError(f"{path}: not the manifest of a data set made by 'timbrespace prepare'")
        if content.get("version") != VERSION:
            version = content.get("version")
            raise DatasetError(f"{path}: version {version}, this timbrespace reads {VERSION}; prepare again")
        try:
            sources = tuple(_make(Source, item) for item in content["sources"])
            skipped = tuple(_make(Skipped, item) for item in content["skipped"])
            manifest = cls(int(content["sample_rate"]), dict(content["settings"]), sources, skipped)
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"{path}: broken ({error!r}); delete the folder and prepare again") from error
        _check_places(manifest.sources, path)
        return manifest


class Dataset:
    """An open data set. Reading needs no more memory than what is asked for."""

    def __init__(self, folder: Path, manifest: Manifest, audio: Path) -> None:
        self.folder = folder
        self.manifest = manifest
        self.audio: NDArray[np.float32] = _open_audio(audio, manifest.samples)
        self._file = audio.open("rb", buffering=0)  # reads do not count as our memory, mapped pages do
        self._offset = self._file.seek(0, os.SEEK_END) - 4 * manifest.samples
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: str | Path) -> Dataset:
        """Open the data set in `folder`. Raises DatasetError, one line: missing, incomplete, broken."""
        folder = Path(folder)
        if not folder.is_dir():
            raise DatasetError(
                f"{folder}: no such data set; make one with: timbrespace prepare AUDIO {folder}"
            )
        manifest = current_manifest(folder)
        if manifest is None:
            raise DatasetError(
                f"{folder}: not a data set (no {MANIFEST}); name the folder that `timbrespace prepare` wrote"
            )
        if not manifest.sources:
            raise DatasetError(f"{folder}: the data set is empty; prepare it again")
        return cls(folder, manifest, folder / AUDIO)

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.manifest.sample_rate

    @property
    def sources(self) -> tuple[Source, ...]:
        """The recordings in the order of the signal."""
        return self.manifest.sources

    @property
    def loudest_db(self) -> float:
        """K-weighted level of the loudest frame of all, dBFS."""
        return max(source.level_db for source in self.sources)

    def read(self, start: int, out: NDArray[np.float32]) -> None:
        """Fill `out` [T] with the samples from `start` on. Threads may share a data set."""
        view = out.data.cast("B")
        with self._lock:
            self._file.seek(self._offset + 4 * start)
            done = 0
            while done < len(view):
                got = self._file.readinto(view[done:])
                if not got:
                    raise DatasetError(f"{self.folder / AUDIO}: ends before sample {start + len(out)}")
                done += got

    def split(self, hold_out: float = 0.1, seed: int = 0) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
        """Training and validation regions; see `split_regions`."""
        return split_regions(self.sources, self.sample_rate, hold_out, seed)

    def summary(self) -> dict[str, Any]:
        """What a model remembers of its data: totals and names, no audio and no places on this computer."""
        return {
            "sample_rate": self.sample_rate,
            "settings": self.manifest.settings,
            **self.manifest.totals(),
            "bandwidth_hz": max(source.bandwidth_hz for source in self.sources),
            "names": [os.path.basename(source.path) for source in self.sources[:1000]],
        }


def current_manifest(folder: Path) -> Manifest | None:
    """The manifest that belongs to `audio.npy`, also if the swap was cut short; None where there is none."""
    swapped_half = (folder / NEXT_MANIFEST).exists() and not (folder / NEXT_AUDIO).exists()
    path = folder / (NEXT_MANIFEST if swapped_half else MANIFEST)
    return Manifest.load(path) if path.exists() else None


def _open_audio(path: Path, samples: int) -> NDArray[np.float32]:
    try:
        audio = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DatasetError(f"{path}: cannot be read ({error}); prepare the data set again") from error
    if audio.dtype != np.float32 or audio.shape != (samples,):
        found = f"{audio.dtype} {list(audio.shape)}"
        raise DatasetError(f"{path}: holds {found}, the manifest says float32 [{samples}]; prepare it again")
    return audio


def _make(cls: type[Part], values: dict[str, Any]) -> Part:
    known = {field.name for field in fields(cls)}
    if set(values) != known:
        raise ValueError(f"fields {sorted(set(values) ^ known)}")
    if "notes" in values:
        values = {**values, "notes": tuple(values["notes"])}
    return cls(**values)


def _check_places(sources: Sequence[Source], path: Path) -> None:
    position = 0
    for source in sources:
        if source.start != position or source.length < 1:
            raise DatasetError(
                f"{path}: broken (place of {source.path}); delete the folder and prepare again"
            )
        position += source.length
