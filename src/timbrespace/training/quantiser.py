"""The codebook of a discrete model while it learns: k-means start, averages, revival of dead codes.

The learner is `vector-quantize-pytorch`'s; it hangs on the bottleneck from the moment it starts, and only
its codebook goes into a model for use.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from loguru import logger
from torch import Tensor
from vector_quantize_pytorch import VectorQuantize
from vector_quantize_pytorch.vector_quantize_pytorch import kmeans

from timbrespace.model.encoder import Encoder
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training.sample import Sample
from timbrespace.training.statistics import AUDIBLE_DB

FRAMES_PER_CODE = 8  # of training material; fewer, and a code would be a frame learnt by heart
START_FRAMES = 12_000  # that k-means sees
KMEANS_ROUNDS = 10
DECAY = 0.98  # of the averages, a step
# A code used less, a step, is moved to a frame of the batch. A tenth of an even share instead left half
# of 1024 codes unused, at equal losses.
DEAD_FRAMES = 1.0

logger.disable("vector_quantize_pytorch")  # what it says about small data sets means nothing to a user


def affordable_codes(requested: int, training_frames: int) -> int:
    """Codes that so much material can fill: at most `requested`, at least 2."""
    return max(2, min(requested, training_frames // FRAMES_PER_CODE))


def attach_learner(model: TimbreModel, shared: bool) -> VectorQuantize:
    """Hang an empty learner on the bottleneck. shared: by more than one process."""
    config = model.config
    learner = VectorQuantize(
        dim=config.latents, codebook_size=config.codes, kmeans_init=True, kmeans_iters=KMEANS_ROUNDS,
        decay=DECAY, threshold_ema_dead_code=DEAD_FRAMES, commitment_weight=0.0, sync_codebook=shared,
    )  # fmt: skip
    model.bottleneck.learner = learner.to(model.bottleneck.codebook.device)
    return learner


def start_learner(model: TimbreModel, sample: Sample, shared: bool) -> None:
    """Attach a learner whose codes are the k-means of what the encoder makes of `sample`.

    Draws from torch's global generator.
    """
    hidden, loudness_db = hidden_frames(model, sample)
    learner = attach_learner(model, shared)
    learner._codebook.init_embed_(hidden[loudness_db > loudness_db.max() - AUDIBLE_DB][None])
    learner.train()


def holds_learner(state: Mapping[str, Tensor]) -> bool:
    """Whether the weights of a checkpoint are of a model whose learner had started."""
    return any(".bottleneck.learner." in name for name in state)


@torch.no_grad()
def model_state(model: TimbreModel) -> dict[str, Tensor]:
    """The tensors of a model for use, copied to the CPU; the codebook is the learner's where there is one."""
    learner = getattr(model.bottleneck, "learner", None)
    state = {
        name: value.detach().cpu().clone()
        for name, value in model.state_dict().items()
        if not name.startswith("bottleneck.learner.")
    }
    if learner is not None:
        state["bottleneck.codebook"] = learner._codebook.embed[0].detach().cpu().clone()
    return state


@torch.no_grad()
def provisional_codebook(hidden: Tensor, codes: int) -> Tensor:
    """Codes [K, D] for a model whose learner has not started: k-means of hidden [N, D]."""
    return kmeans(hidden[None], codes, KMEANS_ROUNDS)[0][0]


@torch.no_grad()
def hidden_frames(model: TimbreModel, sample: Sample) -> tuple[Tensor, Tensor]:
    """The encoder on the frames of `sample`: hidden [N, H], loudness_db [N], on the model's device."""
    rows, levels = [], []
    encoder: Encoder = model.encoder
    for piece in sample:
        audio = piece.audio.to(model.loudness_range_db.device)
        spectra, _ = model.analysis(audio, model.analysis.initial_state(1))
        frames = model.features(spectra)
        hidden, _ = encoder(frames.bands, encoder.initial_state(1))
        rows.append(hidden[0, piece.lead :])
        levels.append(frames.loudness_db[0, piece.lead :])
    return torch.cat(rows), torch.cat(levels)
