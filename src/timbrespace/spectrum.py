"""Causal short-time Fourier analysis and synthesis that carry their state, and the level of a frame.

Frame l covers the samples [(l + 1)·hop − n_fft, (l + 1)·hop): it ends with the newest sample. Offline
is one call with the zero state, streaming is many small calls; there is no other mode.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.loudness import LOUDNESS_OFFSET_DB, k_weighting_power

LOUDNESS_FLOOR_POWER = 1e-20  # far under LOUDNESS_FLOOR_DB, keeps the logarithm finite


class Analysis(nn.Module):
    """Causal STFT with a periodic Hann window (Harris 1978)."""

    window: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.n_fft = signal.n_fft
        self.hop = signal.hop
        self.register_buffer("window", torch.hann_window(signal.n_fft), persistent=False)

    def initial_state(self, batch: int) -> Tensor:
        """The samples heard before the first one: silence, [B, n_fft − hop]."""
        return self.window.new_zeros(batch, self.n_fft - self.hop)

    def forward(self, audio: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """audio [B, L·hop], tail [B, n_fft − hop] → spectra complex [B, L, F], new tail."""
        samples = torch.cat([tail, audio], dim=1)
        frames = samples.unfold(1, self.n_fft, self.hop)
        return torch.fft.rfft(frames * self.window), samples[:, samples.shape[1] - tail.shape[1] :]


def squared_magnitude(spectra: Tensor) -> Tensor:
    """|X|² of complex numbers of any shape."""
    return torch.addcmul(spectra.real.square(), spectra.imag, spectra.imag)


class OverlapAdd(nn.Module):
    """Inverse of `Analysis`: windowed inverse transforms, overlapped and added.

    Hann² at hop n_fft/R sums to 3R/8, so analysis followed by this gives the samples back, n_fft − hop
    samples late.
    """

    window: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.n_fft = signal.n_fft
        self.hop = signal.hop
        self.overlap = signal.n_fft // signal.hop
        gain = 8.0 / (3.0 * self.overlap)
        self.register_buffer("window", torch.hann_window(signal.n_fft) * gain, persistent=False)

    def initial_state(self, batch: int) -> Tensor:
        """What earlier frames still have to say: nothing, [B, n_fft − hop]."""
        return self.window.new_zeros(batch, self.n_fft - self.hop)

    def forward(self, spectra: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """spectra complex [B, L, F], tail [B, n_fft − hop] → audio [B, L·hop], new tail."""
        batch, count = spectra.shape[0], spectra.shape[1]
        frames = torch.fft.irfft(spectra, n=self.n_fft) * self.window
        pieces = frames.reshape(batch, count, self.overlap, self.hop)
        blocks = torch.zeros(
            batch, count + self.overlap - 1, self.hop, dtype=frames.dtype, device=frames.device
        )
        blocks[:, : self.overlap - 1] = tail.reshape(batch, self.overlap - 1, self.hop)
        for piece in range(self.overlap):
            blocks[:, piece : piece + count] += pieces[:, :, piece]
        audio = blocks[:, :count].reshape(batch, count * self.hop)
        return audio, blocks[:, count:].reshape(batch, self.n_fft - self.hop)


class Loudness(nn.Module):
    """K-weighted level of a frame from its power spectrum (ITU-R BS.1770-5), in dBFS.

    A full-scale 997 Hz sine reads −3.01 dB. Levels are floored at LOUDNESS_FLOOR_DB.
    """

    weights: Tensor

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        frequencies_hz = np.fft.rfftfreq(signal.n_fft, 1.0 / signal.sample_rate)
        weights = k_weighting_power(frequencies_hz, signal.sample_rate)
        weights[1:-1] *= 2.0  # the negative frequencies
        window_power = float((torch.hann_window(signal.n_fft).double() ** 2).sum())
        weights *= 10.0 ** (LOUDNESS_OFFSET_DB / 10.0) / (signal.n_fft * window_power)
        self.register_buffer("weights", torch.from_numpy(weights.astype(np.float32)), persistent=False)

    def power(self, squared: Tensor) -> Tensor:
        """|X|² [B, L, F] → K-weighted power [B, L], 1 at 0 dBFS."""
        return squared @ self.weights

    def forward(self, squared: Tensor) -> Tensor:
        """|X|² [B, L, F] → loudness_db [B, L]."""
        return self.level_db(self.power(squared))

    def level_db(self, power: Tensor) -> Tensor:
        """K-weighted power, any shape → dBFS."""
        level_db = 10.0 * torch.log10(power.clamp_min(LOUDNESS_FLOOR_POWER))
        return level_db.clamp_min(LOUDNESS_FLOOR_DB)


def frame_loudness_db(audio: Tensor, signal: SignalConfig) -> Tensor:
    """K-weighted level of each causal frame: audio [B, T] → [B, T // hop], dBFS."""
    analysis = Analysis(signal)
    whole = audio.shape[1] // signal.hop * signal.hop
    spectra, _ = analysis(audio[:, :whole], analysis.initial_state(audio.shape[0]))
    return Loudness(signal)(squared_magnitude(spectra))
