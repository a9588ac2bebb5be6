"""`timbrespace encode` and `decode`: sound to latent series and back."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timbrespace.cli.common import Force, Model, Progress, Quiet, Rate, Seed, note, say
from timbrespace.errors import AudioError, SeriesError, UsageError

if TYPE_CHECKING:
    from timbrespace.audio import Audio, Written
    from timbrespace.engine import Engine
    from timbrespace.latents import LatentSeries

SERIES_EXTENSIONS = (".npz", ".csv")  # in any case


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(encode)
    app.command()(decode)


def encode(
    model: Model,
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The series: .npz, or .csv as text.")],
    csv: Annotated[
        bool, typer.Option("--csv", help="Write a .csv beside the .npz, to edit by hand.")
    ] = False,
    channel: Annotated[
        str, typer.Option(help="mix, left, right, a number from 1, or each: OUT.1.npz, OUT.2.npz, …")
    ] = "each",
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Turn a sound into its latent series, one file a channel."""
    from timbrespace import audio, engine, files

    kinds = _series_kinds(output, csv)
    which = "all" if channel == "each" else audio.parse_channel(channel)
    sound = read_sound(source, which, quiet)
    outputs = channel_outputs(output, len(sound.samples))
    targets = [[path.with_suffix(kind) for kind in kinds] for path in outputs]
    for target in (path for paths in targets for path in paths):
        files.check_output(target, inputs=[source, model], force=force)
    loaded = engine.load(model)
    with Progress("encoding", 1.0, quiet=quiet) as progress:
        every = loaded.encode(sound.samples, sound.sample_rate, progress=progress.update)
    for paths, series in zip(targets, every, strict=True):
        for path in paths:
            write_series(series, path, force=force)
        written = " and ".join(str(path) for path in paths)
        say(f"{written}: {len(series)} frames of {series.latents} dimensions", quiet=quiet)


def decode(
    model: Model,
    source: Annotated[Path, typer.Argument(metavar="IN", help="A latent series: .npz or .csv.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The sound to write.")],
    rate: Rate = None,
    seed: Seed = 0,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Turn a latent series into sound."""
    from timbrespace import audio, engine, files

    check_rate(rate)
    check_sound_name(output)
    files.check_output(output, inputs=[source, model], force=force)
    loaded = engine.load(model)
    series = read_series(source, loaded, quiet)
    with Progress("decoding", 1.0, quiet=quiet) as progress:
        try:
            samples = loaded.decode(series, sample_rate=rate, seed=seed, progress=progress.update)
        except SeriesError as error:
            raise SeriesError(f"{source}: {error}") from None
    written_rate = rate or loaded.sample_rate
    report_written(audio.write_audio(output, samples, written_rate, force=force), quiet)
    say(f"{output}: {samples.shape[-1] / written_rate:.2f} s at {written_rate} Hz", quiet=quiet)


def check_rate(rate: int | None) -> None:
    """Raise UsageError for a sample rate nobody can mean."""
    if rate is not None and not 1_000 <= rate <= 768_000:
        raise UsageError(f"--rate is {rate}; it must be 1000 to 768000 Hz")


def check_sound_name(output: Path) -> None:
    """Raise UsageError where the extension names no format that can be written."""
    from timbrespace.audio import AUDIO_EXTENSIONS

    if output.suffix.lower() not in AUDIO_EXTENSIONS:
        raise UsageError(f"{output}: a sound is written as one of {' '.join(AUDIO_EXTENSIONS)}")


def read_sound(source: Path, channel: str | int, quiet: bool) -> Audio:
    """Read a sound without its offset, as models learn sounds; say so where its end is missing.

    Raises AudioError.
    """
    from timbrespace import audio
    from timbrespace.audio.rates import HIGHEST_RATE_HZ, LOWEST_RATE_HZ

    sound = audio.read_audio(source, channel=channel)
    if not LOWEST_RATE_HZ <= sound.sample_rate <= HIGHEST_RATE_HZ:
        allowed = f"{LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz can be used"
        raise AudioError(f"{source}: its sample rate is {sound.sample_rate} Hz; {allowed}")
    if sound.truncation:
        note(f"{source}: {sound.truncation}", quiet=quiet)
    return replace(sound, samples=audio.without_offset(sound.samples))


def report_written(written: Written, quiet: bool) -> None:
    """Say where full scale was exceeded and what was done about it."""
    if written.limited:
        level = f"{written.path}: too loud for its format by {20 * math.log10(written.peak):.1f} dB"
        note(f"{level}; turned down by {-written.gain_db:.1f} dB", quiet=quiet)


def _series_kinds(output: Path, csv: bool) -> list[str]:
    if not is_series(output):
        raise UsageError(f"{output}: a latent series is written as {' or '.join(SERIES_EXTENSIONS)}")
    return [output.suffix, ".csv"] if csv and not is_text(output) else [output.suffix]


def is_series(path: Path) -> bool:
    """Whether a file's name says that it holds a latent series."""
    return path.suffix.lower() in SERIES_EXTENSIONS


def is_text(path: Path) -> bool:
    """Whether a file's name says that it is a table to edit by hand."""
    return path.suffix.lower() == ".csv"


def write_series(series: LatentSeries, path: Path, *, force: bool) -> None:
    """Write a series as its file's name says. Errors as `files.atomic_path`."""
    (series.to_csv if is_text(path) else series.save)(path, force=force)


def channel_outputs(output: Path, channels: int) -> list[Path]:
    """`output` for one channel; for more, a numbered name each."""
    if channels == 1:
        return [output]
    return [output.with_name(f"{output.stem}.{n}{output.suffix}") for n in range(1, channels + 1)]


def read_series(source: Path, loaded: Engine, quiet: bool) -> LatentSeries:
    """Read a series that fits the model; say so where another model made it. Raises SeriesError."""
    from timbrespace.latents import LatentSeries

    if is_text(source):
        series = LatentSeries.from_csv(
            source,
            frame_rate_hz=loaded.signal.frame_rate_hz,
            model_id=loaded.model_id,
            codebook=loaded.codebook,
        )
        if series.latents != loaded.config.latents:
            raise SeriesError(
                f"{source}: the columns are z0 to z{series.latents - 1}; this model needs z0 to "
                f"z{loaded.config.latents - 1}"
            )
    else:
        series = LatentSeries.load(source)
    if len(series) == 0:
        raise SeriesError(f"{source}: holds no frames; there is nothing in it to play")
    try:
        loaded.check_fits(series)
    except SeriesError as error:
        raise SeriesError(f"{source}: {error}") from None
    if series.model_id != loaded.model_id:
        note(f"{source}: made by model {series.model_id}; this is {loaded.model_id}", quiet=quiet)
    return series
