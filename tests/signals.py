"""Sounds with known answers, and what tests of the signal path measure in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.config import SignalConfig
from timbrespace.spectrum import Analysis
from timbrespace.synthesis import Synthesis

Samples = NDArray[np.float32]


def partials(frequencies_hz: Sequence[float], seconds: float, rate: int = 44_100) -> Samples:
    """A sum of steady sines, each at -14 dBFS peak, in different phases."""
    time = np.arange(round(seconds * rate)) / rate
    waves = [np.sin(2 * np.pi * f * time + i) for i, f in enumerate(frequencies_hz)]
    return (0.2 * np.sum(waves, axis=0)).astype(np.float32)


def noise(samples: int, seed: int = 0, level: float = 0.1) -> Samples:
    """Gaussian white noise."""
    return (level * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


def click(position: int, samples: int) -> Samples:
    """One sample of 1 in silence."""
    sound = np.zeros(samples, np.float32)
    sound[position] = 1.0
    return sound


def spectra_of(sound: Samples, signal: SignalConfig) -> Tensor:
    """Spectra of all frames with a sample of the sound in them and one more, complex [1, L, F]."""
    frames = -(-(len(sound) + signal.n_fft) // signal.hop) + 1
    audio = torch.zeros(1, frames * signal.hop)
    audio[0, : len(sound)] = torch.from_numpy(sound)
    analysis = Analysis(signal)
    return analysis(audio, analysis.initial_state(1))[0]


def synthesise(log_magnitude: Tensor, aperiodicity: float, signal: SignalConfig, length: int) -> Samples:
    """Sound [length] of log magnitudes [1, L, F] with one aperiodicity, its latency taken off."""
    synthesis = Synthesis(signal)
    a = torch.full_like(log_magnitude, aperiodicity)
    audio, _ = synthesis(log_magnitude, a, synthesis.initial_state(1))
    return audio[0, signal.n_fft : signal.n_fft + length].numpy()


def rebuild(sound: Samples, signal: SignalConfig) -> Samples:
    """The sound from its true magnitudes and integrated phases."""
    return synthesise(spectra_of(sound, signal).abs().log(), 0.0, signal, len(sound))


def pitch_hz(sound: Samples, near_hz: float, rate: int = 44_100, within_hz: float = 10.0) -> float:
    """Frequency of the strongest spectral line near `near_hz`, to about a tenth of a cent at 110 Hz."""
    size = 8 * len(sound)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), n=size))
    low, high = (round((near_hz + side * within_hz) * size / rate) for side in (-1, 1))
    k = low + int(spectrum[low:high].argmax())
    left, peak, right = np.log(spectrum[k - 1 : k + 2])
    return float((k + 0.5 * (left - right) / (left - 2 * peak + right)) * rate / size)


def cents(measured_hz: float, expected_hz: float) -> float:
    """Distance in cents, positive where too high."""
    return float(1200 * np.log2(measured_hz / expected_hz))
