"""The line between two series bent, as little as it takes, so that brightness and spread move evenly.

A straight line in z passes sounds of its own. Where A and B differ in pitch, those in the middle can be
darker than both; and what wavers within A and B is carried along. Here every frame is moved the least
distance in z that gives its decoded spectrum the centroid and the bandwidth that lie between A's and
B's: a few Gauss-Newton steps, each of least norm, through the decoder's own gradient. A discrete model
has no room between its codes; there every frame takes the code that is near in both respects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries
from timbrespace.synthesis import noise_power_gain

STEPS = 8
LARGEST_STEP = 0.5  # in z, whose dimensions have unit deviation: gradients hold no farther
DAMPING = 1e-3  # octaves²; keeps a step finite where the two pull on the same direction of z
OWN_SHARE = 0.02  # of the way, at either end, on which what wavers within A or B fades out
SOUNDING_DB = 50.0  # below the loudest frame; quieter ones do not count as A's or B's value
CODE_OCTAVES = 0.05  # beside the target weigh as much as a distance of 1 in z
BLOCK_FRAMES = 512


def even_out(
    line: LatentSeries,
    a: LatentSeries,
    b: LatentSeries,
    places: NDArray[np.floating],
    model: Engine,
    *,
    progress: Callable[[float], None] | None = None,
) -> LatentSeries:
    """`line` with its z moved so that centroid and bandwidth, in octaves, follow the position.

    line: what `interpolate` makes of a and b, which are aligned with it; places: its positions [L]. At 0
    and 1 the result is A and B unchanged. progress: hears the share done.
    """
    z = line.z.copy()
    codebook = model.codebook
    table = None if codebook is None else _described_codes(codebook, model)
    targets = _targets(a, b, places, model)
    for start in range(0, len(z), BLOCK_FRAMES):
        part = slice(start, start + BLOCK_FRAMES)
        if codebook is None or table is None:
            z[part] = _reach(z[part], line.loudness_db[part], targets[part], model)
        else:
            z[part] = codebook[_nearest(z[part], codebook, targets[part], table)]
        if progress is not None:
            progress(min((start + BLOCK_FRAMES) / len(z), 1.0))
    ends = (places == 0.0) | (places == 1.0)
    return replace(line, z=np.where(ends[:, None], line.z, z))


def _targets(a: LatentSeries, b: LatentSeries, places: NDArray[np.floating], model: Engine) -> Tensor:
    """Centroid and bandwidth each frame should have, [L, 2], octaves above 1 Hz."""
    place = torch.from_numpy(np.asarray(places, dtype=np.float32))[:, None]
    from_a, from_b = (_described(series, model) for series in (a, b))
    middle_a, middle_b = (_middle(values, s) for values, s in ((from_a, a), (from_b, b)))
    steady = (1 - place) * middle_a + place * middle_b
    own = (1 - place) * (from_a - middle_a) + place * (from_b - middle_b)
    inside = torch.minimum(place, 1 - place)
    return steady + (1 - inside / OWN_SHARE).clamp(0.0, 1.0) * own


def _described_codes(codebook: NDArray[np.float32], model: Engine) -> Tensor:
    """Centroid and bandwidth of every code [K, D] alone, [K, 2]; a discrete decoder hears no loudness."""
    level = np.zeros(len(codebook), np.float32)
    return _described(LatentSeries(codebook, level, model.signal.frame_rate_hz, model.model_id), model)


def _nearest(
    z: NDArray[np.float32], codebook: NDArray[np.float32], targets: Tensor, table: Tensor
) -> NDArray[np.intp]:
    """The codes [L] nearest to z [L, D] and to the descriptors `targets` [L, 2]; table [K, 2]."""
    away = torch.cdist(torch.from_numpy(z), torch.from_numpy(codebook)).square()
    beside = torch.cdist(targets, table).square()
    return np.asarray((away + beside / CODE_OCTAVES**2).argmin(dim=1).numpy())


def _described(series: LatentSeries, model: Engine) -> Tensor:
    parts = []
    for start in range(0, len(series), BLOCK_FRAMES):
        part = slice(start, start + BLOCK_FRAMES)
        z, level = (torch.from_numpy(values[part].copy()) for values in (series.z, series.loudness_db))
        with torch.no_grad():
            parts.append(_descriptors(z, level, model))
    return torch.cat(parts)


def _middle(values: Tensor, series: LatentSeries) -> Tensor:
    """The median over the frames that sound, [1, 2]."""
    sounding = series.loudness_db >= series.loudness_db.max() - SOUNDING_DB
    return values[torch.from_numpy(sounding)].median(dim=0, keepdim=True).values


def _reach(
    start: NDArray[np.float32], loudness_db: NDArray[np.float32], targets: Tensor, model: Engine
) -> NDArray[np.float32]:
    """z [L, D] near `start` whose spectra have the descriptors `targets` [L, 2]."""
    z, level = torch.from_numpy(start.copy()), torch.from_numpy(loudness_db.copy())
    damping = DAMPING * torch.eye(2)
    for _ in range(STEPS):
        z.requires_grad_(True)
        values = _descriptors(z, level, model)
        slopes = [torch.autograd.grad(values[:, k].sum(), z, retain_graph=k == 0)[0] for k in range(2)]
        jacobian = torch.stack(slopes, dim=1)  # frames do not know of each other: [L, 2, D]
        missing = (targets - values.detach())[:, :, None]
        across = jacobian.transpose(1, 2)
        step = (across @ torch.linalg.solve(jacobian @ across + damping, missing))[:, :, 0]
        length = step.norm(dim=1, keepdim=True).clamp_min(1e-9)
        z = z.detach() + step * (LARGEST_STEP / length).clamp(max=1.0)
    return np.asarray(z.numpy())


def _descriptors(z: Tensor, loudness_db: Tensor, model: Engine) -> Tensor:
    """Centroid and bandwidth [L, 2], octaves, of the spectra decoded from z [L, D], each frame on its own.

    As `timbrespace.descriptors` defines them, the noise part at the level it is played at, in operations
    that have a gradient.
    """
    context = model.model.decoder.initial_state(len(z))
    log_magnitude, noisiness, _ = model.model.magnitudes(z[:, None], loudness_db[:, None], context)
    heard = log_magnitude + 0.5 * torch.log(noise_power_gain(noisiness))
    weight = torch.softmax(heard[:, 0], dim=1)  # the magnitudes, at a sum of 1
    frequency_hz = torch.linspace(0.0, model.sample_rate / 2, weight.shape[1])
    centroid = weight @ frequency_hz
    spread = (weight * (frequency_hz - centroid[:, None]).square()).sum(dim=1)
    return torch.stack([centroid.log2(), 0.5 * spread.log2()], dim=1)
