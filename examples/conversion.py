"""Audio conversion: a voice and a drum pattern played by models that have heard saxophone notes only.

The paper resynthesises sound of one domain with a model trained on another: the model keeps what it can say
(pitch, loudness, roughly the spectrum) and says it in its own timbre. Its companion papers measure how far
loudness and pitch survive.

Both models play a spoken sentence and a pattern of drum hits, their loudness spread like that of the
recordings the models know; and a saxophone note that the models have not heard, as a measure of what can be
had at home. Written: originals, conversions, and a picture of spectrograms each. A quarter of a minute.
Printed: the correlation of loudness; the share of the frames with a pitch in which the conversion has it too,
within 50 cents; and how many frames have one. Models of single notes a semitone apart have no word for a
voice that glides, so `convert` keeps the pitch of what it plays; `pitch="model"` lets the model answer with
the notes it knows.

    make demo
    python examples/conversion.py converted
    python examples/conversion.py converted --sound my-voice.wav --sound my-loop.wav
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import common
import numpy as np
from common import Sound, note, number

from timbrespace import audio, figures
from timbrespace.config import KINDS
from timbrespace.engine import Engine
from timbrespace.pitch import f0_within_50_cents, track_pitch
from timbrespace.scores.sound import loudness_correlation

VOICE, NOTE = "voice/LJ001-0002.flac", "held_out/alto-sax_D4_p.flac"
STEP_SECONDS = 0.25  # from one drum hit to the next
COLUMNS = ("sound", "model", "seconds", "loudness correlation", "f0 within 50 cents", "share with a pitch")


def drum_pattern() -> Sound:
    """The drum hits of the package one after the other, twice, each ringing on under the next."""
    hits = [common.read_sound(path) for path in sorted((common.RECORDINGS / "held_out").glob("[bc]*.flac"))]
    bars, rate = hits * 2, hits[0].sample_rate
    step = round(STEP_SECONDS * rate)
    pattern = np.zeros(step * len(bars) + max(len(hit.samples) for hit in hits), dtype=np.float32)
    for place, hit in enumerate(bars):
        pattern[place * step :][: len(hit.samples)] += hit.samples
    return Sound("drums", pattern, rate)


def play(folder: Path, source: Sound, loudness: str, models: dict[str, Engine]) -> list[list[str]]:
    """One sound through every model: writes all versions, returns the figures."""
    pitch = track_pitch(source.samples, source.sample_rate)
    versions, rows = {"original": source.samples}, []
    for kind, model in models.items():
        output = model.convert(source.samples, source.sample_rate, loudness=loudness)
        correlation = loudness_correlation(source.samples, output, source.sample_rate)
        share = f0_within_50_cents(pitch, track_pitch(output, source.sample_rate))
        found = [number(value) for value in (correlation, share, float(np.mean(pitch.voiced)))]
        rows.append([source.name, kind, number(len(output) / source.sample_rate, 2), *found])
        versions[kind] = output
    for version, samples in versions.items():
        audio.write_audio(folder / f"{source.name}-{version}.wav", samples, source.sample_rate, force=True)
    titled = [(f"{source.name}, {version}", samples) for version, samples in versions.items()]
    figures.save_spectrograms(folder / f"{source.name}.png", titled, source.sample_rate, force=True)
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Make everything. arguments: those of the command line where None."""
    parser = common.parser_of(__doc__, KINDS)
    parser.add_argument("--sound", type=Path, action="append", help="these in place of the package's sounds")
    options = parser.parse_args(arguments)
    models = {kind: common.load_model(options, kind) for kind in KINDS}
    folder = common.results_folder(options)
    if options.sound:
        sources = [(common.read_sound(path), "match") for path in options.sound]
    else:
        voice, saxophone = (common.read_sound(common.RECORDINGS / name) for name in (VOICE, NOTE))
        sources = [(replace(voice, name="voice"), "match"), (drum_pattern(), "match"), (saxophone, "keep")]
    rows = []
    for source, loudness in sources:
        note(f"playing {source.name}")
        rows += play(folder, source, loudness, models)
    common.write_figures(folder, COLUMNS, rows)


if __name__ == "__main__":
    common.run(main)
