"""Find the files to look at: folders are walked, links followed once, nothing is taken twice."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from timbrespace.dataset.store import FORMAT, MANIFEST, Skipped
from timbrespace.errors import DatasetError


@dataclass(frozen=True)
class Found:
    """A file to look at. path: absolute. size, mtime_ns: to notice that it changed."""

    path: str
    size: int
    mtime_ns: int


@dataclass
class Walk:
    """What lies under the given files and folders, sorted by path."""

    found: list[Found] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def walk(roots: Sequence[Path], dataset: Path) -> Walk:
    """Everything under `roots`, apart from the data set being written.

    Hidden files and folders and other data sets are listed as skipped, unless named as a root
    themselves. A file that several links lead to is taken once. Raises DatasetError where a root does
    not exist.
    """
    result = Walk()
    seen: dict[tuple[int, int], str] = {}
    stack = [
        os.path.abspath(root)
        for root in sorted({Path(os.path.abspath(root)) for root in roots}, reverse=True)
    ]
    for root in stack:
        if not os.path.lexists(root):
            raise DatasetError(f"{root}: no such file or folder")
    while stack:
        path = stack.pop()
        try:
            status = os.stat(path)
        except OSError as error:
            words = "link to nothing" if os.path.islink(path) else error.strerror or str(error)
            result.skipped.append(Skipped(path, "unreadable", words))
            continue
        identity = (status.st_dev, status.st_ino)
        if os.path.isdir(path):
            if identity not in seen and not _same(path, dataset):
                stack.extend(_inside(path, result.skipped))
            seen.setdefault(identity, path)
        elif identity not in seen:
            seen[identity] = path
            result.found.append(Found(path, status.st_size, status.st_mtime_ns))
        elif seen[identity] != path:
            result.skipped.append(Skipped(path, "same file", f"as {seen[identity]}"))
    result.found.sort(key=lambda file: file.path)
    result.skipped.sort(key=lambda file: file.path)
    return result


def _inside(folder: str, skipped: list[Skipped]) -> list[str]:
    """What to look at in a folder, last first; real files come before links to them."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: (entry.is_symlink(), entry.name))
    except OSError as error:
        skipped.append(Skipped(folder, "unreadable", error.strerror or str(error)))
        return []
    if any(entry.name == MANIFEST for entry in inside) and _is_dataset(folder):
        skipped.append(Skipped(folder, "data set", "prepared sound is not prepared again"))
        return []
    skipped.extend(Skipped(entry.path, "hidden") for entry in inside if entry.name.startswith("."))
    return [entry.path for entry in reversed(inside) if not entry.name.startswith(".")]


def _is_dataset(folder: str) -> bool:
    try:
        manifest = json.loads(Path(folder, MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _same(path: str, dataset: Path) -> bool:
    try:
        return os.path.samefile(path, dataset)
    except OSError:
        return False
