"""Everything for Max in one folder: patches, help, the script that files takes, a device for Live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from timbrespace.patches import manual, max_own
from timbrespace.patches.amxd import device_bytes
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.max_device import device_patcher
from timbrespace.patches.max_file import max_text
from timbrespace.patches.max_start import START, start_page
from timbrespace.patches.max_writer import max_patcher

# where help patches send messages for what takes signals too
INLETS = {
    "Messages, to the first inlet:": "Messages, to the last inlet:",
    "The first inlet takes the messages too.": "One more inlet, the last, takes the messages.",
}


def max_files(
    instrument: Instrument, abstractions: Mapping[str, Patch], shown: Sequence[Patch]
) -> dict[str, bytes]:
    """The files by name. shown: help, examples and the start page. All as Pure Data has them."""
    library = max_library(instrument, abstractions)
    written = [*library.values(), *(shown_in_max(patch, library) for patch in shown if patch.name != START)]
    written.append(start_page(instrument, [patch.name for patch in shown if patch.name != START]))
    files = {max_own.SCRIPT: max_own.SCRIPT_TEXT.encode()}
    for patch in written:
        text = max_text(max_patcher(patch, library, instrument.description))
        files[file_name(patch.name)] = text.encode()
    device = max_text(device_patcher(instrument.description, instrument.file))
    files[f"{Path(instrument.file).stem}.amxd"] = device_bytes(device)
    return files


def max_library(instrument: Instrument, abstractions: Mapping[str, Patch]) -> dict[str, Patch]:
    """The abstractions as Max has them: a few are its own, some it does not need."""
    found = {**abstractions, **max_own.own(instrument)}
    return {name: patch for name, patch in found.items() if name not in max_own.NOT_NEEDED}


def shown_in_max(patch: Patch, library: Mapping[str, Patch]) -> Patch:
    """A help patch says where in Max the messages go: to the last inlet of what takes signals too."""
    told = library.get(patch.name.removesuffix(manual.SUFFIX))
    if told is None or not any(box.text == "inlet~ fwd" for box in told.ports("inlet")):
        return patch
    boxes = patch.boxes
    for here, there in INLETS.items():
        boxes = [replace(box, text=box.text.replace(here, there)) for box in boxes]
    return replace(patch, boxes=boxes)


def file_name(name: str) -> str:
    """Of a patch, as Max looks for it: help stands beside its object with an ending of its own."""
    if name.endswith(manual.SUFFIX):
        return f"{name.removesuffix(manual.SUFFIX)}.maxhelp"
    return f"{name}.maxpat"
