"""From the weights of training to a model for use: rotation, statistics of the latents, the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from timbrespace.bundle import FIELDS, Bundle, make_bundle
from timbrespace.codebook import describe_codes, describe_data
from timbrespace.config import ModelConfig
from timbrespace.dataset.sample import Sample
from timbrespace.dataset.split import Region
from timbrespace.dataset.store import Dataset
from timbrespace.engine import Engine
from timbrespace.model.bottleneck import Quantised
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training.quantiser import hidden_frames, provisional_codebook, settled_codebook

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
LOUDNESS_QUANTILES = 101


def model_from(state: dict[str, Tensor], config: ModelConfig) -> TimbreModel:
    """A model for use on the CPU with the tensors of `state`."""
    copy = TimbreModel(config).eval().requires_grad_(False)
    copy.load_state_dict(state)
    return copy


@torch.no_grad()
def fit_latents(model: TimbreModel, sample: Sample, settle: bool = False) -> dict[str, Any]:
    """Fit the rotation to the audible frames of `sample`; returns the bundle's `latent`.

    A discrete model whose codebook is still empty gets a provisional one, so that it can be heard. settle:
    move the codes to where the frames of `sample` lie.
    """
    hidden, loudness_db, audible = hidden_frames(model, sample)
    bottleneck = model.bottleneck
    if isinstance(bottleneck, Quantised) and not bottleneck.codebook.any():
        bottleneck.codebook.copy_(provisional_codebook(hidden[audible], model.config.codes))
    elif isinstance(bottleneck, Quantised) and settle:
        bottleneck.codebook.copy_(settled_codebook(bottleneck.codebook, hidden[audible])[0])
    settled = bottleneck.settle(hidden[audible][None])[0]
    model.rotation.fit(settled)
    latent = {
        **_describe(model.rotation(settled)),
        "active": model.rotation.active.tolist(),
        "loudness_quantiles_db": _quantiles(loudness_db[audible], LOUDNESS_QUANTILES),
        "frames": int(audible.sum()),
    }
    if isinstance(bottleneck, Quantised):
        latent["codes"] = _describe_use(bottleneck.codes(hidden[audible][None])[0], model.config.codes)
    return latent


def bundle_of(
    model: TimbreModel, latent: dict[str, Any], dataset: dict[str, Any], training: dict[str, Any]
) -> Bundle:
    """The bundle of a model whose latents are fitted. dataset, training: summaries."""
    header = {"config": model.config.to_dict(), "dataset": dataset, "latent": latent, "training": training}
    return make_bundle(header, model.state_dict())


def described(bundle: Bundle, dataset: Dataset, regions: Sequence[Region]) -> Bundle:
    """The bundle with the descriptor table of its codes, or of frames of `regions` of the data."""
    engine = Engine(bundle)
    table = describe_codes(engine) if engine.codebook is not None else describe_data(engine, dataset, regions)
    header = {name: bundle.header[name] for name in FIELDS}
    return make_bundle({**header, "codes": table.to_header()}, bundle.tensors)


def _describe(z: Tensor) -> dict[str, Any]:
    """Statistics of z [N, D] by dimension."""
    shares = torch.tensor([percent / 100 for percent in PERCENTILES])
    values = torch.quantile(z, shares, dim=0)
    return {
        "mean": z.mean(dim=0).tolist(),
        "std": z.std(dim=0, unbiased=False).tolist(),
        "min": z.amin(dim=0).tolist(),
        "max": z.amax(dim=0).tolist(),
        "percentiles": {str(name): row.tolist() for name, row in zip(PERCENTILES, values, strict=True)},
    }


def _describe_use(codes: Tensor, total: int) -> dict[str, Any]:
    """How often each of `total` codes stands in codes [N], how many are used, and their perplexity."""
    counts = torch.bincount(codes, minlength=total)
    share = counts[counts > 0].double() / counts.sum()
    perplexity = float(torch.exp(-(share * share.log()).sum()))
    return {"used": int((counts > 0).sum()), "perplexity": perplexity, "counts": counts.tolist()}


def _quantiles(values: Tensor, count: int) -> list[float]:
    quantiles: list[float] = torch.quantile(values, torch.linspace(0.0, 1.0, count)).tolist()
    return quantiles
