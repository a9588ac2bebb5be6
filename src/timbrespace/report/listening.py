"""The first sounds before and after: players side by side, spectrograms, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from timbrespace.evaluate import FileScores, load_sound
from timbrespace.report.meanings import MEANINGS
from timbrespace.report.page import Html, Section, element, file_name, join, number
from timbrespace.report.plots import Samples, Sound, flac, loudest_db, player, spectrogram

if TYPE_CHECKING:
    from timbrespace.engine import Engine

LISTENED = 4  # sounds that can be heard in a report
LISTENED_SECONDS = 10.0
SOUND_BYTES = 4_500_000  # of all players together; noise at a high rate is cut shorter to fit


@dataclass(frozen=True)
class Pair:
    """A sound [T] and what the model makes of it [T], both at one rate, turned down alike where too loud.

    seconds: of the whole file, of which the pair may be the beginning.
    """

    name: str
    original: Samples
    again: Samples
    sample_rate: int
    seconds: float
    scores: Mapping[str, float]


def play(engine: Engine, file: FileScores, name: str, seed: int) -> Pair:
    """The beginning of a file, and the model playing it."""
    rate = engine.sample_rate
    samples = load_sound(Path(file.path), rate).samples[: round(LISTENED_SECONDS * rate)]
    again = np.asarray(engine.decode(engine.encode(samples, rate), seed=seed), dtype=np.float32)
    peak = max(1.0, float(np.abs(samples).max()), float(np.abs(again).max()))
    scale = np.float32(1.0 / peak)
    return Pair(name, samples * scale, again * scale, rate, file.seconds, file.scores)


def fit(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, all cut to the same share of their length where they would make the page too large."""
    size = sum(len(flac(one, pair.sample_rate)) for pair in pairs for one in (pair.original, pair.again))
    if size <= SOUND_BYTES:
        return list(pairs)
    share = SOUND_BYTES / size
    return [_cut(pair, max(1, int(share * len(pair.original)))) for pair in pairs]


def listen_section(pairs: Sequence[Pair]) -> Section:
    """Every pair: original left, model right, and its scores below."""
    text = (
        "Left the recording, right the same passage after it has gone through the model: turned into a "
        "latent series and played from that alone. Colours are levels over 80 dB, the same for both."
    )
    return Section("listen", "Listen", join([element("p", text), *(_show(pair) for pair in pairs)]))


def _show(pair: Pair) -> Html:
    original = Sound(f"{pair.name}, recording", pair.original, pair.sample_rate)
    again = Sound(f"{pair.name}, played by the model", pair.again, pair.sample_rate)
    top_db = loudest_db((original, again))
    heard = len(pair.original) / pair.sample_rate
    length = f"{heard:.1f} s"
    if heard < pair.seconds - 0.05:
        length = f"the first {heard:.1f} of {pair.seconds:.1f} s; the scores are of the whole"
    sides = [
        element("figure", element("figcaption", title), player(sound), spectrogram(sound, top_db))
        for title, sound in (("Recording", original), ("Model", again))
    ]
    return element(
        "article",
        element("h3", file_name(pair.name), " ", element("small", length)),
        element("div", *sides, class_="pair"),
        _scores(pair.scores),
        class_="sound",
    )


def _scores(scores: Mapping[str, float]) -> Html:
    pairs = []
    for name, value in scores.items():
        meaning = MEANINGS[name]
        shown = number(value, meaning.decimals)
        unit = f" {meaning.unit}" if meaning.unit and value == value else ""
        pairs.append(element("div", element("dt", name), element("dd", join([shown, unit]))))
    return element("dl", *pairs, class_="scores")


def _cut(pair: Pair, length: int) -> Pair:
    first, second = pair.original[:length], pair.again[:length]
    return Pair(pair.name, first, second, pair.sample_rate, pair.seconds, pair.scores)
