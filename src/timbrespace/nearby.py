"""Latents near given ones whose decoded spectra have the centroid and the bandwidth that are asked for.

Every frame of a continuous model is moved the least distance in z: a few Gauss-Newton steps, each of least
norm, through the decoder's own gradient. A discrete model has no room between its codes; there every frame
takes a code that is near in both respects, and near to the one before. Descriptors are in octaves above
1 Hz, [L, 2].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries
from timbrespace.slopes import Slopes, least_step

Latents = NDArray[np.float32]
Octaves = NDArray[np.float64]
Find = Callable[[Octaves], Latents]

DESCRIBED = ("centroid", "bandwidth")
STEPS = 5
CLOSE = 0.0005  # octaves; a small part of what a sound wavers
LARGEST_STEP = 0.5  # in z, whose dimensions have unit deviation: gradients hold no farther
DAMPING = 1e-3  # octaves²; keeps a step finite where the two pull on the same direction of z
CODE_OCTAVES = 0.05  # beside the target weigh as much as a distance of 1 in z
JUMP = 3.0  # weight of the squared distance from a code to the next, in z; without, nearby codes flutter
CANDIDATES = 32  # codes a frame that are weighed against those of its neighbours
BLOCK_FRAMES = 512


def described(series: LatentSeries, model: Engine) -> Octaves:
    """Centroid and bandwidth of the spectrum decoded from every frame on its own, [L, 2]."""
    slopes, parts = Slopes(model, noise=True), []
    for part in _blocks(len(series)):
        z, level = (torch.from_numpy(values[part].copy()) for values in (series.z, series.loudness_db))
        with torch.no_grad():
            parts.append(slopes.values(slopes.log_magnitude(z, level), DESCRIBED))
    return np.asarray(torch.cat(parts).numpy(), dtype=np.float64)


def finder(near: LatentSeries, model: Engine) -> Find:
    """A function: descriptors wanted [L, 2] → z [L, D] near those of a series that have them.

    Of a discrete model z are vectors of its codes.
    """
    codebook = model.codebook
    if codebook is None:
        return lambda wanted: _reach(near, torch.from_numpy(wanted.astype(np.float32)), model)
    # a discrete decoder hears no loudness
    level = np.zeros(len(codebook), np.float32)
    table = described(LatentSeries(codebook, level, near.frame_rate_hz, model.model_id), model)
    return lambda wanted: codebook[_path(near.z, codebook, wanted, table)]


def _blocks(frames: int) -> list[slice]:
    return [slice(start, start + BLOCK_FRAMES) for start in range(0, frames, BLOCK_FRAMES)]


def _path(z: Latents, codebook: Latents, wanted: Octaves, table: Octaves) -> NDArray[np.intp]:
    """The codes [L] near to z [L, D], to the descriptors `wanted` [L, 2] and each to the last; table [K, 2].

    Of the candidates of every frame the cheapest way through all frames, by dynamic programming.
    """
    cost, candidates = _candidates(z, codebook, wanted, table)
    vectors = torch.from_numpy(codebook)[candidates]
    total, came = cost[0], []
    for number in range(1, len(z)):
        jump = torch.cdist(vectors[number - 1], vectors[number]).square()
        least, origin = (total[:, None] + JUMP * jump).min(dim=0)
        total = least + cost[number]
        came.append(origin)
    way = [int(total.argmin())]
    for origin in reversed(came):
        way.append(int(origin[way[-1]]))
    taken = torch.tensor(way[::-1])
    return np.asarray(candidates.gather(1, taken[:, None])[:, 0].numpy())


def _candidates(z: Latents, codebook: Latents, wanted: Octaves, table: Octaves) -> tuple[Tensor, Tensor]:
    """What the cheapest codes of every frame cost by themselves, and which they are; [L, CANDIDATES] each."""
    codes, described_codes = torch.from_numpy(codebook), torch.from_numpy(table)
    count = min(CANDIDATES, len(codebook))
    parts = []
    for part in _blocks(len(z)):
        away = torch.cdist(torch.from_numpy(z[part]), codes).square()
        beside = torch.cdist(torch.from_numpy(wanted[part]), described_codes).square()
        parts.append((away + beside / CODE_OCTAVES**2).topk(count, dim=1, largest=False))
    return torch.cat([part.values for part in parts]), torch.cat([part.indices for part in parts])


def _reach(near: LatentSeries, wanted: Tensor, model: Engine) -> Latents:
    decoder, parts = Slopes(model, noise=True), []
    for part in _blocks(len(near)):
        z, level = (torch.from_numpy(values[part].copy()) for values in (near.z, near.loudness_db))
        for _ in range(STEPS):
            values, slopes = decoder.slopes(z, level, DESCRIBED)
            missing = wanted[part] - values
            if missing.abs().max() < CLOSE:
                break
            z = z + least_step(missing, slopes, ridge=DAMPING, longest=LARGEST_STEP)
        parts.append(z)
    return np.asarray(torch.cat(parts).numpy())
