"""The cables of the patches for Max are those of the Pure Data ones, port by port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import max_help
import pytest
from max_help import Patcher, boxes_of, lines_of
from max_port_table import FLOATS, INLETS, Shape, inlets_of, outlet_of, sends_signal

from timbrespace.patches import max_own
from timbrespace.patches.graph import Box, Patch
from timbrespace.patches.layout import Set, make_set
from timbrespace.patches.max_rules import part_of
from timbrespace.patches.max_start import START
from timbrespace.patches.pd_writer import pd_text

BETWEEN = re.compile(r"obj-\d+(-\d+|-messages)?-(order|sort|signal)-")  # what Max needs along a cable
End = tuple[str, int]
Cable = tuple[str, int, str, int]


@pytest.fixture(scope="module")
def patches(tiny_models: dict[str, Path]) -> Set:
    return make_set(max_help.tiny_instrument(tiny_models["discrete"]))


@pytest.fixture(scope="module")
def written(patches: Set) -> dict[str, Patcher]:
    return max_help.written(patches)


def test_the_cables_are_those_of_pure_data(written: dict[str, Patcher], patches: Set) -> None:
    own = {START, *max_own.own(patches.instrument)}
    pure_data = {patch.name: patch for patch in patches.patches}
    shapes = {
        name: Shape(*([box.text for box in patch.ports(kind)] for kind in ("inlet", "outlet")))
        for name, patch in patches.library.items()
    }
    assert written.keys() == pure_data.keys() - max_own.NOT_NEEDED
    for name in written.keys() - own:
        assert_same_cables(pure_data[name], written[name], shapes)


def assert_same_cables(patch: Patch, patcher: Patcher, shapes: Mapping[str, Shape]) -> None:
    expected = set(delay_lines(patch))
    for source, outlet, target, inlet in cables_of(pd_text(patch)):
        expected |= cables_in_max(patch.boxes, (source, outlet, target, inlet), shapes)
    assert set(cables_between_parts(patcher)) == expected, patch.name
    assert {stands_for(id_) for id_ in boxes_of(patcher)} == set(range(len(patch.boxes))), patch.name
    for number, box in enumerate(patch.boxes):
        if box.content is not None:
            inner = boxes_of(patcher)[f"obj-{number + 1}"]["patcher"]
            assert_same_cables(box.content, inner, shapes)


def cables_of(text: str) -> Iterator[tuple[int, int, int, int]]:
    """(box, outlet, box, inlet) of the outermost canvas of a Pd file."""
    depth = 0
    for line in text.splitlines():
        depth += line.startswith("#N canvas") - line.startswith("#X restore")
        if line.startswith("#X connect") and depth == 1:
            source, outlet, target, inlet = map(int, line.removesuffix(";").split()[2:])
            yield source, outlet, target, inlet


def cables_in_max(
    boxes: list[Box], cable: tuple[int, int, int, int], shapes: Mapping[str, Shape]
) -> set[Cable]:
    source, outlet, target, inlet = cable
    giver, taker = boxes[source], boxes[target]
    begins = outlet_of(giver, outlet)
    start = (f"obj-{source + 1}-messages", 0) if begins == "messages" else port(source, begins)
    signal = sends_signal(giver, outlet, shape_of(giver, shapes))
    floats = giver.kind in FLOATS
    ends = inlets_of(taker, inlet, shape_of(taker, shapes), signal=signal, floats=floats)
    return {(*start, *port(target, end)) for end in ends}


def shape_of(box: Box, shapes: Mapping[str, Shape]) -> Shape | None:
    if box.content is not None:
        return Shape(*([port.text for port in box.content.ports(kind)] for kind in ("inlet", "outlet")))
    return shapes.get(box.words[0]) if box.kind == "object" else None


def port(number: int, place: tuple[int, int]) -> End:
    return (f"obj-{number + 1}-{place[0]}" if place[0] else f"obj-{number + 1}"), place[1]


def cables_between_parts(patcher: Patcher) -> Iterator[Cable]:
    """From what stands for one box to what stands for another, through what serves them in order."""
    leads: dict[str, list[End]] = {}
    for source, _, target, inlet in lines_of(patcher):
        leads.setdefault(source, []).append((target, inlet))
    for source, outlet, target, inlet in lines_of(patcher):
        if BETWEEN.match(source):
            continue
        for end in ends_of((target, inlet), leads):
            if stands_for(source) != stands_for(end[0]):
                yield source, outlet, *end


def ends_of(end: End, leads: Mapping[str, list[End]]) -> Iterator[End]:
    if not BETWEEN.match(end[0]):
        yield end
        return
    for following in leads[end[0]]:
        yield from ends_of(following, leads)


def delay_lines(patch: Patch) -> Iterator[Cable]:
    """What is one by its name in Pure Data, and by a cable in Max."""
    ends: dict[str, dict[str, int]] = {"delwrite~": {}, "delread~": {}}
    for number, box in enumerate(patch.boxes):
        if box.kind == "object" and box.words[0] in ends:
            ends[box.words[0]][box.words[1]] = number
    for name, head in ends["delwrite~"].items():
        yield *port(head, (0, 0)), *port(ends["delread~"][name], (0, 0))


def stands_for(id_: str) -> int:
    match = re.match(r"obj-(\d+)", id_)
    assert match, id_
    return int(match.group(1)) - 1


@pytest.mark.parametrize("text", ["spigot", "bp~ 500 10", "samphold~", "tabwrite $1", "list trim"])
def test_inlets_are_where_the_table_has_them(text: str) -> None:
    """Whether or not a patch uses the object now."""
    table = INLETS.get(text) or INLETS[text.split()[0]]
    assert part_of(text).inlets == tuple((place,) for place in table)


@pytest.mark.parametrize(
    ("pure_data", "cables"),
    [
        ("sel 1 0", ["i 0 > sel 1 0 0"]),
        ("samphold~", ["delta~ 0 > <~ 0. 0", "<~ 0. 0 > sah~ 0.5 1"]),
        ("tabwrite $1", ["t b f 1 > peek~ #1 1", "t b f 0 > i 0", "i 0 > peek~ #1 0"]),
        (
            "r pd-dsp-started",
            ["loadbang 0 > dspstate~ 0", "dspstate~ 0 > sel 1 0"],
        ),
        (
            "array define $1-z0 $2",
            ["r #1-z0 0 > route const 0", "route const 0 > prepend fill 0",
             "prepend fill 0 > buffer~ #1-z0 @samps #2 0"],
        ),
        (
            "writesf~ 1",
            [f"route open start stop {outlet} > {box} 0" for outlet, box in enumerate(("prepend open", 1, 0))]
            + [f"{box} 0 > sfrecord~ 1 0" for box in ("prepend open", 1, 0)],
        ),
    ],
)  # fmt: skip
def test_cables_within_what_stands_for_a_box(pure_data: str, cables: list[str]) -> None:
    part = part_of(pure_data)
    texts = [spec.text for spec in part.boxes]
    assert sorted(
        f"{texts[a]} {outlet} > {texts[b]} {inlet}" for a, outlet, b, inlet in part.lines
    ) == sorted(cables)
