"""Everything for Max in one folder: patches, help, the script that files takes, a device for Live."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from timbrespace.patches import max_own
from timbrespace.patches.amxd import device_bytes
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.max_device import device_patcher
from timbrespace.patches.max_file import max_text
from timbrespace.patches.max_writer import max_patcher

HELP = "-help"  # at the end of a help patch's name


def max_files(
    instrument: Instrument, abstractions: Mapping[str, Patch], patches: Mapping[str, Patch]
) -> dict[str, bytes]:
    """The files by name. patches: what uses the abstractions: help, examples. All as Pure Data has them."""
    library = {**abstractions, **max_own.own(instrument)}
    library = {name: patch for name, patch in library.items() if name not in max_own.NOT_NEEDED}
    files = {max_own.SCRIPT: max_own.SCRIPT_TEXT.encode()}
    for name, patch in {**library, **patches}.items():
        text = max_text(max_patcher(patch, library, instrument.description))
        files[file_name(name)] = text.encode()
    device = max_text(device_patcher(instrument.description, instrument.file))
    files[f"{Path(instrument.file).stem}.amxd"] = device_bytes(device)
    return files


def file_name(name: str) -> str:
    """Of a patch, as Max looks for it: help stands beside its object with an ending of its own."""
    return f"{name.removesuffix(HELP)}.maxhelp" if name.endswith(HELP) else f"{name}.maxpat"
