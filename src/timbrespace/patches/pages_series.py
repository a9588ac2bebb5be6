"""What the help patches say of the objects that change a running series, and of those that keep one."""

from __future__ import annotations

from timbrespace.controls import OPERATORS
from timbrespace.patches.instrument import LONGEST_SECONDS
from timbrespace.patches.manual import Page, lines

CHANNEL_PORTS = (
    "Inlets and outlets: one signal a channel, z0 first, loudness in dB last, held for a frame. The first "
    "inlet takes the messages too."
)
NAMED = "The argument names the take: ts.record~, ts.loop~, ts.stretch~ and ts.reverse of one name share it."


def operator_pages() -> list[Page]:
    """The operators of `timbrespace transform`, in its words, and those that only make sense in real time."""
    return [*_moved(), *_held(), *_chance(), *_times()]


def _of(name: str) -> str:
    """What `transform` says of an operator."""
    return f"{OPERATORS[name].help}."


def _moved() -> list[Page]:
    return [
        Page(
            "ts.scale~", "latents farther from 0 or nearer", _of("scale"), CHANNEL_PORTS,
            lines("""
                all 1.5: all latents, 1.5 times as far from 0
                z0 -1: one latent, turned over
                loudness 0.5 -30: half as spread about -30 dB, without a level about the data's middle
                all 1: as it was
            """),
        ),
        Page(
            "ts.bias~", "a number added", _of("bias"), CHANNEL_PORTS,
            lines("""
                all 0.5: added to all latents
                z0 -1.5: to one
                loudness -6: 6 dB softer, silence stays silence
                all 0: as it was
            """),
        ),
    ]  # fmt: skip


def _held() -> list[Page]:
    return [
        Page(
            "ts.quantise~", "values on a grid", _of("quantise"), CHANNEL_PORTS,
            lines("""
                all 0.5: steps of half a deviation
                z0 1: one latent
                loudness 6: steps of 6 dB
                all 0: off
            """),
        ),
        Page(
            "ts.clip~", "held within the model's data", _of("clip"), CHANNEL_PORTS,
            lines("""
                z0 -1 1: one latent within other ends
                all -2 2: all of them
                loudness -20: not above -20 dB
            """),
        ),
        Page(
            "ts.mix~", "two series as one", f"Two series as one. {_of('mix')}",
            "Inlets: all channels of the first series, then all of the second. Outlets: z0 … and loudness.",
            lines("""
                weight 0.5: as much of both
                weight 0: the first
                weight 1.3: beyond the second
            """),
        ),
    ]  # fmt: skip


def _chance() -> list[Page]:
    return [
        Page(
            "ts.random~", "noise added", _of("random"), CHANNEL_PORTS,
            lines("""
                all 0.3: another number every frame, of this standard deviation
                smoothness 2: moves no faster than 2 Hz, as strong, 0 is another number every frame
                loudness 3: in dB, silence stays silence
                seed 7: the same noise again, from now on
                all 0: none
            """),
        ),
        Page(
            "ts.walk~", "latents that wander",
            "Latents that wander off: every frame a small step from where they are, within a distance.",
            CHANNEL_PORTS,
            lines("""
                all 0.5: how fast, standard deviations after a second
                within 1.5: no farther than this
                loudness 2: in dB after a second
                loudness-within 6: no farther than this, in dB
                home: back to where they came from
                seed 7: the same walk again, from now on
                all 0: stays where it is
            """),
        ),
    ]  # fmt: skip


def _times() -> list[Page]:
    return [
        Page(
            "ts.smooth~", "fast movements taken away",
            f"{_of('smooth')} In real time it must come later: by 0.28 / Hz seconds.", CHANNEL_PORTS,
            lines("""
                all 5: cut-off in Hz, 3 dB there
                z0 0.5: one latent
                loudness 10: softens attacks and ends
                all 0: off
            """),
        ),
        Page(
            "ts.freeze~", "held where it is", "Holds the series where it is, what comes in goes on unheard.",
            CHANNEL_PORTS,
            lines("""
                all 1: everything held, loudness too
                z0 1: one latent
                loudness 1: only the level
                all 0: everything goes on
            """),
        ),
    ]  # fmt: skip


def take_pages() -> list[Page]:
    """The objects around series that are kept."""
    return [_record(), *_played()]


def _record() -> Page:
    return Page(
        "ts.record~ take",
        "keeps a series, in files too",
        f"Keeps a series in arrays, up to {LONGEST_SECONDS} seconds. {NAMED}",
        "Inlets: one signal a channel. Outlet: how many frames there are. Arrays: take-z0 … take-loudness.",
        lines("""
            record: from the beginning
            append: goes on after what is there
            stop: stops recording
            clear: forgets it
            write take.csv: as timbrespace encode --csv does, not while playing, as sound stops meanwhile
            read take.csv: the same back, one row a frame
        """),
        "series",
        "take",
    )


def _played() -> list[Page]:
    return [
        Page(
            "ts.loop~ take", "plays what was kept round and round",
            f"Plays a take round and round, at any speed. {NAMED}",
            "Inlet: messages. Outlets: z0 …, loudness, then the frame that is played.",
            lines("""
                play: goes on where it was
                pause: holds
                stop: silence
                start: from frame 0
                frame 20: from there
                speed -0.5: backwards, half as fast
                crossfade 0.1: seconds of the end that fade into the beginning, at most half of the take
            """),
            "take", "series and more",
        ),
        Page(
            "ts.stretch~ take", "plays it once, longer or shorter",
            f"Plays a take once, longer or shorter. {NAMED}",
            "Inlet: messages. Outlets: z0 …, loudness, the frame, and a bang at the end.",
            lines("""
                play: from the beginning
                factor 2: twice as long, 0.01 or more
                pause: holds
                stop: silence
            """),
            "take", "series and two more",
        ),
        Page(
            "ts.reverse take", "turns it round", f"Turns a take round. {NAMED}",
            "Inlet: messages. No outlets: listen with ts.loop~.",
            lines("""
                all: everything backwards
                z0: only this latent
                loudness: only the level
            """),
            "take", "none",
        ),
    ]  # fmt: skip
