"""Patches for Max: the format, the objects, and where cables may end."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import max_help
import max_schema
import pytest
from max_help import Patcher, boxes_of, lines_of

from timbrespace.errors import TimbrespaceError
from timbrespace.patches import max_own
from timbrespace.patches.amxd import device_patch
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.layout import Set, lay_out, make_set
from timbrespace.patches.library import abstractions
from timbrespace.patches.max_file import max_text
from timbrespace.patches.max_layout import max_library
from timbrespace.patches.max_objects import max_ports
from timbrespace.patches.max_rules import part_of
from timbrespace.patches.max_writer import max_patcher


@pytest.fixture(scope="module")
def instrument(tiny_models: dict[str, Path]) -> Instrument:
    return max_help.tiny_instrument(tiny_models["discrete"])


@pytest.fixture(scope="module")
def patches(instrument: Instrument) -> Set:
    return make_set(instrument)


@pytest.fixture(scope="module")
def library(patches: Set) -> dict[str, Patch]:
    """Abstractions as Max has them."""
    return max_library(patches.instrument, patches.library)


@pytest.fixture(scope="module")
def written(patches: Set) -> dict[str, Patcher]:
    """The patcher of each file, as it is read back, by the patch's name in Pure Data."""
    return max_help.written(patches)


def patchers_in(patcher: Patcher) -> Iterator[Patcher]:
    yield patcher
    for entry in patcher["boxes"]:
        if "patcher" in entry["box"]:
            yield from patchers_in(entry["box"]["patcher"])


def test_files_are_of_the_format(written: dict[str, Patcher]) -> None:
    for name, patcher in written.items():
        max_schema.check({"patcher": patcher}, max_schema.FILE, name)
        for inner in patchers_in(patcher):
            assert len(boxes_of(inner)) == len(inner["boxes"]), f"{name}: two boxes have one id"
            for box in boxes_of(inner).values():
                assert len(box.get("outlettype", [])) == box["numoutlets"], f"{name}: {box}"


def ports_in(patcher: Patcher) -> tuple[int, int]:
    """How many inlets and outlets a patcher has."""
    classes = [box["maxclass"] for box in boxes_of(patcher).values()]
    return classes.count("inlet"), classes.count("outlet")


def test_panels_are_seen(written: dict[str, Patcher]) -> None:
    """Every slider of a panel lies within the window of its box, and there are five panels."""
    found = 0
    for name, patcher in written.items():
        for box in boxes_of(patcher).values():
            if box.get("embed") != 1:
                continue
            found += 1
            left, top = (-place for place in box["offset"])
            width, height = box["patching_rect"][2:]
            sliders = [b for b in boxes_of(box["patcher"]).values() if b["maxclass"] == "slider"]
            assert sliders, name
            for x, y, wide, high in (slider["patching_rect"] for slider in sliders):
                assert left <= x <= left + width - wide, name
                assert top <= y <= top + height - high, name
    assert found == 5


def test_objects_are_known_to_max_with_their_ports(written: dict[str, Patcher]) -> None:
    for name, patcher in written.items():
        for box in boxes_of(patcher).values():
            first = box.get("text", "").split(" ")[0] or box.get("name", "").removesuffix(".maxpat")
            if box["maxclass"] not in ("newobj", "bpatcher") or first in ("nn~", "gen~", "p"):
                continue
            if "patcher" in box:
                assert (box["maxclass"], box["embed"]) == ("bpatcher", 1), f"{name}: {box['id']}"
                assert ports_in(box["patcher"]) == (box["numinlets"], box["numoutlets"]), name
                continue
            if first in written:
                assert ports_in(written[first]) == (box["numinlets"], box["numoutlets"]), f"{name}: {first}"
                continue
            expected = max_ports(box["text"])
            assert (box["numinlets"], tuple(box.get("outlettype", []))) == expected, f"{name}: {box['text']}"


def test_cables_end_at_ports_and_signals_at_objects_that_take_them(written: dict[str, Patcher]) -> None:
    for name, patcher in written.items():
        for inner in patchers_in(patcher):
            boxes = boxes_of(inner)
            assert len(set(lines_of(inner))) == len(inner["lines"]), f"{name}: a cable lies twice"
            for source, outlet, target, inlet in lines_of(inner):
                assert outlet < boxes[source]["numoutlets"], f"{name}: {boxes[source]}"
                assert inlet < boxes[target]["numinlets"], f"{name}: {boxes[target]}"
                if boxes[source]["outlettype"][outlet] == "signal":
                    assert takes_signals(boxes[target], inlet, written), f"{name}: {boxes[target]}"


def takes_signals(box: dict[str, Any], inlet: int, written: dict[str, Patcher]) -> bool:
    first = box.get("text", "").split(" ")[0] or box.get("name", box["maxclass"]).removesuffix(".maxpat")
    if first in written:
        inner = [other for other in boxes_of(written[first]).values() if other["maxclass"] == "inlet"]
        return next(b for b in inner if b["index"] == inlet + 1)["outlettype"] == ["signal"]
    return first.endswith("~") or first == "outlet"


def test_messages_reach_what_takes_them(written: dict[str, Patcher]) -> None:
    """A series object has an inlet for them, its last; a number for a signal inlet becomes one on the way."""
    for name, patcher in written.items():
        boxes = boxes_of(patcher)
        for source, outlet, target, inlet in lines_of(patcher):
            known = boxes[target].get("text", "").split(" ")[0] in written or "name" in boxes[target]
            if known and boxes[source]["outlettype"][outlet] != "signal":
                assert not takes_signals(boxes[target], inlet, written), f"{name}: {boxes[target]}"
    follower = written["follow-a-slider"]
    assert [box.get("text") for box in boxes_of(follower).values()].count("sig~ 0.") == 2


