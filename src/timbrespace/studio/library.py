"""Sounds to pick from: the recordings that come with the package, and a data set's.

What is picked is copied into the session, as if it had been brought in. The page names an item by an id;
where it lies is nobody's business but this module's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

import timbrespace
from timbrespace.audio import BlockReader, select_channel
from timbrespace.dataset.store import Dataset, Source
from timbrespace.files import native_name
from timbrespace.studio import sounds
from timbrespace.studio.document import Sound
from timbrespace.studio.errors import Missing
from timbrespace.studio.peaks import Samples
from timbrespace.studio.session import Session

EXAMPLES = Path(timbrespace.__file__).parent / "demo_audio"
GROUPS = {
    "alto_sax": "Examples: alto saxophone",
    "voice": "Examples: voice",
    "hand_percussion": "Examples: hand percussion",
    "held_out": "Examples: no model of the demo has heard these",
}
WORDS = {"f": "forte", "p": "piano"}
NUMBERED = {"vl": "velocity", "rr": "take"}
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
BLOCK_FRAMES = 65_536


@dataclass(frozen=True)
class Item:
    """Something to pick. place: an example's file, or a recording of the data set."""

    id: str
    group: str
    name: str
    seconds: float
    place: Path | Source


class Library:
    """Bundled examples, and the data set in a folder, if any. Raises DatasetError where that is none."""

    def __init__(self, dataset: Path | None = None) -> None:
        self.dataset = None if dataset is None else Dataset.open(dataset)

    def groups(self) -> list[dict[str, Any]]:
        """All there is, as plain JSON: [{name, items: [{id, name, seconds}]}]; the data set comes first."""
        found = groupby(self._items.values(), key=lambda item: item.group)
        return [
            {
                "name": name,
                "items": [{"id": item.id, "name": item.name, "seconds": item.seconds} for item in items],
            }
            for name, items in found
        ]

    def bring(self, key: str, session: Session) -> Sound:
        """Copy an item into the tray. Raises Missing, or as `sounds.store`."""
        item = self._items.get(key)
        if item is None:
            raise Missing(f"there is nothing '{key:.40}' in the library")
        if isinstance(item.place, Path):
            with BlockReader(item.place) as reader:
                mixed = (select_channel(block, "mix", item.place) for block in reader)
                return sounds.store(session, mixed, reader.sample_rate, item.name, "example")
        assert self.dataset is not None
        blocks = _blocks(self.dataset, item.place)
        return sounds.store(session, blocks, self.dataset.sample_rate, item.name, "dataset")

    @cached_property
    def _items(self) -> dict[str, Item]:
        """By id, in order."""
        items = [*([] if self.dataset is None else _of_dataset(self.dataset)), *_examples()]
        return {item.id: item for item in items}


def _examples() -> Iterator[Item]:
    for folder, group in GROUPS.items():
        for path in sorted((EXAMPLES / folder).glob("*.flac"), key=lambda path: _order(path.stem)):
            seconds = soundfile.info(native_name(path)).duration
            yield Item(_id("example", folder, path.name), group, _spoken(path.stem), round(seconds, 3), path)


def _of_dataset(dataset: Dataset) -> Iterator[Item]:
    """Recordings under their files' names, with their folder where two have the same."""
    paths = [Path(source.path.replace("\\", "/")) for source in dataset.sources]
    stems = [path.stem for path in paths]
    group = f"Data set: {dataset.folder.resolve().name}"
    for number, (source, path) in enumerate(zip(dataset.sources, paths, strict=True)):
        name = path.stem if stems.count(path.stem) == 1 else f"{path.parent.name}/{path.stem}"
        seconds = round(source.length / dataset.sample_rate, 3)
        yield Item(_id("dataset", str(number), source.sha256), group, name, seconds, source)


def _blocks(dataset: Dataset, source: Source) -> Iterator[Samples]:
    for start in range(0, source.length, BLOCK_FRAMES):
        block = np.empty(min(BLOCK_FRAMES, source.length - start), np.float32)
        dataset.read(source.start + start, block)
        yield block


def _id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _spoken(stem: str) -> str:
    """alto-sax_A3_f → Alto sax A3 forte; cajon_sl1_vl4_rr2 → Cajon sl1, velocity 4, take 2."""
    head, *rest = stem.split("_")
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", head)
    text = text[:1].upper() + text[1:]
    for word in rest:
        numbered = re.fullmatch(r"(vl|rr)(\d+)", word)
        text += f", {NUMBERED[numbered[1]]} {numbered[2]}" if numbered else f" {WORDS.get(word, word)}"
    return text


def _order(stem: str) -> tuple[str, int, str]:
    """Notes by pitch, everything else by name."""
    note = re.search(r"_([A-G])(b?)(\d)_", stem)
    if note is None:
        return (stem, 0, stem)
    return (stem[: note.start()], 12 * int(note[3]) + SEMITONES[note[1]] - len(note[2]), stem)
