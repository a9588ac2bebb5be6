"""Several series as one: sounds mixed while they run, and a plane with four points kept on it."""

from __future__ import annotations

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.controls import LOUDNESS
from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import across, row
from timbrespace.patches.weighing import POINTS

FLOOR = f"{LOUDNESS_FLOOR_DB:.0f}"
NO_FLOOR = "-1e+06"  # for latents
LEAST_WEIGHT, ITS_INVERSE = "1e-09", "1e+09"  # a sum of weights below this is none
# of four values and four weights
WEIGHTED = "expr " + " + ".join(
    f"$f{number} * $f{number + len(POINTS)}" for number in range(1, len(POINTS) + 1)
)


def mix(instrument: Instrument) -> Patch:
    """Two running series as one, as `LatentSeries.mix` does it."""
    count = len(instrument.channels)
    says = (
        "Two series in, first z0 … loudness of one, then of the other. weight W: 0 the first, 1 the second, "
        "also beyond."
    )
    patch = parts.open_patch("ts.mix~", 2 * count, says)
    inlets = parts.signal_inlets(patch, 2 * count)
    route = parts.sorted_messages(patch, inlets[0], ["weight"], 100, outlet=1)
    rest = patch.object("expr 1 - $f1", parts.LEFT, 140)
    patch.connect(route, rest)
    sums = []
    for number in range(count):
        first, total = row(patch, 200, across(number), "*~ 1", "+~", step=40)
        second = patch.object("*~ 0", across(number) + 50, 220)
        patch.connect(inlets[number], first)
        patch.connect(inlets[count + number], second)
        patch.connect(second, total, 0, 1)
        patch.connect(rest, first, 0, 1)
        patch.connect(route, second, 0, 1)
        sums.append(total)
    levels = (inlets[count - 1], inlets[-1], sums[-1])
    parts.signal_outlets(patch, [*sums[:-1], _mixed_levels(patch, route, levels)])
    return patch


def _mixed_levels(patch: Patch, route: int, levels: tuple[int, int, int]) -> int:
    """The mixed level, but where there is none to go by, that of the nearer series; see `mix_loudness`."""
    first, second, mixed = levels
    x, y = parts.LEFT, parts.below(patch)
    gates = [parts.heard(patch, level, x + 120 * n, y) for n, level in enumerate((first, second))]
    inside = patch.object("expr $f1 >= 0 && $f1 <= 1", x + 240, y)
    nearer = patch.object("expr $f1 >= 0.5", x + 480, y)
    both, either = patch.object("*~", x, y + 100), patch.object("max~", x + 120, y + 100)
    sounding = row(patch, y + 140, x + 120, "-~", "*~ 1", "+~")
    near = row(patch, y + 100, x + 480, "-~", "*~ 0", "+~")
    moved, kept, total = row(patch, y + 240, x, "-~", "*~", "+~")
    patch.connect(route, inside)
    patch.connect(route, nearer)
    for box in (both, either):
        patch.connect(gates[0], box)
        patch.connect(gates[1], box, 0, 1)
    patch.connect(either, sounding[0])
    patch.connect(both, sounding[0], 0, 1)
    patch.connect(inside, sounding[1], 0, 1)
    patch.connect(both, sounding[2], 0, 1)
    patch.connect(second, near[0])
    patch.connect(first, near[0], 0, 1)
    patch.connect(nearer, near[1], 0, 1)
    patch.connect(first, near[2], 0, 1)
    patch.connect(mixed, moved)
    patch.connect(near[2], moved, 0, 1)
    patch.connect(sounding[2], kept, 0, 1)
    patch.connect(near[2], total, 0, 1)
    return total


