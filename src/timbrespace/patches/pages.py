"""What the help patches say: every object that players use, its messages, and the ranges of this model."""

from __future__ import annotations

from timbrespace.controls import OPERATORS
from timbrespace.patches.control import LOCAL, PORT_IN, PORT_OUT
from timbrespace.patches.help import Page
from timbrespace.patches.instrument import LONGEST_SECONDS, Instrument

CHANNEL_PORTS = (
    "Inlets and outlets: one signal a channel, z0 first, loudness in dB last, held for a frame. The first inlet "
    "takes the messages too."
)


def pages(instrument: Instrument) -> list[Page]:
    """In the order of the start page; `ts.follow~` only where the model can follow."""
    makers = (_codec, _blends, _operators, _takes, _control)
    return [page for make in makers for page in make(instrument)]


def _codec(instrument: Instrument) -> list[Page]:
    description = instrument.description
    last = instrument.latents[-1]
    frame = f"{description.hop} samples, {instrument.frame_ms:.1f} ms"
    host = (("enable 0", "stops it, enable 1 lets it go on"), ("reload", "loads the file again"))
    reset = ("reset", "forgets what it heard and played")
    pages = [
        Page(
            "ts.encoder~",
            "sound to z0 … and loudness",
            f"Sound to a series: where the sound is in the timbre space of {description.name}, frame by frame "
            f"({frame}). Move what comes out with any Pd object, then let ts.decoder~ play it.",
            f"Inlet: sound and messages. Outlets: z0 … {last}, in standard deviations of the model's data, and "
            "loudness in dB (-100 is silence), held for a frame.",
            (reset, *host),
            "sound",
        ),
        Page(
            "ts.decoder~",
            "z0 … and loudness to sound",
            f"A series to sound. From sound through ts.encoder~ and ts.decoder~ to sound takes "
            f"{description.latency_samples} samples, {instrument.latency_ms:.0f} ms, and {description.hop - 64} more "
            "for the exchange with Pd.",
            f"Inlets: z0 … {last}, loudness in dB; read at the end of every frame. Messages: a knob and its value.",
            (
                *_knobs(instrument, ("z0_bias", "z0_scale", "loudness_offset_db", "aperiodicity", "seed")),
                reset,
                *host,
            ),
            "series",
            "sound",
        ),
        Page(
            "ts.convert~",
            "sound in, the model's instrument out",
            f"Sound in, {description.name} out: encoder and decoder in one, {description.latency_samples} samples "
            f"({instrument.latency_ms:.0f} ms) later.",
            "Inlet: sound and messages. Outlet: sound. dry_wet mixes in what came in, as late as the rest.",
            (
                *_knobs(
                    instrument,
                    ("dry_wet", "loudness_offset_db", "aperiodicity", "z0_bias", "z0_scale", "seed"),
                ),
                reset,
                *host,
            ),
            "sound",
            "sound",
        ),
    ]
    return pages + ([_follow(instrument)] if description.descriptors else [])


def _follow(instrument: Instrument) -> Page:
    ranges = instrument.description.descriptors
    first = next(iter(ranges))
    known = ". ".join(
        f"{name}: {one.low:.4g} … {one.high:.4g} {one.unit}".rstrip() for name, one in ranges.items()
    )
    return Page(
        f"ts.follow~ {first}",
        "plays a descriptor",
        f"Plays a descriptor: ask for a value, and the sounds nearest to it are played. The argument says which. {known}.",
        "Inlets: the value, a number or a signal, and loudness in dB. Messages, knobs as of ts.decoder~, to the first.",
        _knobs(instrument, ("loudness_offset_db", "aperiodicity")),
        "value",
        "sound",
    )


