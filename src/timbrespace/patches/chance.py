"""Chance on a running series: noise as `LatentSeries.random` adds it, and a walk that stays near."""

from __future__ import annotations

import math

from timbrespace.patches import parts
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import Part, row

POLE_SHARE = math.sqrt(
    math.sqrt(2.0) - 1.0
)  # two one-poles are 3 dB down at this share of each one's cut-off
GRAIN = 1_000_000  # of the numbers that are drawn
SEED_STEP = 1009  # between the seeds of two channels


def clock(instrument: Instrument) -> Patch:
    """A bang a frame while the sound runs, the same moment for all."""
    hop = instrument.description.hop
    patch = Patch("ts.clock", 460, 260)
    patch.comment(
        f"A bang every {hop} samples, one frame, while DSP is on. All clocks begin with it.", 20, 12, 50
    )
    start, stop = patch.object("r pd-dsp-started", 20, 70), patch.object("r pd-dsp-stopped", 180, 70)
    on, off = patch.message("1", 20, 110), patch.message("0", 180, 110)
    metro, out = patch.object(f"metro {hop} 1 samp", 20, 150), patch.object("outlet", 20, 190)
    patch.chain(start, on, metro, out)
    patch.chain(stop, off, metro)
    return patch


def normal() -> Patch:
    """Bang → a number of the normal distribution, by Box and Muller. Second inlet: the seed."""
    patch = Patch("ts.normal", 520, 300)
    patch.comment(
        "A bang gives a random number, normal with mean 0 and deviation 1, second inlet: seed.", 20, 12, 60
    )
    inlet, seed = patch.object("inlet", 20, 60), patch.object("inlet", 320, 60)
    order = patch.object("t b b", 20, 90)
    angle, radius = patch.object(f"random {GRAIN}", 120, 140), patch.object(f"random {GRAIN}", 20, 170)
    first, second = patch.message("seed $1", 320, 140), patch.message("seed $1", 400, 170)
    another, copies = patch.object("+ 77", 400, 140), patch.object("t f f", 320, 90)
    formula = f"expr sqrt(-2 * log(($f1 + 1) / {GRAIN + 1})) * cos(6.2831853 * $f2 / {GRAIN})"
    value, out = patch.object(formula, 20, 210), patch.object("outlet", 20, 250)
    patch.chain(inlet, order, radius, value, out)
    patch.connect(order, angle, 1)
    patch.connect(angle, value, 0, 1)
    patch.chain(seed, copies, first, radius)
    patch.connect(copies, another, 1)
    patch.chain(another, second, angle)
    return patch


def noise(instrument: Instrument) -> Patch:
    """One channel of `ts.random~`. Inlets: bang a frame, amount, cut-off in Hz, seed."""
    rate = instrument.frame_rate_hz
    patch = Patch("ts.noise", 640, 460)
    says = (
        "Noise of a deviation, white or low-passed by two poles and as strong. Inlets: frame, amount, Hz, "
        "seed."
    )
    patch.comment(says, 20, 12, 70)
    frame, amount, cutoff, seed = (patch.object("inlet", x, 60) for x in (20, 180, 300, 540))
    drawn = patch.object("ts.normal", 20, 110)
    decay = patch.object(f"expr ($f1 > 0) * exp({-2 * math.pi / (POLE_SHARE * rate):.6g} * $f1)", 300, 110)
    gain = patch.object("expr sqrt(pow(1 - $f1 * $f1, 3) / (1 + $f1 * $f1))", 300, 150)
    first = patch.object("expr $f1 + $f2 * $f3", 20, 190)
    copies, second = patch.object("t f f", 20, 225), patch.object("expr $f1 + $f2 * $f3", 20, 290)
    again, value = patch.object("t f f", 20, 325), patch.object("expr $f1 * $f2 * $f3", 20, 380)
    patch.chain(frame, drawn, first, copies, second, again, value, patch.object("outlet", 20, 420))
    patch.connect(seed, drawn, 0, 1)
    patch.chain(cutoff, decay, gain)
    for pole, order in ((first, copies), (second, again)):
        patch.connect(decay, pole, 0, 2)
        patch.connect(order, pole, 1, 1)
    patch.connect(amount, value, 0, 1)
    patch.connect(gain, value, 0, 2)
    patch.chain(patch.object("loadbang", 400, 60), patch.object("f 0", 400, 85), decay)
    anew = row(patch, 225, 460, "t b", "f 0")
    patch.connect(seed, anew[0])
    for pole in (first, second):
        patch.connect(anew[1], pole, 0, 1)
    return patch


