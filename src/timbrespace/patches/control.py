"""Playing a model from outside: MIDI controllers and notes, OSC in and out; and is Pd's rate the model's?

OSC addresses are those of `timbrespace live`, so that what plays one plays the other.
"""

from __future__ import annotations

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import across, row

SILENCE = f"{LOUDNESS_FLOOR_DB:.0f}"
LOCAL, PORT_IN, PORT_OUT = "127.0.0.1", 9000, 9001
CONTROLLERS = {"loudness_offset_db": 7, "aperiodicity": 1, "dry_wet": 91, "x": 16, "y": 17}
FREE_CONTROLLERS = [*range(20, 32), *range(85, 91), *range(102, 120)]  # that MIDI leaves to the player
UNMAPPED = -1
KNOBS_A_ROW = 4
# of OSC names to those of knobs
OSC_KNOBS = {"seed": "seed", "drywet": "dry_wet", "aperiodicity": "aperiodicity", "reset": "reset"}


def knobs(instrument: Instrument) -> dict[str, tuple[int, float, float]]:
    """What MIDI can turn: by name its controller at first, its least and its greatest value."""
    found = dict.fromkeys(("x", "y"), (UNMAPPED, 0.0, 1.0))
    free = iter(FREE_CONTROLLERS)
    for knob in instrument.description.attributes:
        if knob.type == "float":
            mapped = next(free, UNMAPPED) if knob.name.endswith("_bias") else UNMAPPED
            found[knob.name] = (mapped, knob.low, knob.high)
    return {name: (CONTROLLERS.get(name, first), low, high) for name, (first, low, high) in found.items()}


