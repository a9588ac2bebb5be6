"""The folder that patches are laid out in: what may be written there, and what an earlier layout left.

A list of the files that were laid out lies in the folder, `timbrespace.json`. Only a folder with that list is
ever written into again, and only what stands in it is ever replaced or taken away.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from timbrespace import files
from timbrespace.errors import TimbrespaceError, UsageError

LIST = "timbrespace.json"
MADE_BY = "timbrespace pd"


def list_text(names: Collection[str]) -> str:
    """The text of the list. names: relative to the folder, with `/` between."""
    return json.dumps({"made_by": MADE_BY, "files": sorted(names)}, indent=1) + "\n"


def listed(folder: Path) -> frozenset[str] | None:
    """The names that were laid out in a folder, those alone that lie within it; None: no list of ours."""
    try:
        values = json.loads((folder / LIST).read_bytes())
        names = values["files"] if values["made_by"] == MADE_BY else None
        return None if names is None else frozenset(name for name in names if _within(folder, name))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _within(folder: Path, name: str) -> bool:
    """Whether a name leads to a place in the folder, through no link and no `..`."""
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and path.name != ""
    return inside and Path(os.path.realpath((folder / path).parent)).is_relative_to(os.path.realpath(folder))


def check_folder(folder: Path, model: Path, *, force: bool = False) -> None:
    """Refuses a place for the patches before any work is done.

    Raises UsageError where the folder cannot be one or has the model in it, TimbrespaceError where there is
    something in it already that is not to be replaced.
    """
    if folder.is_symlink() and not folder.exists():
        raise UsageError(f"{folder}: a link to {os.readlink(folder)}, which is not there; name a folder")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: this is a file; name a folder for the patches")
    if not folder.is_dir():
        return
    if Path(os.path.realpath(model)).is_relative_to(os.path.realpath(folder)):
        raise UsageError(f"{folder}: the model is in it; name another folder")
    try:
        inside = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise TimbrespaceError(f"{folder}: cannot be read: {error.strerror or error}") from error
    if inside and listed(folder) is None:
        raise TimbrespaceError(f"{folder}: has other things in it ({inside[0]}); name a new folder")
    if inside and not force:
        raise TimbrespaceError(f"{folder}: has patches already; name a new folder or give --force")


def check_names(folder: Path, names: Collection[str]) -> None:
    """Raises TimbrespaceError where one of `names` is there and was not laid out: it is somebody's."""
    ours = listed(folder) or frozenset()
    for name in sorted(set(names) - ours):
        if os.path.lexists(folder / name):
            raise TimbrespaceError(f"{folder / name}: not laid out by timbrespace; move it elsewhere")


@contextmanager
def appearing(folder: Path, names: Collection[str]) -> Iterator[Path]:
    """A temporary folder for the files `names`; what is written there appears in `folder` when it is whole.

    The list of them appears too, and what an earlier layout has left and this one has not goes. Raises
    TimbrespaceError where that cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    earlier = listed(folder) or frozenset()
    try:
        with files.gathered(folder, force=True) if folder.is_dir() else _new(folder) as place:
            yield place
            (place / LIST).write_text(list_text(names), encoding="utf-8")
        _take_away(folder, earlier, names)
    except OSError as error:
        raise TimbrespaceError(f"{folder}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _new(folder: Path) -> Iterator[Path]:
    """A folder that appears at once."""
    place = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    try:
        place.mkdir(parents=True)
        yield place
        place.rename(folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _take_away(folder: Path, earlier: Collection[str], names: Collection[str]) -> None:
    """Files of an earlier layout that are none of this one; a disk may take `A` and `a` for one name."""
    written = {name.casefold(): folder / name for name in names}
    for name in set(earlier) - set(names):
        path, same = folder / name, written.get(name.casefold())
        if path.is_file() and (same is None or not files.same_file(path, same)):
            path.unlink()
