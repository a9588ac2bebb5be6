"""A kept series played: round and round at any speed, or once and stretched. Reads as `LatentSeries.at`."""

from __future__ import annotations

from typing import NamedTuple

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.controls import LOUDNESS
from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import across, row

SILENCE = f"{LOUDNESS_FLOOR_DB:.0f}"
# of a place, the frames and those of a fade: the place to read, another that fades in, how far it has
PLACES = (
    "expr max(0, min($f1, $f2 - 1)) ; max(0, $f1 - $f2 + $f3) ; ($f3 > 0) * ($f1 >= $f2 - $f3) * min(1, "
    "($f1 - $f2 + $f3 + 1) / ($f3 + 1))"
)
ROUNDS = "(int(($f1 - $f3) / ($f2 - $f3) + 1000) - 1000)"  # whole ones, also below 0
# of a place, the frames, those of a fade and the speed: the same place within the loop
WRAPPED = f"expr $f1 - ($f2 - $f3) * {ROUNDS} * ($f1 >= $f2 || ($f4 < 0 && $f1 < $f3))"
# of the frames and a factor: how many they are when stretched, as `LatentSeries.stretch` has it
SHORTER = "expr ($f1 - 0.5) * $f2"
LONGER = "expr int($f1 * $f2 + 0.5) - (int($f1 * $f2 + 0.5) == $f1 * $f2 + 0.5) * (int($f1 * $f2 + 0.5) % 2)"
COUNT = "expr max(1, ($f3 < 1) * (int($f1) + ($f1 > int($f1))) + ($f3 >= 1) * $f2)"


class Transport(NamedTuple):
    """route: of the messages, first of them play, pause, stop. frame: its outlet 1 gives the number of
    frames and then its outlet 0 a bang, at every frame. on, off, quiet: messages that start, hold, silence.
    """

    patch: Patch
    route: int
    frame: int
    on: int
    off: int
    quiet: int


def loop(instrument: Instrument) -> Patch:
    """A take round and round; how its end fades into its beginning is as `LatentSeries.loop` has it."""
    says = (
        "ts.loop~ NAME plays a take round and round. play, pause, stop: silence, start: from frame 0, frame "
        "N, speed S: 0.5 is half, -1 backwards, crossfade SECONDS of its end and beginning. Last outlet: "
        "frame."
    )
    transport = _transport(instrument, "ts.loop~", says, ["start", "frame", "speed", "crossfade"])
    patch, route, frame = transport.patch, transport.route, transport.frame
    at = row(patch, 350, 20, "f", "t f f", PLACES)
    start, following = patch.message("0", 330, 150), row(patch, 350, 760, "+ 1", WRAPPED)
    asked = row(patch, 150, 440, f"* {instrument.frame_rate_hz:.7g}", "+ 0.5", "int")
    fade = patch.object("expr min(int($f1 / 2), $f2)", 440, 270)
    patch.connect(route, start, 3)
    patch.connect(start, at[0], 0, 1)
    patch.connect(route, at[0], 4, 1)
    patch.connect(route, following[0], 5, 1)
    patch.connect(route, following[1], 5, 3)
    patch.connect(route, asked[0], 6)
    patch.connect(asked[-1], fade, 0, 1)
    patch.connect(frame, fade, 1)
    for box in (at[2], following[1]):
        patch.connect(frame, box, 1, 1)
        patch.connect(fade, box, 0, 2)
    patch.connect(frame, at[0])
    patch.connect(at[1], following[0], 1)
    patch.connect(following[1], at[0], 0, 1)
    _players(instrument, transport, at[2])
    return patch


def stretch(instrument: Instrument) -> Patch:
    """A take once, as long as `LatentSeries.stretch` makes it."""
    says = (
        "ts.stretch~ NAME plays a take once. play: from its beginning, pause, stop: silence, factor F: 2 is "
        "twice as long. Holds its last frame. Last outlets: the frame, a bang at the end."
    )
    transport = _transport(instrument, "ts.stretch~", says, ["factor"])
    patch, route, frame = transport.patch, transport.route, transport.frame
    at = row(patch, 350, 20, "f", "t f f f", "/ 1", PLACES)
    start, following = patch.message("0", 330, 150), patch.object("+ 1", 100, 350)
    factor = patch.object("max 0.01", 440, 150)
    one = row(patch, 150, 560, "loadbang", "f 1")
    counts = [patch.object(text, 440, y) for text, y in ((SHORTER, 230), (LONGER, 258), (COUNT, 300))]
    ended = row(patch, 350, 700, "expr $f1 + 1 >= $f2", "sel 1", "t b b")
    patch.connect(route, start)
    patch.connect(start, at[0], 0, 1)
    patch.connect(one[1], factor)
    patch.connect(route, factor, 3)
    for box, inlet in ((counts[0], 1), (counts[1], 1), (counts[2], 2), (at[2], 1)):
        patch.connect(factor, box, 0, inlet)
    patch.connect(frame, at[3], 1, 1)
    patch.connect(frame, counts[1], 1)
    patch.connect(frame, counts[0], 1)
    patch.connect(counts[1], counts[2], 0, 1)
    patch.connect(counts[0], counts[2])
    patch.connect(counts[2], ended[0], 0, 1)
    patch.connect(frame, at[0])
    patch.connect(at[1], following, 2)
    patch.connect(following, at[0], 0, 1)
    patch.connect(at[1], ended[0], 1)
    patch.connect(ended[2], transport.off, 1)
    y = _players(instrument, transport, at[3])
    patch.connect(ended[2], patch.object("outlet", across(len(instrument.channels) + 1), y))
    return patch


