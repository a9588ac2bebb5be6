"""Descriptors of decoded frames, and how they change with the latent: the decoder's own derivatives.

The same numbers as `descriptors.of_spectra` gives, on its scale, in torch so that they have a gradient.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from timbrespace.descriptors import FLOOR_POWER, ROLLOFF_SHARE
from timbrespace.engine import Engine
from timbrespace.synthesis import noise_power_gain

DB = 10.0 / math.log(10.0)
ROLLOFF_REACH = 2.0 ** (1 / 6)  # either way: over partials the spectrum's sum climbs in steps
LEAST_CLIMB = 0.02  # of the spectrum's sum, an octave; less says nothing of where the rolloff goes


class Slopes:
    """The decoder of a model, seen as a function from latents to spectral descriptors.

    Every frame is on its own, as in `Engine.decode_magnitudes`. noise: count its noisy part at the level at
    which it is played. Dimensions that are not active have no slope.
    """

    def __init__(self, engine: Engine, *, noise: bool = False) -> None:
        self.model = engine.model
        self.noise = noise
        self.frequency_hz = torch.linspace(0.0, engine.sample_rate / 2, engine.signal.bins)

    def log_magnitude(self, z: Tensor, loudness_db: Tensor) -> Tensor:
        """z [L, D], loudness_db [L] → natural log magnitudes at 0 dBFS [L, F]."""
        context = self.model.decoder.initial_state(len(z))
        log_magnitude, noisiness, _ = self.model.magnitudes(z[:, None], loudness_db[:, None], context)
        if self.noise:
            log_magnitude = log_magnitude + 0.5 * torch.log(noise_power_gain(noisiness))
        return log_magnitude[:, 0]

    def values(self, log_magnitude: Tensor, names: Sequence[str]) -> Tensor:
        """Natural log magnitudes [L, F] → descriptors [L, R] on their scale: octaves, dB for flatness."""
        return torch.stack(_described(log_magnitude, self.frequency_hz, names), dim=1)

    def slopes(self, z: Tensor, loudness_db: Tensor, names: Sequence[str]) -> tuple[Tensor, Tensor]:
        """z [L, D], loudness_db [L] → descriptors [L, R] and their derivatives by z, [L, R, D]."""
        with torch.enable_grad():
            z = z.detach().requires_grad_()
            values = self.values(self.log_magnitude(z, loudness_db), names)
            rows = [torch.autograd.grad(column.sum(), z, retain_graph=True)[0] for column in values.unbind(1)]
        return values.detach(), torch.stack(rows, dim=1) * self.model.rotation.active


def least_step(lacking: Tensor, slopes: Tensor, *, ridge: float, longest: float) -> Tensor:
    """The shortest step in z [L, D] that brings what is lacking, [L, R]: Gauss-Newton, of least norm.

    slopes: [L, R, D]. ridge: against slopes that nearly vanish or pull the same way. longest: in z, as far as
    slopes hold; a longer step is shortened.
    """
    normal = slopes @ slopes.mT + ridge * torch.eye(lacking.shape[1])
    step = (slopes.mT @ torch.linalg.solve_ex(normal, lacking[..., None])[0])[..., 0]
    step = torch.nan_to_num(step, nan=0.0, posinf=0.0, neginf=0.0)
    return step * (longest / step.norm(dim=1, keepdim=True).clamp_min(longest))


def _described(log_magnitude: Tensor, frequency_hz: Tensor, names: Sequence[str]) -> list[Tensor]:
    """Natural log magnitudes [L, F] → each of the named descriptors, [L]."""
    magnitude = torch.exp(log_magnitude)
    total = magnitude.sum(dim=1)
    centroid_hz = (magnitude @ frequency_hz) / total
    found = []
    for name in names:
        if name == "centroid":
            found.append(torch.log2(centroid_hz))
        elif name == "bandwidth":
            spread = (magnitude @ frequency_hz.square()) / total - centroid_hz.square()
            found.append(0.5 * torch.log2(spread.clamp_min(1.0)))
        elif name == "rolloff":
            found.append(_rolloff(magnitude / total[:, None], frequency_hz))
        else:
            mean_log = (2.0 * log_magnitude).clamp_min(math.log(FLOOR_POWER)).mean(dim=1)
            found.append(DB * (mean_log - torch.log(magnitude.square().mean(dim=1))))
    return found


def _rolloff(share: Tensor, frequency_hz: Tensor) -> Tensor:
    """Shares [L, F] of the spectrum's sum → rolloff [L] in octaves.

    Its derivative says how far it must go for its share to lie below it again, by the mean climb around it.
    """
    with torch.no_grad():
        below = torch.cumsum(share, dim=1)
        at = (below >= ROLLOFF_SHARE).float().argmax(dim=1, keepdim=True)
        low = (at / ROLLOFF_REACH).round().long()
        high = (at * ROLLOFF_REACH).round().long().clamp(max=share.shape[1] - 1)
        octaves = torch.log2((high + 0.5) / (low + 0.5))
        climb = ((below.gather(1, high) - below.gather(1, low)) / octaves.clamp_min(0.1))[:, 0]
        inside = torch.arange(share.shape[1]) <= at
        octave = torch.log2(frequency_hz[at[:, 0]].clamp_min(1.0))
    lying_below = (share * inside).sum(dim=1)
    return octave - (lying_below - lying_below.detach()) / climb.clamp_min(LEAST_CLIMB)