def morph(instrument: Instrument) -> Patch:
    """Two to four sounds, each through an encoder of its own."""
    count = len(instrument.channels)
    says = (
        "Sounds a, b, c, d in, their series mixed out. weights A B C D, or a 0.5; also signals in the last "
        "four inlets, added. Below 0 they are 0, and divided by their sum. All 0: silence. At first a alone."
    )
    patch = parts.open_patch("ts.morph~", max(count, 12), says)
    inlets = parts.signal_inlets(patch, 2 * len(POINTS))
    words = ["weights", *POINTS.lower()]
    route = parts.sorted_messages(patch, inlets[0], words, 100, outlet=1)
    shares, silence = _shares(patch, route, inlets[len(POINTS) :])
    encoders = [patch.object("ts.encoder~", across(3 * number), 420, 45) for number in range(len(POINTS))]
    for inlet, encoder in zip(inlets, encoders, strict=False):
        patch.connect(inlet, encoder)
    sums = []
    for number, name in enumerate(instrument.channels):
        total = patch.object(f"ts.sum~ {FLOOR if name == LOUDNESS else NO_FLOOR}", across(number), 500, 15)
        for place, (encoder, share) in enumerate(zip(encoders, shares, strict=True)):
            patch.connect(encoder, total, number, place)
            patch.connect(share, total, 0, len(POINTS) + place)
        sums.append(total)
    level = patch.object("+~", across(len(sums) - 1), parts.below(patch))
    patch.connect(sums[-1], level)
    patch.connect(silence, level, 0, 1)
    parts.signal_outlets(patch, [*sums[:-1], level])
    return patch


def _shares(patch: Patch, route: int, signals: list[int]) -> tuple[list[int], int]:
    """The four weights as signals whose sum is 1, and the level in dB to add: where none counts, silence."""
    every = row(patch, 140, 20, "list append 0 0 0 0", "unpack 0 0 0 0")  # those that are not told are 0
    patch.connect(route, every[0])
    start, alone = patch.object("loadbang", 700, 150), patch.message("1", 780, 150)
    patch.connect(start, alone)
    given = [patch.object("+~ 0", across(number), 210) for number in range(len(POINTS))]
    weighed = [patch.object("max~ 0", across(number), 250) for number in range(len(POINTS))]
    total = row(patch, 250, across(len(POINTS)), "+~", "+~", "+~", f"max~ {LEAST_WEIGHT}")
    silence = row(patch, 280, across(len(POINTS) + 1), f"*~ {ITS_INVERSE}", "clip~ 0 1", "-~ 1", "*~ 100")
    shares = [patch.object("/~", across(number), 350) for number in range(len(POINTS))]
    patch.connect(alone, given[0], 0, 1)
    for number, (box, signal) in enumerate(zip(given, signals, strict=True)):
        patch.connect(signal, box)
        patch.connect(every[1], box, number, 1)
        patch.connect(route, box, number + 1, 1)
        patch.chain(box, weighed[number], shares[number])
        patch.connect(weighed[number], total[max(number - 1, 0)], 0, min(number, 1))
        patch.connect(total[3], shares[number], 0, 1)
    patch.connect(total[2], silence[0])
    return shares, silence[-1]


def sum_of() -> Patch:
    """One channel of `ts.morph~`: four signals, not below a floor, times four weights."""
    patch = Patch("ts.sum~", 900, 360)
    patch.comment(
        "ts.sum~ FLOOR: four signals, none below the floor, by four weights in the other inlets.", 20, 12, 70
    )
    inlets = [patch.object("inlet~", 20 + 100 * number, 50) for number in range(2 * len(POINTS))]
    products = []
    for number in range(len(POINTS)):
        held, product = row(patch, 100, 20 + 100 * number, "max~ $1", "*~")
        patch.connect(inlets[number], held)
        patch.connect(inlets[number + len(POINTS)], product, 0, 1)
        products.append(product)
    total = row(patch, 200, 20, "+~", "+~", "+~", "outlet~")
    patch.connect(products[0], total[0])
    for product, box in zip(products[1:], total, strict=False):
        patch.connect(product, box, 0, 1)
    return patch


