"""Patches as values and as Pd's text: cables that end at ports, boxes that do not overlap."""

from __future__ import annotations

import re
from itertools import combinations

import pd_rig
import pytest

from timbrespace.patches import layout
from timbrespace.patches.graph import Box, Patch, columns_for
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.layout import Set
from timbrespace.patches.pd_writer import pd_text
from timbrespace.patches.ports import check_wires, ports

MODELS = {
    "3 latents": pd_rig.describe(),
    "16, continuous": pd_rig.describe(16, kind="continuous", descriptors=False),
    "1 latent": pd_rig.describe(1),
    "40 latents": pd_rig.describe(40),
}


@pytest.fixture(scope="module", params=MODELS)
def made(request: pytest.FixtureRequest) -> Set:
    return layout.make_set(Instrument(MODELS[request.param], "toy.ts"))


def corners(box: Box) -> tuple[int, int, int, int]:
    width, height = box.size
    above = 18 if box.kind == "array" else 0  # its name
    return box.x, box.y - above, box.x + width, box.y + height


def test_nothing_overlaps_and_all_is_in_the_window(made: Set) -> None:
    for patch in (inner for outer in made.patches for inner in outer.walk()):
        for a, b in combinations(patch.boxes, 2):
            left, right = corners(a), corners(b)
            apart = left[0] >= right[2] or right[0] >= left[2] or left[1] >= right[3] or right[1] >= left[3]
            assert apart, f"{patch.name}: {a.kind} {a.text}{a.label} and {b.kind} {b.text}{b.label}"
        for box in patch.boxes if patch in made.shown else []:
            _, _, right_edge, bottom = corners(box)
            assert right_edge <= patch.width, (patch.name, box)
            assert bottom <= patch.height, (patch.name, box)


def test_every_object_has_its_help_and_a_link(made: Set) -> None:
    inner = {name for name in made.library if f"{name}-help" not in {patch.name for patch in made.shown}}
    assert inner == {
        "ts.bytes",
        "ts.clock",
        "ts.file",
        "ts.flip",
        "ts.hold~",
        "ts.knob",
        "ts.load",
        "ts.noise",
        "ts.normal",
        "ts.path",
        "ts.play~",
        "ts.rate",
        "ts.read",
        "ts.save",
        "ts.spot~",
        "ts.stray",
        "ts.sum~",
        "ts.track~",
        "ts.weights",
    }
    start = made.shown[-1]
    links = {box.text for box in start.boxes if box.kind == "message"}
    assert start.name == "README"
    assert {f"{patch.name}.pd" for patch in made.shown[:-1]} <= links


def test_ranges_of_the_model_are_shown(made: Set) -> None:
    sliders = made.library["ts.sliders~"]
    labels = [box.label for box in sliders.boxes if box.kind == "slider"]
    first = made.instrument.description.latent_ranges[0]
    assert labels[0] == f"z0  {first.low:.2f} … {first.high:.2f}"
    assert labels[-1] == "loudness  -60 … -12 dB"
    assert [label.endswith("unused") for label in labels] == [
        not one.active for one in made.instrument.description.latent_ranges
    ] + [False]
    ends = {(box.low, box.high) for box in sliders.boxes if box.kind == "slider"}
    assert (first.low, first.high) in ends
    assert (-100.0, -12.1) in ends


def test_the_latency_told_is_that_of_pure_data(made: Set) -> None:
    """A frame more than the model's, less Pd's block of 64, in all places where it is told."""
    shown = {patch.name: patch for patch in made.shown}
    for name, told in (
        ("README", "latency 512 samples (32 ms), in Pd 576 (36 ms)."),
        ("conversion-from-microphone", "36 ms later."),
        ("ts.convert~-help", "576 samples (36 ms) later: 512 of the model"),
        ("ts.decoder~-help", "takes 576 samples (36 ms): 512 of the model"),
    ):
        assert any(told in box.text for box in shown[name].boxes), name


def test_sliders_of_loudness_end_where_the_data_does(made: Set) -> None:
    """A slider whose end is 0 dB would be silent there: exactly 0 is an inlet with nothing in it."""
    ends = {
        (box.low, box.high)
        for patch in made.patches
        for box in patch.boxes
        if box.kind == "slider" and box.label.startswith("loudness  ")
    }
    assert ends == {(-100.0, -12.1)}


def test_only_a_model_with_descriptors_follows(made: Set) -> None:
    names = {patch.name for patch in made.patches}
    follows = bool(made.instrument.description.descriptors)
    assert ("ts.follow~" in names) == follows
    assert ("ts.follow~-help" in names) == follows
    assert ("follow-a-slider" in names) == follows


