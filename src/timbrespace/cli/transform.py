"""`timbrespace transform`: operators on a latent series, in the order written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.common import Force, Model, Progress, Quiet, note, say
from timbrespace.cli.encode_decode import (
    SERIES_EXTENSIONS,
    channel_outputs,
    check_sound_name,
    is_series,
    read_series,
    read_sound,
    report_written,
    write_series,
)
from timbrespace.cli.ordered import OrderedCommand, written
from timbrespace.controls import OPERATORS, SETTINGS, Step, plan
from timbrespace.errors import SeriesError, UsageError

if TYPE_CHECKING:
    from timbrespace.audio import Audio
    from timbrespace.engine import Engine
    from timbrespace.latents import LatentSeries

    Beside = Mapping[str, LatentSeries]  # what is mixed in or appended, by the file's name

NAMED = 3  # dimensions beyond the data that are named; of more, how many there are
METAVARS = {
    "number": "N",
    "value": "V",
    "dimension": "DIM",
    "file": "FILE",
    "descriptor": "DESCRIPTOR=AMOUNT",
}


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(cls=OrderedCommand)(transform)


def _option(name: str) -> Any:
    """The command line's face of a control."""
    control = {**OPERATORS, **SETTINGS}[name]
    goes_with = " or ".join(f"--{other}" for other in control.goes_with)
    remarks = [control.range, f"with {goes_with}" if goes_with else ""]
    remark = "; ".join(filter(None, remarks))
    text = f"{control.help}{f' ({remark})' if remark else ''}."
    return typer.Option(f"--{name}", metavar=METAVARS.get(control.takes), help=text)