def midi(instrument: Instrument) -> Patch:
    says = (
        "MIDI. learn NAME: the next controller moved turns it, map NAME CONTROLLER, range NAME LOW HIGH, "
        "also ctl "
        "VALUE CONTROLLER and note PITCH VELOCITY. Outlets: knobs, x and y, the note in Hz, loudness in dB."
    )
    patch = parts.open_patch("ts.midi", 10, says)
    inlet = patch.object("inlet", 20, 60)
    words = ["ctl", "note", "learn", "map", "range"]
    route = parts.sorted_messages(patch, inlet, words, 100)
    controllers, moved = patch.object("ctlin", 20, 150), patch.object("pack 0 0", 20, 180)
    patch.connect(controllers, moved)
    patch.connect(controllers, moved, 1, 1)
    names = knobs(instrument)
    told = []
    for number, (word, arguments) in enumerate((("learn", ""), ("map", " $1"), ("range", " $1 $2"))):
        known = patch.object("route " + " ".join(names), 160 + 280 * number, 150, 36)
        patch.connect(route, known, 2 + number)
        told.append((word, arguments, known))
    outs: list[list[int]] = [[], []]
    top = parts.below(patch)
    for number, (name, (controller, low, high)) in enumerate(names.items()):
        x, y = 20 + 420 * (number % KNOBS_A_ROW), top + 70 * (number // KNOBS_A_ROW)
        knob = patch.object(f"ts.knob {name} {controller} {low:.6g} {high:.6g}", x, y + 32)
        patch.connect(moved, knob)
        patch.connect(route, knob)
        outs[1 if name in "xy" else 0].append(knob)
        for place, (word, arguments, known) in enumerate(told):
            chosen = patch.message(f"{word}{arguments}", x + 90 * place, y)
            patch.connect(known, chosen, number)
            patch.connect(chosen, knob, 0, 1)
    frequencies, levels = _notes(patch, instrument, route)
    parts.message_outlets(patch, [*outs, frequencies, levels])
    return patch


def _notes(patch: Patch, instrument: Instrument, route: int) -> tuple[list[int], list[int]]:
    """The last note that is held, in Hz, and how hard it was struck as a level within that of the data."""
    low, high = instrument.loudness_range_db
    y = parts.below(patch)
    played = row(patch, y, 20, "notein", "pack 0 0", "unpack 0 0")
    patch.connect(played[0], played[1], 1, 1)
    patch.connect(route, played[2], 1)
    velocity = patch.object("t f f f", 320, y)
    patch.connect(played[2], velocity, 1)
    struck, released = patch.object("> 0", 420, y + 30), patch.object("== 0", 520, y + 30)
    level = row(patch, y + 30, 320, "f", f"expr {low:.6g} + {high - low:.6g} * $f1 / 127")
    patch.connect(velocity, level[0], 0, 1)
    patch.connect(velocity, struck, 1)
    patch.connect(velocity, released, 2)
    pitch = patch.object("t f f", 20, y + 100)
    patch.connect(played[2], pitch)
    begins = row(patch, y + 130, 120, "spigot", "t b f f")
    ends = row(patch, y + 130, 20, "spigot", "==", "sel 1")
    silence = patch.message(SILENCE, 20, y + 230)
    frequency = patch.object("mtof", 220, y + 200)
    patch.connect(struck, begins[0], 0, 1)
    patch.connect(released, ends[0], 0, 1)
    patch.connect(pitch, begins[0], 1)
    patch.connect(pitch, ends[0])
    patch.connect(begins[1], ends[1], 2, 1)
    patch.connect(begins[1], frequency, 1)
    patch.connect(begins[1], level[0])
    patch.connect(ends[2], silence)
    return [frequency], [level[1], silence]


def knob() -> Patch:
    """One thing that a controller turns."""
    patch = Patch("ts.knob", 720, 420)
    says = "ts.knob NAME CONTROLLER LOW HIGH. In: value and controller. Second: map N, learn, range LOW HIGH."
    patch.comment(says, 20, 12, 80)
    moved, told = patch.object("inlet", 20, 60), row(patch, 60, 300, "inlet", "route map learn range")
    both, order = patch.object("unpack 0 0", 20, 100), patch.object("t f f", 120, 130)
    learning, its = patch.object("spigot", 200, 170), patch.object("== $2", 120, 240)
    turned = row(
        patch,
        270,
        20,
        "spigot",
        "expr $f2 + ($f3 - $f2) * $f1 / 127",
        "list prepend $1",
        "list trim",
        "outlet",
    )
    patch.chain(moved, both)
    patch.connect(both, order, 1)
    patch.connect(order, learning, 1)
    patch.connect(order, its)
    learned = patch.object("t b f", 200, 200)
    patch.connect(learning, learned)
    patch.connect(learned, its, 1, 1)
    done, begun = patch.message("0", 260, 230), patch.message("1", 380, 130)
    patch.connect(learned, done)
    patch.connect(done, learning, 0, 1)
    patch.connect(told[1], begun, 1)
    patch.connect(begun, learning, 0, 1)
    patch.connect(told[1], its, 0, 1)
    patch.connect(its, turned[0], 0, 1)
    patch.connect(both, turned[0])
    ends = patch.object("unpack 0 0", 460, 130)
    patch.connect(told[1], ends, 2)
    start = row(patch, 170, 460, "loadbang", "t b b")
    for number in range(2):
        end = patch.object(f"f ${number + 3}", 460 + 80 * number, 240)
        patch.connect(start[1], end, number)
        patch.connect(end, turned[1], 0, number + 1)
        patch.connect(ends, turned[1], number, number + 1)
    return patch


def osc_out(instrument: Instrument) -> Patch:
    says = (
        f"Sends a running series at frame rate: /ts/latents z0 z1 …, /ts/loudness DB, to {LOCAL} port "
        f"{PORT_OUT} "
        "unless told: connect HOST PORT, disconnect."
    )
    patch = parts.open_patch("ts.osc.out", len(instrument.channels), says)
    inlets = parts.signal_inlets(patch, len(instrument.channels))
    route = parts.sorted_messages(patch, inlets[0], ["connect", "disconnect"], 100, outlet=1)
    sender, there = (
        patch.object("netsend -u -b", 20, 460),
        patch.message(f"connect {LOCAL} {PORT_OUT}", 20, 180),
    )
    named, away = (
        row(patch, 130, 20, "list prepend connect", "list trim"),
        patch.message("disconnect", 220, 130),
    )
    start = patch.object("loadbang", 260, 180)
    patch.connect(route, named[0])
    patch.connect(route, away, 1)
    for source, target in ((start, there), (there, sender), (named[1], sender), (away, sender)):
        patch.connect(source, target)
    count = len(inlets)
    frame = row(patch, 210, 20, "ts.clock", "t " + " ".join("b" * count))
    samples = [patch.object("snapshot~", across(number), 290) for number in range(count)]
    packed = patch.object("pack " + " ".join("f" * (count - 1)), 20, 340)
    ready = [row(patch, 380, x, f"oscformat ts {name}", "list prepend send", "list trim", step=26)
             for name, x in (("latents", 20), ("loudness", 320))]  # fmt: skip
    patch.connect(packed, ready[0][0])
    for number, (inlet, sample) in enumerate(zip(inlets, samples, strict=True)):
        patch.connect(inlet, sample)
        patch.connect(frame[1], sample, number)
        patch.connect(sample, *((ready[1][0], 0, 0) if number == count - 1 else (packed, 0, number)))
    gate = patch.object("spigot", 200, 440)
    patch.connect(sender, gate, 0, 1)
    for line in ready:
        patch.connect(line[2], gate)
    patch.connect(gate, sender)
    return patch


def osc_in(instrument: Instrument) -> Patch:
    says = (
        f"Listens to OSC on port {PORT_IN} of this computer, listen PORT HOST elsewhere. Outlets: a series "
        "from "
        "/ts/latents and /ts/loudness; knobs from /ts/z/3/bias and the like, as ts.decoder~ takes them; x "
        "and y "
        "from /ts/plane."
    )
    patch = parts.open_patch("ts.osc.in", len(instrument.channels) + 2, says)
    route = parts.sorted_messages(patch, patch.object("inlet", 20, 70), ["listen"], 110)
    named = row(patch, 140, 20, "list prepend listen", "list trim")
    there, start = (
        patch.message(f"listen {PORT_IN} {LOCAL}", 200, 140),
        patch.object("loadbang", 200, 110 + 85),
    )
    heard = row(patch, 220, 20, "netreceive -u -b", "oscparse", "list trim", "route ts")
    patch.connect(route, named[0])
    patch.connect(named[1], heard[0])
    patch.connect(start, there)
    patch.connect(there, heard[0])
    words = ["latents", "loudness", "z", "plane", *OSC_KNOBS]
    told = patch.object("route " + " ".join(words), 20, 350, 70)
    patch.connect(heard[-1], told)
    knobs_out = [_dimension_knobs(patch, told)]
    level = patch.object("route float offset", 160, 390)
    patch.connect(told, level, 1)
    offset = row(patch, 420, 260, "list prepend loudness_offset_db", "list trim")
    patch.connect(level, offset[0], 1)
    knobs_out.append(offset[1])
    for number, name in enumerate(OSC_KNOBS.values()):
        knob_out = row(patch, 480, 260 + 180 * number, f"list prepend {name}", "list trim")
        patch.connect(told, knob_out[0], 4 + number)
        knobs_out.append(knob_out[1])
    place = patch.object("unpack 0 0", 560, 390)
    patch.connect(told, place, 3)
    axes = []
    for number, axis in enumerate("xy"):
        axes.append(patch.message(f"{axis} $1", 560 + 60 * number, 420))
        patch.connect(place, axes[-1], number)
    every = patch.object("unpack " + " ".join("f" * len(instrument.latents)), 20, 560, 60)
    patch.connect(told, every)
    signals = []
    for number in range(len(instrument.channels)):
        last = number == len(instrument.channels) - 1
        signals.append(patch.object(f"sig~ {SILENCE}" if last else "sig~", across(number), 600))
        patch.connect(*((level, signals[-1]) if last else (every, signals[-1], number)))
    parts.signal_outlets(patch, signals)
    parts.message_outlets(patch, [knobs_out, axes], first=len(signals), y=patch.height - 60)
    return patch


def _dimension_knobs(patch: Patch, told: int) -> int:
    """`3 bias 0.5` as `z3_bias 0.5`; the 3 is a word, and would be lost as the first one of a message."""
    counted, knob_out = patch.object("list prepend 0", 360, 385), patch.message("z$2_$3 $4", 360, 415)
    patch.connect(told, counted, 2)
    patch.connect(counted, knob_out)
    return knob_out


def rate(instrument: Instrument) -> Patch:
    """Whether Pd runs at the model's rate, in words for a message box, and as a warning where it does not."""
    needed = instrument.description.sample_rate
    patch = Patch("ts.rate", 620, 360)
    patch.comment(
        "Out: whether Pd runs at the sample rate of this model, as text to set a message to.", 20, 12, 70
    )
    start, restart = patch.object("loadbang", 20, 60), patch.object("r pd-dsp-started", 120, 60)
    chain = row(patch, 100, 20, "samplerate~", "t f f", f"== {needed}", "sel 1 0")
    patch.connect(start, chain[0])
    patch.connect(restart, chain[0])
    held, good = patch.object("f", 160, 220), patch.message(f"set {needed} Hz: right for this model", 20, 260)
    bad = patch.message(f"set Pd runs at $1 Hz, but this model needs {needed}".replace(",", ":"), 160, 290)
    warned = patch.message(
        f"Pd runs at $1 Hz and this model needs {needed}: Media - Audio settings", 160, 260
    )
    patch.connect(chain[1], held, 1, 1)
    patch.connect(chain[3], good)
    patch.connect(chain[3], held, 1)
    patch.connect(held, bad)
    patch.connect(held, warned)
    patch.connect(warned, patch.object("print timbrespace", 420, 320))
    out = patch.object("outlet", 20, 320)
    patch.connect(good, out)
    patch.connect(bad, out)
    return patch
