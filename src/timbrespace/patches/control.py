"""MIDI: controllers that turn the model's knobs, notes that play it; and is Pd's rate the model's?"""

from __future__ import annotations

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import row

SILENCE = f"{LOUDNESS_FLOOR_DB:.0f}"
CONTROLLERS = {"loudness_offset_db": 7, "aperiodicity": 1, "dry_wet": 91, "x": 16, "y": 17}
FREE_CONTROLLERS = [*range(20, 32), *range(85, 91), *range(102, 120)]  # that MIDI leaves to the player
UNMAPPED = -1
KNOBS_A_ROW = 4


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
    """Controllers to knobs, notes to Hz and level."""
    says = (
        "MIDI. learn NAME: the next controller moved turns it, map NAME CONTROLLER, range NAME LOW HIGH, "
        "also ctl VALUE CONTROLLER and note PITCH VELOCITY. Outlets: knobs, x and y, the note in Hz, "
        "loudness in dB."
    )
    patch = parts.open_patch("ts.midi", 10, says)
    inlet = patch.object("inlet", 20, parts.TOP)
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
    both = row(patch, 60, 20, "inlet", "unpack 0 0")[1]
    route = row(patch, 60, 300, "inlet", "route map learn range")[1]
    number, its = patch.object("t f f", 120, 130), patch.object("== $2", 120, 240)
    texts = ("spigot", "expr $f2 + ($f3 - $f2) * $f1 / 127", "list prepend $1", "list trim", "outlet")
    turned = row(patch, 270, 20, *texts)
    patch.connect(both, number, 1)
    _learning(patch, number, route, its)
    patch.connect(number, its)
    patch.connect(its, turned[0], 0, 1)
    patch.connect(both, turned[0])
    _ends(patch, route, turned[1])
    return patch


def _learning(patch: Patch, number: int, route: int, its: int) -> None:
    """After `learn` the next controller's number becomes the knob's own, as does that of `map`."""
    open_once, learned = patch.object("spigot", 200, 170), patch.object("t b f", 200, 200)
    done, begun = patch.message("0", 260, 230), patch.message("1", 380, 130)
    patch.connect(number, open_once, 1)
    patch.chain(open_once, learned, done)
    patch.connect(learned, its, 1, 1)
    patch.connect(route, its, 0, 1)
    patch.connect(route, begun, 1)
    for message in (done, begun):
        patch.connect(message, open_once, 0, 1)


def _ends(patch: Patch, route: int, scaled: int) -> None:
    """Where a knob begins and ends: at first its arguments, then what `range` says."""
    told, first = patch.object("unpack 0 0", 460, 130), row(patch, 170, 460, "loadbang", "t b b")[1]
    patch.connect(route, told, 2)
    for number in range(2):
        end = patch.object(f"f ${number + 3}", 460 + 80 * number, 240)
        patch.connect(first, end, number)
        patch.connect(end, scaled, 0, number + 1)
        patch.connect(told, scaled, number, number + 1)


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
    bad = patch.message(f"set Pd runs at $1 Hz: this model needs {needed}", 320, 290)
    warned = patch.message(
        f"Pd runs at $1 Hz and this model needs {needed}: Media - Audio settings", 320, 240
    )
    patch.connect(chain[1], held, 1, 1)
    patch.connect(chain[3], good)
    patch.connect(chain[3], held, 1)
    patch.connect(held, bad)
    patch.connect(held, warned)
    patch.connect(warned, patch.object("print timbrespace", 320, 325))
    out = patch.object("outlet", 20, 320)
    patch.connect(good, out)
    patch.connect(bad, out)
    return patch