def _transport(instrument: Instrument, name: str, says: str, words: list[str]) -> Transport:
    patch = parts.open_patch(name, len(instrument.channels) + 2, says)
    inlet = patch.object("inlet", 20, parts.TOP)
    route = parts.sorted_messages(patch, inlet, ["play", "pause", "stop", *words], 100)
    on, off, quiet = (patch.message(text, x, 190) for text, x in (("1", 20), ("0", 70), (SILENCE, 200)))
    chain = row(patch, 214, 20, "ts.clock", "spigot", "value $1-frames", "moses 1", step=28)
    frame, stop = patch.object("t b f", 20, 326), patch.object("t b b", 130, 150)
    patch.connect(chain[-1], frame, 1)
    for outlet, box in enumerate((on, off, stop)):
        patch.connect(route, box, outlet)
    patch.connect(stop, quiet)
    patch.connect(stop, off, 1)
    for message in (on, off):
        patch.connect(message, chain[1], 0, 1)
    return Transport(patch, route, frame, on, off, quiet)


def _players(instrument: Instrument, transport: Transport, places: int) -> int:
    """A player and an outlet for each channel, and an outlet for the frame; returns the y of the outlets."""
    patch, players = transport.patch, []
    y = parts.below(patch)
    for number, name in enumerate(instrument.channels):
        rest = SILENCE if name == LOUDNESS else "0"
        players.append(patch.object(f"ts.play~ $1-{name} {rest}", across(number), y + 26 * (number % 2)))
        for port in range(3):
            patch.connect(places, players[-1], port, port)
    patch.connect(transport.quiet, players[-1], 0, 3)
    parts.signal_outlets(patch, players)
    below = patch.height - 60
    patch.connect(places, patch.object("outlet", across(len(players)), below))
    return below


def play() -> Patch:
    """One channel: inlets a place, a second place and its share; and a value to rest at."""
    patch = Patch("ts.play~", 520, 340)
    says = "ts.play~ ARRAY REST. Inlets: place, second place, its share 0 to 1, a value to rest at."
    patch.comment(says, 20, 12, 60)
    place, second, share, rest = (patch.object("inlet", x, 60) for x in (20, 140, 260, 380))
    reads = [patch.object("ts.read $1", x, 100) for x in (20, 140)]
    blend = patch.object("expr $f1 * (1 - $f3) + $f2 * $f3", 20, 160)
    patch.chain(place, reads[0], blend, patch.object("sig~ $2", 20, 220), patch.object("outlet~", 20, 270))
    patch.chain(second, reads[1])
    patch.connect(reads[1], blend, 0, 1)
    patch.connect(share, blend, 0, 2)
    patch.connect(rest, len(patch.boxes) - 2)
    return patch


def read() -> Patch:
    """A place in an array → its value, linearly between frames."""
    patch = Patch("ts.read", 420, 320)
    patch.comment("ts.read ARRAY: a place gives the value there, linearly between two frames.", 20, 12, 50)
    order = row(patch, 60, 20, "inlet", "t f f f")
    share, after = (
        patch.object("expr $f1 - int($f1)", 220, 130),
        row(patch, 130, 120, "int", "+ 1", "tabread $1"),
    )
    before = row(patch, 130, 20, "int", "tabread $1")
    value = patch.object("expr $f1 * (1 - $f3) + $f2 * $f3", 20, 230)
    patch.connect(order[1], share, 2)
    patch.connect(order[1], after[0], 1)
    patch.connect(order[1], before[0])
    patch.connect(share, value, 0, 2)
    patch.connect(after[-1], value, 0, 1)
    patch.chain(before[-1], value, patch.object("outlet", 20, 270))
    return patch
