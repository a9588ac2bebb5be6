"""Loudness invariance: the latents of the continuous model ignore loudness, and its decoder hears of it anew.

The paper trains a regressor to tell the loudness from the latents, and the encoder to mislead it. Timbre and
loudness then are two controls: a sound keeps its series however loud it is played, and a series can be given
another loudness, with the change of brightness that the recordings taught.

Three measurements over the saxophone notes of the package: how far the latents move when the input is turned
up and down (gain_drift, in units of their spread; the largest of the notes); how much of the loudness trees
can tell from the latents of notes they were not shown (loudness_probe_r2: 1 all of it, 0 or less nothing),
beside the same from the spectra that the encoder heard, whose level is taken away too; and by how many
semitones the centroid of a moment goes up, or down, at constant latents, from the softest to the loudest that
the model has learned. Written: a picture of the last two, and a note growing louder so. Half a minute.

    make demo
    python examples/loudness_invariance.py loudness
    python examples/loudness_invariance.py loudness --ablation trained-with-adversary-0.run/model.timbre
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import common
import numpy as np
from common import Sound, note, number
from matplotlib.figure import Figure
from numpy.typing import NDArray

import timbrespace
from timbrespace import audio, descriptors, figures
from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries
from timbrespace.scores.latent import audible, gain_drift, log_mel, loudness_probe_r2

GAINS_DB = (-24.0, 24.0)
LEVELS, RISE_FRAMES = 25, 500  # from the softest to the loudest learned: looked at, and played
TENTHS = (10, 50, 90)  # per cent of the notes
COLUMNS = ("what", "figure", "value")


def drift(model: Engine, sound: Sound, series: LatentSeries) -> float:
    """How far the latents of a note move when it is turned up and down."""
    louder = [sound.samples * np.float32(10 ** (gain_db / 20)) for gain_db in GAINS_DB]
    kept = audible(series.loudness_db)
    return gain_drift(series.z[kept], [model.encode(one, sound.sample_rate).z[kept] for one in louder])


def probe(columns: Sequence[NDArray[np.floating]], every: Sequence[LatentSeries]) -> float:
    """How much of the loudness can be told from columns [L, …] of every note, one array a note."""
    loudness_db = np.concatenate([series.loudness_db for series in every])
    group = np.repeat(np.arange(len(every)), [len(series) for series in every])
    kept = audible(loudness_db)
    return loudness_probe_r2(np.concatenate(columns)[kept], loudness_db[kept], group[kept])


def held(series: LatentSeries, levels_db: NDArray[np.float32]) -> LatentSeries:
    """The middle of a note at each loudness, its latents constant."""
    return replace(series.at(np.full(len(levels_db), len(series) // 2)), loudness_db=levels_db)


def brightness(model: Engine, series: LatentSeries) -> NDArray[np.float64]:
    """Semitones that the centroid of each frame stands above the first frame's, [L]."""
    centroid_hz = descriptors.of_spectra(model.decode_magnitudes(series), model.sample_rate)["centroid"]
    return np.asarray(12 * np.log2(centroid_hz / centroid_hz[0]))


def draw(
    path: Path, probes: Mapping[str, float], levels_db: NDArray[np.float32], rises: NDArray[np.float64]
) -> None:
    """The probes as bars; brightness against loudness, a thin line a note and the median."""
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.6])
    left.bar(list(probes), np.nan_to_num(list(probes.values())), color=[f"C{n}" for n in range(len(probes))])
    left.axhline(0.0, color="black", linewidth=0.8)
    left.set(ylabel="loudness_probe_r2", title="loudness told from")
    right.plot(levels_db, rises.T, color="tab:blue", alpha=0.3, linewidth=0.8)
    right.plot(levels_db, np.median(rises, axis=0), color="black", linewidth=2, label="median of the notes")
    right.set(xlabel="loudness (dBFS)", ylabel="centroid (semitones)", title="at constant latents")
    right.legend(fontsize=8)
    figures.save_figure(figure, path, True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make everything. arguments: those of the command line where None."""
    parser = common.parser_of(__doc__, ["continuous"])
    parser.add_argument("--ablation", type=Path, help="a model trained with --adversary 0, probed beside")
    options = parser.parse_args(arguments)
    model, folder = common.load_model(options, "continuous"), common.results_folder(options)
    sounds = [common.read_sound(path) for path in sorted(common.RECORDINGS.glob("*/alto-sax_*.flac"))]
    every = [model.encode(sound.samples, sound.sample_rate) for sound in sounds]
    note(f"looking for the loudness in {len(sounds)} notes")
    heard = (model.frame_magnitudes(sound.samples, sound.sample_rate)[0] for sound in sounds)
    probes = {
        "spectra": probe([log_mel(magnitudes, model.sample_rate) for magnitudes in heard], every),
        "latents": probe([series.z for series in every], every),
    }
    if options.ablation is not None:
        other = timbrespace.load(options.ablation)
        others = [other.encode(sound.samples, sound.sample_rate) for sound in sounds]
        probes["ablation"] = probe([series.z for series in others], others)
    note("turning them up and down")
    moved = max(drift(model, sound, series) for sound, series in zip(sounds, every, strict=True))
    ends_db = model.model.loudness_range_db.tolist()
    levels_db, rise_db = (np.linspace(*ends_db, n, dtype=np.float32) for n in (LEVELS, RISE_FRAMES))
    rises = np.stack([brightness(model, held(series, levels_db)) for series in every])
    draw(folder / "loudness.png", probes, levels_db, rises)
    swell = model.decode(held(every[-1], rise_db))
    audio.write_audio(folder / "louder-at-constant-latents.wav", swell, model.sample_rate, force=True)
    what = f"{ends_db[0]:.1f} to {ends_db[1]:.1f} dBFS at constant latents"
    parts = zip(("lowest tenth", "median", "highest tenth"), np.percentile(rises[:, -1], TENTHS), strict=True)
    common.write_figures(folder, COLUMNS, [
        (f"input turned by ±{GAINS_DB[1]:g} dB", "gain_drift", number(moved, 6)),
        *((f"loudness told from {name}", "loudness_probe_r2", number(r2)) for name, r2 in probes.items()),
        *((f"{what}, {part} of the notes", "centroid (semitones)", number(up, 2)) for part, up in parts),
    ])  # fmt: skip


if __name__ == "__main__":
    common.run(main)
