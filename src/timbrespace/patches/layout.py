"""Everything for one exported model in one folder, ready to open: the model, the patches of each host.

A host is a function from patches to files; Pure Data's is here, and another is one more line in `HOSTS`.
Max has a folder of its own, with the model, as it looks for files beside a patch and no higher.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from timbrespace import files
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.export.description import Description, read_description
from timbrespace.patches import max_layout
from timbrespace.patches.examples import examples
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import PD_BLOCK, Instrument
from timbrespace.patches.library import abstractions
from timbrespace.patches.manual import help_patch
from timbrespace.patches.pages import pages
from timbrespace.patches.pd_writer import pd_text
from timbrespace.patches.ports import check_wires
from timbrespace.patches.start import start_page
from timbrespace.patches.supercollider import supercollider_text

MAX, SUPERCOLLIDER = "max", "supercollider"  # their folders
MARK = "README.pd"  # a folder that has this, and the model, was laid out by this package
WriteFiles = Callable[["Set"], Mapping[str, str | bytes]]


@dataclass(frozen=True)
class Set:
    """All patches of a model. library: the abstractions by name. shown: help, examples and the start page."""

    instrument: Instrument
    library: Mapping[str, Patch]
    shown: tuple[Patch, ...]

    @property
    def patches(self) -> list[Patch]:
        return [*self.library.values(), *self.shown]


def make_set(instrument: Instrument) -> Set:
    """Builds every patch; all cables end at ports that there are."""
    library = abstractions(instrument)
    told, played = pages(instrument), examples(instrument)
    shown = [help_patch(instrument, page) for page in told] + played + [start_page(instrument, told, played)]
    for patch in [*library.values(), *shown]:
        check_wires(patch, library, instrument.description)
    return Set(instrument, library, tuple(shown))


def pd_files(patches: Set) -> dict[str, str | bytes]:
    """Texts of Pure Data's files by their names."""
    return {f"{patch.name}.pd": pd_text(patch) for patch in patches.patches}


def max_files(patches: Set) -> dict[str, str | bytes]:
    """Files of Max by their names, in a folder of their own."""
    made = max_layout.max_files(patches.instrument, patches.library, patches.shown)
    return {f"{MAX}/{name}": content for name, content in made.items()}


def supercollider_files(patches: Set) -> dict[str, str | bytes]:
    """SuperCollider's one file; the model lies a folder higher."""
    file = patches.instrument.file
    text = supercollider_text(patches.instrument.description, f"../{file}")
    return {f"{SUPERCOLLIDER}/{Path(file).stem}.scd": text}


HOSTS: tuple[WriteFiles, ...] = (pd_files, max_files, supercollider_files)


def lay_out(folder: Path, model: Path, *, force: bool = False) -> Description:
    """Copies an exported file into `folder`, with all its patches; the folder appears when it is whole.

    force: takes the place of a folder that was laid out before; files that somebody has put there stay.
    Raises ExportError where the model is not an exported file, UsageError where the folder cannot be one or
    has the model in it, TimbrespaceError where there is something in it already.
    """
    description = read_description(model)
    check_folder(folder, model, force=force)
    name = file_name(model)
    made = make_set(Instrument(description, name))
    contents = {path: content for write in HOSTS for path, content in write(made).items()}
    with _appearing(folder, force=force) as place:
        for path, content in contents.items():
            (place / path).parent.mkdir(exist_ok=True)
            (place / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        for copy in (place / name, place / MAX / name):
            shutil.copyfile(model, copy)
    return description


def in_pd_samples(description: Description) -> int:
    """From sound into `ts.encoder~` to sound out of `ts.decoder~`, both on Pd's audio thread.

    `nn~` collects a frame before it computes, of which Pd's own block of 64 samples is there already.
    """
    return description.latency_samples + description.hop - PD_BLOCK


def check_folder(folder: Path, model: Path, *, force: bool = False) -> None:
    """Refuses a place for the patches before any work is done. Raises as `lay_out`."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: this is a file; name a folder for the patches")
    inside = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if inside and MARK not in inside:
        raise TimbrespaceError(f"{folder}: has other things in it ({inside[0]}); name a new folder")
    if inside and not force:
        raise TimbrespaceError(f"{folder}: has patches already; name a new folder or give --force")
    if model.parent.resolve() == folder.resolve():
        raise UsageError(f"{folder}: the model is in it; name another folder")


def file_name(model: Path) -> str:
    """The model's name as patches can write it: one word of letters, digits, dots, dashes, underscores."""
    stem = re.sub(r"[^\w.-]+", "-", model.stem, flags=re.ASCII).strip("-.")
    return f"{stem or 'model'}.ts"


@contextmanager
def _appearing(folder: Path, *, force: bool) -> Iterator[Path]:
    """A temporary folder that becomes `folder` when it is whole; with one there, its files go into that."""
    if folder.is_dir() and any(folder.iterdir()):
        with files.gathered(folder, force=force) as place:
            yield place
        return
    place = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    try:
        place.mkdir(parents=True)
        yield place
        if folder.is_dir():
            folder.rmdir()  # it is empty
        place.rename(folder)
    except OSError as error:
        raise TimbrespaceError(f"{folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
