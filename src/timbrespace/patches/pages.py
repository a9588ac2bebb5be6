"""What the help patches say: every object that players use, its messages, and the ranges of this model."""

from __future__ import annotations

from collections.abc import Sequence

from timbrespace.patches.instrument import Instrument, in_pd_samples
from timbrespace.patches.manual import Lines, Page, lines
from timbrespace.patches.osc import LOCAL, PORT_IN, PORT_OUT, WAIT
from timbrespace.patches.pages_series import CHANNEL_PORTS, operator_pages, take_pages

HOST = lines("""
    reset: forgets what it heard and played
    enable 0: stops it, enable 1 lets it go on
    reload: loads the file again
""")
SILENCE = "-100 is silence, and so is exactly 0, as of an inlet with nothing in it. Above 6 it is 6 dB."


def pages(instrument: Instrument) -> list[Page]:
    """In the order of the start page; `ts.follow~` only where the model can follow."""
    follows = [_follow(instrument)] if instrument.description.descriptors else []
    model = [_encoder(instrument), _decoder(instrument), _convert(instrument), *follows]
    return [*model, *_blends(), *operator_pages(), *take_pages(), *_hands(), *_control()]


def _encoder(instrument: Instrument) -> Page:
    description = instrument.description
    return Page(
        "ts.encoder~",
        "sound to z0 … and loudness",
        f"Sound to a series: where the sound is in the timbre space of {description.name}, frame by frame "
        f"({description.hop} samples, {instrument.frame_ms:.1f} ms). Move what comes out with any Pd "
        "object, then let ts.decoder~ play it.",
        f"Inlet: sound and messages. Outlets: z0 … {instrument.latents[-1]}, in standard deviations of the "
        "model's data, and loudness in dB (-100 is silence), held for a frame.",
        HOST,
        "sound",
    )


def _decoder(instrument: Instrument) -> Page:
    description = instrument.description
    knobs = ("z0_bias", "z0_scale", "loudness_offset_db", "aperiodicity", "seed")
    return Page(
        "ts.decoder~",
        "z0 … and loudness to sound",
        "A series to sound. From sound through ts.encoder~ and ts.decoder~ to sound takes "
        f"{in_pd_samples(description)} samples ({instrument.in_pd_ms:.0f} ms): "
        f"{description.latency_samples} of the model, the rest for the exchange with Pd.",
        f"Inlets: z0 … {instrument.latents[-1]}, loudness in dB, read at the end of every frame. "
        f"{SILENCE} Messages: a knob and its value.",
        (*_knobs(instrument, knobs), *HOST),
        "series",
        "sound",
    )


def _convert(instrument: Instrument) -> Page:
    description = instrument.description
    knobs = ("dry_wet", "loudness_offset_db", "aperiodicity", "z0_bias", "z0_scale", "seed")
    return Page(
        "ts.convert~",
        "sound in, the model's instrument out",
        f"Sound in, {description.name} out: encoder and decoder in one, {in_pd_samples(description)} "
        f"samples ({instrument.in_pd_ms:.0f} ms) later: {description.latency_samples} of the model, the rest "
        "for the exchange with Pd.",
        "Inlet: sound and messages. Outlet: sound. dry_wet mixes in what came in, as late as the rest.",
        (*_knobs(instrument, knobs), *HOST),
        "sound",
        "sound",
    )


def _follow(instrument: Instrument) -> Page:
    ranges = instrument.description.descriptors
    known = [
        f"{name} from {one.low:.4g} to {one.high:.4g} {one.unit}".rstrip() for name, one in ranges.items()
    ]
    return Page(
        f"ts.follow~ {next(iter(ranges))}",
        "plays a descriptor",
        "Plays a descriptor: ask for a value, and the sounds nearest to it are played. The argument says "
        f"which: {', '.join(known)}",
        f"Inlets: the value, a number or a signal, and loudness in dB. {SILENCE} Messages to the first: "
        "knobs as of ts.decoder~.",
        _knobs(instrument, ("continuity", "loudness_offset_db", "aperiodicity", "seed")),
        "value",
        "sound",
    )


def _knobs(instrument: Instrument, names: Sequence[str]) -> Lines:
    """Messages for those of the model's knobs, with their ranges."""
    found = {knob.name: knob for knob in instrument.description.attributes}
    told = []
    for knob in (found[name] for name in names if name in found):
        ends = f"{knob.low:.6g} to {knob.high:.6g} {knob.unit}".rstrip()
        value = "0.5" if knob.type == "float" else "1"
        told.append((f"{knob.name} {value}", f"{knob.help}: {ends}, at first {knob.default:g}"))
    return tuple(told)


