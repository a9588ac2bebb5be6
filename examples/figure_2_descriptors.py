"""Figure 2 of the paper: a codebook in the order of a descriptor, and synthesis that follows a target.

The paper decodes every code of the discrete model alone and analyses it. The codebook can then be traversed
in rising order (A), and a drawn curve be played by taking the nearest code in every frame (B).

A: a map of the codes, and for the centroid and the fundamental a traverse at 4 frames a code and at 1, each
as sound and picture. B: a sine of the centroid and a ramp of the fundamental, each followed by the paper's
nearest code and by the default path, which also counts the jumps from code to code; one picture has the two
side by side. Half a minute. Printed: rank correlations with time (A) and target (B), and median errors.

    make demo
    python examples/figure_2_descriptors.py figure-2
    python examples/figure_2_descriptors.py figure-2 --discrete my.run/model.timbre
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import common
import numpy as np
from common import note, number
from matplotlib.figure import Figure

from timbrespace import audio, descriptors, figures, figures_codebook
from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.codebook.achieved import Achieved, achieved
from timbrespace.codebook.coverage import coverage
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.follow import follow
from timbrespace.codebook.targets import Target, make_target
from timbrespace.codebook.traverse import traverse, traverse_spearman
from timbrespace.engine import Engine, Samples

MAPPED = ("centroid", "bandwidth", "f0")
FRAMES = (4, 1)  # a code
TARGETS = {"centroid": "sine", "f0": "ramp"}
WAYS = {"nearest": 0.0, "path": 1.0}  # continuity: 0 is the paper's nearest code
SECONDS = 8.0
COLUMNS = ("what", "descriptor", "how", "seconds", "rank correlation", "median error", "median error (%)")


def play_traverse(
    folder: Path, model: Engine, table: DescriptorTable, name: str, frames: int, distances: Distances
) -> tuple[str, ...]:
    """A: all codes from the lowest to the highest of a descriptor. Returns its figures."""
    way = traverse(model, table, name, frames=frames, distances=distances)
    sound = way.play(model)
    score, measured = traverse_spearman(way, sound, model.sample_rate)
    place = folder / f"A-traverse-{name}-{frames}.wav"
    audio.write_audio(place, sound, model.sample_rate, force=True)
    title = f"{len(way.rows)} codes by {name}, frames a code: {frames}, rank correlation {number(score)}"
    figures_codebook.save_curves(
        place.with_suffix(".png"), sound, {name: {"measured": measured}}, model.sample_rate, title, force=True
    )
    seconds = number(len(sound) / model.sample_rate, 1)
    return "A traverse", name, f"frames a code: {frames}", seconds, number(score), "–", "–"


def play_target(
    folder: Path, model: Engine, table: DescriptorTable, target: Target, distances: Distances
) -> list[tuple[str, ...]]:
    """B: one target, followed both ways. Returns their figures."""
    name, shape = target.descriptor.name, TARGETS[target.descriptor.name]
    samples = round(SECONDS * model.sample_rate)
    loudness_db = np.full(model.signal.frames_of(samples), table.level_db)
    rows, panels = [], {}
    for how, continuity in WAYS.items():
        found = follow(
            model, table, [target], loudness_db,
            continuity=continuity, length_samples=samples, distances=distances,
        )  # fmt: skip
        sound = found.play(model)
        audio.write_audio(folder / f"B-{name}-{shape}-{how}.wav", sound, model.sample_rate, force=True)
        score = achieved(found, sound, model.sample_rate)[name]
        panels[f"{how}: rank correlation {number(score.follow_spearman)}"] = (sound, score)
        error = number(score.follow_median_error, 1), number(score.error_percent, 1)
        rows.append((f"B {shape}", name, how, number(SECONDS, 1), number(score.follow_spearman), *error))
    draw_side_by_side(folder / f"B-{name}-{shape}.png", panels, f"{name}, {target.label}", model.sample_rate)
    return rows


def draw_side_by_side(
    path: Path, panels: dict[str, tuple[Samples, Achieved]], title: str, sample_rate: int
) -> None:
    """A spectrogram a way, with the target in white and what was measured in cyan."""
    figure = Figure(figsize=(13, 4.2), layout="constrained")
    figure.suptitle(title, fontsize=10, x=0.01, ha="left")
    for axis, (text, (sound, score)) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        level_db = figures.spectrogram_db(sound)
        figures.draw_spectrogram(axis, level_db, SECONDS, sample_rate, float(level_db.max()))
        seconds = descriptors.frame_seconds(len(score.target), sample_rate)
        measured = np.where(score.scored, score.measured, np.nan)
        figures.draw_curve(axis, seconds, score.target, "white", "target")
        figures.draw_curve(axis, seconds, measured, "cyan", "measured")
        axis.set(title=text, xlabel="seconds")
        axis.legend(loc="upper right", fontsize=7)
    figures.save_figure(figure, path, True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make everything. arguments: those of the command line where None."""
    options = common.parser_of(__doc__, ["discrete"]).parse_args(arguments)
    model, folder = common.load_model(options, "discrete"), common.results_folder(options)
    table = table_of(model)
    mapped = {name: table.column(name) for name in MAPPED}
    figures_codebook.save_map(folder / "A-map.png", table.z, mapped, f"{len(table)} codes", force=True)
    distances = Distances(model, table)
    rows: list[tuple[str, ...]] = []
    for name, shape in TARGETS.items():
        found = coverage(table, name)
        if found is None or found.sounds < 2:
            note(f"{name}: too few codes of this model have one; it is left out")
            continue
        note(f"{name}: traversing {found.sounds} codes, and following a {shape}")
        rows += [play_traverse(folder, model, table, name, frames, distances) for frames in FRAMES]
        # eight tenths of the codes lie between the ends
        target = make_target(name, shape, low=found.middle_low, high=found.middle_high, seconds=SECONDS)
        rows += play_target(folder, model, table, target, distances)
    common.write_figures(folder, COLUMNS, rows)


if __name__ == "__main__":
    common.run(main)
