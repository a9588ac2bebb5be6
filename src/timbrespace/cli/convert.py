"""`timbrespace convert`: any sound played by a model, one file or many."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.common import Force, Model, Progress, Quiet, note, report_error, say
from timbrespace.cli.encode_decode import check_rate, check_sound_name, read_sound, report_written
from timbrespace.errors import AudioError, SeriesError, TimbrespaceError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.engine import Engine


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(convert)


@dataclass(frozen=True)
class Job:
    """One file in, one file out. found: it was not named but met in a folder."""

    source: Path
    output: Path
    found: bool = False


def convert(
    model: Model,
    inputs: Annotated[list[Path], typer.Argument(metavar="IN...", help="Sounds, or folders of sounds.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="A file for one sound, else a folder.")],
    loudness: Annotated[
        str,
        typer.Option(
            help="keep the source's; flat: one level; match: spread like the model's; or a file: a curve "
            "seconds,loudness_db (.csv) or a sound whose loudness to take."
        ),
    ] = "keep",
    pitch: Annotated[
        str,
        typer.Option(
            help="keep: the source's, in the nearest octave that the model has; model: what the model hears."
        ),
    ] = "keep",
    transpose: Annotated[float, typer.Option(help="Semitones, applied to the input.")] = 0.0,
    gain_db: Annotated[
        float,
        typer.Option(
            help="Added to the loudness, in dB; a continuous model then plays louder, not only amplified."
        ),
    ] = 0.0,
    rate: Annotated[int | None, typer.Option(help="Sample rate of the output in Hz; the input's.")] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Play sounds through a model: resynthesis and conversion, every channel on its own.

    Sample n of the output belongs to sample n of the input. A file that cannot be converted is
    reported and the others go on; the exit code is then 1. In folders, what is hidden or no sound is
    passed over.
    """
    from timbrespace.conversion import LOUDNESS_WORDS, PITCH_WORDS

    if pitch not in PITCH_WORDS:
        raise UsageError(f"--pitch is '{pitch}'; it must be {' or '.join(PITCH_WORDS)}")
    _check_range("--transpose", transpose, 60, "semitones")
    _check_range("--gain-db", gain_db, 120, "dB")
    check_rate(rate)
    jobs = list(_plan(inputs, output, quiet))
    from timbrespace import engine, files

    kept = [model, *inputs]
    if loudness not in LOUDNESS_WORDS:
        kept.append(Path(loudness))
    if single := len(jobs) == 1 and jobs[0].output == output:
        files.check_output(output, inputs=kept, force=force)
    loaded = engine.load(model)
    options: dict[str, Any] = {
        "loudness": _loudness(loaded, loudness),
        "pitch": pitch,
        "transpose": transpose,
        "gain_db": gain_db,
        "output_rate": rate,
    }
    if single:
        with Progress("converting", 1.0, quiet=quiet) as progress:
            options["progress"] = progress.update
            _convert_file(loaded, jobs[0], kept, options, force=force, quiet=quiet)
        say(str(output), quiet=quiet)
        return
    done, sounds = _convert_all(loaded, jobs, kept, options, force=force, quiet=quiet)
    say(f"{output}: {done} of {sounds} converted", quiet=quiet)
    if done < sounds:
        raise typer.Exit(1)
    if not sounds:
        raise AudioError(f"{', '.join(map(str, inputs))}: there is no sound in there")


def _convert_all(
    loaded: Engine, jobs: Sequence[Job], kept: Iterable[Path], options: dict[str, Any], **flags: bool
) -> tuple[int, int]:
    """How many files were converted, and how many of `jobs` are sounds."""
    from timbrespace.audio import UnusableAudio

    sources = [*kept, *(job.source for job in jobs)]
    done, sounds = 0, len(jobs)
    with Progress("converting", len(jobs), quiet=flags["quiet"]) as progress:
        for number, job in enumerate(jobs):

            def tell(share: float, number: int = number, name: str = job.source.name) -> None:
                progress.update(number + share, name)

            try:
                _convert_file(loaded, job, sources, {**options, "progress": tell}, **flags)
                done += 1
            except TimbrespaceError as error:
                if job.found and isinstance(error, UnusableAudio) and error.reason == "not audio":
                    sounds -= 1
                    note(f"{job.source}: left out, it is no sound", quiet=flags["quiet"])
                else:
                    report_error(error)
            tell(1.0)
    return done, sounds


