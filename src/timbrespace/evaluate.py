"""Every score of a model on sounds: how close it plays them, and what its latent space is like.

Each sound is taken as `prepare` takes it (one channel, no DC, at the model's rate), encoded, decoded
and compared with itself; trivial baselines are scored beside it. Frames of the data set, or of the
other evaluated sounds where none is given, serve as "the data" of the baselines and the prior.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.audio import read_audio, resample, without_offset
from timbrespace.creative_evaluation import Creative, creative_scores
from timbrespace.errors import AudioError, TimbrespaceError, UsageError
from timbrespace.latent_evaluation import Heard, LatentScores, latent_scores
from timbrespace.pitch import track_pitch
from timbrespace.scores import baselines
from timbrespace.scores.baselines import FrameBank, Framing
from timbrespace.scores.latent import nearest_distance_db
from timbrespace.scores.sound import SOUND_SCORES, sound_scores
from timbrespace.scores.statistics import Spread, median_spread

if TYPE_CHECKING:
    from timbrespace.dataset.store import Dataset
    from timbrespace.engine import Engine

Audio = NDArray[np.float32]
Scores = dict[str, float]

BASELINES = ("random_phase", "nearest_frame", "mean_spectrum")
GAINS_DB = (-24.0, -12.0, 12.0, 24.0)
EXCERPT_SECONDS = 2.0  # pieces in which the data is sampled
HELD_OUT_FRAMES = 128  # of each sound, compared with the data
EXCERPTS = 512  # about: 17 minutes of sound, whatever the size of the data


@dataclass(frozen=True)
class FileScores:
    """The scores of one sound; NaN where one has no meaning (no pitch, say)."""

    path: str
    seconds: float
    scores: Scores
    baselines: dict[str, Scores]


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model. `sound` and `baselines` are medians over files with intervals."""

    model_id: str
    kind: str
    sample_rate: int
    seed: int
    sound: dict[str, Spread]
    baselines: dict[str, dict[str, Spread]]
    latent: LatentScores
    creative: Creative | None
    rtf_both: float
    files: tuple[FileScores, ...]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: numbers under `scores`, their intervals apart, null for no meaning."""
        latent = asdict(self.latent)
        per_dimension = latent.pop("prior_fit_per_dimension")
        whole = _split(self.sound)
        more = self.creative.scores if self.creative is not None else {}
        whole["scores"] |= {**latent, **more, "rtf_both": self.rtf_both}
        return _plain(
            {
                "model_id": self.model_id,
                "kind": self.kind,
                "sample_rate": self.sample_rate,
                "seed": self.seed,
                **whole,
                "prior_fit_per_dimension": per_dimension,
                "baselines": {name: _split(spreads) for name, spreads in self.baselines.items()},
                "files": [asdict(file) for file in self.files],
                "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
                "notes": self.notes,
            }
        )


def evaluate(
    engine: Engine,
    audio_paths: Sequence[Path],
    *,
    dataset: Dataset | None = None,
    seed: int = 0,
    creative: bool = True,
    progress: Callable[[float, str], None] | None = None,
) -> Evaluation:
    """Score `engine` on every readable sound; `progress` hears the share done (0 to 1) and the file.

    creative: also traverse, follow, interpolate and stream; half a minute, whatever the sounds.
    Raises AudioError when not one of the files can be used, UsageError when there are none or the
    data set has another sample rate than the model.
    """
    if not audio_paths:
        raise UsageError("there is no audio to evaluate; name a folder with sound files in it")
    tell = progress or (lambda share, note: None)
    heard: list[Heard] = []
    skipped: list[tuple[str, str]] = []
    for number, path in enumerate(audio_paths):
        tell(0.2 * number / len(audio_paths), path.name)
        try:
            heard.append(_hear(engine, path))
        except TimbrespaceError as error:
            skipped.append((str(path), str(error)))
    if not heard:
        raise AudioError(f"{skipped[0][1]} (not one of {len(audio_paths)} files can be evaluated)")
    bank, notes = _bank(engine, heard, dataset, seed)
    files = []
    for number, item in enumerate(heard):
        tell(0.2 + 0.5 * number / len(heard), item.path.name)
        files.append(_score(engine, item, bank.without(number), seed))
    tell(0.7, "latents")
    latent, more = latent_scores(engine, heard, bank, seed)
    abilities: Creative | None = None
    further: tuple[str, ...] = ()
    if creative:
        abilities, further = creative_scores(
            engine, heard, lambda item: load_sound(item.path, engine.sample_rate).samples, dataset, seed,
            lambda share: tell(0.75 + 0.25 * share, "traversing, following, interpolating"),
        )  # fmt: skip
    cut = (f"{item.path}: truncated: {item.truncation}" for item in heard if item.truncation)
    tell(1.0, "")
    return Evaluation(
        engine.model_id,
        engine.kind,
        engine.sample_rate,
        seed,
        _spreads([file.scores for file in files], seed),
        {name: _spreads([file.baselines.get(name, {}) for file in files], seed) for name in BASELINES},
        latent,
        abilities,
        sum(file.seconds for file in files) / sum(item.busy_seconds for item in heard),
        tuple(files),
        tuple(skipped),
        (*notes, *more, *further, *cut),
    )


@dataclass(frozen=True)
class Sound:
    """A sound made ready: samples [T] at the model's rate, the hash `prepare` gives it, what it lacks."""

    samples: Audio
    sha256: str
    truncation: str


