"""Latent gestures: what a composer can do to the curves that a sound is to the continuous model.

The paper's first interface has mathematical operators on the latent series, and manual editing; the series is
then played again. Here one saxophone note, unheard in training, is put through each of them: stretched, bent
by a curve drawn on dimension 0, scrubbed to and fro in, reversed, shaken slowly, looped, followed by another
note, mixed with it, and made brighter along the direction in which its brightness grows.

Every gesture is a sound, a picture of its curves, and a series (.npz) for other programs. Half a minute.
Printed: length, mean centroid, and the RMS change of z in gestures that keep the number of frames.

    make demo
    python examples/latent_gestures.py gestures
    python examples/latent_gestures.py gestures --sound mine.wav --other yours.wav
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import common
import numpy as np
from common import note, number

from timbrespace import audio, directions
from timbrespace.alignment import fit, samples_of
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.figures import save_latent_curves
from timbrespace.interpolation import course_of
from timbrespace.latents import LatentSeries

NOTE, OTHER = "alto-sax_D4_p.flac", "alto-sax_G4_f.flac"
CURVE = ((0.0, 0.0), (0.3, 2.0), (0.6, -2.0), (1.0, 0.0))  # share of the time, what is added to dimension 0
SCRUB = ((0.0, 0.0), (0.4, 0.7), (0.6, 0.2), (1.0, 1.0))  # share of the time, share of the note
COLUMNS = ("gesture", "what", "seconds", "centroid (Hz)", "moved in z")

Gesture = Callable[[], LatentSeries]


def bend(series: LatentSeries) -> LatentSeries:
    """A drawn curve added to dimension 0, which moves most. Works as well on `loudness_db`."""
    z = series.z.copy()
    z[:, 0] += np.interp(np.linspace(0, 1, len(series)), *zip(*CURVE, strict=True))
    return replace(series, z=z, codes=None)


def scrub(series: LatentSeries) -> LatentSeries:
    """The note read to and fro, as a hand moves over it."""
    place = np.interp(np.linspace(0, 1, len(series)), *zip(*SCRUB, strict=True))
    return series.at(place * (len(series) - 1))


def gestures_of(series: LatentSeries, other: LatentSeries, model: Engine) -> dict[str, tuple[str, Gesture]]:
    """What each is called, what it is in words, and how it is made."""
    alike = fit(other, model.signal, len(series), series.length_samples, "stretch")
    return {
        "as-it-is": ("the note, played by the model", lambda: series),
        "stretch": ("twice as long", lambda: series.stretch(2.0)),
        "bend": ("a curve drawn on dimension 0", lambda: bend(series)),
        "scrub": ("read to and fro", lambda: scrub(series)),
        "reverse": ("the last frame first", series.reverse),
        "random": ("shaken, 2 Hz at most", lambda: series.random(1.0, smoothness_hz=2.0, seed=1)),
        "loop": ("three times, fading over 0.1 s", lambda: series.loop(3, crossfade_seconds=0.1)),
        "concatenate": (
            "then the other, fading 0.2 s",
            lambda: series.concatenate(other, crossfade_seconds=0.2),
        ),
        "mix": ("half of the other", lambda: series.mix(alike, 0.5)),
        "along": ("brighter by two deviations", lambda: directions.move(model, series, "brightness", 2.0)),
    }


def play(folder: Path, name: str, series: LatentSeries, title: str, model: Engine) -> float:
    """Write the sound, the series and a picture of its curves. Returns the mean centroid in Hz."""
    sound = model.decode(series)
    audio.write_audio(folder / f"{name}.wav", sound, model.sample_rate, force=True)
    series.save(folder / f"{name}.npz", force=True)
    save_latent_curves(folder / f"{name}.png", series, title, force=True)
    return course_of(sound, model.sample_rate).mean("centroid")


def change(before: LatentSeries, after: LatentSeries) -> float:
    """RMS change of z, whose dimensions have unit deviation over the data; NaN where lengths differ."""
    return float(np.sqrt(np.mean((after.z - before.z) ** 2))) if len(after) == len(before) else math.nan


def main(arguments: Sequence[str] | None = None) -> None:
    """Make everything. arguments: those of the command line where None."""
    parser = common.parser_of(__doc__, ["continuous"])
    held_out = common.RECORDINGS / "held_out"
    parser.add_argument("--sound", type=Path, default=held_out / NOTE, help="what is changed")
    parser.add_argument("--other", type=Path, default=held_out / OTHER, help="what is appended and mixed in")
    options = parser.parse_args(arguments)
    model, folder = common.load_model(options, "continuous"), common.results_folder(options)
    heard = [common.read_sound(path) for path in (options.sound, options.other)]
    series, other = (model.encode(sound.samples, sound.sample_rate) for sound in heard)
    rows = []
    for name, (text, gesture) in gestures_of(series, other, model).items():
        note(f"{name}: {text}")
        try:
            changed = gesture()
        except UsageError as error:  # a model without a descriptor table has no directions, say
            note(f"{name} is left out: {error}")
            continue
        centroid_hz = play(folder, name, changed, f"{name}: {text}", model)
        samples = samples_of(changed, model.signal)
        seconds, moved = number(samples / model.sample_rate, 2), number(change(series, changed))
        rows.append((name, text, seconds, number(centroid_hz, 0), moved))
    common.write_figures(folder, COLUMNS, rows)


if __name__ == "__main__":
    common.run(main)
