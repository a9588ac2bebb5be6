"""What a latent series may hold and what its operators may be told; every refusal says the value."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.controls import LOUDNESS
from timbrespace.errors import SeriesError, UsageError

MAX_FRAMES = 2**24  # 54 hours at 86 frames a second; more is a damaged file or a slip of the pen
MAX_LATENTS = 256

Dimensions = int | str | Sequence[int | str] | None  # a number, "loudness", several of these, or all of z


def check(holds: bool, message: str) -> None:
    """Raise SeriesError with `message` unless it `holds`."""
    if not holds:
        raise SeriesError(message)


def floats(values: ArrayLike, name: str, dimensions: int) -> NDArray[np.float32]:
    """`values` as float32 of so many dimensions, finite. Raises SeriesError."""
    array = np.asarray(values)
    check(array.dtype.kind in "fiu", f"{name} holds {array.dtype} and not numbers")
    shape = list(array.shape)
    check(array.ndim == dimensions, f"{name} has the shape {shape}; it must have {dimensions} dimensions")
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(array, dtype=np.float32)
    if not np.all(np.isfinite(array)):
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise SeriesError(f"{name} is {array[at]} at frame {at[0]}; it must be finite")
    return array


def whole_codes(values: ArrayLike) -> NDArray[np.int32]:
    """`values` as int32 [L], none negative. Raises SeriesError."""
    array = np.asarray(values)
    check(array.ndim == 1 and array.dtype.kind in "iu", "codes must be whole numbers, one a frame")
    in_range = array.size == 0 or (array.min() >= 0 and array.max() < 2**31)
    check(in_range, "codes must not be negative")
    return np.ascontiguousarray(array, dtype=np.int32)


def check_shapes(
    z: NDArray[np.float32], loudness_db: NDArray[np.float32], codes: NDArray[np.int32] | None
) -> None:
    """Raise SeriesError unless z [L, D] has a possible size and the others are as long."""
    frames, latents = z.shape
    check(frames <= MAX_FRAMES, f"z has {frames} frames; at most {MAX_FRAMES}")
    check(1 <= latents <= MAX_LATENTS, f"z has {latents} dimensions; 1 to {MAX_LATENTS}")
    for name, values in (("loudness_db", loudness_db), ("codes", codes)):
        if values is not None:
            check(len(values) == frames, f"{name} has {len(values)} frames and z {frames}")


def check_scalars(frame_rate_hz: float, length_samples: int | None) -> None:
    """Raise SeriesError for a frame rate or a length that no series has."""
    rate_fits = bool(np.isfinite(frame_rate_hz) and 1 <= frame_rate_hz <= 10_000)
    check(rate_fits, f"frame_rate_hz is {frame_rate_hz}; it must be 1 to 10000")
    length_fits = length_samples is None or 0 <= length_samples < 2**40
    check(length_fits, f"length_samples is {length_samples}; it must not be negative")


def select(dimensions: Dimensions, latents: int) -> tuple[list[int], bool]:
    """Which of `latents` dimensions are meant, in rising order, and whether loudness is.

    None is all of them without loudness. Raises UsageError on what is no dimension.
    """
    if dimensions is None:
        return list(range(latents)), False
    several = not isinstance(dimensions, str) and isinstance(dimensions, Sequence)
    wanted = list(dimensions) if several else [dimensions]  # type: ignore[arg-type]
    numbers = {_dimension(item, latents) for item in wanted if item != LOUDNESS}
    return sorted(numbers), LOUDNESS in wanted


def check_number(name: str, value: float, low: float = -math.inf, *, above: float = -math.inf) -> float:
    """`value` as a float. Raises UsageError where it is not finite, below `low`, or not over `above`."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UsageError(f"{name} is {value!r}; it must be a number") from None
    if not math.isfinite(number):
        raise UsageError(f"{name} is {value}; it must be finite")
    if number < low:
        raise UsageError(f"{name} is {value}; it must be {low:g} or more")
    if number <= above:
        raise UsageError(f"{name} is {value}; it must be more than {above:g}")
    return number


def check_whole(name: str, value: int, low: int) -> int:
    """`value` as an int. Raises UsageError where it is no whole number or below `low`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise UsageError(f"{name} is {value!r}; it must be a whole number") from None
    return int(check_number(name, number, low))


def check_frames(frames: float) -> None:
    """Raise UsageError where an operator would make a longer series than there can be."""
    if frames > MAX_FRAMES:
        raise UsageError(f"that would make {frames:.0f} frames; a series has {MAX_FRAMES} at most")


def check_same(unit: str, here: float, there: float, tolerance: float = 0.0) -> None:
    """Raise SeriesError where two series differ in something that they must share."""
    if abs(there / here - 1.0) > tolerance:
        raise SeriesError(f"{here:g} {unit} here and {there:g} in the other series; both must have as many")


def bounds(low: ArrayLike, high: ArrayLike, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two bounds as arrays, one number each or [count]. Raises UsageError where they make no range."""
    least, most = np.asarray(low, np.float64), np.asarray(high, np.float64)
    for name, bound in (("low", least), ("high", most)):
        fits = bound.ndim == 0 or bound.shape == (count,)
        if not fits or not np.isfinite(bound).all():
            either = f"a finite number, or {count} of them" if count else "a finite number"
            raise UsageError(f"{name} is {bound.tolist()}; it must be {either}")
    if np.any(least > most):
        raise UsageError(f"low is {least.tolist()} and high {most.tolist()}; low must not be above high")
    return least, most


def _dimension(item: object, latents: int) -> int:
    there_are = f"there are 0 to {latents - 1} and '{LOUDNESS}'"
    try:
        number = operator.index(item)  # type: ignore[arg-type]
    except TypeError:
        raise UsageError(f"dimension is {item!r}; {there_are}") from None
    if isinstance(item, bool) or not 0 <= number < latents:
        raise UsageError(f"dimension is {item}; {there_are}")
    return number