def load_sound(path: Path, sample_rate: int) -> Sound:
    """One channel at `sample_rate` without DC. Raises AudioError, also where it is silent."""
    audio = read_audio(path, channel="mix")
    mixed = np.ascontiguousarray(audio.samples[0])
    samples = without_offset(mixed)
    if not np.any(np.abs(samples) > baselines.SILENT_LEVEL):
        raise AudioError(f"{path}: silent throughout; there is nothing to compare")
    resampled = np.asarray(resample(samples, audio.sample_rate, sample_rate), dtype=np.float32)
    return Sound(resampled, hashlib.sha256(mixed.data).hexdigest(), audio.truncation)


def _hear(engine: Engine, path: Path) -> Heard:
    sound = load_sound(path, engine.sample_rate)
    audio = sound.samples
    if len(audio) < engine.signal.hop:
        raise AudioError(f"{path}: {len(audio)} samples; a frame needs {engine.signal.hop}")
    started = time.perf_counter()
    series = engine.encode(audio, engine.sample_rate)
    busy = time.perf_counter() - started
    moved = [engine.encode(audio * np.float32(10 ** (gain / 20)), engine.sample_rate) for gain in GAINS_DB]
    latents = tuple(other.z for other in moved)
    return Heard(path, sound.sha256, len(audio), sound.truncation, series, latents, busy)


def _score(engine: Engine, item: Heard, bank: FrameBank, seed: int) -> FileScores:
    """Decode a sound and score it and its baselines; `bank` holds no frame of it."""
    audio = load_sound(item.path, engine.sample_rate).samples
    started = time.perf_counter()
    output = engine.decode(item.series, seed=seed)
    item.busy_seconds += time.perf_counter() - started
    framing = _framing(engine)
    item.to_data_db = _distance_to_data(audio, bank, framing, seed)
    others = {"random_phase": baselines.random_phase(audio, framing, seed)}
    if len(bank):
        others["nearest_frame"] = baselines.nearest_frame(audio, bank, framing)
        others["mean_spectrum"] = baselines.mean_spectrum(audio, bank, framing, seed)
    rate = engine.sample_rate
    pitch = track_pitch(audio, rate)
    return FileScores(
        str(item.path),
        len(audio) / rate,
        sound_scores(audio, output, rate, reference_pitch=pitch),
        {name: sound_scores(audio, sound, rate, reference_pitch=pitch) for name, sound in others.items()},
    )


def _distance_to_data(audio: Audio, bank: FrameBank, framing: Framing, seed: int) -> NDArray[np.float64]:
    """Distance in dB of a choice of frames of a sound to the nearest frame of the bank."""
    own = baselines.frame_bank([(0, audio)], framing, per_sound=HELD_OUT_FRAMES, seed=seed)
    return nearest_distance_db(own.log_mel, bank.log_mel) if len(bank) else np.zeros(0)


def _bank(
    engine: Engine, heard: Sequence[Heard], dataset: Dataset | None, seed: int
) -> tuple[FrameBank, tuple[str, ...]]:
    """Frames of the data, and a note on what they are; source n is the n-th sound in `heard`, if any."""
    rate = engine.sample_rate
    if dataset is None:
        lengths = [item.samples for item in heard]
        sounds: Iterator[tuple[int, Audio]] = (
            (n, load_sound(item.path, rate).samples) for n, item in enumerate(heard)
        )
        notes: tuple[str, ...] = ("no data set given: the other evaluated files stand for it",)
    else:
        if dataset.sample_rate != rate:
            raise UsageError(
                f"the data set is at {dataset.sample_rate} Hz and the model at {rate} Hz; "
                "name the data set that the model was trained on"
            )
        place = {item.sha256: n for n, item in enumerate(heard)}
        lengths = [source.length for source in dataset.sources]
        sounds = (
            (place.get(source.sha256, len(heard) + n), dataset.audio[source.start :][: source.length])
            for n, source in enumerate(dataset.sources)
        )
        notes = ()
    pieces = list(_excerpts(sounds, sum(lengths), round(EXCERPT_SECONDS * rate)))
    per_piece = max(1, baselines.BANK_FRAMES // len(pieces))
    return baselines.frame_bank(pieces, _framing(engine), per_sound=per_piece, seed=seed), notes


def _excerpts(sounds: Iterator[tuple[int, Audio]], total: int, excerpt: int) -> Iterator[tuple[int, Audio]]:
    """About EXCERPTS pieces of `excerpt` samples, evenly spread over all sounds; short sounds whole."""
    for source, audio in sounds:
        room = max(0, len(audio) - excerpt)
        count = min(math.ceil(EXCERPTS * len(audio) / total), 1 + room // excerpt)
        for start in np.linspace(0, room, count).astype(int):
            yield source, np.array(audio[start : start + excerpt])


def _framing(engine: Engine) -> Framing:
    return Framing(engine.sample_rate, engine.signal.n_fft, engine.signal.hop)


def _spreads(scores: Sequence[Scores], seed: int) -> dict[str, Spread]:
    return {name: median_spread([one.get(name, math.nan) for one in scores], seed) for name in SOUND_SCORES}


def _split(spreads: Mapping[str, Spread]) -> dict[str, Any]:
    return {
        "scores": {name: spread.median for name, spread in spreads.items()},
        "intervals": {name: [spread.low, spread.high] for name, spread in spreads.items()},
        "counts": {name: spread.count for name, spread in spreads.items()},
    }


def _plain(value: Any) -> Any:
    """`value` with None for every number that is not finite."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