def transform(
    context: typer.Context,
    model: Model,
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A latent series, .npz or .csv; or a sound, encoded first.")
    ],
    output: Annotated[
        Path, typer.Argument(metavar="OUT", help="A series, .npz or .csv; or a sound, decoded.")
    ],
    scale: Annotated[list[str] | None, _option("scale")] = None,
    bias: Annotated[list[str] | None, _option("bias")] = None,
    random: Annotated[list[str] | None, _option("random")] = None,
    smoothness_hz: Annotated[list[str] | None, _option("smoothness-hz")] = None,
    seed: Annotated[list[str] | None, _option("seed")] = None,
    reverse: Annotated[bool, _option("reverse")] = False,
    reverse_only: Annotated[list[str] | None, _option("reverse-only")] = None,
    smooth: Annotated[list[str] | None, _option("smooth")] = None,
    freeze: Annotated[list[str] | None, _option("freeze")] = None,
    stretch: Annotated[list[str] | None, _option("stretch")] = None,
    quantise: Annotated[list[str] | None, _option("quantise")] = None,
    clip: Annotated[bool, _option("clip")] = False,
    mix: Annotated[list[str] | None, _option("mix")] = None,
    weight: Annotated[list[str] | None, _option("weight")] = None,
    append: Annotated[list[str] | None, _option("append")] = None,
    loop: Annotated[list[str] | None, _option("loop")] = None,
    crossfade: Annotated[list[str] | None, _option("crossfade")] = None,
    along: Annotated[list[str] | None, _option("along")] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Change a latent series, or a sound by way of one, with operators applied in the order written.

    V is a number, for all latent dimensions, or DIM=number with DIM 0 or z0, 1 or z1, …, or loudness.
    Options may stand several times. A setting (--weight, --crossfade, --smoothness-hz, --seed) that
    stands once holds for every operator it goes with; otherwise give one for each, in the same order.
    Every channel of a sound is changed alike, and a sound keeps the sample rate of the one it was. Its
    series is longer than it by most of a window (35 ms with the standard preset): a --crossfade of that
    much keeps the beat of a loop.
    """
    from timbrespace import engine, files

    steps = plan(written(context))  # what the parameters hold, but in the order written
    to_series = is_series(output)
    if not to_series:
        _check_output_name(output)
    others = [Path(step.name) for step in steps if step.control.takes == "file"]
    sound = None if is_series(source) else read_sound(source, "all", quiet)
    channels = 1 if sound is None else len(sound.samples)
    targets = channel_outputs(output, channels) if to_series else [output]
    for target in targets:
        files.check_output(target, inputs=[source, model, *others], force=force)
    loaded = engine.load(model)
    beside = _read_beside(loaded, others, channels, quiet)
    every = [read_series(source, loaded, quiet)] if sound is None else _encode(loaded, sound, quiet)
    changed = [_run(loaded, *pair, steps) for pair in zip(every, beside, strict=True)]
    if steps:
        _note_range(loaded, changed, quiet)
    if to_series:
        for target, series in zip(targets, changed, strict=True):
            write_series(series, target, force=force)
    else:
        same = changed[0].length_samples == every[0].length_samples
        _write_sound(loaded, output, changed, sound, same, force=force, quiet=quiet)
    first, done = changed[0], ", ".join(step.text for step in steps) or "as it was"
    samples = len(first) * loaded.signal.hop if first.length_samples is None else first.length_samples
    for target in targets:
        say(f"{target}: {len(first)} frames, {samples / loaded.sample_rate:.2f} s: {done}", quiet=quiet)


def _check_output_name(output: Path) -> None:
    try:
        check_sound_name(output)
    except UsageError as error:
        raise UsageError(f"{error}, a latent series as {' or '.join(SERIES_EXTENSIONS)}") from None


def _encode(loaded: Engine, sound: Audio, quiet: bool) -> list[LatentSeries]:
    """One series a channel."""
    with Progress("encoding", 1.0, quiet=quiet) as progress:
        every: list[LatentSeries] = loaded.encode(sound.samples, sound.sample_rate, progress=progress.update)
    return every


def _read_beside(loaded: Engine, others: Sequence[Path], channels: int, quiet: bool) -> list[Beside]:
    """What each of `channels` has beside it: its own channel, or what there is where the numbers differ."""
    beside: list[dict[str, LatentSeries]] = [{} for _ in range(channels)]
    for path in others:
        if is_series(path):
            every = [read_series(path, loaded, quiet)]
        else:
            sound = read_sound(path, "all", quiet)
            if len(sound.samples) not in (1, channels):
                sound = read_sound(path, "mix", quiet)
            every = _encode(loaded, sound, quiet)
        for channel, known in enumerate(beside):
            known[str(path)] = every[channel % len(every)]
    return list(beside)


def _run(loaded: Engine, series: LatentSeries, beside: Beside, steps: Sequence[Step]) -> LatentSeries:
    """All steps in a row; what is wrong is said with the step it went wrong in."""
    for step in steps:
        try:
            series = _apply(loaded, series, beside, step)
        except (UsageError, SeriesError) as error:
            raise type(error)(f"--{step.text}: {error}") from None
    return loaded.requantise(series)


def _apply(loaded: Engine, series: LatentSeries, beside: Beside, step: Step) -> LatentSeries:
    control, keywords = step.control, dict(step.keywords)
    if control.takes == "descriptor":
        from timbrespace import directions  # type: ignore[attr-defined,unused-ignore]

        moved: LatentSeries = directions.move(loaded, series, step.name, keywords["amount"])
        return moved
    if control.name == "clip":
        return _hold(loaded, series)
    if control.takes == "file":
        keywords[control.keyword] = beside[str(Path(step.name))]
    changed: LatentSeries = getattr(series, control.method)(**keywords)
    return changed


def _hold(loaded: Engine, series: LatentSeries) -> LatentSeries:
    from timbrespace.ranges import DataRange

    known = DataRange.of_header(loaded.header)
    if known is None:
        raise UsageError("this model does not know the range of its data; train it again")
    return known.hold(series)


def _note_range(loaded: Engine, every: Sequence[LatentSeries], quiet: bool) -> None:
    """Say which values lie where a continuous model has heard nothing; codes are always inside."""
    from timbrespace.ranges import DataRange

    known = DataRange.of_header(loaded.header)
    beyond = known.beyond(every) if known is not None and loaded.kind == "continuous" else []
    if beyond:
        named = [f"{out.name} at {out.reached:.2f} (data to {out.limit:.2f})" for out in beyond[:NAMED]]
        more = f" and {len(beyond) - NAMED} more" if len(beyond) > NAMED else ""
        note(f"beyond what the model learned from: {', '.join(named)}{more}; --clip ends there", quiet=quiet)


def _write_sound(
    loaded: Engine, output: Path, every: Sequence[LatentSeries], like: Audio | None, same: bool, **flags: bool
) -> None:
    """Decode one series a channel, at the rate of the sound they were, and `same`: to its length."""
    import numpy as np

    from timbrespace import audio

    rate = loaded.sample_rate if like is None else like.sample_rate
    channels = []
    with Progress("decoding", len(every), quiet=flags["quiet"]) as progress:
        for number, series in enumerate(every):

            def tell(share: float, number: int = number) -> None:
                progress.update(number + share)

            channels.append(loaded.decode(series, sample_rate=rate, progress=tell))
    samples = np.stack(channels)
    if like is not None and same:  # resampled twice, it may be a sample off
        length = like.samples.shape[1]
        samples = np.pad(samples[:, :length], ((0, 0), (0, max(0, length - samples.shape[1]))))
    report_written(audio.write_audio(output, samples, rate, force=flags["force"]), flags["quiet"])
