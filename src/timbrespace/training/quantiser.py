"""The codebook of a discrete model while it learns: k-means start, averages, revival of dead codes.

The learner is `vector-quantize-pytorch`'s; it hangs on the bottleneck from the moment it starts, and only
its codebook goes into a model for use. A batch has few frames for many codes, so averages over
batches place them badly; now and then they are settled among many frames instead.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from loguru import logger
from torch import Tensor
from vector_quantize_pytorch import VectorQuantize
from vector_quantize_pytorch.vector_quantize_pytorch import Codebook, kmeans

from timbrespace.dataset.sample import Sample
from timbrespace.model.encoder import Encoder
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training.statistics import AUDIBLE_DB

FRAMES_PER_CODE = 8  # of training material; fewer, and a code would be a frame learnt by heart
START_FRAMES = 12_000  # that k-means sees
KMEANS_ROUNDS = 10
DECAY = 0.99  # of the averages, a step
DEAD_FRAMES = 0.05  # a code used less, a step, is moved to a frame of the batch
REVIVED_FRAMES = 0.25  # and counts as used so much, or it would be moved again in the next step
SETTLED_AT = (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the budget
SETTLING_ROUNDS = 10

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
    learner._codebook.reset_cluster_size = REVIVED_FRAMES
    model.bottleneck.learner = learner.to(model.bottleneck.codebook.device)
    return learner


def start_learner(model: TimbreModel, sample: Sample, batch_frames: int, shared: bool) -> None:
    """Attach a learner whose codes are the k-means of what the encoder makes of `sample`.

    batch_frames: frames of a step. Draws from torch's global generator.
    """
    hidden, _, heard = hidden_frames(model, sample)
    learner = attach_learner(model, shared)
    learner._codebook.init_embed_(hidden[heard][None])
    _settle(learner._codebook, hidden[heard], batch_frames)
    learner.train()


def settle_learner(model: TimbreModel, sample: Sample, batch_frames: int) -> None:
    """Move the learner's codes to where the frames of `sample` lie. batch_frames: frames of a step."""
    learner = model.bottleneck.learner
    assert isinstance(learner, VectorQuantize)
    hidden, _, heard = hidden_frames(model, sample)
    _settle(learner._codebook, hidden[heard], batch_frames)


@torch.no_grad()
def _settle(book: Codebook, hidden: Tensor, batch_frames: int) -> None:
    """Move the codes of `book`, and give each the weight that so many frames a step will give it."""
    codes, share = settled_codebook(book.embed[0], hidden)
    used = (share * batch_frames).clamp_min(REVIVED_FRAMES)
    book.embed.copy_(codes[None])
    book.cluster_size.copy_(used[None])
    book.embed_avg.copy_((codes * used.unsqueeze(1))[None])


@torch.no_grad()
def settled_codebook(codes: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Codes [K, D] after some rounds of Lloyd's algorithm on hidden [N, D], and the share of each in it.

    A code that nothing is nearest to goes to the frame that is worst off. Draws nothing.
    """
    for _ in range(SETTLING_ROUNDS):
        distance, nearest = torch.cdist(hidden, codes).min(dim=1)
        count = torch.bincount(nearest, minlength=len(codes)).to(hidden.dtype)
        total = torch.zeros_like(codes).index_add_(0, nearest, hidden)
        codes = torch.where(count.unsqueeze(1) > 0, total / count.clamp_min(1.0).unsqueeze(1), codes)
        empty = torch.nonzero(count == 0)[:, 0][: len(hidden)]
        codes[empty] = hidden[distance.topk(len(empty)).indices]
    nearest = torch.cdist(hidden, codes).argmin(dim=1)
    return codes, torch.bincount(nearest, minlength=len(codes)).to(hidden.dtype) / max(1, len(hidden))


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
def hidden_frames(model: TimbreModel, sample: Sample) -> tuple[Tensor, Tensor, Tensor]:
    """The encoder on the frames of `sample`: hidden [N, H], loudness_db [N], and heard [N], whether a frame
    is no pause, judged by the loudest one of its recording; on the model's device."""
    rows, levels, heard = [], [], []
    encoder: Encoder = model.encoder
    for piece in sample:
        audio = piece.audio.to(model.loudness_range_db.device)
        spectra, _ = model.analysis(audio, model.analysis.initial_state(1))
        frames = model.features(spectra)
        hidden, _ = encoder(frames.bands, encoder.initial_state(1))
        rows.append(hidden[0, piece.lead :])
        levels.append(frames.loudness_db[0, piece.lead :])
        heard.append(levels[-1] > piece.level_db - AUDIBLE_DB)
    loudness_db, above = torch.cat(levels), torch.cat(heard)
    if not above.any():  # the loudest frames are not in the sample
        above = loudness_db > loudness_db.max() - AUDIBLE_DB
    return torch.cat(rows), loudness_db, above
