"""OSC in and out, with the addresses of `timbrespace live`, so that what plays one plays the other."""

from __future__ import annotations

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import across, row

WAIT = "wait"  # the argument with which it listens when it is told, not at once
LOCAL, PORT_IN, PORT_OUT = "127.0.0.1", 9000, 9001
KNOBS = {"drywet": "dry_wet", "seed": "seed", "aperiodicity": "aperiodicity", "reset": "reset"}  # by address


def osc_in(instrument: Instrument) -> Patch:
    """A series, knobs and a place that come in."""
    says = (
        f"Listens to OSC on port {PORT_IN} of this computer, listen PORT HOST elsewhere. Outlets: a series "
        "from /ts/latents and /ts/loudness, knobs from /ts/z/3/bias and the like, as ts.decoder~ takes "
        f"them, x and y from /ts/plane. ts.osc.in {WAIT}: listens when it is told."
    )
    patch = parts.open_patch("ts.osc.in", len(instrument.channels) + 2, says)
    route = parts.sorted_messages(patch, patch.object("inlet", 20, parts.TOP), ["listen"], 100)
    named = row(patch, 140, 20, "list prepend listen", "list trim")
    start, asked = patch.object("loadbang", 200, 130), patch.message("args", 280, 130)
    argument = row(patch, 130, 400, "pdcontrol", "list trim", f"route {WAIT}", step=28)
    there = patch.message(f"listen {PORT_IN} {LOCAL}", 200, 170)
    heard = row(patch, 220, 20, "netreceive -u -b", "oscparse", "list trim", "route ts")
    patch.connect(route, named[0])
    patch.chain(named[1], heard[0])
    patch.chain(start, asked, argument[0])
    patch.connect(argument[-1], there, 1)
    patch.connect(there, heard[0])
    words = ["latents", "loudness", "z", "plane", *KNOBS]
    told = patch.object("route " + " ".join(words), 20, 350, 70)
    patch.connect(heard[-1], told)
    level, knobs = _knobs(patch, told)
    signals = _series(patch, instrument, told, level)
    parts.signal_outlets(patch, signals)
    outlets = [knobs, _place(patch, told)]
    parts.message_outlets(patch, outlets, first=len(signals), y=patch.height - 60)
    return patch


def _knobs(patch: Patch, told: int) -> tuple[int, list[int]]:
    """The box that gives loudness, and those that give knobs and their values."""
    level = patch.object("route float offset", 160, 390)
    # the number of a latent is a word here, and as the first one of a message would be lost
    counted, dimension = patch.object("list prepend 0", 460, 390), patch.message("z$2_$3 $4", 460, 420)
    patch.connect(told, level, 1)
    patch.connect(told, counted, 2)
    patch.connect(counted, dimension)
    offset = row(patch, 425, 180, "list prepend loudness_offset_db", "list trim")
    patch.connect(level, offset[0], 1)
    found = [dimension, offset[1]]
    for number, name in enumerate(KNOBS.values()):
        knob = row(patch, 490, 180 + 200 * number, f"list prepend {name}", "list trim")
        patch.connect(told, knob[0], 4 + number)
        found.append(knob[1])
    return level, found


def _place(patch: Patch, told: int) -> list[int]:
    """The messages `x` and `y`."""
    both = patch.object("unpack 0 0", 660, 390)
    axes = [patch.message(f"{axis} $1", 660 + 60 * number, 420) for number, axis in enumerate("xy")]
    patch.connect(told, both, 3)
    for number, axis in enumerate(axes):
        patch.connect(both, axis, number)
    return axes


def _series(patch: Patch, instrument: Instrument, told: int, level: int) -> list[int]:
    """The signals of a series that comes in; silent until it does."""
    every = patch.object("unpack " + " ".join("f" * len(instrument.latents)), 20, 570, 60)
    patch.connect(told, every)
    signals = [patch.object("sig~", across(number), 640) for number in range(len(instrument.latents))]
    for number, signal in enumerate(signals):
        patch.connect(every, signal, number)
    loudness = patch.object(f"sig~ {LOUDNESS_FLOOR_DB:.0f}", across(len(signals)), 640)
    patch.connect(level, loudness)
    return [*signals, loudness]


def osc_out(instrument: Instrument) -> Patch:
    """A running series sent at frame rate."""
    says = (
        f"Sends a running series at frame rate: /ts/latents z0 z1 …, /ts/loudness DB, to {LOCAL} port "
        f"{PORT_OUT} unless told: connect HOST PORT, disconnect."
    )
    patch = parts.open_patch("ts.osc.out", len(instrument.channels), says)
    inlets = parts.signal_inlets(patch, len(instrument.channels))
    route = parts.sorted_messages(patch, inlets[0], ["connect", "disconnect"], 100, outlet=1)
    named, away = (
        row(patch, 140, 20, "list prepend connect", "list trim"),
        patch.message("disconnect", 200, 140),
    )
    start, there = patch.object("loadbang", 320, 140), patch.message(f"connect {LOCAL} {PORT_OUT}", 320, 170)
    ready = _packed(patch, inlets)
    gate, sender = patch.object("spigot", 120, 550), patch.object("netsend -u -b", 20, 590)
    patch.connect(route, named[0])
    patch.connect(route, away, 1)
    patch.chain(start, there, sender)
    for source in (named[1], away, gate):
        patch.connect(source, sender)
    patch.connect(sender, gate, 0, 1)
    for line in ready:
        patch.connect(line, gate)
    return patch


def _packed(patch: Patch, inlets: list[int]) -> list[int]:
    """At every frame two messages, ready to be sent."""
    count = len(inlets)
    frame = row(patch, 220, 20, "ts.clock", "t " + " ".join("b" * count))
    samples = [patch.object("snapshot~", across(number), 310) for number in range(count)]
    packed = patch.object("pack " + " ".join("f" * (count - 1)), 20, 360)
    lines = [
        row(patch, 420, x, f"oscformat ts {name}", "list prepend send", "list trim")
        for name, x in (("latents", 20), ("loudness", 320))
    ]
    patch.connect(packed, lines[0][0])
    for number, (inlet, sample) in enumerate(zip(inlets, samples, strict=True)):
        patch.connect(inlet, sample)
        patch.connect(frame[1], sample, number)
        if number < count - 1:
            patch.connect(sample, packed, 0, number)
    patch.connect(samples[-1], lines[1][0])
    return [line[2] for line in lines]
