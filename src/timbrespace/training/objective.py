"""One training pass: a batch of crops and the progress of the budget in, every named loss out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from timbrespace.config import ModelConfig
from timbrespace.features import Aperiodicity, Frames
from timbrespace.model.adversary import Adversary
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training.losses import LossWeights, band_logs, bin_floor, frame_weight, rms_db, weighted_mean

ADVERSARY_FULL = 0.3  # of the budget: the reversed gradient is at full strength from here
DIVERGENCE_FULL = 0.3  # of the budget: the KL weight, growing with the square, is at full strength from here
QUANTISER_START = 0.15  # of the budget: until here the discrete model trains as a plain auto-encoder
ADVERSARY_RANGE_DB = 50.0  # frames further under their source's peak say nothing about loudness
ADVERSARY_LEARNING = 4.0  # weight of the regressor's own loss


@dataclass(frozen=True)
class Material:
    """What the objective must know of the data set, measured before the first step."""

    loudest_db: float  # loudest frame of the data set
    loudness_quantiles_db: tuple[float, ...]  # ascending, evenly spaced in probability, for flattening
    mean_log_magnitude: tuple[float, ...]  # [F], of levelled frames: where the decoder starts


@dataclass(frozen=True)
class Losses:
    """total: what is minimised, a scalar. terms: each named loss before its weight, scalars, detached."""

    total: Tensor
    terms: dict[str, Tensor]


class Objective(nn.Module):
    """Model, adversary and targets; `forward` draws from torch's global generator, seeded a step."""

    quantiles: Tensor

    def __init__(self, config: ModelConfig, weights: LossWeights, material: Material) -> None:
        super().__init__()
        self.model = TimbreModel(config)
        self.adversary = Adversary(config.latents)
        self.weights = weights
        self.loudest_db = material.loudest_db
        self.target_aperiodicity = Aperiodicity(config.signal)
        quantiles = torch.tensor(material.loudness_quantiles_db)
        self.register_buffer("quantiles", quantiles, persistent=False)
        low = max(float(quantiles[len(quantiles) // 100]), material.loudest_db - 60.0)
        self.model.loudness_range_db.copy_(torch.tensor([low, max(material.loudest_db, low + 1.0)]))
        self.model.decoder.mean_log_magnitude.copy_(torch.tensor(material.mean_log_magnitude))
        self.context = self.model.encoder.stack.context_frames + self.model.decoder.stack.context_frames

    def crop_samples(self, frames: int) -> int:
        """Samples a crop needs so that `frames` frames are scored: window, context, one frame each side."""
        signal = self.model.config.signal
        return (frames + self.context + 2) * signal.hop + signal.n_fft - signal.hop

    def forward(self, audio: Tensor, source_level_db: Tensor, progress: float) -> Losses:
        """audio [B, crop_samples], source_level_db [B] (loudest frame of each source), progress 0 … 1 → `Losses`."""
        frames, target_a2 = self._targets(audio)
        hidden, _ = self.model.encoder(frames.bands, self.model.encoder.initial_state(len(audio)))
        squeezed = self.model.bottleneck(hidden)
        condition = self.model.condition(frames.loudness_db)
        state = self.model.decoder.initial_state(len(audio))
        log_magnitude, a2, _ = self.model.decoder(squeezed.latents, condition, state)
        log_magnitude = self.model.levelled(log_magnitude, self.model.decoder.aperiodicity(a2))

        scored = slice(self.context, None)
        loudness_db = frames.loudness_db[:, scored]
        floor = bin_floor(loudness_db, source_level_db, self.model.config.signal)
        decoded, target = log_magnitude[:, scored], frames.log_magnitude[:, scored]
        filters = self.model.features.filters
        weight = frame_weight(loudness_db, self.loudest_db)
        terms = {
            "spectrum": weighted_mean(rms_db(decoded, target, floor), weight),
            "bands": weighted_mean(
                rms_db(band_logs(decoded, filters), band_logs(target, filters), floor), weight
            ),
            "aperiodicity": weighted_mean(
                (a2[:, scored] - target_a2[:, scored]).square().mean(dim=2), weight
            ),
        }
        total = (
            self.weights.spectrum * terms["spectrum"]
            + self.weights.bands * terms["bands"]
            + self.weights.aperiodicity * terms["aperiodicity"]
        )
        cost = weighted_mean(squeezed.cost[:, scored].sum(dim=2), weight)
        if self.model.config.kind == "continuous":
            terms["divergence"] = cost
            total = total + self.weights.divergence * ramp(progress, DIVERGENCE_FULL) ** 2 * cost
            if self.weights.adversary > 0.0:
                audible = loudness_db > source_level_db[:, None] - ADVERSARY_RANGE_DB
                terms["adversary"] = self._adversary_loss(
                    squeezed.mean[:, scored], loudness_db, audible, progress
                )
                total = total + ADVERSARY_LEARNING * terms["adversary"]
        else:
            terms["commitment"] = cost
            total = total + self.weights.commitment * cost
        return Losses(
            total, {name: value.detach() for name, value in terms.items()} | {"total": total.detach()}
        )

    @torch.no_grad()
    def _targets(self, audio: Tensor) -> tuple[Frames, Tensor]:
        """Frames and their a² by band; the first and last frame only serve as neighbours."""
        overlap = self.model.analysis.n_fft - self.model.analysis.hop
        spectra, _ = self.model.analysis(audio[:, overlap:], audio[:, :overlap])
        return self.model.features(spectra[:, 1:-1]), self.target_aperiodicity(spectra)

    def _adversary_loss(self, mean: Tensor, loudness_db: Tensor, audible: Tensor, progress: float) -> Tensor:
        """Squared error of the regressor on the loudness flattened by its distribution, audible frames only."""
        strength = self.weights.adversary * ramp(progress, ADVERSARY_FULL)
        rank = torch.searchsorted(self.quantiles, loudness_db.contiguous()) / len(self.quantiles)
        predicted = self.adversary(mean.flatten(0, 1), strength).view_as(rank)
        return weighted_mean((predicted - rank).square(), audible.float())


def ramp(progress: float, full: float) -> float:
    """0 at the start of the budget, 1 from `full` of it on."""
    return min(1.0, progress / full)
