"""Figure 3 of the paper: from one sound to another through the latent space of the continuous model.

The paper takes the latent series of two sounds and mixes them frame by frame, from all A to all B. Decoded,
the centroid and the bandwidth go from those of A to those of B.

Here A and B are two saxophone notes that the model has not heard, a loud high one and a soft low one.
`line` is the paper's straight line; `even` leaves it as little as it takes for brightness and spread to move
evenly; `beyond` starts half as far on the other side of A and ends as far behind B; `drawn` follows a curve
of positions drawn by hand, to B, nearly back, and to B again. Each is a sound; figure-3.png shows A, B and
the line, variants.png the others. A quarter of a minute. Printed: how steadily each moves (1 is always
towards B; the line also carries along what wavers within the notes), and the centroid at either end.

    make demo
    python examples/figure_3_interpolation.py figure-3
    python examples/figure_3_interpolation.py figure-3 --continuous my.run/model.timbre --a a.wav --b b.wav
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import common
import numpy as np
from common import note, number

from timbrespace import audio
from timbrespace.courses import Between, between
from timbrespace.engine import Engine, Samples
from timbrespace.even_course import even_out
from timbrespace.figures_blend import Panel, save_interpolation
from timbrespace.interpolation import Course, course_of, interpolation_monotonicity
from timbrespace.latents import LatentSeries

A, B = "alto-sax_G4_f.flac", "alto-sax_Bb3_p.flac"
BEYOND = -0.5, 1.5  # positions; 0 is A, 1 is B
DRAWN = ((0.0, 0.0), (0.3, 1.0), (0.6, 0.2), (1.0, 1.0))  # share of the time, position
COLUMNS = (
    "way", "seconds", "monotonicity centroid", "monotonicity bandwidth", "first tenth (Hz)", "last tenth (Hz)"
)  # fmt: skip


def ways_between(a: LatentSeries, b: LatentSeries, model: Engine) -> dict[str, Between]:
    """All four."""
    line = between(a, b, model.signal)
    drawn = np.interp(line.places, *zip(*DRAWN, strict=True))  # a line's places are shares of the time
    return {
        "line": line,
        "even": replace(line, line=even_out(line.line, line.a, line.b, line.places, model)),
        "beyond": between(a, b, model.signal, start=BEYOND[0], end=BEYOND[1]),
        "drawn": between(a, b, model.signal, curve=drawn),
    }


def panel(title: str, sound: Samples, course: Course) -> Panel:
    """A spectrogram with the centroid and the bandwidth over it."""
    return Panel(title, sound, course.heard(), course.seconds)


def ends_hz(course: Course) -> tuple[str, str]:
    """The mean centroid over the first and the last tenth of what sounds."""
    heard = course.values["centroid"][course.sounds]
    tenth = max(1, len(heard) // 10)
    return tuple(number(float(part.mean()), 0) for part in (heard[:tenth], heard[-tenth:]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Make everything. arguments: those of the command line where None."""
    parser = common.parser_of(__doc__, ["continuous"])
    held_out = common.RECORDINGS / "held_out"
    parser.add_argument("--a", type=Path, default=held_out / A, help="the sound where it starts")
    parser.add_argument("--b", type=Path, default=held_out / B, help="the sound where it ends")
    options = parser.parse_args(arguments)
    model, folder = common.load_model(options, "continuous"), common.results_folder(options)
    heard = [common.read_sound(path) for path in (options.a, options.b)]
    note("mixing the two series")
    ways = ways_between(*(model.encode(sound.samples, sound.sample_rate) for sound in heard), model)
    note("playing A, B and what lies between")
    line = ways["line"]
    every = {"A": line.a, "B": line.b, **{name: way.line for name, way in ways.items()}}
    sounds = {name: model.decode(series) for name, series in every.items()}
    courses = {name: course_of(sound, model.sample_rate) for name, sound in sounds.items()}
    for name, sound in sounds.items():
        audio.write_audio(folder / f"{name}.wav", sound, model.sample_rate, force=True)
    titles = {n: f"{n}: {s.name}, played by the model" for n, s in zip("AB", heard, strict=True)}
    rows = []
    for name, way in ways.items():
        scores = interpolation_monotonicity(
            courses["A"], courses["B"], courses[name], way.places, model.signal
        )
        found = [number(scores[one]) for one in ("centroid", "bandwidth")]
        titles[name] = f"{name}: monotonicity of the centroid {found[0]}, of the bandwidth {found[1]}"
        seconds = len(sounds[name]) / model.sample_rate
        rows.append((name, number(seconds, 2), *found, *ends_hz(courses[name])))
    panels = {name: panel(title, sounds[name], courses[name]) for name, title in titles.items()}
    figure_3 = [panels[name] for name in ("A", "B", "line")]
    save_interpolation(folder / "figure-3.png", figure_3, model.sample_rate, force=True)
    variants = [panels[name] for name in ("even", "beyond", "drawn")]
    save_interpolation(folder / "variants.png", variants, model.sample_rate, force=True)
    common.write_figures(folder, COLUMNS, rows)


if __name__ == "__main__":
    common.run(main)
