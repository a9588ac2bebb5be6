"""Patches to begin with: whole instruments, small enough to read and change."""

from __future__ import annotations

import math

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.controls import LOUDNESS
from timbrespace.export.description import Attribute
from timbrespace.patches import faces, manual
from timbrespace.patches.faces import Row
from timbrespace.patches.graph import CHARACTER, Patch, columns_for
from timbrespace.patches.instrument import Instrument

LEFT = manual.LEFT
KNOB_UNITS = {"standard deviations": "deviations"}
DRAWN_FRAMES = 128
DRAWN = "drawn"
GRAPH, GRAPHS_A_ROW = (180, 60), 6


def _begun(name: str, says: str, width: int = 1000, height: int = 640) -> Patch:
    patch = Patch(name, width, height)
    patch.title(name, LEFT, 12)
    patch.comment(says, LEFT, 52, 110)
    return patch


def _wired(patch: Patch, source: int, target: int, count: int) -> None:
    """All channels of a series from one object to the other."""
    for number in range(count):
        patch.connect(source, target, number, number)


def _wide(instrument: Instrument, text: str) -> int:
    return columns_for(len(instrument.channels), text)


def _volume(patch: Patch, source: int, x: int, y: int) -> int:
    """To both loudspeakers by a slider that begins at 0; returns the gain."""
    level = patch.slider(x + 60, y, 0.0, 1.0, "volume")
    gain, out = patch.object("*~ 0", x, y + 30), patch.object("dac~", x, y + 66)
    patch.chain(source, gain, out)
    patch.connect(gain, out, 0, 1)
    patch.connect(level, gain, 0, 1)
    return gain


def conversion(instrument: Instrument) -> Patch:
    """The microphone as the model's instrument."""
    patch = _begun(
        "conversion-from-microphone",
        f"What comes from the microphone is played by {instrument.description.name}, "
        f"{instrument.in_pd_ms:.0f} ms later. Use headphones, or it hears itself. Turn DSP on, then the "
        "volume up.",
        1080,
    )
    manual.rate_line(patch, LEFT, 100)
    level = patch.subpatch(
        faces.panel("level", [Row("input, 1 as it is", 0.0, 4.0, 1.0, "")]), LEFT + 140, 150
    )
    microphone, gain = manual.microphone(patch, LEFT, 150), patch.object("*~ 1", LEFT, 210)
    known = {knob.name: knob for knob in instrument.description.attributes}
    wanted = (
        "loudness_offset_db",
        "aperiodicity",
        "dry_wet",
        *(f"{name}_bias" for name in instrument.latents[:5]),
    )
    rows = [knob_row(known[name]) for name in wanted if name in known]
    knobs = patch.subpatch(faces.panel("knobs", rows), LEFT, 270)
    y = 270 + patch.boxes[knobs].height + 60
    converted = patch.object("ts.convert~", LEFT, y, 60)
    patch.connect(microphone, gain)
    patch.connect(level, gain, 0, 1)
    patch.connect(gain, converted)
    for number in range(len(rows)):
        patch.connect(knobs, converted, number)
    patch.connect(patch.message("reset", LEFT + 440, y - 40), converted)
    _volume(patch, converted, LEFT, y + 50)
    patch.comment("Help: right-click an object and choose Help, or see README.pd", LEFT, y + 170, 70)
    patch.height = y + 220
    return patch


def knob_row(knob: Attribute) -> Row:
    """A knob of the model as a slider."""
    label = f"{knob.name}  {knob.low:.3g} … {knob.high:.3g} {KNOB_UNITS.get(knob.unit, knob.unit)}".rstrip()
    return Row(label, knob.low, knob.high, knob.default, knob.name)


def feedback(instrument: Instrument) -> Patch:
    """The paper's: a decoder shaped by a filter, fed back through a delay to the encoder."""
    says = (
        "The model hears itself: decoder → band-pass → gain → delay → encoder. Strike it once, then steer "
        "with four sliders. A gain above what the model gives back grows until the limiter; start low. "
        "record keeps it in feedback.wav."
    )
    patch = _begun("feedback-shaping", says, 1100, 800)
    manual.rate_line(patch, LEFT, 112)
    count = len(instrument.channels)
    back, total = patch.object("delread~ $0-back", LEFT, 220), patch.object("+~", LEFT, 290)
    encoder = patch.object("ts.encoder~", LEFT, 330, _wide(instrument, "ts.encoder~"))
    decoder = patch.object("ts.decoder~", LEFT, 390, _wide(instrument, "ts.decoder~"))
    patch.connect(back, total)
    patch.connect(_struck(patch, LEFT + 240, 160), total, 0, 1)
    patch.connect(total, encoder)
    _wired(patch, encoder, decoder, count)
    band, gain = patch.object("bp~ 800 2", LEFT, 480), patch.object("*~ 0.5", LEFT, 560)
    limit, written = patch.object("clip~ -1 1", LEFT, 600), patch.object("delwrite~ $0-back 2000", LEFT, 640)
    patch.chain(decoder, band, gain, limit, written)
    rows = [
        Row("band-pass frequency, Hz", 50.0, 5000.0, 800.0, ""), Row("band-pass Q", 0.5, 30.0, 2.0, ""),
        Row("feedback gain", 0.0, 4.0, 0.5, ""), Row("delay, ms", 1.0, 2000.0, 250.0, ""),
    ]  # fmt: skip
    moved = patch.subpatch(faces.panel("shaping", rows), LEFT + 240, 470)
    later = patch.object("s $0-delay", LEFT + 640, 600)
    patch.connect(patch.object("r $0-delay", LEFT, 190), back)
    for number, (box, inlet) in enumerate(((band, 1), (band, 2), (gain, 1), (later, 0))):
        patch.connect(moved, box, number, inlet)
    _volume(patch, limit, LEFT + 240, 620)
    _recorder(patch, limit, LEFT + 520, 680)
    return patch


