"""Where results go: never half-written, never over an input, never over an old result unasked.

A file is written under a temporary name in its own folder and moved into place when it is whole, so
that a reader sees the old file or the new one and an interrupted run leaves nothing behind.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from timbrespace.errors import TimbrespaceError, UsageError


def native_name(path: Path) -> str | bytes:
    """What libraries in C open `path` by; where names are bytes they need not be text."""
    return str(path) if sys.platform == "win32" else os.fsencode(path)


def same_file(a: Path, b: Path) -> bool:
    """Whether two paths lead to one file, through links, case or `..`."""
    try:
        return os.path.samefile(a, b)
    except OSError:
        return os.path.realpath(a) == os.path.realpath(b)


def check_output(target: Path, *, inputs: Iterable[Path] = (), force: bool = False) -> None:
    """Refuse a bad place for a result before any work is done.

    Raises UsageError where `target` is a folder or one of `inputs` (`force` does not help: writing
    would destroy what is being read), TimbrespaceError where it exists already and not `force`.
    """
    if os.path.lexists(target):
        for source in inputs:
            if same_file(Path(source), target):
                raise UsageError(f"{target}: the output is the input {source}; choose another name")
    if target.is_dir():
        raise UsageError(f"{target}: this is a folder; name a file in it")
    if not force and os.path.lexists(target):
        raise TimbrespaceError(f"{target}: exists already; choose another name or give --force")


@contextmanager
def atomic_path(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A temporary path with `target`'s extension; moved to `target` when the block ends without error.

    Missing parent folders are made. Raises TimbrespaceError where `target` exists (checked again at
    the end) without `force`, or cannot be written: no permission, no space left.
    """
    target = Path(target)
    check_output(target, force=force)
    temporary = target.with_name(f".{target.stem[:80]}.{secrets.token_hex(4)}.tmp{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        check_output(target, force=force)
        os.replace(temporary, target)
    except OSError as error:
        raise TimbrespaceError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_bytes(target: Path, data: bytes, *, force: bool = False) -> None:
    """Write a whole file at once. Errors as `atomic_path`."""
    with atomic_path(target, force=force) as temporary:
        temporary.write_bytes(data)


def write_text(target: Path, text: str, *, force: bool = False) -> None:
    """Write a UTF-8 file at once, line ends as given. Errors as `atomic_path`."""
    write_bytes(target, text.encode("utf-8"), force=force)


@contextmanager
def gathered(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """A temporary folder inside `folder` for results that belong together.

    When the block ends without error all its files, those in folders of their own too, are moved to `folder`;
    before that none is there, and after an error or an interrupt none remains. Raises TimbrespaceError where
    one exists without `force`.
    """
    folder = Path(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    temporary = folder / f".{secrets.token_hex(4)}.tmp"
    try:
        try:
            temporary.mkdir(parents=True)
        except OSError as error:
            raise TimbrespaceError(f"{folder}: cannot be written: {error.strerror or error}") from error
        with _named({temporary: folder}):
            yield temporary
        found = sorted(path for path in temporary.rglob("*") if path.is_file())
        _move_all({path: folder / path.relative_to(temporary) for path in found}, force)
        made = []
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        for path in made:
            with suppress(OSError):
                path.rmdir()


@contextmanager
def together(targets: Iterable[Path], *, force: bool = False) -> Iterator[Callable[[Path], Path]]:
    """Files that belong together and appear together: gives the temporary path of each of `targets`.

    When the block ends without error those that were written are moved to their places, else none is.
    Raises TimbrespaceError where one exists without `force`.
    """
    token = secrets.token_hex(4)
    places = {path: path.with_name(f".{path.stem[:80]}.{token}.tmp{path.suffix}") for path in targets}
    try:
        with _named({place: path for path, place in places.items()}):
            yield lambda path: places[path]
        _move_all({place: path for path, place in places.items() if place.exists()}, force)
    finally:
        for place in places.values():
            with suppress(OSError):
                place.unlink(missing_ok=True)


@contextmanager
def _named(places: dict[Path, Path]) -> Iterator[None]:
    """Errors name the place where a result would have gone, not the temporary one."""
    try:
        yield
    except TimbrespaceError as error:
        text = str(error)
        for temporary, target in places.items():
            text = text.replace(str(temporary), str(target))
        raise type(error)(text) from error


def _move_all(moves: dict[Path, Path], force: bool) -> None:
    """From → to, all of them or, where one may not be, none."""
    for target in moves.values():
        check_output(target, force=force)
    for place, target in moves.items():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(place, target)
        except OSError as error:
            raise TimbrespaceError(f"{target}: cannot be written: {error.strerror or error}") from error
