"""The whole path, from samples to latents and back; both models are this, with another bottleneck.

audio → frames → bands → encoder → bottleneck → rotation → z
z → rotation back → decoder → magnitudes, aperiodicity → glide from code to code → level → synthesis → audio
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from timbrespace.config import LOUDNESS_FLOOR_DB, ModelConfig
from timbrespace.features import DB_PER_NEPER, FrameFeatures
from timbrespace.model.bottleneck import BOTTLENECKS
from timbrespace.model.decoder import Decoder
from timbrespace.model.encoder import Encoder
from timbrespace.model.glide import Glide, GlideState
from timbrespace.model.rotation import Rotation
from timbrespace.partials import Tuning
from timbrespace.spectrum import Analysis
from timbrespace.synthesis import Synthesis, SynthesisState, noise_power_gain

LARGEST_SAMPLE = 1e4  # 80 dB over full scale; what lies beyond is a fault, not sound
LARGEST_LATENT = 1e3  # standard deviations; likewise
LOUDEST_DB = 60.0  # dBFS; likewise


class EncoderState(NamedTuple):
    """What encoding remembers between two calls."""

    tail: Tensor  # [B, n_fft − hop] samples
    context: list[Tensor]


class DecoderState(NamedTuple):
    """What decoding remembers between two calls."""

    context: list[Tensor]
    glide: GlideState
    synthesis: SynthesisState


class TimbreModel(nn.Module):
    """A timbre model; untrained until its weights are loaded or learnt."""

    loudness_range_db: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.analysis = Analysis(config.signal)
        self.features = FrameFeatures(config.signal)
        self.bottleneck = BOTTLENECKS[config.kind](config)
        self.encoder = Encoder(config, self.bottleneck.inputs)
        self.rotation = Rotation(config.latents)
        self.decoder = Decoder(config, self.bottleneck.conditions)
        self.glide = Glide([config.glide] if config.kind == "discrete" else [])
        self.tuning = Tuning(config.signal)
        self.synthesis = Synthesis(config.signal)
        self.register_buffer("loudness_range_db", torch.tensor([-60.0, 0.0]))

    def initial_encoder_state(self, batch: int) -> EncoderState:
        """Silence before the first sample."""
        return EncoderState(self.analysis.initial_state(batch), self.encoder.initial_state(batch))

    def initial_decoder_state(self, batch: int, glide: Glide | None = None) -> DecoderState:
        """Silence before the first frame. glide: the one that `decode` will be given."""
        return DecoderState(
            self.decoder.initial_state(batch),
            (glide or self.glide).initial_state(batch, self.decoder.mean_log_magnitude),
            self.synthesis.initial_state(batch),
        )

    def encode(self, audio: Tensor, state: EncoderState) -> tuple[Tensor, Tensor, EncoderState]:
        """audio [B, L·hop] → z [B, L, D], loudness_db [B, L], new state. NaN counts as silence."""
        spectra, tail = self.analysis(_sane(audio, -LARGEST_SAMPLE, LARGEST_SAMPLE), state.tail)
        bands, loudness_db = self.features.heard(spectra)
        hidden, context = self.encoder(bands, state.context)
        z = self.rotation(self.bottleneck.settle(hidden))
        return z, loudness_db, EncoderState(tail, context)

    def settled(self, z: Tensor) -> Tensor:
        """z [B, L, D] where the decoder has learnt to hear it: at the nearest codes, if there are codes."""
        return self.rotation(self.bottleneck.nearest(self.rotation.back(torch.nan_to_num(z))))

    def decode(
        self,
        z: Tensor,
        loudness_db: Tensor,
        state: DecoderState,
        seed: int | Tensor = 0,
        glide: Glide | None = None,
        tuning: Tensor | None = None,
        noisiness: Tensor | None = None,
    ) -> tuple[Tensor, DecoderState]:
        """z [B, L, D], loudness_db [B, L] → audio [B, L·hop], n_fft samples late; new state.

        glide: another than the model's own. tuning: ratios [B, L] by which decoded partials are moved.
        noisiness: a factor on the aperiodicity, of any shape that goes with [B, L, F].
        Finite whatever comes in, so that a state never holds a NaN.
        """
        z = _sane(z, -LARGEST_LATENT, LARGEST_LATENT)
        loudness_db = _sane(loudness_db, LOUDNESS_FLOOR_DB, LOUDEST_DB, nan=LOUDNESS_FLOOR_DB)
        log_magnitude, aperiodicity, context = self.magnitudes(z, loudness_db, state.context, noisiness)
        if tuning is not None:
            tuned = self.levelled(self.tuning(log_magnitude, tuning), aperiodicity)
            log_magnitude = torch.where((tuning == 1.0).unsqueeze(-1), log_magnitude, tuned)
        log_magnitude, aperiodicity, before = (glide or self.glide)(
            log_magnitude, aperiodicity, loudness_db, state.glide
        )
        level = torch.where(loudness_db > LOUDNESS_FLOOR_DB, loudness_db / DB_PER_NEPER, -math.inf)
        audio, synthesis = self.synthesis(
            log_magnitude + level[..., None], aperiodicity, state.synthesis, seed
        )
        return audio, DecoderState(context, before, synthesis)

    def magnitudes(
        self, z: Tensor, loudness_db: Tensor, context: list[Tensor], noisiness: Tensor | None = None
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """z [B, L, D], loudness_db [B, L] → log magnitudes at 0 dBFS and aperiodicity, [B, L, F]; context."""
        latents = self.rotation.back(z)
        log_magnitude, squared, context = self.decoder(latents, self.condition(loudness_db), context)
        aperiodicity = self.decoder.aperiodicity(squared)
        if noisiness is not None:
            aperiodicity = (aperiodicity * noisiness).clamp(0.0, 1.0)
        return self.levelled(log_magnitude, aperiodicity), aperiodicity, context

    def levelled(self, log_magnitude: Tensor, aperiodicity: Tensor) -> Tensor:
        """Log magnitudes shifted so that each frame's K-weighted level, noise included, is 0 dBFS."""
        clipped = log_magnitude.clamp(-30.0, 30.0)
        squared = torch.exp(2.0 * clipped) * noise_power_gain(aperiodicity)
        return clipped - 0.5 * torch.log(self.features.loudness.power(squared)).unsqueeze(-1)

    def condition(self, loudness_db: Tensor) -> Tensor:
        """loudness_db [B, L] → what the decoder is told of it, [B, L, C], clipped to the range learnt."""
        low, high = self.loudness_range_db[0], self.loudness_range_db[1]
        scaled = 2.0 * (loudness_db.clamp(low, high) - low) / (high - low) - 1.0
        return scaled.unsqueeze(-1).expand(-1, -1, self.bottleneck.conditions)


def _sane(x: Tensor, low: float, high: float, nan: float = 0.0) -> Tensor:
    """x within low … high, `nan` where it is no number."""
    return torch.nan_to_num(x, nan=nan).clamp(low, high)