def _convert_file(
    loaded: Engine, job: Job, kept: Iterable[Path], options: dict[str, Any], *, force: bool, quiet: bool
) -> None:
    """Convert one file. `kept` are files that must not be written to."""
    from timbrespace import audio, files

    files.check_output(job.output, inputs=kept, force=force)
    sound = read_sound(job.source, "all", quiet)
    samples = loaded.convert(sound.samples, sound.sample_rate, **options)
    written_rate = options["output_rate"] or sound.sample_rate
    report_written(audio.write_audio(job.output, samples, written_rate, force=force), quiet)


def _plan(inputs: Sequence[Path], output: Path, quiet: bool) -> Iterator[Job]:
    """What to convert into what. Folders keep their inner structure; equal names get a number.

    Raises AudioError where an input does not exist or a folder holds no file.
    """
    from timbrespace.audio import AUDIO_EXTENSIONS

    for path in inputs:
        if not path.exists():
            raise AudioError(f"{path}: there is no such file or folder")
    single = len(inputs) == 1 and inputs[0].is_file()
    if single and output.suffix and not output.is_dir():
        check_sound_name(output)
        yield Job(inputs[0], output)
        return
    named_as_sound = not output.exists() and output.suffix.lower() in AUDIO_EXTENSIONS
    if output.is_file() or named_as_sound:
        what = "this is a file" if output.is_file() else "this names a file"
        raise UsageError(f"{output}: {what}; many sounds need a folder")
    taken: set[Path] = set()
    for source, relative, found in _expand(inputs, output, quiet):
        target = _free(output / relative.with_suffix(".wav"), taken)
        taken.add(target)
        yield Job(source, target, found)


def _expand(inputs: Sequence[Path], output: Path, quiet: bool) -> Iterator[tuple[Path, Path, bool]]:
    """Every file, its place below the output folder, and whether it was met in a folder.

    Folders are walked as `prepare` walks them; what lies in the output folder is not an input.
    """
    from timbrespace.dataset.walk import walk

    own = Path(os.path.realpath(output))
    for path in inputs:
        if path.is_file():
            yield path, Path(path.name), False
            continue
        inside = walk([path], output)
        found = [Path(file.path) for file in inside.found]
        for skipped in inside.skipped:
            if skipped.reason == "unreadable":  # is said, and counted, where it is read
                found.append(Path(skipped.path))
            elif skipped.reason != "hidden":
                note(f"{skipped.path}: left out, {skipped.reason} {skipped.detail}".rstrip(), quiet=quiet)
        found = [p for p in found if path == output or own not in Path(os.path.realpath(p)).parents]
        if not found:
            raise AudioError(f"{path}: there is no sound in this folder")
        root = Path(os.path.abspath(path))
        yield from ((path / p.relative_to(root), p.relative_to(root), True) for p in found)


def _free(target: Path, taken: set[Path]) -> Path:
    name, number = target, 2
    while name in taken:
        name = target.with_name(f"{target.stem}-{number}{target.suffix}")
        number += 1
    return name


def _loudness(loaded: Engine, choice: str) -> str | NDArray[np.floating]:
    """The word itself, or float [L] dB per frame of the model from a curve or a sound."""
    import numpy as np

    from timbrespace import tables
    from timbrespace.conversion import LOUDNESS_WORDS
    from timbrespace.latents import MAX_FRAMES

    if choice in LOUDNESS_WORDS:
        return choice

    path = Path(choice)
    if not path.is_file():
        raise UsageError(f"--loudness is '{choice}'; it must be {', '.join(LOUDNESS_WORDS)} or a file")
    if path.suffix.lower() == ".csv":
        seconds, level_db = tables.read_curve(path, "loudness_db")
        signal = loaded.signal
        frames = seconds[-1] * signal.frame_rate_hz
        if frames > MAX_FRAMES:
            raise SeriesError(f"{path}: the last row is at {seconds[-1]:g} seconds; that is too long")
        ends = np.arange(1, int(frames) + signal.n_fft // signal.hop + 2) * signal.hop
        return np.interp((ends - signal.n_fft / 2) / signal.sample_rate, seconds, level_db)
    sound = read_sound(path, "mix", quiet=True)
    return loaded.encode(sound.samples[0], sound.sample_rate).loudness_db


def _check_range(name: str, value: float, largest: float, unit: str) -> None:
    if not abs(value) <= largest:
        raise UsageError(f"{name} is {value:g}; it must be within ±{largest:g} {unit}")
