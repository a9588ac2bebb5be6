"""Everything for one exported model in one folder, ready to open: the model, the patches of each host.

A host is a function from patches to files; Pure Data's is here, and another is one more line in `HOSTS`.
Max has a folder of its own, with the model, as it looks for files beside a patch and no higher.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from timbrespace.export.description import Description, read_description
from timbrespace.patches import max_layout
from timbrespace.patches.examples import examples
from timbrespace.patches.folder import appearing, check_folder, check_names
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.library import abstractions
from timbrespace.patches.manual import help_patch
from timbrespace.patches.pages import pages
from timbrespace.patches.pd_writer import pd_text
from timbrespace.patches.ports import check_wires
from timbrespace.patches.start import start_page
from timbrespace.patches.supercollider import supercollider_text

MAX, SUPERCOLLIDER = "max", "supercollider"  # their folders
START = "README.pd"  # what to open
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


@dataclass(frozen=True)
class LaidOut:
    """What lies in a folder now. names: of its files, with `/` between folders."""

    description: Description
    names: frozenset[str]

    @property
    def pd_patches(self) -> int:
        """How many there are for Pure Data."""
        return sum(name.endswith(".pd") for name in self.names)


def lay_out(folder: Path, model: Path, *, force: bool = False) -> LaidOut:
    """Copies an exported file into `folder`, with all its patches; the folder appears when it is whole.

    force: takes the place of what was laid out there before; files that somebody has put there stay.
    Raises ExportError where the model is not an exported file, UsageError where the folder cannot be one or
    has the model in it, TimbrespaceError where there is something in it already.
    """
    description = read_description(model)
    check_folder(folder, model, force=force)
    name = file_name(model)
    made = make_set(Instrument(description, name))
    contents = {path: content for write in HOSTS for path, content in write(made).items()}
    copies = (name, f"{MAX}/{name}")
    names = frozenset((*contents, *copies))
    check_names(folder, names)
    with appearing(folder, names) as place:
        for path, content in contents.items():
            (place / path).parent.mkdir(exist_ok=True)
            (place / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        for copy in copies:
            shutil.copyfile(model, place / copy)
    return LaidOut(description, names)


def file_name(model: Path) -> str:
    """The model's name as patches can write it: one word of letters, digits, dots, dashes, underscores."""
    stem = re.sub(r"[^\w.-]+", "-", model.stem, flags=re.ASCII).strip("-.")
    return f"{stem or 'model'}.ts"
