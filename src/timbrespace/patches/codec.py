"""The model itself: encoder, decoder, conversion and following, each around one `nn~`."""

from __future__ import annotations

from timbrespace.patches import parts
from timbrespace.patches.graph import Patch, columns_for
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import LEFT, across


def encoder(instrument: Instrument) -> Patch:
    """Sound to a series."""
    count = len(instrument.channels)
    says = "Sound in, a series out: z0 … and loudness in dB, held for a frame. enable 0/1, reload, reset."
    patch = parts.open_patch("ts.encoder~", count, says)
    sound = parts.signal_inlets(patch, 1)[0]
    nn = patch.object(instrument.object("encode"), LEFT, 260, columns_for(count, instrument.object("encode")))
    patch.connect(sound, nn)
    _knobs(patch, sound, nn)
    for number in range(count):
        patch.connect(nn, patch.object("outlet~", across(number), 330), number)
    patch.height = 390
    return patch


def decoder(instrument: Instrument) -> Patch:
    """A series to sound."""
    count = len(instrument.channels)
    says = "A series in, sound out. Messages: a knob and its value, as z3_bias 1, reset, enable 0/1, reload."
    patch = parts.open_patch("ts.decoder~", count, says)
    inlets = parts.signal_inlets(patch, count)
    nn = patch.object(instrument.object("decode"), LEFT, 260, columns_for(count, instrument.object("decode")))
    for number, inlet in enumerate(inlets):
        patch.connect(inlet, nn, 0, number)
    _knobs(patch, inlets[0], nn)
    parts.signal_outlets(patch, [nn])
    return patch


def convert(instrument: Instrument) -> Patch:
    """Sound to sound."""
    says = "Sound in, the same as the model's instrument out. Messages: a knob and its value (dry_wet 0.5)."
    patch = parts.open_patch("ts.convert~", 2, says)
    sound = parts.signal_inlets(patch, 1)[0]
    nn = patch.object(instrument.object("forward"), LEFT, 260)
    patch.connect(sound, nn)
    _knobs(patch, sound, nn)
    start = patch.object("loadbang", LEFT + 700, 150)  # nn~ would collect 4096 samples where it is not told
    patch.chain(start, patch.message(f"bufsize {instrument.description.hop}", LEFT + 700, 190), nn)
    parts.signal_outlets(patch, [nn])
    return patch


def follow(instrument: Instrument) -> Patch:
    """For a model that knows descriptors; `ts.follow~ centroid`."""
    known = ", ".join(instrument.description.descriptors)
    says = (
        f"A descriptor's value and loudness in dB in, sound out. Argument: one of {known}. Messages: knobs."
    )
    patch = parts.open_patch("ts.follow~", 3, says)
    value, level = parts.signal_inlets(patch, 2)
    nn = patch.object(instrument.object("follow_$1"), LEFT, 260)
    patch.connect(value, nn)
    patch.connect(level, nn, 0, 1)
    _knobs(patch, value, nn)
    parts.signal_outlets(patch, [nn])
    return patch


def _knobs(patch: Patch, source: int, nn: int) -> None:
    """Messages from `source`, outlet 1, to `nn~`: its own as they are, others as `set NAME VALUE`."""
    route = patch.object("route enable reload reset set", LEFT + 180, 100)
    patch.connect(source, route, 1)
    for outlet, text in enumerate(("enable $1", "reload", "set reset 1")):
        message = patch.message(text, LEFT + 60 + 110 * outlet, 150)
        patch.connect(route, message, outlet)
        patch.connect(message, nn)
    knob, trim = patch.object("list prepend set", LEFT + 500, 150), patch.object("list trim", LEFT + 500, 190)
    patch.connect(route, knob, 3)
    patch.connect(route, knob, 4)
    patch.chain(knob, trim, nn)