def _struck(patch: Patch, x: int, y: int) -> int:
    """A burst of noise at a click."""
    noise, line = patch.object("noise~", x, y + 60), patch.object("line~", x + 90, y + 60)
    patch.chain(patch.button(x, y, "strike"), patch.message("0.3, 0 200", x, y + 30), line)
    burst = patch.object("*~", x, y + 95)
    patch.connect(noise, burst)
    patch.connect(line, burst, 0, 1)
    return burst


def _recorder(patch: Patch, source: int, x: int, y: int) -> None:
    """What is heard into a sound file."""
    written = patch.object("writesf~ 1", x, y + 40)
    patch.connect(source, written)
    for number, text in enumerate(("open feedback.wav, start", "stop")):
        patch.connect(patch.message(text, x + 200 * number, y), written)
    patch.comment("record it", x + 270, y + 1, 20)


def plane_from_midi(instrument: Instrument) -> Patch:
    """Four sounds kept from the microphone, and two controllers that go between them."""
    says = (
        "Sing or play, and store four moments; then controllers 16 and 17 (or learn others), or the two "
        "sliders, go between them. With live-loudness the microphone's level plays them. Other controllers "
        "turn knobs of the decoder."
    )
    patch = _begun("plane-from-midi", says, 1120, 700)
    manual.rate_line(patch, LEFT, 112)
    count = len(instrument.channels)
    right = max(560, LEFT + CHARACTER * columns_for(count, "") + 140)
    patch.width = right + 560
    microphone = manual.microphone(patch, LEFT, 160)
    encoder = patch.object("ts.encoder~", LEFT, 200, _wide(instrument, "ts.encoder~"))
    plane = patch.object("ts.plane~ plane", LEFT, 330, _wide(instrument, "ts.plane~ plane"))
    decoder = patch.object("ts.decoder~", LEFT, 420, _wide(instrument, "ts.decoder~"))
    patch.connect(microphone, encoder)
    _wired(patch, encoder, plane, count)
    _wired(patch, plane, decoder, count)
    _volume(patch, decoder, LEFT, 500)
    _plane_controls(patch, right)
    patch.connect(patch.object("r $0-plane", right - 120, 290), plane)
    patch.connect(patch.object("r $0-knobs", right - 120, 390), decoder)
    manual.told(patch, plane, count, LEFT + 300, 500)
    patch.comment("weights of A, B, C, D", LEFT + 300, 590, 30)
    return patch


