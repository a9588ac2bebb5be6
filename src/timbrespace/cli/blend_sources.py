"""What `interpolate` and `plane` take in, channel by channel, and where their results go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timbrespace.cli.common import Progress, say
from timbrespace.cli.encode_decode import (
    channel_outputs,
    check_sound_name,
    is_series,
    read_series,
    read_sound,
    report_written,
)
from timbrespace.errors import AudioError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from timbrespace.engine import Engine
    from timbrespace.latents import LatentSeries


class Steps:
    """Progress through work of several equal steps, each of which tells its own share."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._begun = 0

    def next(self) -> Callable[[float], None]:
        """The listener of the next step."""
        before = self._begun
        self._begun += 1
        return lambda share: self._progress.update(before + share)


def read_channels(
    source: Path, loaded: Engine, quiet: bool, tell: Callable[[float], None]
) -> list[LatentSeries]:
    """A sound's series, one a channel, or the one of a series file. Raises AudioError, SeriesError."""
    if is_series(source):
        return [read_series(source, loaded, quiet)]
    if not source.exists():
        raise AudioError(f"{source}: there is no such file")
    sound = read_sound(source, "all", quiet)
    every: list[LatentSeries] = loaded.encode(sound.samples, sound.sample_rate, progress=tell)
    return every


def by_channel(
    every: Sequence[Sequence[LatentSeries]], names: Sequence[str]
) -> list[tuple[LatentSeries, ...]]:
    """Channels of several sounds put together, [C][P]; what has one channel is heard on all of them.

    Raises UsageError where two sounds have different numbers of channels and neither has one.
    """
    channels = max(len(series) for series in every)
    widest = names[[len(series) for series in every].index(channels)]
    for name, series in zip(names, every, strict=True):
        if len(series) not in (1, channels):
            raise UsageError(
                f"{name} has {len(series)} channels and {widest} {channels}; "
                "make them equal, or one of them mono"
            )
    return [tuple(s[channel if len(s) > 1 else 0] for s in every) for channel in range(channels)]


def check_results(
    output: Path, picture: Path | None, series: Path | None, *, inputs: Iterable[Path], force: bool
) -> None:
    """Refuse bad places for results before any work. Errors as `files.check_output`."""
    from timbrespace import files

    check_sound_name(output)
    kept = list(inputs)
    if picture is not None and picture.suffix.lower() != ".png":
        raise UsageError(f"{picture}: a picture is written as .png")
    if series is not None and series.suffix.lower() != ".npz":
        raise UsageError(f"{series}: the series is written as .npz")
    results = [path for path in (output, picture, series) if path is not None]
    for number, path in enumerate(results):
        files.check_output(path, inputs=kept, force=force)
        if any(files.same_file(path, other) for other in results[:number]):
            raise UsageError(f"{path}: two results would go into this file; name them apart")


def picture_path(output: Path, picture: Path | None, unwanted: bool) -> Path | None:
    """Where the picture goes: beside the sound unless named; nowhere if unwanted."""
    if unwanted and picture is not None:
        raise UsageError(f"--picture {picture} and --no-picture exclude each other")
    return None if unwanted else picture or output.with_suffix(".png")


def series_paths(series: Path, channels: int, *, inputs: Iterable[Path], force: bool) -> list[Path]:
    """A file for the series of every channel, checked. Errors as `files.check_output`."""
    from timbrespace import files

    paths = channel_outputs(series, channels)
    for path in paths:
        files.check_output(path, inputs=inputs, force=force)
    return paths


def write_results(
    output: Path,
    sound: NDArray[np.float32],
    rate: int | None,
    series: Iterable[tuple[Path, LatentSeries]],
    loaded: Engine,
    at: Callable[[Path], Path],
    *,
    quiet: bool,
) -> dict[str, Any]:
    """Write the sound [C, T], of the model's rate, at `rate` (None: as it is), and the series.

    at: the temporary path of each, as `files.together` gives it. Returns what there is to report of them.
    """
    from timbrespace import audio

    written = []
    for path, line in series:
        line.save(at(path))
        written.append(str(path))
    written_rate = rate or loaded.sample_rate
    result = audio.resample(sound, loaded.sample_rate, written_rate)
    written_sound = audio.write_audio(at(output), result, written_rate)
    report_written(replace(written_sound, path=output), quiet)
    seconds = result.shape[-1] / written_rate
    return {"sound": str(output), "seconds": seconds, "sample_rate": written_rate, "series": written}


def show_results(report: dict[str, Any]) -> None:
    """Say what was written where."""
    say(f"{report['sound']}: {report['seconds']:.2f} s at {report['sample_rate']} Hz")
    for path in [report["picture"], *report["series"]]:
        if path is not None:
            say(f"{path}: written")


def mono(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """[C, T] → [T], the mean: what scores and pictures are made of."""
    mean: NDArray[np.float32] = samples.mean(axis=0)
    return mean
