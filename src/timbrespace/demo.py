"""The main job on the recordings that ship with the package, end to end.

A data set from saxophone notes, a continuous and a discrete model of it, notes that neither has
heard played again, a voice and a drum pattern played by both, and pictures of all that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from timbrespace import audio, figures, figures_codebook
from timbrespace.codebook import table_of
from timbrespace.codebook.achieved import achieved
from timbrespace.codebook.coverage import coverage
from timbrespace.codebook.follow import follow
from timbrespace.codebook.targets import make_target, steady_level
from timbrespace.codebook.traverse import traverse, traverse_spearman
from timbrespace.config import KINDS, Kind
from timbrespace.courses import between, choose
from timbrespace.dataset.prepare import prepare
from timbrespace.engine import Engine, load
from timbrespace.errors import UsageError
from timbrespace.figures_blend import Panel, save_interpolation
from timbrespace.files import write_text
from timbrespace.training.options import TrainOptions
from timbrespace.training.run import train

RECORDINGS = Path(__file__).parent / "demo_audio"
MINUTES = 2.0  # of training per model
QUICK_MINUTES = 1 / 3
PATTERN_STEP_SECONDS = 0.25
FOLLOW_SECONDS, FOLLOW_LEVEL_DB = 8.0, -20.0
MARKER = "READ_ME_FIRST.txt"  # also says that the folder is the demo's own

WHAT_TO_OPEN = """\
What `timbrespace demo` made here. Two models listened to 33 saxophone notes; the sounds that they play
below they had never heard. Both were trained for a very short time: more minutes make them better.

Listen, in this order:
  sound/alto-sax_*-original.wav     notes kept out of training
  sound/alto-sax_*-continuous.wav   the same notes through the continuous model
  sound/alto-sax_*-discrete.wav     and through the discrete model, as a series of codes
  sound/voice-*.wav                 a spoken sentence, then played by the saxophone models
  sound/drums-*.wav                 a drum pattern, then played by the saxophone models
  sound/morph.wav                   one note turned into another
  sound/traverse-centroid.wav       all codes of the discrete model, from dark to bright
  sound/follow-centroid.wav, sound/follow-f0.wav   codes that follow a drawn curve

Look:
  pictures/alto-sax_*.png           spectrograms: original, continuous, discrete
  pictures/voice.png, drums.png     the same for the conversions
  pictures/latents.png              the curves that the continuous model plays the note from
  pictures/codes.png                how many codes the discrete model uses
  pictures/map.png                  where they lie, coloured by what they sound like
  pictures/morph.png, traverse-centroid.png, follow-*.png   the sounds above, with the curves measured on them

Go on with the models: run-continuous/model.timbre and run-discrete/model.timbre.
  timbrespace info run-continuous/model.timbre
  timbrespace convert run-continuous/model.timbre YOUR.wav OUT.wav --loudness match
  timbrespace transform run-continuous/model.timbre YOUR.wav OUT.wav --stretch 2 --along brightness=1
  timbrespace interpolate run-continuous/model.timbre A.wav B.wav OUT.wav
  timbrespace follow run-discrete/model.timbre OUT.wav --descriptor f0 --target sine
"""


@dataclass(frozen=True)
class Sound:
    """One mono sound of the demo: samples float32 [T]; how its loudness is treated in conversion."""

    name: str
    samples: NDArray[np.float32]
    sample_rate: int
    loudness: str


def run_demo(folder: Path, *, quick: bool, quiet: bool, report: Callable[[str], None]) -> None:
    """Make everything below `folder`; a second run goes on where the first stopped.

    quick: a third of a minute of training per model. report: called with a line at every stage.
    Raises UsageError where `folder` holds something that the demo did not make.
    """
    _claim(folder)
    report(f"1/4  preparing the saxophone notes of the package -> {folder / 'dataset'}")
    prepare([RECORDINGS / "alto_sax"], folder / "dataset")
    models: dict[str, Engine] = {}
    for step, kind in enumerate(KINDS, start=2):
        models[kind] = load(_train(folder, kind, quick, quiet, report, step))
    report(f"4/4  playing sounds that the models have not heard -> {folder / 'sound'}")
    for sound in _sounds():
        _play(folder, sound, models)
    _draw_series(folder, models)
    _morph(folder, models["continuous"])
    _explore(folder, models["discrete"])
    report(f"\n{WHAT_TO_OPEN}\nAll this stands in {folder / MARKER}.")


def _claim(folder: Path) -> None:
    marker = folder / MARKER
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: this is a file; the demo needs a folder")
    if folder.is_dir() and any(folder.iterdir()) and not marker.exists():
        raise UsageError(f"{folder}: holds files that the demo did not make; name a new folder")
    write_text(marker, WHAT_TO_OPEN, force=True)


def _train(
    folder: Path, kind: Kind, quick: bool, quiet: bool, report: Callable[[str], None], step: int
) -> Path:
    """Train, or finish training, one model. Returns its bundle."""
    minutes = QUICK_MINUTES if quick else MINUTES
    run = folder / f"run-{kind}"
    report(f"{step}/4  training the {kind} model for {60 * minutes:.0f} seconds -> {run / 'model.timbre'}")
    train(TrainOptions(kind, folder / "dataset", run, minutes=minutes, resume=True, quiet=quiet))
    return run / "model.timbre"


def _sounds() -> Iterator[Sound]:
    """What the models have not heard: notes as they are, a voice and drums in the model's loudness."""
    for path in sorted((RECORDINGS / "held_out").glob("alto-sax_*.flac")):
        yield _read(path, path.stem, "keep")
    yield _read(sorted((RECORDINGS / "voice").glob("*.flac"))[0], "voice", "match")
    yield _drum_pattern()