def _plane_controls(patch: Patch, x: int) -> None:
    """Everything that moves the plane, by hand and by MIDI, sent to `$0-plane`; other knobs to `$0-knobs`."""
    stores = [f"store {name}" for name in "ABCD"]
    others = ["live-loudness 1", "live-loudness 0", "write plane.csv", "read plane.csv"]
    said = patch.object("s $0-plane", x, 240)
    for number, text in enumerate(stores + others):
        patch.connect(patch.message(text, x + 130 * (number % 4), 160 + 32 * (number // 4)), said)
    patch.comment("A is left below, B right below, C left above, D right above.", x, 280, 70)
    rows = [Row("x: left to right", 0.0, 1.0, 0.5, "x"), Row("y: below to above", 0.0, 1.0, 0.5, "y")]
    moved, midi = patch.subpatch(faces.panel("place", rows), x, 310), patch.object("ts.midi", x, 500)
    told = patch.object("s $0-plane", x, 400)
    for outlet in range(len(rows)):
        patch.connect(moved, told, outlet)
    patch.connect(midi, patch.object("s $0-plane", x + 120, 550), 1)
    for number, text in enumerate(("learn x", "learn y", "learn z0_bias")):
        patch.connect(patch.message(text, x + 110 * number, 460), midi)
    patch.connect(midi, patch.object("s $0-knobs", x, 550))


def drawn(instrument: Instrument) -> Patch:
    """Every channel as a curve for the mouse, played round and round."""
    says = (
        "Every channel of a series as a curve: draw with the mouse while it plays round and round. The "
        "arrays are a take: ts.stretch~ drawn plays it once, ts.reverse drawn turns it round."
    )
    rows = -(-len(instrument.channels) // GRAPHS_A_ROW)
    bottom = 230 + rows * (GRAPH[1] + 64)
    patch = _begun(
        "latents-drawn-in-an-array", says, LEFT + GRAPHS_A_ROW * (GRAPH[0] + 30) + 20, bottom + 300
    )
    manual.rate_line(patch, LEFT, 100)
    for number, channel in enumerate(instrument.channels):
        low, high = instrument.ranges[channel]
        x = LEFT + (GRAPH[0] + 30) * (number % GRAPHS_A_ROW)
        y = 220 + (GRAPH[1] + 64) * (number // GRAPHS_A_ROW)
        least = LOUDNESS_FLOOR_DB if channel == LOUDNESS else low
        patch.comment(instrument.range_text(channel), x, y - 40, 26)
        patch.array(f"{DRAWN}-{channel}", x, y, _curve(number, channel, least, high), least, high, *GRAPH)
    start, frames = (
        patch.object("loadbang", LEFT + 480, 100),
        patch.message(f"{DRAWN_FRAMES}", LEFT + 560, 100),
    )
    patch.chain(start, frames, patch.object(f"value {DRAWN}-frames", LEFT + 610, 100))
    loop = patch.object(f"ts.loop~ {DRAWN}", LEFT, bottom + 40, _wide(instrument, f"ts.loop~ {DRAWN}"))
    for number, text in enumerate(("play", "stop", "start", "crossfade 0.1")):
        patch.connect(patch.message(text, LEFT + 70 * number, bottom), loop)
    speed = patch.subpatch(
        faces.panel("speed", [Row("speed, 1 as drawn", -2.0, 2.0, 1.0, "speed")]), LEFT + 470, bottom - 10
    )
    patch.connect(speed, loop)
    decoder = patch.object("ts.decoder~", LEFT, bottom + 110, _wide(instrument, "ts.decoder~"))
    _wired(patch, loop, decoder, len(instrument.channels))
    patch.connect(loop, patch.number(LEFT + 520, bottom + 74, "frame"), len(instrument.channels))
    _volume(patch, decoder, LEFT, bottom + 170)
    return patch


def _curve(number: int, channel: str, low: float, high: float) -> list[float]:
    """A slow wave within the middle half of a range; of loudness, a swell."""
    turns = [2 * math.pi * frame / DRAWN_FRAMES for frame in range(DRAWN_FRAMES)]
    if channel == LOUDNESS:
        return [max(high - 40.0, low) + min(40.0, high - low) * math.sin(turn / 2) ** 0.5 for turn in turns]
    return [
        (low + high) / 2 + (high - low) / 4 * math.sin(turn * (1 + number % 3) + number) for turn in turns
    ]


def follow_slider(instrument: Instrument) -> Patch:
    """A descriptor by hand: the paper's descriptor-based synthesis."""
    name, reach = next(iter(instrument.description.descriptors.items()))
    patch = _begun(
        "follow-a-slider",
        f"Ask for a {name} with the slider and hear the sounds of {instrument.description.name} that are "
        "nearest to it. glide goes from one end to the other in eight seconds.",
        1000, 520,
    )  # fmt: skip
    manual.rate_line(patch, LEFT, 100)
    value = patch.slider(LEFT, 150, reach.low, reach.high, manual.range_label(name, reach))
    level = patch.slider(LEFT + 420, 150, *faces.ends(instrument, LOUDNESS), instrument.range_text(LOUDNESS))
    start = patch.object("loadbang", LEFT + 820, 150)
    loud = (instrument.loudness_range_db[0] + 2 * instrument.loudness_range_db[1]) / 3
    patch.chain(start, patch.message(f"{loud:.0f}", LEFT + 820, 180), level)
    patch.chain(start, patch.message(f"{(reach.low * reach.high) ** 0.5:.4g}", LEFT + 900, 180), value)
    glide = patch.message(f"{reach.low:.6g}, {reach.high:.6g} 8000", LEFT, 190)
    patch.comment("glide", LEFT + 220, 193, 10)
    moved = patch.object("line", LEFT, 220)
    shown, heard = patch.number(LEFT, 256, reach.unit, columns=10), patch.number(LEFT + 420, 256, "dB")
    patch.chain(glide, moved, shown)
    patch.connect(value, shown)
    patch.connect(level, heard)
    following = patch.object(f"ts.follow~ {name}", LEFT, 310, 66)
    patch.connect(shown, following)
    patch.connect(heard, following, 0, 1)
    known = ", ".join(f"ts.follow~ {other}" for other in instrument.description.descriptors)
    patch.comment(f"This model has {known}.", LEFT + 420, 350, 60)
    _volume(patch, following, LEFT, 360)
    return patch


def examples(instrument: Instrument) -> list[Patch]:
    """In the order of the start page."""
    makers = [conversion, feedback, plane_from_midi, drawn]
    if instrument.description.descriptors:
        makers.append(follow_slider)
    return [make(instrument) for make in makers]
