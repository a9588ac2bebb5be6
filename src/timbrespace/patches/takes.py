"""A series that is kept: recorded frame by frame into arrays, turned round in them.

The arrays of a take are named after it, `take-z0` … and `take-loudness`; every patch can read them and the
mouse can draw in them. How many frames it has is the value `take-frames`.
"""

from __future__ import annotations

from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import across, row


def record(instrument: Instrument) -> Patch:
    """A running series into arrays, and from and to files."""
    count = len(instrument.channels)
    says = (
        "ts.record~ NAME keeps a series in arrays. record: from the beginning, append: after what is there, "
        "stop, clear, write FILE.csv, read FILE.csv. Out: how many frames there are."
    )
    patch = parts.open_patch("ts.record~", count, says)
    inlets = parts.signal_inlets(patch, count)
    words = ["record", "append", "stop", "clear", "write", "read"]
    route = parts.sorted_messages(patch, inlets[0], words, 100, outlet=1)
    gate, told = _counting(patch, instrument, inlets)
    on, off, none = (patch.message(text, 20 + 80 * n, 190) for n, text in enumerate(("1", "0", "0")))
    record_order, clear_order = patch.object("t b b", 20, 150), patch.object("t b b", 180, 150)
    for outlet, box in enumerate((record_order, on, off, clear_order)):
        patch.connect(route, box, outlet)
    patch.connect(record_order, on)
    patch.connect(record_order, none, 1)
    patch.connect(clear_order, none)
    patch.connect(clear_order, off, 1)
    patch.connect(on, gate, 0, 1)
    patch.connect(off, gate, 0, 1)
    patch.connect(none, told)
    filed = patch.object("ts.file $1", 500, 220)
    patch.connect(filed, told)
    for number, word in enumerate(("write", "read")):
        named = row(patch, 150, 420 + 150 * number, f"list prepend {word}", "list trim")
        patch.connect(route, named[0], 4 + number)
        patch.connect(named[1], filed)
    patch.height = 520
    return patch


def _counting(patch: Patch, instrument: Instrument, inlets: list[int]) -> tuple[int, int]:
    """At every frame each channel goes into its array; the gate, and the box that tells the new length."""
    chain = row(patch, 230, 20, "ts.clock", "spigot", "value $1-frames", f"moses {instrument.longest_frames}")
    order, following, told = (
        patch.object("t f f", 20, 350),
        patch.object("+ 1", 60, 380),
        patch.object("t f f", 220, 350),
    )
    patch.chain(chain[-1], order)
    patch.connect(order, following, 1)
    patch.chain(following, told, patch.object("outlet", 220, 440))
    patch.connect(told, patch.object("value $1-frames", 270, 390), 1)
    for number, (inlet, name) in enumerate(zip(inlets, instrument.channels, strict=True)):
        track = patch.object(
            f"ts.track~ $1-{name} {instrument.longest_frames + 1}",
            across(number),
            410 + 26 * (number % 3) + 60,
        )
        patch.connect(inlet, track)
        patch.connect(order, track, 0, 1)
    return chain[1], told


def track() -> Patch:
    """One channel of `ts.record~`."""
    patch = Patch("ts.track~", 460, 320)
    patch.comment("ts.track~ ARRAY SIZE: a frame's number stores the signal as it is now.", 20, 12, 50)
    signal, frame = patch.object("inlet~", 20, 60), patch.object("inlet", 120, 60)
    order, now = patch.object("t b f", 120, 100), patch.object("snapshot~", 20, 140)
    stored = patch.object("tabwrite $1", 20, 190)
    patch.object("array define $1 $2", 20, 240)
    patch.connect(frame, order)
    patch.connect(order, stored, 1, 1)
    patch.connect(order, now)
    patch.connect(signal, now)
    patch.connect(now, stored)
    return patch


def reverse(instrument: Instrument) -> Patch:
    """A take turned round, or single channels of it."""
    names = instrument.channels
    says = "ts.reverse NAME: all turns a take round, its last frame first; z3 or loudness only that channel."
    patch = parts.open_patch("ts.reverse", len(names), says)
    inlet = patch.object("inlet", 20, 60)
    route = parts.sorted_messages(patch, inlet, [parts.ALL, *names], 100)
    for number, name in enumerate(names):
        flip = patch.object(f"ts.flip $1-{name} $1-frames", across(number), 160 + 30 * (number % 3))
        patch.connect(route, flip)
        patch.connect(route, flip, number + 1)
    return patch


def flip() -> Patch:
    """One channel of `ts.reverse`: exchanges frames from both ends to the middle."""
    patch = Patch("ts.flip", 560, 600)
    patch.comment(
        "ts.flip ARRAY VALUE: a bang turns the array round; VALUE holds how many frames it has.", 20, 12, 60
    )
    start = row(patch, 60, 20, "inlet", "t b b", "value $2", "t f f", "/ 2", "int", "until")
    zero, last = patch.message("0", 120, 90), patch.object("- 1", 220, 150)
    place = row(patch, 290, 20, "f", "t f f", "t f f f f")
    following, other = patch.object("+ 1", 100, 290), patch.object("expr $f2 - $f1", 120, 380)
    copies = patch.object("t f f", 120, 410)
    low, high = patch.object("tabread $1", 20, 440), patch.object("tabread $1", 120, 440)
    put_low, put_high = patch.object("tabwrite $1", 120, 520), patch.object("tabwrite $1", 20, 520)
    patch.connect(start[1], zero, 1)
    patch.connect(zero, place[0], 0, 1)
    patch.connect(start[3], last, 1)
    patch.connect(last, other, 0, 1)
    patch.connect(start[-1], place[0])
    patch.connect(place[1], following, 1)
    patch.connect(following, place[0], 0, 1)
    held_low, held_high = patch.object("f", 20, 480), patch.object("f", 220, 480)
    patch.connect(place[2], other, 3)
    patch.chain(other, copies, high)
    patch.connect(copies, put_high, 1, 1)
    patch.connect(high, held_high, 0, 1)
    patch.connect(place[2], put_low, 2, 1)
    patch.connect(place[2], low, 1)
    patch.connect(low, held_low, 0, 1)
    done = patch.object("t b b", 320, 440)
    patch.connect(place[2], done)
    patch.chain(done, held_low, put_high)
    patch.connect(done, held_high, 1)
    patch.connect(held_high, put_low)
    return patch
