"""Audio conversion: a voice and a drum pattern played by models that have heard saxophone notes only.

The paper resynthesises sound of one domain with a model trained on another: the model keeps what it can say
(pitch, loudness, roughly the spectrum) and says it in its own timbre. Its companion papers measure how far
loudness and pitch survive.

Both models play a spoken sentence and a pattern of drum hits. Loudness is spread like that of the recordings
the models know; frames and times stay. Written: originals, conversions, and a picture of spectrograms each. A
quarter of a minute. Printed: the correlation of loudness, and the share of the frames with a pitch whose
pitch is within 50 cents of the original's, also after the voice has been moved up into the saxophone's
register (then against the original moved as far).

    make demo
    python examples/conversion.py converted
    python examples/conversion.py converted --sound my-voice.wav --sound my-loop.wav
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import common
import numpy as np
from common import Sound, note, number

from timbrespace import audio, figures
from timbrespace.config import KINDS
from timbrespace.engine import Engine, Samples
from timbrespace.errors import AudioError
from timbrespace.pitch import PitchTrack, f0_within_50_cents, track_pitch
from timbrespace.scores.sound import loudness_correlation

VOICE = "voice/LJ001-0002.flac"
STEP_SECONDS = 0.25  # from one drum hit to the next
UP = 7.0  # semitones, from a speaking voice to where the saxophone is at home
COLUMNS = ("sound", "model", "semitones", "seconds", "loudness correlation", "f0 within 50 cents", "f0 scored")


def drum_pattern() -> Sound:
    """The drum hits of the package one after the other, twice, each ringing on under the next."""
    hits = [common.read_sound(path) for path in sorted((common.RECORDINGS / "held_out").glob("[bc]*.flac"))]
    bars, rate = hits * 2, hits[0].sample_rate
    step = round(STEP_SECONDS * rate)
    pattern = np.zeros(step * len(bars) + max(len(hit.samples) for hit in hits), dtype=np.float32)
    for number_, hit in enumerate(bars):
        pattern[number_ * step :][: len(hit.samples)] += hit.samples
    return Sound("drums", pattern, rate)


def transposed(track: PitchTrack, semitones: float) -> PitchTrack:
    """The pitch that a sound has after it has been moved."""
    return PitchTrack(track.f0_hz * 2 ** (semitones / 12), track.voicing)


def scores(source: Sound, pitch: PitchTrack, output: Samples) -> list[str]:
    """Loudness and pitch of a conversion against its source."""
    share = f0_within_50_cents(pitch, track_pitch(output, source.sample_rate))
    loudness = loudness_correlation(source.samples, output, source.sample_rate)
    return [number(loudness), number(share), f"{np.mean(pitch.voiced):.0%} of the frames"]


def convert(folder: Path, source: Sound, models: dict[str, Engine]) -> list[list[str]]:
    """One sound through every model, as it is and moved up. Returns the figures."""
    pitch = track_pitch(source.samples, source.sample_rate)
    versions, rows = {"original": source.samples}, []
    for kind, model in models.items():
        for semitones in (0.0, UP):
            output = model.convert(
                source.samples, source.sample_rate, loudness="match", transpose=semitones
            )  # fmt: skip
            versions[f"{kind}{f'+{semitones:g}' if semitones else ''}"] = output
            seconds = number(len(output) / source.sample_rate, 2)
            found = scores(source, transposed(pitch, semitones), output)
            rows.append([source.name, kind, f"{semitones:+g}", seconds, *found])
    for version, samples in versions.items():
        audio.write_audio(folder / f"{source.name}-{version}.wav", samples, source.sample_rate, force=True)
    titled = [(f"{source.name}, {version}", samples) for version, samples in versions.items()]
    figures.save_spectrograms(folder / f"{source.name}.png", titled, source.sample_rate, force=True)
    return rows
