"""A latent series: what a sound is to a model, frame by frame, and the operators that change it.

Every operator returns a new series, so they can be put in a row. Those that change values act on all
latent dimensions z unless `dimensions` names some: a number, "loudness", or a list of these; loudness
changes only where it is named. Those that move in time act on everything. Frames at or below the floor
of -100 dBFS are silence, and values of loudness are changed around them. Stereo is two series.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.controls import LOUDNESS
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import checks, files, operators
from timbrespace.latents.checks import Dimensions
from timbrespace.latents.operators import Values

Change = Callable[[Values], Values]  # of latents [L, N] or levels [L], to as many

RATE_TOLERANCE = 1e-4  # of the frame rate, within which two are equal


@dataclass(frozen=True, eq=False)
class LatentSeries:
    """One channel of sound as a model sees it.

    z: float32 [L, D]. loudness_db: float32 [L], dBFS. codes: int32 [L] or None, discrete models only.
    frame_rate_hz: frames per second. model_id: the model that made it. length_samples: samples of
    the sound at the model's rate, so that decoding gives the same length; None: whole frames.
    Raises SeriesError where shapes disagree or a value is not finite.
    """

    z: NDArray[np.float32]
    loudness_db: NDArray[np.float32]
    frame_rate_hz: float
    model_id: str
    codes: NDArray[np.int32] | None = None
    length_samples: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "z", checks.floats(self.z, "z", 2))
        object.__setattr__(self, "loudness_db", checks.floats(self.loudness_db, "loudness_db", 1))
        if self.codes is not None:
            object.__setattr__(self, "codes", checks.whole_codes(self.codes))
        checks.check_shapes(self.z, self.loudness_db, self.codes)
        checks.check_scalars(self.frame_rate_hz, self.length_samples)

    def __len__(self) -> int:
        """Number of frames L."""
        return len(self.z)

    @property
    def latents(self) -> int:
        """Number of dimensions D."""
        return int(self.z.shape[1])

    @property
    def seconds(self) -> NDArray[np.float64]:
        """The time of every frame, float64 [L], starting at 0."""
        return np.arange(len(self), dtype=np.float64) / self.frame_rate_hz

    def at(self, positions: ArrayLike) -> LatentSeries:
        """The series read at fractional frame numbers, [N]: linearly between frames, held beyond either end.

        Codes, and the vectors that stand for them, are those of the nearest frame. Whole frames long.
        """
        place = np.clip(np.asarray(positions, dtype=np.float64), 0.0, len(self) - 1)
        nearest = np.rint(place).astype(np.intp)
        level = np.interp(place, np.arange(len(self)), self.loudness_db)
        if self.codes is not None:
            z, codes = self.z[nearest], self.codes[nearest]
        else:
            before = np.minimum(place.astype(np.intp), max(len(self) - 2, 0))
            share = (place - before)[:, None].astype(np.float32)
            after = np.minimum(before + 1, len(self) - 1)
            z, codes = (1 - share) * self.z[before] + share * self.z[after], None
        return replace(self, z=z, loudness_db=level.astype(np.float32), codes=codes, length_samples=None)

    def scale(self, factor: float, *, dimensions: Dimensions = None) -> LatentSeries:
        """z times `factor`; loudness spread as much about its median, so that 0 makes it flat."""
        factor = checks.check_number("scale", factor)
        on_loudness = partial(operators.scale_loudness, factor=factor)
        return self._changed(dimensions, lambda z: z * factor, on_loudness)

    def bias(self, offset: float, *, dimensions: Dimensions = None) -> LatentSeries:
        """`offset` added to z; to loudness, in dB."""
        offset = checks.check_number("bias", offset)
        return self._changed(dimensions, lambda z: z + offset, lambda level: level + offset)

    def random(
        self,
        amount: float,
        *,
        smoothness_hz: float | None = None,
        seed: int = 0,
        dimensions: Dimensions = None,
    ) -> LatentSeries:
        """Noise added, its expected standard deviation `amount` in every frame (dB, for loudness).

        smoothness_hz: it moves no faster than that; None: white. One seed gives a dimension the same
        curve whatever other dimensions are asked for.
        """
        amount = checks.check_number("random", amount, 0.0)
        if smoothness_hz is not None:
            smoothness_hz = checks.check_number("smoothness_hz", smoothness_hz, above=0.0)
        seed = checks.check_whole("seed", seed, 0)

        def draw(stream: int) -> Values:
            return amount * operators.noise(len(self), seed, stream, smoothness_hz, self.frame_rate_hz)

        chosen, _ = checks.select(dimensions, self.latents)
        return self._changed(
            dimensions,
            lambda z: z + np.stack([draw(dimension) for dimension in chosen], axis=1),
            lambda level: level + draw(operators.LOUDNESS_STREAM),
        )

    def smooth(self, cutoff_hz: float, *, dimensions: Dimensions = None) -> LatentSeries:
        """What moves faster than `cutoff_hz` taken away, 3 dB at it; nothing comes earlier or later.

        Smoothed loudness fades into silence and out of it.
        """
        cutoff_hz = checks.check_number("smooth", cutoff_hz, above=0.0)
        change = partial(operators.low_pass, cutoff_hz=cutoff_hz, frame_rate_hz=self.frame_rate_hz)
        return self._changed(dimensions, change, change, keep_silence=False)

    def quantise(self, step: float, *, dimensions: Dimensions = None) -> LatentSeries:
        """Values moved to the nearest multiple of `step` (dB, for loudness)."""
        step = checks.check_number("quantise", step, above=0.0)
        change = partial(operators.round_to, step=step)
        return self._changed(dimensions, change, change)

    def clip(self, low: ArrayLike, high: ArrayLike, *, dimensions: Dimensions = None) -> LatentSeries:
        """Values kept within low … high: one for all, or one for each dimension of z that is meant."""
        chosen, loudness = checks.select(dimensions, self.latents)
        least, most = checks.bounds(low, high, 0 if loudness else len(chosen))
        change = partial(np.clip, a_min=least, a_max=most)
        return self._changed(dimensions, change, change)

    def reverse(self, *, dimensions: Dimensions = None) -> LatentSeries:
        """The last frame first: everything, or only the dimensions named."""
        if dimensions is not None:
            return self._changed(dimensions, np.flipud, np.flip, keep_silence=False)
        codes = None if self.codes is None else self.codes[::-1]
        return replace(self, z=self.z[::-1], loudness_db=self.loudness_db[::-1], codes=codes)

    def freeze(self, frame: int, *, dimensions: Dimensions = None) -> LatentSeries:
        """The values of one frame, counted from 0, held throughout; codes, where all of z is."""
        frame = checks.check_whole("freeze", frame, 0)
        if frame >= len(self):
            raise UsageError(f"freeze is {frame}; the series has the frames 0 to {len(self) - 1}")
        change = partial(operators.hold, frame=frame)
        held = self._changed(dimensions, change, change)
        if self.codes is None or dimensions is not None:
            return held
        return replace(held, codes=np.full_like(self.codes, self.codes[frame]))

    def stretch(self, factor: float) -> LatentSeries:
        """`factor` times as long, a sample at least: frame n goes to n·factor, between them as `at` reads."""
        factor = checks.check_number("stretch", factor, above=0.0)
        checks.check_frames(len(self) * factor)
        if len(self) == 0:
            return self
        # shorter, never fewer frames than the shorter sound needs; and back again gives as many
        fewer = math.ceil((len(self) - 0.5) * factor)
        count = max(1, fewer if factor < 1.0 else round(len(self) * factor))
        samples = self.length_samples
        length = None if samples is None else max(min(samples, 1), round(samples * factor))
        return replace(self.at(np.arange(count) / factor), length_samples=length)

    def mix(self, other: LatentSeries, weight: float = 0.5, *, dimensions: Dimensions = None) -> LatentSeries:
        """This series for weight 0, `other` for 1, in between and beyond; loudness too, in dB.

        dimensions: only these. Raises SeriesError where lengths, dimensions or frame rates differ.
        """
        weight = checks.check_number("weight", weight)
        self._check_like(other)
        if len(other) != len(self):
            raise SeriesError(
                f"both need as many frames: {len(self)} here, {len(other)} in the other series; "
                f"stretch the other by {len(self) / max(len(other), 1):.6g}"
            )
        wanted = [*range(self.latents), LOUDNESS] if dimensions is None else dimensions
        chosen, _ = checks.select(wanted, self.latents)
        return self._changed(
            wanted,
            lambda z: operators.mix(z, other.z[:, chosen], weight),
            lambda level: operators.mix_loudness(level, other.loudness_db, weight),
            keep_silence=False,
        )

    def concatenate(self, other: LatentSeries, *, crossfade_seconds: float = 0.0) -> LatentSeries:
        """This series and then `other`, which fades in over the last `crossfade_seconds` of this one.

        Codes change in the middle of the fade. Whole frames long. Raises SeriesError where dimensions or
        frame rates differ, UsageError where the fade is longer than either.
        """
        self._check_like(other)
        checks.check_frames(len(self) + len(other))
        return self._joined([self, other], crossfade_seconds, min(len(self), len(other)))

    def loop(self, times: int, *, crossfade_seconds: float = 0.0) -> LatentSeries:
        """The series `times` times, its beginning fading in over its end; whole frames long.

        Raises UsageError where the fade is longer than half of the series.
        """
        times = checks.check_whole("loop", times, 1)
        checks.check_frames(len(self) * times)
        return self._joined([self] * times, crossfade_seconds, len(self) // 2)

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write an `.npz` file; equal series give equal bytes. Errors as `files.atomic_path`."""
        files.write_npz(Path(path), vars(self), force=force)

    @classmethod
    def load(cls, path: str | Path) -> LatentSeries:
        """Read an `.npz` file. Nothing in it is executed; sizes are checked before memory is taken.

        Raises SeriesError where it is not a series file, is damaged or holds something that does not fit.
        """
        fields = files.read_npz(Path(path))
        try:
            return cls(**fields)
        except SeriesError as error:
            raise SeriesError(f"{path}: {error}") from None

    def to_csv(self, path: str | Path, *, force: bool = False) -> None:
        """Write a `.csv` file, as `files.write_csv` has it. The length in samples is lost."""
        rows = files.Rows(self.z, self.loudness_db, self.codes)
        files.write_csv(Path(path), self.seconds, rows, force=force)

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        *,
        frame_rate_hz: float,
        model_id: str,
        codebook: NDArray[np.float32] | None = None,
    ) -> LatentSeries:
        """Read a `.csv` file as `files.read_csv` does; codebook [K, D] for one with codes.

        Raises SeriesError with the row at fault.
        """
        z, loudness_db, codes = files.read_csv(Path(path), frame_rate_hz, codebook)
        try:
            return cls(z, loudness_db, frame_rate_hz, model_id, codes)
        except SeriesError as error:
            raise SeriesError(f"{path}: {error}") from None

    def _changed(
        self, dimensions: Dimensions, on_latents: Change, on_loudness: Change, *, keep_silence: bool = True
    ) -> LatentSeries:
        """What is meant by `dimensions` changed, in float64; codes go where a latent changes.

        keep_silence: silent frames keep their loudness.
        """
        chosen, loudness = checks.select(dimensions, self.latents)
        z, level, codes = self.z, self.loudness_db, self.codes
        with np.errstate(over="ignore"):  # what no longer fits into float32 is reported with its frame
            if chosen:
                z, codes = self.z.copy(), None
                z[:, chosen] = on_latents(self.z[:, chosen].astype(np.float64))
            if loudness:
                level = on_loudness(self.loudness_db.astype(np.float64)).astype(np.float32)
                if keep_silence:
                    level = np.where(operators.silent(self.loudness_db), self.loudness_db, level)
        return replace(self, z=z, loudness_db=level, codes=codes)

    def _joined(self, parts: list[LatentSeries], crossfade_seconds: float, longest: int) -> LatentSeries:
        """parts in a row; `longest`: frames that a fade may have."""
        seconds = checks.check_number("crossfade_seconds", crossfade_seconds, 0.0)
        if len(parts) == 1:
            return self
        if seconds * self.frame_rate_hz > longest:
            most = longest / self.frame_rate_hz
            raise UsageError(f"crossfade_seconds is {seconds:g}; here it can be {most:.3f} at most")
        overlap = round(seconds * self.frame_rate_hz)
        held = [part.codes for part in parts if part.codes is not None]
        discrete = len(held) == len(parts)
        return replace(
            self,
            z=operators.join([part.z for part in parts], overlap, blend=not discrete),
            loudness_db=operators.join([part.loudness_db for part in parts], overlap),
            codes=operators.join(held, overlap, blend=False) if discrete else None,
            length_samples=None,
        )

    def _check_like(self, other: LatentSeries) -> None:
        checks.check_same("dimensions", self.latents, other.latents)
        checks.check_same("frames a second", self.frame_rate_hz, other.frame_rate_hz, RATE_TOLERANCE)
