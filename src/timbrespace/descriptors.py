"""Acoustic descriptors of a spectrum or a sound: centroid, bandwidth, rolloff, flatness, fundamental.

Defined as `librosa.feature` defines them, on Hann windows of 2048 samples unless the caller brings
spectra of its own; the fundamental is pYIN's (`timbrespace.pitch`). `DESCRIPTORS` says once what every
face needs to know of one: its column in tables, its unit, and the scale on which the ear compares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timbrespace.errors import UsageError
from timbrespace.pitch import track_pitch

Values = NDArray[np.float64]

N_FFT, HOP = 2048, 512  # samples
SOUNDING_DB = 50.0  # below the loudest frame; what is softer is background
ROLLOFF_SHARE = 0.85  # of the summed magnitude
FLOOR_POWER = 1e-10  # of a bin, so that the flatness of digital silence is 1 and not undefined
TINY = 1e-20


@dataclass(frozen=True)
class Descriptor:
    """One descriptor. column: its name in tables. unit: Hz, or nothing. help: what one hears.

    low, high: what it can be at all, in its unit.
    """

    name: str
    column: str
    unit: str
    low: float
    high: float
    help: str

    def to_scale(self, values: ArrayLike) -> Values:
        """values in the unit → octaves above 1 Hz, or dB for a ratio: equal steps sound about equal."""
        logarithm = np.log2(np.maximum(np.asarray(values, dtype=np.float64), TINY))
        return logarithm if self.unit == "Hz" else logarithm * (10.0 * np.log10(2.0))

    def from_scale(self, values: ArrayLike) -> Values:
        """The inverse of `to_scale`."""
        scaled = np.asarray(values, dtype=np.float64)
        return np.exp2(scaled if self.unit == "Hz" else scaled / (10.0 * np.log10(2.0)))

    def format(self, value: float) -> str:
        """A value with its unit, for people."""
        return f"{value:.0f} Hz" if self.unit == "Hz" else f"{value:.3g}"


DESCRIPTORS: Mapping[str, Descriptor] = {
    descriptor.name: descriptor
    for descriptor in (
        Descriptor("centroid", "centroid_hz", "Hz", 0.0, 96_000.0, "brightness: the mean of the spectrum"),
        Descriptor("bandwidth", "bandwidth_hz", "Hz", 0.0, 96_000.0, "how far it spreads about the centroid"),
        Descriptor("rolloff", "rolloff_hz", "Hz", 0.0, 96_000.0, "below it lie 85 % of the spectrum"),
        Descriptor("flatness", "flatness", "", 0.0, 1.0, "noisiness: 0 a tone, 1 white noise"),
        Descriptor("f0", "f0_hz", "Hz", 50.0, 2000.0, "the fundamental, heard as pitch"),
    )
}
SPECTRAL = ("centroid", "bandwidth", "rolloff", "flatness")


def descriptor(name: str) -> Descriptor:
    """The descriptor called `name`. Raises UsageError with the names there are."""
    if name not in DESCRIPTORS:
        raise UsageError(f"no descriptor '{name}'; there are {', '.join(DESCRIPTORS)}")
    return DESCRIPTORS[name]


def of_spectra(magnitudes: NDArray[np.floating], sample_rate: int) -> dict[str, Values]:
    """Linear magnitudes [..., F] → spectral descriptors by name, [...] each. Silence: 0 Hz, flatness 1."""
    magnitude = np.asarray(magnitudes, dtype=np.float64)
    frequency_hz = np.linspace(0.0, sample_rate / 2, magnitude.shape[-1])
    weight = magnitude / np.maximum(magnitude.sum(axis=-1, keepdims=True), TINY)
    centroid = weight @ frequency_hz
    # Σ w (f − c)² written out, with Σ w = 1 except in silence
    spread = weight @ frequency_hz**2 - centroid**2
    reached = np.cumsum(weight, axis=-1) >= ROLLOFF_SHARE * (1 - 1e-12)
    rolloff = frequency_hz[np.argmax(reached, axis=-1)]
    power = np.maximum(magnitude**2, FLOOR_POWER)
    flatness = np.exp(np.mean(np.log(power), axis=-1)) / np.mean(power, axis=-1)
    return {
        "centroid": centroid,
        "bandwidth": np.sqrt(np.maximum(spread, 0.0)),
        "rolloff": rolloff,
        "flatness": flatness,
    }


def of_sound(samples: NDArray[np.floating], sample_rate: int, *, pitch: bool = True) -> dict[str, Values]:
    """Sound [T] → every descriptor by name, [T // 512 + 1] each; frame n is centred on sample 512·n.

    f0 is NaN in frames without a pitch; pitch: leave it out where False, it costs most of the time.
    """
    padded = np.pad(np.asarray(samples, dtype=np.float32), N_FFT // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    window = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
    parts = [
        of_spectra(np.abs(np.fft.rfft(windows[start : start + 256] * window)), sample_rate)
        for start in range(0, len(windows), 256)
    ]
    values = {name: np.concatenate([part[name] for part in parts]) for name in SPECTRAL}
    if pitch:
        track = track_pitch(samples, sample_rate)
        values["f0"] = np.where(track.voiced, track.f0_hz, np.nan)
    return values


def sounding(samples: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Sound [T] → the frames of `of_sound` within 50 dB of the loudest, [T // 512 + 1]; none in silence."""
    padded = np.pad(np.square(np.asarray(samples, dtype=np.float64)), N_FFT // 2)
    sums = np.concatenate([[0.0], np.cumsum(padded)])
    starts = np.arange(len(samples) // HOP + 1) * HOP
    power = np.maximum(sums[starts + N_FFT] - sums[starts], 0.0)
    return np.asarray(power > power.max() * 10 ** (-SOUNDING_DB / 10))


def frame_seconds(count: int, sample_rate: int) -> Values:
    """The time [count] at the centre of every frame of `of_sound`."""
    return np.arange(count, dtype=np.float64) * (HOP / sample_rate)
