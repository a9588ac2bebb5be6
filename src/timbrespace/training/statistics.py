"""What the objective must know of a data set, measured once before the first step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from timbrespace.config import SignalConfig
from timbrespace.dataset.sample import Sample
from timbrespace.dataset.split import Region
from timbrespace.dataset.store import Dataset
from timbrespace.features import FrameFeatures
from timbrespace.spectrum import Analysis
from timbrespace.training.losses import bin_floor, frame_weight
from timbrespace.training.objective import Material

SAMPLE_FRAMES = 30_000
AUDIBLE_DB = 60.0  # under the loudest frame; what lies lower is a pause
QUANTILES = 257
LEAST_LOG_MAGNITUDE = -8.0  # where the decoder starts at the lowest


def source_levels(dataset: Dataset) -> Tensor:
    """Level of the loudest frame of every source, dBFS, float32 [sources]."""
    return torch.tensor([source.level_db for source in dataset.sources], dtype=torch.float32)


@torch.no_grad()
def measure(dataset: Dataset, regions: Sequence[Region], signal: SignalConfig) -> Material:
    """`Material` of a bounded sample of `regions`."""
    levels = source_levels(dataset)
    loudest_db = float(levels[[region.source for region in regions]].max())
    analysis, features = Analysis(signal), FrameFeatures(signal)
    loudness, total, weights = [], torch.zeros(signal.bins, dtype=torch.float64), 0.0
    for piece in Sample(dataset, regions, signal, 0, SAMPLE_FRAMES):
        spectra, _ = analysis(piece.audio, analysis.initial_state(1))
        frames = features(spectra[:, piece.lead :])
        floor = bin_floor(frames.loudness_db, levels[[piece.source]], signal)
        audible = frames.loudness_db > loudest_db - AUDIBLE_DB
        weight = frame_weight(frames.loudness_db, loudest_db) * audible
        floored = torch.maximum(frames.log_magnitude, floor).clamp_min(LEAST_LOG_MAGNITUDE)
        total += (floored * weight.unsqueeze(-1)).sum(dim=(0, 1))
        weights += float(weight.sum())
        loudness.append(frames.loudness_db[0])
    everything = torch.cat(loudness)
    heard = everything[everything > loudest_db - AUDIBLE_DB]
    quantiles = torch.quantile(heard if len(heard) else everything, torch.linspace(0.0, 1.0, QUANTILES))
    mean = total / weights if weights else torch.full_like(total, LEAST_LOG_MAGNITUDE)
    return Material(loudest_db, tuple(quantiles.tolist()), tuple(mean.tolist()))