def test_arguments_are_beginnings_of_words(written: dict[str, Patcher]) -> None:
    """Max replaces `#1-z0` and leaves `follow_#1`."""
    for name, patcher in written.items():
        for box in boxes_of(patcher).values():
            assert not re.search(r"[^ ]#\d", box.get("text", "")), f"{name}: {box['text']}"
    texts = [box.get("text") for box in boxes_of(written["ts.follow~"]).values()]
    assert "nn~ tiny.ts #1 0" in texts
    texts = [box.get("text") for box in boxes_of(written["follow-a-slider"]).values()]
    assert "ts.follow~ follow_centroid" in texts


def test_a_take_begins_empty(written: dict[str, Patcher]) -> None:
    """Max's value holds nothing until it is told, and would not count."""
    texts = [box.get("text", "") for box in boxes_of(written["ts.record~"]).values()]
    assert texts.count("value #1-frames 0.") == 2


def test_the_folder_is_laid_out_again_over_itself(instrument: Instrument, tmp_path: Path) -> None:
    """Max has the model beside its patches, SuperCollider a folder higher; what is not ours stays."""
    model = tmp_path / "a tiny model.ts"
    with zipfile.ZipFile(model, "w") as archive:
        archive.writestr("model/extra/timbrespace.json", instrument.description.to_json())
    folder = tmp_path / "patches"
    lay_out(folder, model)
    (folder / "max" / "mine.maxpat").write_text("mine")
    (folder / "max" / "README.maxpat").write_text("old")
    with pytest.raises(TimbrespaceError, match="has patches already"):
        lay_out(folder, model)
    lay_out(folder, model, force=True)
    assert (folder / "max" / "mine.maxpat").read_text() == "mine"
    assert json.loads((folder / "max" / "README.maxpat").read_text())["patcher"]["boxes"]
    for copy in (folder / "a-tiny-model.ts", folder / "max" / "a-tiny-model.ts"):
        assert copy.read_bytes() == model.read_bytes()
    kind, patch = device_patch((folder / "max" / "a-tiny-model.amxd").read_bytes())
    assert kind == b"aaaa"
    assert "nn~ a-tiny-model.ts forward 0" in patch
    example = (folder / "supercollider" / "a-tiny-model.scd").read_text()
    assert '"../a-tiny-model.ts".resolveRelative' in example
    assert "The model is ../a-tiny-model.ts, seen from this file's folder." in example
    assert not list(tmp_path.glob("**/.*"))


def test_own_patches_have_the_ports_of_those_they_replace(instrument: Instrument) -> None:
    pure_data = abstractions(instrument)
    for name, patch in max_own.own(instrument).items():
        for kind in ("inlet", "outlet"):
            texts = [[box.text for box in found.ports(kind)] for found in (patch, pure_data[name])]
            assert texts[0] == texts[1], name


def test_messages_are_served_in_the_order_of_their_cables(instrument: Instrument) -> None:
    """A trigger serves from the right: the first cable of Pure Data is its last; a bang stays a bang."""
    patch = Patch("order")
    number, inlet = patch.number(0, 0), patch.object("inlet", 100, 0)
    targets = [patch.object(f"print {word}", 0, 50) for word in ("first", "second", "third")]
    for source in (number, inlet):
        for target in (targets[1], targets[0], targets[2]):
            patch.connect(source, target)
    patcher = json.loads(max_text(max_patcher(patch, {}, instrument.description)))["patcher"]
    boxes, lines = boxes_of(patcher), lines_of(patcher)
    triggers = {id_: box["text"] for id_, box in boxes.items() if box.get("text", "").startswith("t ")}
    assert sorted(triggers.values()) == ["t b b b", "t f f f", "t l l l"]
    for id_ in triggers:
        served = {outlet: boxes[target]["text"] for source, outlet, target, _ in lines if source == id_}
        assert [served[outlet] for outlet in (2, 1, 0)] == ["print second", "print first", "print third"]
    sorter = next(id_ for id_, box in boxes.items() if box.get("text") == "route bang")
    after = {outlet: boxes[target]["text"] for source, outlet, target, _ in lines if source == sorter}
    assert after == {0: "t b b b", 1: "t l l l"}


@pytest.mark.parametrize(
    ("pure_data", "texts"),
    [
        ("* 2", ["* 2."]),
        ("+~ -100", ["+~ -100."]),
        ("lop~ 1e+06", ["onepole~ 1000000."]),
        ("moses 0.0001", ["if $f1 < 0.0001 then $f1 else out2 $f1"]),
        ("spigot", ["gate 1 0"]),
        ("bp~ 500 10", ["reson~ 1. 500. 10."]),
        ("sel 1 0", ["i", "sel 1 0"]),
        ("tabwrite $1", ["t b f", "i", "peek~ #1"]),
        ("array define $1-z0 $2", ["buffer~ #1-z0 @samps #2", "r #1-z0", "route const", "prepend fill"]),
        ("t b a", ["t b l"]),
        ("samphold~", ["sah~ 0.5", "delta~", "<~ 0."]),
    ],
)
def test_objects_of_other_names(pure_data: str, texts: list[str]) -> None:
    assert [spec.text for spec in part_of(pure_data).boxes] == texts


@pytest.mark.parametrize(
    "text", ["nosuch~", "until~", "expr hypot($f1)", "array sum x", "list store", "r a-$1"]
)
def test_what_has_no_equal_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="no equal"):
        part_of(text)
