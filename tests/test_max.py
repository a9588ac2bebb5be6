"""Patches for Max: the format, the objects, the cables, and that they are the Pure Data ones."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import max_schema
import pytest
from nn_standin.pd import run_patch

from timbrespace import engine
from timbrespace.export.building import describe
from timbrespace.export.description import Range
from timbrespace.patches import max_gen, max_own
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.layout import Set, make_set
from timbrespace.patches.library import abstractions
from timbrespace.patches.max_file import max_text
from timbrespace.patches.max_layout import file_name, max_files, max_library
from timbrespace.patches.max_objects import max_ports
from timbrespace.patches.max_rules import part_of
from timbrespace.patches.max_start import START
from timbrespace.patches.max_writer import max_patcher
from timbrespace.patches.pd_writer import pd_text

Patcher = dict[str, Any]


@pytest.fixture(scope="module")
def instrument(tiny_models: dict[str, Path]) -> Instrument:
    loaded = engine.load(tiny_models["discrete"])
    return Instrument(
        describe(loaded, "tiny", {"centroid": Range("centroid", 300.0, 4000.0, "Hz")}), "tiny.ts"
    )


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
    files = max_files(patches.instrument, patches.library, patches.shown)
    names = {file_name(name): name for name in (*(p.name for p in patches.patches), START)}
    return {names[file]: json.loads(text)["patcher"] for file, text in files.items() if file in names}


def patchers_in(patcher: Patcher) -> Iterator[Patcher]:
    yield patcher
    for entry in patcher["boxes"]:
        if "patcher" in entry["box"]:
            yield from patchers_in(entry["box"]["patcher"])


def boxes_of(patcher: Patcher) -> dict[str, dict[str, Any]]:
    return {entry["box"]["id"]: entry["box"] for entry in patcher["boxes"]}


def lines_of(patcher: Patcher) -> list[tuple[str, int, str, int]]:
    lines = [entry["patchline"] for entry in patcher["lines"]]
    return [(*line["source"], *line["destination"]) for line in lines]


def test_files_are_of_the_format(written: dict[str, Patcher]) -> None:
    for name, patcher in written.items():
        max_schema.check({"patcher": patcher}, max_schema.FILE, name)
        for inner in patchers_in(patcher):
            assert len(boxes_of(inner)) == len(inner["boxes"]), f"{name}: two boxes have one id"
            for box in boxes_of(inner).values():
                assert len(box.get("outlettype", [])) == box["numoutlets"], f"{name}: {box}"


def test_objects_are_known_to_max_with_their_ports(written: dict[str, Patcher]) -> None:
    for name, patcher in written.items():
        for box in boxes_of(patcher).values():
            first = box.get("text", "").split(" ")[0] or box.get("name", "").removesuffix(".maxpat")
            if box["maxclass"] not in ("newobj", "bpatcher") or first in ("nn~", "gen~", "p"):
                continue
            if first in written:
                inlets = [b for b in boxes_of(written[first]).values() if b["maxclass"] == "inlet"]
                outlets = [b for b in boxes_of(written[first]).values() if b["maxclass"] == "outlet"]
                assert (box["numinlets"], box["numoutlets"]) == (len(inlets), len(outlets)), (
                    f"{name}: {first}"
                )
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


def test_the_cables_are_those_of_pure_data(written: dict[str, Patcher], patches: Set) -> None:
    """By the box that each stands for; what Max needs in between belongs to the box before it."""
    own = {START, *max_own.own(patches.instrument)}
    pure_data = {patch.name: patch for patch in patches.patches}
    assert written.keys() == pure_data.keys() - max_own.NOT_NEEDED
    for name in written.keys() - own:
        text = re.sub(r"(?s)#N canvas \d+ \d+ 450 300 \(subpatch\).*?graph;", "", pd_text(pure_data[name]))
        wires = re.findall(r"^#X connect (\d+) \d+ (\d+) \d+;", text, re.MULTILINE)
        expected = {(int(source), int(target)) for source, target in wires} | delay_lines(pure_data[name])
        found = {
            (stands_for(source), stands_for(target))
            for source, _, target, _ in lines_of(written[name])
            if stands_for(source) != stands_for(target)
        }
        assert found == expected, name
        stood_for = {stands_for(id_) for id_ in boxes_of(written[name])}
        assert stood_for == set(range(len(pure_data[name].boxes))), name


def delay_lines(patch: Patch) -> set[tuple[int, int]]:
    """What is one by its name in Pure Data, and by a cable in Max."""
    ends = {"delwrite~": {}, "delread~": {}}  # type: dict[str, dict[str, int]]
    for number, box in enumerate(patch.boxes):
        if box.kind == "object" and box.words[0] in ends:
            ends[box.words[0]][box.words[1]] = number
    return {(head, ends["delread~"][name]) for name, head in ends["delwrite~"].items()}


def stands_for(id_: str) -> int:
    match = re.match(r"obj-(\d+)", id_)
    assert match, id_
    return int(match.group(1)) - 1


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


@pytest.mark.parametrize("text", ["nosuch~", "until~", "expr hypot($f1)", "array sum x", "list store"])
def test_what_has_no_equal_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="no equal"):
        part_of(text)


def expressions(library: dict[str, Patch]) -> list[tuple[str, str]]:
    """Every expression of every patch: `expr` or `expr~`, and its text as Pure Data has it, for messages."""
    found = set()
    for box in (box for patch in library.values() for box in patch.boxes):
        name, _, text = box.text.partition(" ")
        if name in ("expr", "expr~"):
            found |= {(name, part.strip().replace("$v", "$f")) for part in text.split(";")}
    return sorted(found)


def test_expressions_give_in_max_what_they_give_in_pure_data(
    library: dict[str, Patch], tmp_path: Path
) -> None:
    """Real Pure Data computes; the text for Max's expr or for gen~ is computed by Python's rules."""
    texts = expressions(library)
    assert len(texts) > 20
    draw = random.Random(5)
    cases = [
        (name, text, [draw.choice((round(draw.uniform(0, 1), 3), draw.randint(1, 4))) for _ in range(8)])
        for name, text in texts
        for _ in range(6)
    ]
    found = _by_pure_data([(text, values) for _, text, values in cases], tmp_path)
    for (name, text, values), expected in zip(cases, found, strict=True):
        code = max_gen.written(max_gen.parse(text), gen=name == "expr~")
        assert _by_python(code, values) == pytest.approx(expected, rel=1e-4, abs=1e-5, nan_ok=True), (
            code,
            values,
        )


def _by_pure_data(cases: list[tuple[str, list[float]]], folder: Path) -> list[float]:
    lines = ["#N canvas 0 0 400 300 12;"]
    for text, values in cases:
        escaped = re.sub(r"([,;])", r" \\\1", text).replace("$", "\\$")
        numbers = " ".join(map(str, values))
        lines += [
            f"#X msg 9 9 {numbers};",
            f"#X obj 9 9 expr {escaped} + 0 * \\$f8;",
            "#X obj 9 9 print got;",
        ]
    boxes = 3 * len(cases)
    connects = [
        line
        for number in range(len(cases))
        for line in (
            f"#X connect {boxes} 0 {3 * number} 0;",
            f"#X connect {3 * number} 0 {3 * number + 1} 0;",
            f"#X connect {3 * number + 1} 0 {3 * number + 2} 0;",
        )
    ]
    lines += [
        "#X obj 9 9 loadbang;",
        r"#X msg 9 9 \; pd quit;",
        *connects,
        f"#X connect {boxes} 0 {boxes + 1} 0;",
    ]
    patch = folder / "expressions.pd"
    patch.write_text("\n".join(lines) + "\n")
    return [
        float(value) for value in re.findall(r"^got: (\S+)$", run_patch(patch, messages=()), re.MULTILINE)
    ]


def _by_python(code: str, values: list[float]) -> float:
    """The number that code of Max's expr or of gen gives."""
    text = re.sub(r"(?:\$f|\bin)(\d)", r"v[\1]", code).replace("&&", " and ").replace("||", " or ")
    names = {"int": math.trunc, "trunc": math.trunc, "round": round, "abs": abs, "min": min, "max": max}
    names |= {name: getattr(math, name) for name in ("exp", "log", "sin", "cos", "tanh", "pow")}
    names["sqrt"] = lambda x: math.sqrt(x) if x >= 0 else math.nan
    return float(eval(_chosen(text), {"__builtins__": {}}, {**names, "v": [0.0, *values]}))


def _chosen(text: str) -> str:
    """`(a ? b : c)` as Python's choice."""
    match = re.fullmatch(r"\((.*) \? (.*) : (.*)\)", text)
    return f"({match[2]}) if ({match[1]}) else ({match[3]})" if match else text