def _read(path: Path, name: str, loudness: str) -> Sound:
    sound = audio.read_audio(path, channel="mix")
    return Sound(name, audio.without_offset(sound.samples[0]), sound.sample_rate, loudness)


def _drum_pattern() -> Sound:
    """The held-out drum hits one after the other, twice, each ringing on under the next."""
    hits = [_read(path, path.stem, "match") for path in sorted((RECORDINGS / "held_out").glob("[bc]*.flac"))]
    rate = hits[0].sample_rate
    step = round(PATTERN_STEP_SECONDS * rate)
    bars = hits * 2
    pattern = np.zeros(step * len(bars) + max(len(hit.samples) for hit in hits), dtype=np.float32)
    for index, hit in enumerate(bars):
        pattern[index * step :][: len(hit.samples)] += hit.samples
    return Sound("drums", pattern, rate, "match")


def _play(folder: Path, sound: Sound, models: dict[str, Engine]) -> None:
    """Write a sound, what each model makes of it, and their spectrograms."""
    versions = [("original", sound.samples)]
    for kind, model in models.items():
        versions.append((kind, model.convert(sound.samples, sound.sample_rate, loudness=sound.loudness)))
    for kind, samples in versions:
        path = folder / "sound" / f"{sound.name}-{kind}.wav"
        audio.write_audio(path, samples, sound.sample_rate, force=True)
    picture = folder / "pictures" / f"{sound.name}.png"
    titled = [(f"{sound.name}, {kind}", samples) for kind, samples in versions]
    figures.save_spectrograms(picture, titled, sound.sample_rate, force=True)


def _draw_series(folder: Path, models: dict[str, Engine]) -> None:
    note = next(_sounds())
    series = models["continuous"].encode(note.samples, note.sample_rate)
    title = f"{note.name}: what the continuous model plays it from"
    figures.save_latent_curves(folder / "pictures" / "latents.png", series, title, force=True)
    discrete = models["discrete"]
    used = []
    for path in sorted((RECORDINGS / "alto_sax").glob("*.flac")):
        heard = _read(path, path.stem, "keep")
        codes = discrete.encode(heard.samples, heard.sample_rate).codes
        assert codes is not None
        used.append(codes)
    picture = folder / "pictures" / "codes.png"
    figures.save_code_use(picture, np.concatenate(used), discrete.config.codes, "training notes", force=True)


def _morph(folder: Path, model: Engine) -> None:
    """One held-out note turned into another."""
    notes = list(_sounds())[:2]
    a, b = (model.encode(note.samples, note.sample_rate) for note in notes)
    choice = choose([between(a, b, model.signal)], model)
    audio.write_audio(folder / "sound" / "morph.wav", choice.chosen.sound, model.sample_rate, force=True)
    titles = [f"{note.name}, played by the model" for note in notes] + ["one turned into the other"]
    sounds = [*choice.sounds, choice.chosen.sound]
    courses = [*choice.courses, choice.chosen.course]
    panels = [
        Panel(title, sound[0], course.heard(), course.seconds)
        for title, sound, course in zip(titles, sounds, courses, strict=True)
    ]
    save_interpolation(folder / "pictures" / "morph.png", panels, model.sample_rate, force=True)


def _explore(folder: Path, model: Engine) -> None:
    """The codes mapped, traversed, and made to follow curves."""
    table, rate = table_of(model), model.sample_rate
    columns = {name: table.column(name) for name in ("centroid", "f0")}
    title = f"{len(table)} codes of the discrete model"
    figures_codebook.save_map(folder / "pictures" / "map.png", table.z, columns, title, force=True)
    travelled = traverse(model, table, "centroid")
    sound = travelled.play(model)
    score, measured = traverse_spearman(travelled, sound, rate)
    curves = {"centroid": {"measured": measured}}
    _show(
        folder, "traverse-centroid", sound, curves, f"codes by centroid, rank correlation {score:.3f}", rate
    )
    samples = round(FOLLOW_SECONDS * rate)
    level = steady_level(FOLLOW_LEVEL_DB, model.signal, samples)
    for name in columns:
        covered = coverage(table, name)
        if covered is None:
            continue
        target = make_target(
            name, "sine", low=covered.middle_low, high=covered.middle_high, seconds=FOLLOW_SECONDS
        )
        found = follow(model, table, [target], level, length_samples=samples)
        sound = found.play(model)
        one = achieved(found, sound, rate)[name]
        curves = {name: {"target": one.target, "measured": one.measured}}
        title = f"{name} {target.label}: rank correlation {one.follow_spearman:.3f}"
        _show(folder, f"follow-{name}", sound, curves, title, rate)


def _show(
    folder: Path,
    name: str,
    sound: NDArray[np.float32],
    curves: dict[str, dict[str, NDArray[np.float64]]],
    title: str,
    rate: int,
) -> None:
    """A sound and its picture, with curves over it."""
    audio.write_audio(folder / "sound" / f"{name}.wav", sound, rate, force=True)
    picture = folder / "pictures" / f"{name}.png"
    figures_codebook.save_curves(picture, sound, curves, rate, title, force=True)
