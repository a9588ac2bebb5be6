"""One training pass: a batch of crops and the progress of the budget in, every named loss out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from timbrespace.config import Kind, ModelConfig
from timbrespace.features import Aperiodicity, Frames
from timbrespace.model.adversary import CrossReaders
from timbrespace.model.bottleneck import Squeezed
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training.augment import Deviations, Variation
from timbrespace.training.losses import LossWeights, band_logs, bin_floor, frame_weight, rms_db, weighted_mean
from timbrespace.training.transposition import SPEEDS, Transposition

ADVERSARY_FULL = 0.3  # of the budget: the reversed gradient is at full strength from here
DIVERGENCE_FULL = 0.3  # of the budget: the KL weight, growing with the square, is at full strength from here
QUANTISER_START = 0.15  # of the budget: until here the discrete model trains as a plain auto-encoder
ADVERSARY_RANGE_DB = 50.0  # frames further under their source's peak say nothing about loudness
ADVERSARY_PUSH = 30.0  # times the skill of the readers: how hard the encoder is pushed
VARIED = 0.85  # share of the crops that get other envelopes
TRANSPOSED: dict[Kind, float] = {  # share of the crops that are played at another pitch and varied as well
    "continuous": 0.5,
    "discrete": 0.0,  # a book has no codes to spare for pitches that nobody plays
}


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

    def __init__(
        self, config: ModelConfig, weights: LossWeights, material: Material, frames: int = 1
    ) -> None:
        """frames: that a crop is scored on."""
        super().__init__()
        self.model = TimbreModel(config)
        self.readers = CrossReaders(config.latents)
        self.variation = Variation(config.signal, Deviations())
        self.weights = weights
        self.loudest_db = material.loudest_db
        self.target_aperiodicity = Aperiodicity(config.signal)
        quantiles = torch.tensor(material.loudness_quantiles_db)
        self.register_buffer("quantiles", quantiles, persistent=False)
        low = max(float(quantiles[len(quantiles) // 100]), material.loudest_db - 60.0)
        self.model.loudness_range_db.copy_(torch.tensor([low, max(material.loudest_db, low + 1.0)]))
        self.model.decoder.mean_log_magnitude.copy_(torch.tensor(material.mean_log_magnitude))
        self.context = self.model.encoder.stack.context_frames + self.model.decoder.stack.context_frames
        signal = config.signal
        frames += self.context + 2  # one on each side of the scored ones
        self.transposition = Transposition(signal, (frames - 1) * signal.hop + signal.n_fft)
        self.crop_samples = self.transposition.samples + 2 * self.transposition.margin

    def forward(self, audio: Tensor, source_level_db: Tensor, fold: Tensor, progress: float) -> Losses:
        """audio [B, crop_samples], source_level_db [B] (loudest frame of each source), fold [B] (0 or 1:
        which half of the sources), progress 0 … 1."""
        recorded = self._spectra(self.transposition.centre(audio))
        frames, target_a2 = self._targets(audio, recorded)
        squeezed, log_magnitude, a2 = self._reconstruct(frames)
        scored = slice(self.context, None)
        loudness_db = frames.loudness_db[:, scored]
        weight = frame_weight(loudness_db, self.loudest_db)
        floor = bin_floor(loudness_db, source_level_db, self.model.config.signal)
        terms = self._spectral_terms(log_magnitude[:, scored], frames.log_magnitude[:, scored], floor, weight)
        deviation = (a2[:, scored] - target_a2[:, scored]).square().mean(dim=2)
        terms["aperiodicity"] = weighted_mean(deviation, weight)
        cost = weighted_mean(squeezed.cost[:, scored].sum(dim=2), weight)
        terms["divergence" if self.model.config.kind == "continuous" else "commitment"] = cost
        total = self._weigh(terms, progress)
        if self.model.config.kind == "continuous" and self.weights.adversary > 0.0:
            mean, loudness_db = self._as_recorded(recorded, squeezed.mean, frames.loudness_db)
            mean, loudness_db = mean[:, scored], loudness_db[:, scored]
            audible = loudness_db > source_level_db[:, None] - ADVERSARY_RANGE_DB
            terms["adversary"] = self._read_loudness(mean, loudness_db, audible, fold, progress)
            total = total + terms["adversary"]
        terms["total"] = total
        return Losses(total, {name: value.detach() for name, value in terms.items()})

    @torch.no_grad()
    def _spectra(self, audio: Tensor) -> Tensor:
        """audio [B, transposition.samples] → complex [B, L + 2, F]; the outer frames are neighbours only."""
        overlap = self.model.analysis.n_fft - self.model.analysis.hop
        spectra: Tensor = self.model.analysis(audio[:, overlap:], audio[:, :overlap])[0]
        return spectra

    def _as_recorded(self, spectra: Tensor, mean: Tensor, loudness_db: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior means [B, L, D] and loudness [B, L] with those of the varied crops as they were recorded.

        That is what the latents will be asked about; and a regressor sees only a few crops a step as it is.
        """
        count = varied_crops(len(spectra)) if self.training else 0
        if not count:
            return mean, loudness_db
        bands, recorded_db = self.model.features.heard(spectra[:count, 1:-1])
        half = has_fast_bfloat16(bands.device)
        with torch.autocast(bands.device.type, torch.bfloat16, enabled=half):
            hidden, _ = self.model.encoder(bands, self.model.encoder.initial_state(count))
        recorded = self.model.bottleneck.settle(hidden.float())
        return torch.cat([recorded, mean[count:]]), torch.cat([recorded_db, loudness_db[count:]])

    @torch.no_grad()
    def _targets(self, audio: Tensor, recorded: Tensor) -> tuple[Frames, Tensor]:
        """audio [B, crop_samples], its spectra [B, L + 2, F] → frames to learn and their a² by band."""
        spectra = self._vary(self._transpose(audio, recorded)) if self.training else recorded
        return self.model.features(spectra[:, 1:-1]), self.target_aperiodicity(spectra)

    def _transpose(self, audio: Tensor, recorded: Tensor) -> Tensor:
        """Spectra complex [B, L + 2, F] in which the first crops are at another pitch."""
        share = TRANSPOSED[self.model.config.kind]
        count = min(round(share * len(audio)), varied_crops(len(audio)))
        if count == 0:
            return recorded
        first = int(torch.randint(len(SPEEDS), ()))
        moved = self._spectra(self.transposition(audio[:count], first))
        return torch.cat([self.transposition.whole(moved, recorded[:count], first), recorded[count:]])

    def _vary(self, spectra: Tensor) -> Tensor:
        """Spectra complex [B, L + 2, F], of which the first `varied_crops` get other envelopes."""
        count = varied_crops(len(spectra))
        return torch.cat([self.variation(spectra[:count]), spectra[count:]])

    def _reconstruct(self, frames: Frames) -> tuple[Squeezed, Tensor, Tensor]:
        """Through the bottleneck and back: log magnitudes [B, L, F] at a level of 0 dBFS and a² [B, L, A].

        The matrix products of training may run in bfloat16, where the processor has it.
        """
        model, batch = self.model, len(frames.bands)
        half = self.training and has_fast_bfloat16(frames.bands.device)
        with torch.autocast(frames.bands.device.type, torch.bfloat16, enabled=half):
            hidden, _ = model.encoder(frames.bands, model.encoder.initial_state(batch))
        squeezed = model.bottleneck(hidden.float())
        with torch.autocast(frames.bands.device.type, torch.bfloat16, enabled=half):
            condition, state = model.condition(frames.loudness_db), model.decoder.initial_state(batch)
            log_magnitude, a2, _ = model.decoder(squeezed.latents, condition, state)
        log_magnitude, a2 = log_magnitude.float(), a2.float()
        return squeezed, model.levelled(log_magnitude, model.decoder.aperiodicity(a2)), a2

    def _spectral_terms(
        self, decoded: Tensor, target: Tensor, floor: Tensor, weight: Tensor
    ) -> dict[str, Tensor]:
        """Distance of log magnitudes [B, L, F] over bins and over bands, in dB."""
        filters = self.model.features.filters
        over_bands = rms_db(band_logs(decoded, filters), band_logs(target, filters), floor)
        return {
            "spectrum": weighted_mean(rms_db(decoded, target, floor), weight),
            "bands": weighted_mean(over_bands, weight),
        }

    def _weigh(self, terms: dict[str, Tensor], progress: float) -> Tensor:
        """The sum of all terms but the adversary's, each times its weight."""
        weights = {
            "spectrum": self.weights.spectrum,
            "bands": self.weights.bands,
            "aperiodicity": self.weights.aperiodicity,
            "divergence": self.weights.divergence * ramp(progress, DIVERGENCE_FULL) ** 2,
            "commitment": self.weights.commitment,
        }
        return torch.stack([weights[name] * value for name, value in terms.items()]).sum()

    def _read_loudness(
        self, mean: Tensor, loudness_db: Tensor, audible: Tensor, fold: Tensor, progress: float
    ) -> Tensor:
        """Squared error of the readers on the loudness flattened by its distribution, audible frames only."""
        rank = torch.searchsorted(self.quantiles, loudness_db.contiguous()) / len(self.quantiles)
        strength = self.weights.adversary * ramp(progress, ADVERSARY_FULL) * ADVERSARY_PUSH
        return self.readers(mean, rank, audible, fold, strength)


def varied_crops(crops: int) -> int:
    """How many of the crops of a batch are varied; the others are as they were recorded."""
    return min(round(VARIED * crops), crops - 1)


def ramp(progress: float, full: float) -> float:
    """0 at the start of the budget, 1 from `full` of it on."""
    return min(1.0, progress / full)


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether matrix products in bfloat16 gain anything there."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()
