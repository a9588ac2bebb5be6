"""Operators on a running series that answer at once: signals in, signals out, no frame later.

Each has one inlet and one outlet a channel, z0 … and loudness. Its first inlet takes messages too: `all 2`
for all latents, `z3 2` for one, `loudness 2`; numbers and units are those of `LatentSeries`.
"""

from __future__ import annotations

from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import Part, row

ALL_PASS_HZ = "1e+06"  # a cut-off at which a low-pass lets everything through
POLE_SHARE = "0.43498"  # √(2^¼ − 1): four one-poles are 3 dB down at this share of the cut-off of each
GRID = "expr~ if($f2 > 0, rint($v1 / $f2) * $f2, $v1)"


def scale(instrument: Instrument) -> Patch:
    """Times a factor; loudness about a level, which is the middle of the data unless it is told."""
    middle_db = sum(instrument.loudness_range_db) / 2

    def latent(patch: Patch, source: int, x: int, channel: str) -> Part:
        times = patch.object("*~ 1", x, 200)
        patch.connect(source, times)
        return Part(times, times, 1)

    def loudness(patch: Patch, source: int, x: int, channel: str) -> Part:
        middle = patch.object("unpack 1 0", x, 150)
        less_one = patch.object("- 1", x, 180)
        distance, spread, kept, total = row(patch, 220, x, f"-~ {middle_db:.6g}", "*~ 0", "*~", "+~")
        chosen = row(patch, 150, x + 110, "list length", "sel 2", "f", step=26)
        gate = parts.heard(patch, source, x + 110, 230)
        patch.connect(middle, less_one)
        patch.connect(less_one, spread, 0, 1)
        patch.connect(middle, chosen[2], 1, 1)
        patch.connect(chosen[2], distance, 0, 1)
        patch.connect(source, distance)
        patch.connect(gate, kept, 0, 1)
        patch.connect(source, total, 0, 1)
        order = patch.object("t l l", x, 124)
        patch.connect(order, chosen[0])
        patch.connect(order, middle, 1)
        return Part(total, order)

    says = "all F, z3 F: latents times F. loudness F [DB]: spread F times about a level, the data's middle."
    return parts.operator(instrument, "ts.scale~", says, latent, loudness)[0]


def bias(instrument: Instrument) -> Patch:
    """A number added."""

    def latent(patch: Patch, source: int, x: int, channel: str) -> Part:
        plus = patch.object("+~ 0", x, 200)
        patch.connect(source, plus)
        return Part(plus, plus, 1)

    def loudness(patch: Patch, source: int, x: int, channel: str) -> Part:
        gate = parts.heard(patch, source, x + 60, 140)
        offset, total = row(patch, 240, x, "*~ 0", "+~")
        patch.connect(gate, offset)
        patch.connect(source, total, 0, 1)
        return Part(total, offset, 1)

    says = "all V, z3 V: V added to latents. loudness DB: added to the level, but silence stays silence."
    return parts.operator(instrument, "ts.bias~", says, latent, loudness)[0]


def quantise(instrument: Instrument) -> Patch:
    """Values on a grid; halves go to the even multiple."""

    def latent(patch: Patch, source: int, x: int, channel: str) -> Part:
        number = parts.across(0)
        y = 140 + 24 * ((x - number) // parts.STEP)
        grid = patch.object(GRID, x, y)
        patch.connect(source, grid)
        return Part(grid, grid, 1)

    def loudness(patch: Patch, source: int, x: int, channel: str) -> Part:
        grid = latent(patch, source, x, channel)
        y = parts.below(patch)
        gate = parts.heard(patch, source, x + 60, y)
        moved, kept, total = row(patch, y + 70, x, "-~", "*~", "+~")
        patch.connect(grid.end, moved)
        patch.connect(source, moved, 0, 1)
        patch.connect(gate, kept, 0, 1)
        patch.connect(source, total, 0, 1)
        return grid._replace(end=total)

    says = "all S, z3 S, loudness DB: values moved to the nearest multiple of a step, 0 leaves them."
    return parts.operator(instrument, "ts.quantise~", says, latent, loudness)[0]


def clip(instrument: Instrument) -> Patch:
    """Held within the model's data."""

    def latent(patch: Patch, source: int, x: int, channel: str) -> Part:
        low, high = instrument.ranges[channel]
        ends, held = patch.object("unpack", x, 180), patch.object(f"clip~ {low:.6g} {high:.6g}", x, 230)
        patch.connect(ends, held, 0, 1)
        patch.connect(ends, held, 1, 2)
        patch.connect(source, held)
        return Part(held, ends)

    def loudness(patch: Patch, source: int, x: int, channel: str) -> Part:
        held = patch.object(f"min~ {instrument.loudness_range_db[1]:.6g}", x, 230)
        patch.connect(source, held)
        return Part(held, held, 1)

    says = "Held within the model's data. all LOW HIGH, z3 LOW HIGH: within other ends. loudness HIGH."
    return parts.operator(instrument, "ts.clip~", says, latent, loudness)[0]


def smooth(instrument: Instrument) -> Patch:
    """Four one-pole low-passes in a row, 3 dB down together at the cut-off as the Gaussian of `smooth` is."""

    def part(patch: Patch, source: int, x: int, channel: str) -> Part:
        off, all_pass = patch.object("moses 0.0001", x, 130), patch.message(ALL_PASS_HZ, x, 160)
        each = patch.object(f"/ {POLE_SHARE}", x + 20, 190)
        poles = row(patch, 220, x, *[f"lop~ {ALL_PASS_HZ}"] * 4)
        patch.connect(off, all_pass)
        patch.connect(off, each, 1)
        patch.connect(source, poles[0])
        for pole in poles:
            patch.connect(all_pass, pole, 0, 1)
            patch.connect(each, pole, 0, 1)
        return Part(poles[-1], off)

    says = (
        "all HZ, z3 HZ, loudness HZ: what moves faster is taken away, 3 dB at HZ, later by 0.28 / HZ s. 0: "
        "off."
    )
    return parts.operator(instrument, "ts.smooth~", says, part, part)[0]


def freeze(instrument: Instrument) -> Patch:
    """Channels held where they are."""

    def part(patch: Patch, source: int, x: int, channel: str) -> Part:
        hold = patch.object("ts.hold~", x, 200)
        patch.connect(source, hold)
        return Part(hold, hold, 1)

    says = "all 1, z3 1, loudness 1: held as it is now. 0: lets it go on. all means loudness too."
    return parts.operator(instrument, "ts.freeze~", says, part, part, all_is_all=True)[0]


def hold() -> Patch:
    """One channel of `ts.freeze~`."""
    patch = Patch("ts.hold~", 420, 420)
    patch.comment(
        "A signal, or what it was when the second inlet got a 1, until that gets a 0 again", 20, 12, 50
    )
    signal, frozen = patch.object("inlet~", 20, 60), patch.object("inlet", 220, 60)
    order = row(patch, 90, 220, "change", "t f f", "expr 1 - $f1")
    held = row(patch, 150, 120, "sel 1", "snapshot~", "sig~", "*~ 0")
    live = row(patch, 240, 20, "*~ 1", "+~", "outlet~")
    patch.connect(frozen, order[0])
    patch.connect(order[1], held[0], 1)
    patch.connect(signal, held[1])
    patch.connect(order[1], held[3], 0, 1)
    patch.connect(order[2], live[0], 0, 1)
    patch.connect(signal, live[0])
    patch.connect(held[3], live[1], 0, 1)
    return patch