def _blends() -> list[Page]:
    morph = (
        "Two to four sounds mixed as one model hears them: each has an encoder of its own, their series are "
        "averaged, and one decoder plays the result. Loudness is averaged in dB. Four encoders cost four "
        "times as much."
    )
    plane = (
        "Four points of the timbre space kept at the corners of a square, a place in it plays their mean. A "
        "point counts more the nearer it is, and nothing at its radius. The argument names the points for "
        "files."
    )
    return [
        Page(
            "ts.morph~", "two to four sounds mixed", morph,
            "Inlets: sounds a, b, c, d, then their weights as signals. Outlets: z0 … and loudness.",
            lines("""
                weights 0.5 0.5 0 0: how much each counts, below 0 is 0, divided by their sum
                a 1: one of them: a, b, c or d
                weights 0 0 0 0: only the weights that come in as signals count
                weights 1 0: those that are not told are 0, all 0 is silence
            """),
            "sound",
        ),
        Page(
            "ts.plane~ plane", "a place between four kept points", plane,
            f"{CHANNEL_PORTS} Last outlet: the weights of A, B, C, D. What comes in is what store keeps.",
            lines("""
                store A: keeps the series as it is now as point A, or B, C, D
                x 0.25: place from left, 0 (A, C), to right, 1 (B, D)
                y 0.75: place from A, B (0) to C, D (1)
                point A 0.2 0.1: where the point lies, at first in the corners
                radius A 0.7: how far it reaches, radius all 1.41421 at first
                live-loudness 1: the level is that of what comes in, not the points'
                write plane.csv: keeps the four points in a file, a series of four rows
                read plane.csv: gets them back
            """),
            sink="series and more",
        ),
    ]  # fmt: skip


def _hands() -> list[Page]:
    return [
        Page(
            "ts.sliders~", "a series by hand",
            "A series by hand: a slider a channel, from end to end of the model's data.",
            "Inlet: messages. Outlets: z0 …, loudness.",
            lines("""
                z0 1: moves a slider
                loudness -20: in dB
                all 0: all latents
                zero: the mean of the data
                random: somewhere near the data
            """),
            "none", "series",
        ),
        Page(
            "ts.view~", "a series to look at",
            "A running series to look at. Bars go from end to end of the model's data.",
            "Inlets: z0 …, loudness. No outlets.", (), "series", "none",
        ),
    ]  # fmt: skip


MIDI_PORTS = (
    "Outlets: knobs, for ts.decoder~ and ts.convert~. x and y, for ts.plane~. The note in Hz, and "
    "loudness in dB, for ts.follow~ f0. At first controllers 20-31, 85-90 and 102-119 turn z0_bias …, 1 "
    "aperiodicity, 7 loudness, 16 x, 17 y, 91 dry_wet."
)
OSC_PORTS = (
    f"Listens on port {PORT_IN} of this computer at first. Outlets: z0 … and loudness from /ts/latents and "
    "/ts/loudness, knobs from /ts/z/0/bias, /ts/z/0/scale, /ts/loudness/offset, /ts/drywet, "
    "/ts/aperiodicity, /ts/seed and /ts/reset, x and y from /ts/plane."
)


def _control() -> list[Page]:
    return [
        Page(
            "ts.midi", "controllers and notes",
            "MIDI controllers turn the model's knobs. Notes play f0 and velocity plays loudness.",
            MIDI_PORTS,
            lines("""
                learn z0_scale: the next controller that moves turns it
                map x 1: x on controller 1
                range z0_bias -1 1: its least and its greatest value
                ctl 64 20: as if controller 20 came with 64
                note 69 100: as if a key was struck
                note 69 0: and let go
            """),
            "none", "messages",
        ),
        Page(
            f"ts.osc.in {WAIT}", "is played by OSC",
            "Is played by OSC, with the addresses of timbrespace live. ts.osc.in alone listens at once. With "
            f"{WAIT}, as here, when it is told: a port is one object's, the last that asks gets it.",
            OSC_PORTS,
            (
                (f"listen {PORT_IN} {LOCAL}", "this computer only"),
                (f"listen {PORT_IN} 0.0.0.0", "from everywhere"),
            ),
            "none", "series and two more",
        ),
        Page(
            "ts.osc.out", "sends a series as OSC",
            "Sends a running series as OSC at frame rate: /ts/latents z0 z1 …, /ts/loudness DB.",
            f"Inlets: z0 …, loudness. To port {PORT_OUT} of this computer at first.",
            ((f"connect {LOCAL} {PORT_OUT}", "where to"), ("disconnect", "no more")), "series", "none",
        ),
    ]  # fmt: skip
