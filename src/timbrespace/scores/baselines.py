"""What costs no learning: sounds to put beside a model's output, so that its scores mean something.

A `FrameBank` is a seeded choice of frames of the material (the data set, or the other evaluated
sounds). Every baseline has the reference's length and RMS; frames are centred, as in `sound`. The level
of a frame is K-weighted (ITU-R BS.1770), as everywhere in this package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray

from timbrespace.loudness import k_weighting_power
from timbrespace.scores.latent import log_mel, nearest

Audio = NDArray[np.float32]

RELATIVE_FLOOR = 1e-4  # −80 dB under a frame's peak; keeps the mean of logarithms finite
SILENT_LEVEL = 1e-5  # −100 dBFS; a frame below has no spectrum worth keeping
BANK_FRAMES = 4096
HANN_POWER = 3 / 8  # mean square of the window


@dataclass(frozen=True)
class FrameBank:
    """Frames of level 1: spectra complex64 [N, F], log_mel float32 [N, M], source [N] they come from."""

    spectra: NDArray[np.complex64]
    log_mel: NDArray[np.float32]
    source: NDArray[np.int64]

    def without(self, source: int) -> FrameBank:
        """The frames of all other sources."""
        kept = self.source != source
        return FrameBank(self.spectra[kept], self.log_mel[kept], self.source[kept])

    def __len__(self) -> int:
        return len(self.spectra)


@dataclass(frozen=True)
class Framing:
    """The short-time transform that baselines share: sample_rate in Hz, n_fft and hop in samples."""

    sample_rate: int
    n_fft: int
    hop: int

    def analyse(self, audio: Audio) -> NDArray[np.complex64]:
        """[T] → spectra [L, F]."""
        spectra = librosa.stft(audio, n_fft=self.n_fft, hop_length=self.hop)
        return np.asarray(spectra.T, dtype=np.complex64)

    def synthesise(self, spectra: NDArray[np.complexfloating], like: Audio) -> Audio:
        """Spectra [L, F] → sound with the length and the RMS of `like` [T]."""
        audio = librosa.istft(spectra.T, n_fft=self.n_fft, hop_length=self.hop, length=len(like))
        level = np.sqrt(np.mean(np.square(audio, dtype=np.float64)))
        wanted = np.sqrt(np.mean(np.square(like, dtype=np.float64)))
        return np.asarray(audio * (wanted / level if level > 0 else 0.0), dtype=np.float32)


def frame_bank(
    sounds: Iterable[tuple[int, Audio]], framing: Framing, *, per_sound: int = BANK_FRAMES, seed: int = 0
) -> FrameBank:
    """At most `per_sound` frames of every (source number, sound [T]), chosen by (seed, source number)."""
    spectra, sources = [], []
    for source, audio in sounds:
        frames = framing.analyse(audio)
        level = frame_level(np.abs(frames), framing.sample_rate)
        sounding = np.flatnonzero(level > SILENT_LEVEL)
        if sounding.size > per_sound:
            rng = np.random.default_rng([seed, source])
            sounding = np.sort(rng.choice(sounding, per_sound, replace=False))
        spectra.append(frames[sounding] / level[sounding, None])
        sources.append(np.full(sounding.size, source, dtype=np.int64))
    bins = framing.n_fft // 2 + 1
    whole = np.concatenate(spectra) if spectra else np.zeros((0, bins), np.complex64)
    source_of = np.concatenate(sources) if sources else np.zeros(0, np.int64)
    return FrameBank(whole, log_mel(np.abs(whole), framing.sample_rate), source_of)


def random_phase(reference: Audio, framing: Framing, seed: int = 0) -> Audio:
    """True magnitudes with independent, uniformly random phases."""
    return framing.synthesise(_scatter(np.abs(framing.analyse(reference)), seed), reference)


def nearest_frame(reference: Audio, bank: FrameBank, framing: Framing) -> Audio:
    """Every frame replaced by the bank's nearest one (log-mel at equal level), at the true level."""
    frames = framing.analyse(reference)
    level = frame_level(np.abs(frames), framing.sample_rate)
    shapes = log_mel(np.abs(frames) / np.maximum(level, SILENT_LEVEL)[:, None], framing.sample_rate)
    return framing.synthesise(bank.spectra[nearest(shapes, bank.log_mel)] * level[:, None], reference)


def mean_spectrum(reference: Audio, bank: FrameBank, framing: Framing, seed: int = 0) -> Audio:
    """The bank's mean log spectrum in every frame, at the true level, with random phases."""
    magnitudes = np.abs(bank.spectra)
    floor = magnitudes.max(axis=1, keepdims=True) * RELATIVE_FLOOR
    shape = np.exp(np.mean(np.log(np.maximum(magnitudes, floor)), axis=0))
    level = frame_level(np.abs(framing.analyse(reference)), framing.sample_rate)
    return framing.synthesise(_scatter(shape[None] * level[:, None], seed), reference)


def frame_level(magnitudes: NDArray[np.floating], sample_rate: int) -> NDArray[np.float32]:
    """K-weighted amplitude of the samples behind each Hann-windowed spectrum, by Parseval: [L, F] → [L]."""
    n_fft = 2 * (magnitudes.shape[1] - 1)
    weights = k_weighting_power(np.fft.rfftfreq(n_fft, 1 / sample_rate), sample_rate)
    weights[1:-1] *= 2  # the negative frequencies
    power = np.square(magnitudes, dtype=np.float64) @ weights
    return np.asarray(np.sqrt(power / (n_fft * HANN_POWER * n_fft)), dtype=np.float32)


def _scatter(magnitudes: NDArray[np.floating], seed: int) -> NDArray[np.complex64]:
    turns = np.random.default_rng(seed).random(magnitudes.shape, dtype=np.float32)
    return np.asarray(magnitudes * np.exp(2j * np.pi * turns), dtype=np.complex64)
