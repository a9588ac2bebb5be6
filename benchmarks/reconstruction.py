"""How much the phases cost: sounds from their true magnitudes, without a model in between.

    python benchmarks/reconstruction.py FOLDER... [--files 6] [--seconds 10] [--griffin-lim 32]

Every folder is one domain, of which some files, spread evenly, are taken. Per method and window the mean
over files of two measures: `lsd` as the scores of the package define it (RMS over bins, frames within
60 dB of the loudest), and the mean absolute difference in dB over all bins and frames, silent ones too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.config import SignalConfig, preset
from timbrespace.scores.sound import LSD_FLOOR_DB, LSD_WINDOWS, log_spectral_distance, magnitude_blocks
from timbrespace.spectrum import Analysis, OverlapAdd
from timbrespace.synthesis import Synthesis

Samples = NDArray[np.float32]
Method = Callable[[Samples, SignalConfig], Samples]


def spectra_of(sound: Samples, signal: SignalConfig) -> Tensor:
    """Spectra of all frames that hold a sample, and one more, complex [1, L, F]."""
    frames = -(-(len(sound) + signal.n_fft) // signal.hop) + 1
    audio = torch.zeros(1, frames * signal.hop)
    audio[0, : len(sound)] = torch.from_numpy(sound)
    analysis = Analysis(signal)
    return analysis(audio, analysis.initial_state(1))[0]


def integrated(sound: Samples, signal: SignalConfig) -> Samples:
    """From magnitudes with the package's phases."""
    log_magnitude = spectra_of(sound, signal).abs().log()
    synthesis = Synthesis(signal)
    audio, _ = synthesis(log_magnitude, torch.zeros_like(log_magnitude), synthesis.initial_state(1))
    return audio[0, signal.n_fft : signal.n_fft + len(sound)].numpy()


def random_phase(sound: Samples, signal: SignalConfig) -> Samples:
    """From magnitudes with phases drawn at random."""
    magnitude = spectra_of(sound, signal).abs()
    turns = torch.rand(magnitude.shape, generator=torch.Generator().manual_seed(0))
    return inverse(torch.polar(magnitude, 2 * np.pi * turns), signal, len(sound))


def griffin_lim(sound: Samples, signal: SignalConfig, rounds: int) -> Samples:
    """From magnitudes with phases made consistent in so many rounds over the whole sound."""
    magnitude = spectra_of(sound, signal).abs()
    turns = torch.rand(magnitude.shape, generator=torch.Generator().manual_seed(0))
    phased = torch.polar(magnitude, 2 * np.pi * turns)
    for _ in range(rounds):
        phased = magnitude * torch.sgn(spectra_of(inverse(phased, signal, len(sound)), signal))
    return inverse(phased, signal, len(sound))


def inverse(spectra: Tensor, signal: SignalConfig, length: int) -> Samples:
    """Overlap-add, its delay taken off."""
    overlap_add = OverlapAdd(signal)
    late = signal.n_fft - signal.hop
    return overlap_add(spectra, overlap_add.initial_state(1))[0][0, late : late + length].numpy()


def mean_difference(reference: Samples, output: Samples, window: int) -> float:
    """Mean absolute difference in dB over all bins and frames, both floored as for `lsd`."""
    theirs, ours = (
        np.concatenate(list(magnitude_blocks(x, window, window // 4))) for x in (reference, output)
    )
    floor = theirs.max() * 10 ** (-LSD_FLOOR_DB / 20)
    return float(np.abs(20 * np.log10(np.maximum(ours, floor) / np.maximum(theirs, floor))).mean())


def sounds_of(folder: Path, files: int, seconds: float) -> list[tuple[Samples, int]]:
    """The starts of some files of a folder, mono, without offset."""
    paths = sorted(
        path for path in folder.iterdir() if path.suffix.lower().lstrip(".") in ("flac", "wav", "ogg")
    )
    chosen = paths[:: max(1, len(paths) // files)][:files]
    sounds = []
    for path in chosen:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = samples.mean(axis=1)[: round(seconds * rate)]
        sounds.append((mono - mono.mean(), rate))
    return sounds


def main() -> None:
    """Print one line a domain and method."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--griffin-lim", type=int, default=0, metavar="ROUNDS")
    options = parser.parse_args()
    methods: dict[str, Method] = {
        "integrated": integrated,
        "random": random_phase,
    }
    if options.griffin_lim:
        methods["griffin-lim"] = lambda sound, signal: griffin_lim(sound, signal, options.griffin_lim)
    print(f"{'domain':18s}{'phases':13s}{'lsd 512/2048/8192':>20s}{'mean difference':>20s}")
    for folder in options.folders:
        sounds = sounds_of(folder, options.files, options.seconds)
        for name, method in methods.items():
            rows = [measure(sound, rate, method) for sound, rate in sounds]
            figures = ["/".join(f"{value:.2f}" for value in row) for row in np.mean(rows, axis=0)]
            print(f"{folder.name:18s}{name:13s}{figures[0]:>20s}{figures[1]:>20s}", flush=True)


def measure(sound: Samples, rate: int, method: Method) -> list[list[float]]:
    """Both measures at every window."""
    signal = replace(preset("standard").signal, sample_rate=rate)
    output = method(sound, signal)
    return [
        [distance(sound, output, window) for window in LSD_WINDOWS]
        for distance in (log_spectral_distance, mean_difference)
    ]


if __name__ == "__main__":
    main()