def plane(instrument: Instrument) -> Patch:
    """Four points kept, and what lies between them."""
    count = len(instrument.channels)
    says = (
        "ts.plane~ NAME: four points kept, a place between them out. store A … D: the series as it is now. "
        "x, y: 0 to 1, point A X Y, radius A R, write FILE.csv, read FILE.csv. live-loudness 1: the level "
        "that comes in. Last outlet: the four weights."
    )
    patch = parts.open_patch("ts.plane~", count + 1, says)
    inlets = parts.signal_inlets(patch, count)
    words = ["store", "x", "y", "point", "radius", "write", "read", "live-loudness"]
    route = parts.sorted_messages(patch, inlets[0], words, 110, outlet=1)
    order, weighing = patch.object("t b a", 20, 150), patch.object("ts.weights", 20, 300)
    letters, kept = patch.object("route " + " ".join(POINTS), 120, 150), patch.object("s $0-store", 120, 240)
    again = patch.message("bang", 20, 200)
    patch.connect(route, order)
    patch.connect(order, letters, 1)
    patch.chain(order, again, weighing)
    patch.connect(weighing, patch.object("s $0-weights", 20, 330))
    for number in range(len(POINTS)):
        place = patch.message(str(number), 120 + 40 * number, 200)
        patch.connect(letters, place, number)
        patch.connect(place, kept)
    for number, word in enumerate(words[1:5]):
        named = row(patch, 150, 300 + 150 * number, f"list prepend {word}", "list trim")
        patch.connect(route, named[0], number + 1)
        patch.connect(named[1], weighing)
    _filed(patch, route, again)
    spots = []
    for number, (inlet, name) in enumerate(zip(inlets, instrument.channels, strict=True)):
        floor = f"{FLOOR} {FLOOR}" if name == LOUDNESS else f"{NO_FLOOR} 0"
        text = f"ts.spot~ $1-{name} $0 {floor}"
        spots.append(patch.object(text, across(number), 380 + 30 * (number % 3)))
        patch.connect(inlet, spots[-1])
    spots[-1] = _live_or_kept(patch, route, inlets[-1], spots[-1])
    parts.signal_outlets(patch, spots)
    patch.connect(weighing, patch.object("outlet", across(count), patch.height - 60))
    return patch


def _filed(patch: Patch, route: int, again: int) -> None:
    """The four points are a take of four frames, and go into a file as one."""
    filed, four = patch.object("ts.file $1", 920, 230), patch.message("4", 1060, 270)
    for number, word in enumerate(("write", "read")):
        named = row(patch, 150, 920 + 150 * number, f"list prepend {word}", "list trim")
        patch.connect(route, named[0], 5 + number)
        patch.connect(named[1], filed)
    order = row(patch, 270, 920, "t b b")
    patch.chain(filed, order[0], again)
    patch.connect(order[0], four, 1)
    patch.connect(patch.object("loadbang", 1060, 230), four)
    patch.connect(four, patch.object("value $1-frames", 1060, 310))


def _live_or_kept(patch: Patch, route: int, live: int, kept: int) -> int:
    """The level that comes in where live-loudness is 1, else that of the plane."""
    x, y = across(patch.boxes[kept].x // parts.STEP), parts.below(patch)
    rest, outer, inner, total = (
        patch.object("expr 1 - $f1", x, y), patch.object("*~ 0", x + 100, y + 40),
        patch.object("*~ 1", x, y + 40), patch.object("+~", x, y + 80),
    )  # fmt: skip
    patch.connect(route, rest, 7)
    patch.connect(route, outer, 7, 1)
    patch.connect(rest, inner, 0, 1)
    patch.connect(live, outer)
    patch.chain(kept, inner, total)
    patch.connect(outer, total, 0, 1)
    return total


def spot() -> Patch:
    """One channel of `ts.plane~`: four values kept in an array, and their weighted sum."""
    patch = Patch("ts.spot~", 760, 420)
    says = (
        "ts.spot~ ARRAY ID FLOOR REST: keeps its signal when ID-store says where, gives the sum by "
        "ID-weights."
    )
    patch.comment(says, 20, 12, 90)
    signal, stored = patch.object("inlet~", 20, 60), patch.object("r $2-store", 160, 60)
    order, kept = patch.object("t b f", 160, 100), row(patch, 140, 20, "snapshot~", "max $3", "tabwrite $1")
    patch.chain(stored, order)
    patch.connect(order, kept[2], 1, 1)
    patch.connect(order, kept[0])
    patch.connect(signal, kept[0])
    given = row(patch, 60, 340, "r $2-weights", "t b l", "t b b b b")
    shares, total = patch.object("unpack 0 0 0 0", 540, 150), patch.object(WEIGHTED, 340, 250)
    patch.connect(given[1], shares, 1)
    for number in range(len(POINTS)):
        place, value = (
            patch.message(str(number), 340 + 90 * number, 190),
            patch.object("tabread $1", 340 + 90 * number, 220),
        )
        patch.connect(given[2], place, number)
        patch.chain(place, value)
        patch.connect(value, total, 0, number)
        patch.connect(shares, total, number, number + len(POINTS))
    patch.chain(total, patch.object("sig~ $4", 340, 290), patch.object("outlet~", 340, 330))
    patch.object("array define $1 4", 20, 270)
    row(patch, 300, 20, "loadbang", "f $4")
    patch.chain(len(patch.boxes) - 1, patch.message("const $1", 100, 330), patch.object("s $1", 100, 360))
    return patch