def test_comments_are_shown_as_they_are_written(made: Set) -> None:
    """Pd takes `2.` for the number 2, and begins a line after a semicolon."""
    for patch in made.patches:
        for inner in patch.walk():
            for box in inner.boxes:
                if box.kind == "comment":
                    assert not re.search(r"(^|\s)-?\d+\.(\s|$)", box.text), (patch.name, box.text)


def test_objects_are_those_of_pd_and_of_this_package(made: Set) -> None:
    for patch in made.patches:
        check_wires(patch, made.library, made.instrument.description)
        for inner in patch.walk():
            assert [w for w in inner.wires if w.source == w.target] == []


def test_a_cable_to_nowhere_is_found() -> None:
    patch = Patch("wrong")
    a, b = patch.object("+ 1", 0, 0), patch.object("print", 0, 40)
    patch.connect(a, b, outlet=1)
    with pytest.raises(ValueError, match=r"no cable from outlet 1 of 'object \+ 1' to inlet 0"):
        check_wires(patch, {}, MODELS["3 latents"])
    with pytest.raises(ValueError, match="the ports of 'no-such-thing 3' are not known"):
        ports(Box("object", "no-such-thing 3", 0, 0), {}, MODELS["3 latents"])


def test_ports_are_counted() -> None:
    description = MODELS["3 latents"]
    inner = Patch("inner")
    for x in (20, 80):
        inner.object("inlet", x, 20)
    inner.object("outlet~", 20, 60)
    for text, counts in (
        ("route a b c", (1, 4)),
        ("route a", (2, 2)),
        ("sel 1 2", (1, 3)),
        ("t b f a", (1, 3)),
        ("pack 0 0 0", (3, 1)),
        ("unpack f f", (1, 2)),
        ("expr $f1 * $f3 ; $f2", (3, 2)),
        ("expr~ $v1 + $f2", (2, 1)),
        ("inlet~ fwd", (0, 2)),
        ("list prepend x", (2, 1)),
        ("adc~ 1", (1, 1)),
        ("nn~ toy.ts encode 0", (1, 4)),
        ("nn~ toy.ts decode 0", (4, 1)),
        ("nn~ toy.ts follow_$1 0", (2, 1)),
        ("inner", (2, 1)),
        ("array define x 4", (1, 1)),
    ):
        assert ports(Box("object", text, 0, 0), {"inner": inner}, description) == counts, text


def test_pd_text() -> None:
    """A known answer, as Pd itself saves it."""
    patch = Patch("small", 300, 200)
    asked = patch.message("set z0_bias $1, bang", 20, 20)
    counted = patch.object("expr max($f1, 0); $f1 + 1", 20, 60, 30)
    patch.comment("what it does", 20, 100)
    patch.array("take-z0", 100, 100, [0, 1.5, -1], -2, 2, 90, 40)
    patch.slider(20, 140, -1, 1, "z0  -1 … 1")
    patch.connect(asked, counted, 0, 0)
    assert pd_text(patch).splitlines() == [
        "#N canvas 60 60 300 200 12;",
        r"#X msg 20 20 set z0_bias \$1 \, bang;",
        r"#X obj 20 60 expr max(\$f1 \, 0) \; \$f1 + 1, f 30;",
        "#X text 20 100 what it does;",
        "#N canvas 0 0 450 300 (subpatch) 0;",
        "#X array take-z0 3 float 3;",
        "#A 0 0 1.5 -1;",
        "#X coords 0 2 3 -2 90 40 1 0 0;",
        "#X restore 100 100 graph;",
        r"#X obj 20 140 hsl 128 15 -1 1 0 0 empty empty z0\ \ -1\ …\ 1 136 7 0 12 "
        "#fcfcfc #000000 #000000 0 1;",
        "#X connect 0 0 1 0;",
    ]


def test_faces_and_subpatches() -> None:
    inner = Patch("panel", 200, 100)
    inner.object("inlet", 20, 20)
    inner.face = (10, 20, 90, 40)
    patch = Patch("outer", 300, 200)
    place = patch.subpatch(inner, 30, 50)
    assert patch.boxes[place].size == (90, 40)
    lines = pd_text(patch).splitlines()
    assert lines[1] == "#N canvas 60 60 200 100 panel 0;"
    assert lines[-2:] == ["#X coords 0 -1 1 1 90 40 1 10 20;", "#X restore 30 50 pd panel;"]
    assert [one.name for one in patch.walk()] == ["outer", "panel"]


def test_wide_boxes_keep_cables_apart() -> None:
    assert columns_for(1, "ts.scale~") == len("ts.scale~")
    assert columns_for(17, "ts.scale~") * 7 >= 17 * 22


def test_two_builds_are_equal(made: Set) -> None:
    again = layout.make_set(made.instrument)
    assert layout.pd_files(again) == layout.pd_files(made)