def stray(instrument: Instrument) -> Patch:
    """One channel of `ts.walk~`. Inlets: bang a frame, speed, limit, seed, bang to go home."""
    root = math.sqrt(1.0 / instrument.frame_rate_hz)
    patch = Patch("ts.stray", 640, 380)
    says = "A random walk within a limit. Inlets: frame, speed in units a root second, limit, seed, home."
    patch.comment(says, 20, 12, 70)
    frame, speed, limit, seed, home = (patch.object("inlet", x, 60) for x in (20, 180, 300, 420, 540))
    drawn, per_frame = patch.object("ts.normal", 20, 110), patch.object(f"* {root:.6g}", 180, 110)
    place = patch.object("expr max(-$f4, min($f4, $f2 + $f1 * $f3))", 20, 190)
    copies, anew = patch.object("t f f", 20, 250), row(patch, 100, 420, "t b", "f 0")
    patch.chain(frame, drawn, place, copies, patch.object("outlet", 20, 300))
    patch.connect(copies, place, 1, 1)
    patch.chain(speed, per_frame)
    patch.connect(per_frame, place, 0, 2)
    patch.connect(limit, place, 0, 3)
    patch.connect(seed, drawn, 0, 1)
    patch.connect(seed, anew[0])
    patch.connect(home, anew[0])
    patch.connect(anew[1], place, 0, 1)
    return patch


def random(instrument: Instrument) -> Patch:
    """Noise of a deviation added to every channel."""
    says = (
        "all A, z3 A, loudness DB: noise of this deviation added, smoothness HZ: no faster, 0 is white. "
        "seed N."
    )
    patch, (smoothness, seed), noises = _adding(
        instrument, "ts.random~", says, "ts.noise", ["smoothness", "seed"]
    )
    _to_all(patch, smoothness, noises, 2)
    _seeds(patch, seed, noises, 3)
    return patch


def walk(instrument: Instrument) -> Patch:
    """Every channel wanders within a limit."""
    says = (
        "all S, z3 S: latents wander by S a root second, within D (1). loudness S, loudness-within D: in "
        "dB. home: back. seed N."
    )
    words = ["within", "loudness-within", "seed", "home"]
    patch, outlets, strays = _adding(instrument, "ts.walk~", says, "ts.stray", words)
    _to_all(patch, outlets[0], strays[:-1], 2)
    _to_all(patch, outlets[1], strays[-1:], 2)
    _seeds(patch, outlets[2], strays, 3)
    _to_all(patch, outlets[3], strays, 4)
    start = patch.object("loadbang", 300, 150)
    for text, x, those in (("1", 380, strays[:-1]), ("6", 430, strays[-1:])):
        default = patch.message(text, x, 150)
        patch.connect(start, default)
        _to_all(patch, (default, 0), those, 2)
    return patch


def _adding(
    instrument: Instrument, name: str, says: str, source_text: str, words: list[str]
) -> tuple[Patch, list[tuple[int, int]], list[int]]:
    """An operator that adds to each channel what an object gives at every frame; and those objects."""
    sources: list[int] = []

    def latent(patch: Patch, signal: int, x: int, channel: str) -> Part:
        drawn, total = patch.object(source_text, x, 260), patch.object("+~ 0", x, 330)
        patch.connect(drawn, total, 0, 1)
        patch.connect(signal, total)
        sources.append(drawn)
        return Part(total, drawn, 1)

    def loudness(patch: Patch, signal: int, x: int, channel: str) -> Part:
        drawn, gate = patch.object(source_text, x, 260), parts.heard(patch, signal, x + 100, 200)
        kept, total = row(patch, 300, x, "*~ 0", "+~")
        patch.connect(gate, kept)
        patch.connect(drawn, kept, 0, 1)
        patch.connect(signal, total, 0, 1)
        sources.append(drawn)
        return Part(total, drawn, 1)

    patch, outlets = parts.operator(instrument, name, says, latent, loudness, words=words)
    frames = patch.object("ts.clock", parts.LEFT, 150)
    _to_all(patch, (frames, 0), sources, 0)
    return patch, outlets, sources


def _to_all(patch: Patch, outlet: tuple[int, int], boxes: list[int], inlet: int) -> None:
    for box in boxes:
        patch.connect(outlet[0], box, outlet[1], inlet)


def _seeds(patch: Patch, seed: tuple[int, int], boxes: list[int], inlet: int) -> None:
    """Another seed for every channel, from the one that was asked for; 0 when the patch is opened."""
    start, zero = patch.object("loadbang", 120, 150), patch.message("0", 200, 150)
    patch.connect(start, zero)
    for number, box in enumerate(boxes):
        other = patch.object(f"+ {SEED_STEP * number}", parts.across(number), 230)
        patch.connect(*(seed[0], other, seed[1]))
        patch.connect(zero, other)
        patch.connect(other, box, 0, inlet)
