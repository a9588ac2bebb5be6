"""Making the table: each sound of a model held alone at unit gain, decoded and analysed.

Every sound is a decoding of its own, from silence, so that none has another one before it. All of them
contain the same noise at the same places, so that they can be told apart more finely than noise allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from timbrespace import descriptors
from timbrespace.codebook.table import DescriptorTable
from timbrespace.dataset.sample import Sample
from timbrespace.dataset.split import Region
from timbrespace.dataset.store import Dataset
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.pitch import F0_HOP, F0_WINDOW, steady_pitch
from timbrespace.scores.latent import AUDIBLE_RANGE_DB

Tell = Callable[[float], None]
Sounds = NDArray[np.float32]

FRAMES = 4096  # of the data of a continuous model that are described
LOOKED_AT = 30_000  # frames of the data that these are chosen from
SETTLE_FRAMES = 3  # after the window is full: glide and phases have settled
CODE_SPECTRA, DATA_SPECTRA = 8, 4  # windows half overlapped, averaged: fewer where sounds are many
BATCH = 64  # sounds decoded together
UNIT_LEVEL_DB = -20.0  # any: what a code sounds like does not depend on it
PITCH_WINDOWS = 2  # of codes; a frame of the data has one


def table_of(
    engine: Engine, dataset: Dataset | None = None, *, progress: Tell | None = None
) -> DescriptorTable:
    """The model's descriptor table: the one in its file; else, or with a data set, made now.

    Raises UsageError where a continuous model's file has none and there is no data set; BundleError.
    """
    kept = engine.header.get("codes")
    if kept and dataset is None:
        return DescriptorTable.from_header(kept, engine.codebook, engine.config.latents)
    if engine.codebook is not None:
        return describe_codes(engine, progress=progress)
    if dataset is None:
        raise UsageError(
            "this model's file describes no frames of its data; name the data set with --dataset, once and "
            "for all in `timbrespace codebook --store`"
        )
    return describe_data(engine, dataset, dataset.split()[0], progress=progress)


def describe_codes(engine: Engine, *, progress: Tell | None = None) -> DescriptorTable:
    """Every code of a discrete model. `count` is its use in the data, where the file says so."""
    codebook = engine.codebook
    if codebook is None:
        raise UsageError("a continuous model has no codes to describe")
    use = (engine.header.get("latent") or {}).get("codes") or {}
    count = np.asarray(use.get("counts") or np.zeros(len(codebook)), dtype=np.int64)
    loudness_db = np.full(len(codebook), UNIT_LEVEL_DB)
    return _describe(engine, codebook, loudness_db, count, UNIT_LEVEL_DB, progress)


def describe_data(
    engine: Engine, dataset: Dataset, regions: Sequence[Region], *, progress: Tell | None = None
) -> DescriptorTable:
    """At most 4096 audible frames of `regions` of a data set, all at their median loudness."""
    if dataset.sample_rate != engine.sample_rate:
        raise UsageError(
            f"the data set is at {dataset.sample_rate} Hz and the model at {engine.sample_rate} Hz; "
            "name the data set that the model was trained on"
        )
    z, loudness_db = _encoded(engine, dataset, regions)
    chosen = np.unique(np.linspace(0, len(z) - 1, FRAMES).round().astype(int))
    count = np.ones(len(chosen), dtype=np.int64)
    level_db = round(float(np.median(loudness_db[chosen])), 1)
    return _describe(engine, z[chosen], loudness_db[chosen], count, level_db, progress)


@torch.inference_mode()
def _encoded(
    engine: Engine, dataset: Dataset, regions: Sequence[Region]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Latents and loudness of the audible ones among frames spread over the regions."""
    model = engine.model
    sample = Sample(dataset, regions, engine.signal, model.encoder.stack.context_frames, LOOKED_AT)
    rows, levels = [], []
    for piece in sample:
        z, loudness_db, _ = model.encode(piece.audio, model.initial_encoder_state(1))
        rows.append(z[0, piece.lead :].numpy())
        levels.append(loudness_db[0, piece.lead :].numpy().astype(np.float64))
    z_all, loudness = np.concatenate(rows), np.concatenate(levels)
    audible = loudness >= loudness.max() - AUDIBLE_RANGE_DB
    return z_all[audible], loudness[audible]


def _describe(
    engine: Engine,
    z: NDArray[np.float32],
    loudness_db: NDArray[np.float64],
    count: NDArray[np.int64],
    level_db: float,
    progress: Tell | None,
) -> DescriptorTable:
    codes = engine.codebook is not None
    spectra = CODE_SPECTRA if codes else DATA_SPECTRA
    pitch_samples = F0_WINDOW + (PITCH_WINDOWS - 1) * F0_HOP if codes else F0_WINDOW
    samples = max(pitch_samples, descriptors.N_FFT * (spectra + 1) // 2)
    parts: list[dict[str, NDArray[np.float64]]] = []
    for start in range(0, len(z), BATCH):
        batch = slice(start, start + BATCH)
        sounds = held_sounds(engine, z[batch], level_db, samples)
        pitch = steady_pitch(sounds[:, :pitch_samples], engine.sample_rate)
        parts.append(_spectral(engine, sounds) | {"f0": pitch.f0_hz, "confidence": pitch.voicing})
        if progress is not None:
            progress(min(1.0, (start + BATCH) / len(z)))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    confidence = columns.pop("confidence")
    return DescriptorTable(z, loudness_db, count, columns, confidence, level_db, codes)


@torch.inference_mode()
def held_sounds(
    engine: Engine, z: NDArray[np.float32], level_db: float | NDArray[np.floating], samples: int
) -> Sounds:
    """Latents [K, D], each held → steady sounds [K, samples], without their beginnings.

    level_db: dBFS, one for all or [K].
    """
    signal, model = engine.signal, engine.model
    lead = signal.latency_samples + signal.n_fft + SETTLE_FRAMES * signal.hop
    frames = -(-(lead + samples) // signal.hop)
    held = torch.from_numpy(np.ascontiguousarray(z))[:, None].expand(-1, frames, -1)
    levels = np.broadcast_to(np.asarray(level_db, dtype=np.float32), len(z))
    level = torch.from_numpy(levels.copy())[:, None].expand(-1, frames)
    latents = model.rotation(model.bottleneck.nearest(model.rotation.back(held)))
    audio, _ = model.decode(latents, level, model.initial_decoder_state(len(z)))
    return audio[:, lead : lead + samples].numpy()


def _spectral(engine: Engine, sounds: Sounds) -> dict[str, NDArray[np.float64]]:
    """The mean of each spectral descriptor over the windows of each sound, [K]."""
    size = descriptors.N_FFT
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(sounds, size, axis=1)[:, :: size // 2]
    values = descriptors.of_spectra(np.abs(np.fft.rfft(pieces * window)), engine.sample_rate)
    return {
        name: descriptors.DESCRIPTORS[name].from_scale(descriptors.DESCRIPTORS[name].to_scale(rows).mean(1))
        for name, rows in values.items()
    }
