"""From magnitudes and aperiodicity to sound, with state: the one interface behind which sound is made.

    Y = g·M·(√(1 − (s·a)²)·e^{jφ} + s·a·W),  g² = 1 − a² + c²·a²

M is the decoded magnitude, φ the integrated phase, a the aperiodicity of the bin (0 tonal … 1 noise) and
W the causal STFT, of unit power, of one white stream: real noise, coherent from frame to frame as noise is.
A decoded log magnitude is the mean of a log, which for noise lies under the log of the mean power; c makes
up for that. s is the stillness of the frame, 1 where its noisy part did not move in a hop, 0 where it moved
by MOVING: magnitudes that move are lively by themselves.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.config import SignalConfig
from timbrespace.consistency import Consistency
from timbrespace.phase import PhaseIntegrator
from timbrespace.spectrum import Analysis, OverlapAdd

NOISE_GAIN_DB = 2.51  # the mean log power of Gaussian noise lies so far under its mean power (10·γ/ln 10)
NOISE_GAIN = 10.0 ** (NOISE_GAIN_DB / 20.0)
MOVING = 0.1  # relative change of the root of a magnitude in a hop (1.7 dB): such noise carries itself


class SynthesisState(NamedTuple):
    """What synthesis remembers between two calls."""

    root: Tensor  # [B, 2, F], roots of the magnitudes of the two last frames
    phase: Tensor  # [B, F], turns
    aperiodicity: Tensor  # [B, 1, F], of the frame waiting for its look-ahead
    said: Tensor  # [B, ROUNDS, n_fft − hop], of `Consistency`
    noise: Tensor  # [B, n_fft − hop], white samples still in the window
    position: Tensor  # [B], absolute sample the next frame begins with, int64
    tail: Tensor  # [B, n_fft − hop], overlap still to come


class Synthesis(nn.Module):
    """log magnitudes [B, L, F] and aperiodicity [B, L, F] → audio [B, L·hop], n_fft samples late."""

    def __init__(self, signal: SignalConfig) -> None:
        super().__init__()
        self.signal = signal
        self.integrate = PhaseIntegrator(signal)
        self.agree = Consistency(signal)
        self.noise_analysis = Analysis(signal)
        self.overlap_add = OverlapAdd(signal)
        # uniform samples in ±1 have variance ⅓; the window's power sums to ⅜·n_fft
        self.noise_scale = math.sqrt(3.0 / (0.375 * signal.n_fft))

    def initial_state(self, batch: int) -> SynthesisState:
        """Before the first frame there is silence, and the noise stream stands at sample 0."""
        root, phase = self.integrate.initial_state(batch)
        return SynthesisState(
            root,
            phase,
            torch.zeros_like(root[:, :1]),
            self.agree.initial_state(batch),
            self.noise_analysis.initial_state(batch),
            torch.zeros(batch, dtype=torch.int64, device=root.device),
            self.overlap_add.initial_state(batch),
        )

    def forward(
        self, log_magnitude: Tensor, aperiodicity: Tensor, state: SynthesisState, seed: int | Tensor = 0
    ) -> tuple[Tensor, SynthesisState]:
        """log_magnitude (natural, −inf for silence) and aperiodicity, both [B, L, F] → audio, new state."""
        root = torch.exp(0.5 * log_magnitude)
        phase, guess, (recent, last_phase) = self.integrate(root, (state.root, state.phase))
        roots = torch.cat([state.root, root], dim=1)
        noisy = torch.cat([state.aperiodicity, aperiodicity], dim=1)
        level = roots[:, 1:].square() * torch.sqrt(noise_power_gain(noisy))
        share = noisy * _stillness(roots[:, :-1], roots[:, 1:], noisy)
        tonal = level * torch.sqrt(1.0 - share.square())
        spectra, said = self.agree(tonal, phase, guess, state.said)
        noise, position, noise_tail = self._noise(root.shape[1], state, seed)
        spectra = spectra + noise * (level * share * self.noise_scale)[:, :-1]
        audio, tail = self.overlap_add(spectra, state.tail)
        state = SynthesisState(recent, last_phase, aperiodicity[:, -1:], said, noise_tail, position, tail)
        return audio, state

    def _noise(self, frames: int, state: SynthesisState, seed: int | Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Spectra of the next frames of the white stream, [B, L, F]; the position after them; its tail."""
        count = frames * self.signal.hop
        samples = torch.arange(count, device=state.position.device)
        white = white_noise(state.position[:, None] + samples, seed)
        noise, tail = self.noise_analysis(white, state.noise)
        return noise, state.position + count, tail


def white_noise(position: Tensor, seed: int | Tensor) -> Tensor:
    """White samples, uniform in (−1, 1), each a function of (absolute position, seed) alone.

    position: int64, any shape; seed: an int, or int64 of shape []. Two rounds of an integer hash (multiply
    and fold, 32 bits kept).
    """
    value = position * 0x9E3779B1
    value.add_((seed * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF).bitwise_and_(0xFFFFFFFF)
    for factor in (0x2C1B3C6D, 0x297A2D39):
        value.bitwise_xor_(value >> 15).mul_(factor).bitwise_and_(0xFFFFFFFF)
    value.bitwise_xor_(value >> 16)
    return value.to(torch.float32).mul_(2.0 / 4294967296.0).sub_(1.0)


def _stillness(before: Tensor, here: Tensor, aperiodicity: Tensor) -> Tensor:
    """How little the noisy part of a frame moved in a hop, 1 not at all … 0 by MOVING or more; [B, L, 1].

    before, here: roots of magnitudes, [B, L, F].
    """
    moved = (aperiodicity * (here - before).abs()).sum(dim=2, keepdim=True)
    weight = (aperiodicity * here).sum(dim=2, keepdim=True).clamp_min(1e-20)
    return (1.0 - moved / (weight * MOVING)).clamp_min(0.0)


def noise_power_gain(aperiodicity: Tensor) -> Tensor:
    """Mean |Y|²/M² of a bin with aperiodicity a: 1 − a² + c²·a²."""
    return 1.0 + (NOISE_GAIN**2 - 1.0) * aperiodicity.square()