def _knobs(instrument: Instrument, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Messages for those of the model's knobs, with their ranges."""
    found = {knob.name: knob for knob in instrument.description.attributes}
    lines = []
    for name in names:
        if name in found:
            knob = found[name]
            ends = f"{knob.low:.6g} to {knob.high:.6g} {knob.unit}".rstrip()
            value = 0.5 if knob.type == "float" else 1
            lines.append((f"{name} {value:g}", f"{knob.help}: {ends}, at first {knob.default:g}"))
    return tuple(lines)


def _blends(instrument: Instrument) -> list[Page]:
    return [
        Page(
            "ts.morph~",
            "two to four sounds mixed",
            "Two to four sounds mixed as one model hears them: each has an encoder of its own, their series are "
            "averaged, and one decoder plays the result. Loudness is averaged in dB. Four encoders cost four times as much.",
            "Inlets: sounds a, b, c, d, then their weights as signals. Outlets: z0 … and loudness.",
            (
                ("weights 0.5 0.5 0 0", "how much each counts; they are divided by their sum"),
                ("a 1", "one of them: a, b, c or d"),
                ("weights 0 0 0 0", "only the weights that come in as signals count"),
                ("weights 1.5 -0.5 0 0", "beyond a, away from b"),
            ),
            "sound",
        ),
        Page(
            "ts.plane~ plane",
            "a place between four kept points",
            "Four points of the timbre space kept at the corners of a square; a place in it plays their mean. A point "
            "counts more the nearer it is, and nothing at its radius. The argument names the points for files.",
            f"{CHANNEL_PORTS} Last outlet: the weights of A, B, C, D. What comes in is what store keeps.",
            (
                ("store A", "keeps the series as it is now as point A; B, C, D too"),
                ("x 0.25", "place from left, 0 (A, C), to right, 1 (B, D)"),
                ("y 0.75", "place from A, B (0) to C, D (1)"),
                ("point A 0.2 0.1", "where the point lies; at first in the corners"),
                ("radius A 0.7", "how far it reaches, radius all 1.41421 at first"),
                ("live-loudness 1", "the level is that of what comes in, not the points'"),
                ("write plane.csv", "keeps the four points in a file, read plane.csv gets them back"),
                ("read plane.csv", "a series of four rows, from any program"),
            ),
            sink="series and more",
        ),
    ]


def _operators(instrument: Instrument) -> list[Page]:
    """The operators of `timbrespace transform`, in its words."""
    return [
        Page("ts.scale~", "latents farther from 0 or nearer", f"{OPERATORS['scale'].help}.", CHANNEL_PORTS, (
            ("all 1.5", "all latents, 1.5 times as far from 0"),
            ("z0 -1", "one latent, turned over"),
            ("loudness 0.5 -30", "half as spread about -30 dB; without a level, about the middle of the data"),
            ("all 1", "as it was"),
        )),
        Page("ts.bias~", "a number added", f"{OPERATORS['bias'].help}.", CHANNEL_PORTS, (
            ("all 0.5", "added to all latents"), ("z0 -1.5", "to one"), ("loudness -6", "6 dB softer"), ("all 0", "as it was"),
        )),
        Page("ts.random~", "noise added", f"{OPERATORS['random'].help}.", CHANNEL_PORTS, (
            ("all 0.3", "another number every frame, of this standard deviation"),
            ("smoothness 2", "moves no faster than 2 Hz, as strong; 0: another number every frame"),
            ("loudness 3", "in dB; silence stays silence"), ("seed 7", "the same noise again, from now on"), ("all 0", "none"),
        )),
        Page("ts.walk~", "latents that wander", "Latents that wander off: every frame a small step from where they are, within a distance.",
            CHANNEL_PORTS, (
            ("all 0.5", "how fast: standard deviations after a second"), ("within 1.5", "no farther than this"),
            ("loudness 2", "in dB after a second"), ("loudness-within 6", "dB"), ("home", "back to where they came from"),
            ("seed 7", "the same walk again, from now on"), ("all 0", "stays where it is"),
        )),
        Page("ts.smooth~", "fast movements taken away", f"{OPERATORS['smooth'].help}. In real time it must come later: by 0.28 / Hz seconds.",
            CHANNEL_PORTS, (
            ("all 5", "cut-off in Hz, 3 dB there"), ("z0 0.5", "one latent"), ("loudness 10", "softens attacks and ends"),
            ("all 0", "off"),
        )),
        Page("ts.quantise~", "values on a grid", f"{OPERATORS['quantise'].help}.", CHANNEL_PORTS, (
            ("all 0.5", "steps of half a deviation"), ("z0 1", "one latent"), ("loudness 6", "steps of 6 dB"), ("all 0", "off"),
        )),
        Page("ts.clip~", "held within the model's data", f"{OPERATORS['clip'].help}.", CHANNEL_PORTS, (
            ("z0 -1 1", "one latent within other ends"), ("all -2 2", "all of them"), ("loudness -20", "not above -20 dB"),
        )),
        Page("ts.freeze~", "held where it is", "Holds the series where it is; what comes in goes on unheard.", CHANNEL_PORTS, (
            ("all 1", "everything held, loudness too"), ("z0 1", "one latent"), ("loudness 1", "only the level"),
            ("all 0", "everything goes on"),
        )),
        Page("ts.mix~", "two series as one", f"Two series as one. {OPERATORS['mix'].help}.",
            "Inlets: all channels of the first series, then all of the second. Outlets: z0 … and loudness.", (
            ("weight 0.5", "as much of both"), ("weight 0", "the first"), ("weight 1.3", "beyond the second"),
        )),
    ]  # fmt: skip


def _takes(instrument: Instrument) -> list[Page]:
    named = (
        "The argument names the take: ts.record~, ts.loop~, ts.stretch~ and ts.reverse of one name share it."
    )
    return [
        Page("ts.record~ take", "keeps a series, in files too", f"Keeps a series in arrays, up to {LONGEST_SECONDS} seconds. {named}",
            "Inlets: one signal a channel. Outlet: how many frames there are. Arrays: take-z0 … and take-loudness.", (
            ("record", "from the beginning"), ("append", "goes on after what is there"), ("stop", "stops recording"),
            ("clear", "forgets it"), ("write take.csv", "as timbrespace encode --csv; decode and transform read it"),
            ("read take.csv", "the same back: one row a frame"),
        ), "series", "take"),
        Page("ts.loop~ take", "plays what was kept round and round", f"Plays a take round and round, at any speed. {named}",
            "Inlet: messages. Outlets: z0 …, loudness, then the frame that is played.", (
            ("play", "goes on where it was"), ("pause", "holds"), ("stop", "silence"), ("start", "from frame 0"),
            ("frame 20", "from there"), ("speed -0.5", "backwards, half as fast"),
            ("crossfade 0.1", "seconds of the end that fade into the beginning, at most half of the take"),
        ), "take", "series and more"),
        Page("ts.stretch~ take", "plays it once, longer or shorter", f"Plays a take once, longer or shorter. {named}",
            "Inlet: messages. Outlets: z0 …, loudness, the frame, and a bang at the end.", (
            ("play", "from the beginning"), ("factor 2", "twice as long, 0.01 or more"), ("pause", "holds"), ("stop", "silence"),
        ), "take", "series and more"),
        Page("ts.reverse take", "turns it round", f"Turns a take round. {named}", "Inlet: messages. No outlets: listen with ts.loop~.", (
            ("all", "everything backwards"), ("z0", "only this latent"), ("loudness", "only the level"),
        ), "take", "none"),
    ]  # fmt: skip


def _control(instrument: Instrument) -> list[Page]:
    return [
        Page("ts.sliders~", "a series by hand", "A series by hand: a slider a channel, from end to end of the model's data.",
            "Inlet: messages. Outlets: z0 …, loudness.", (
            ("z0 1", "moves a slider"), ("loudness -20", "in dB"), ("all 0", "all latents"), ("zero", "the mean of the data"),
            ("random", "somewhere near the data"),
        ), "none", "series"),
        Page("ts.view~", "a series to look at", "A running series to look at. Bars go from end to end of the model's data.",
            "Inlets: z0 …, loudness. No outlets.", (), "series", "none"),
        Page("ts.midi", "controllers and notes", "MIDI controllers turn the model's knobs; notes play f0 and velocity plays loudness.",
            "Outlets: knobs, for ts.decoder~ and ts.convert~. x and y, for ts.plane~. The note in Hz and loudness in dB, "
            "for ts.follow~ f0. At first: controllers 20-31, 85-90, 102-119 z0_bias …, 1 aperiodicity, 7 loudness, "
            "16 x, 17 y, 91 dry_wet.", (
            ("learn z0_scale", "the next controller that moves turns it"), ("map x 1", "x on controller 1"),
            ("range z0_bias -1 1", "its least and its greatest value"), ("ctl 64 20", "as if controller 20 came with 64"),
            ("note 69 100", "as if a key was struck"), ("note 69 0", "and let go"),
        ), "none", "messages"),
        Page("ts.osc.in", "is played by OSC", "Is played by OSC, with the addresses of timbrespace live.",
            f"Listens on port {PORT_IN} of this computer. Outlets: z0 … and loudness from /ts/latents and /ts/loudness, "
            "knobs from /ts/z/0/bias 0.5, /ts/z/0/scale, /ts/loudness/offset, /ts/drywet, /ts/aperiodicity, /ts/seed, "
            "/ts/reset, and x and y from /ts/plane (0.2 0.7).", (
            (f"listen {PORT_IN} {LOCAL}", "this computer only"), (f"listen {PORT_IN} 0.0.0.0", "from everywhere"),
        ), "none", "series and more"),
        Page("ts.osc.out", "sends a series as OSC", "Sends a running series as OSC at frame rate: /ts/latents z0 z1 …, /ts/loudness DB.",
            f"Inlets: z0 …, loudness. To port {PORT_OUT} of this computer at first.", (
            (f"connect {LOCAL} {PORT_OUT}", "where to"), ("disconnect", "no more"),
        ), "series", "none"),
    ]  # fmt: skip
