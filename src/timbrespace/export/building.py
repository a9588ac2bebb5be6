"""From a loaded model to the scripted module and its description."""

from __future__ import annotations

from pathlib import Path

import torch

from timbrespace import steps
from timbrespace.codebook.coverage import coverage
from timbrespace.codebook.describe import table_of
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.follow import GLIDE_FRAMES
from timbrespace.codebook.table import DescriptorTable
from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.export.description import Description, Method, Range
from timbrespace.export.follower import Follower
from timbrespace.export.instrument import Instrument, script
from timbrespace.export.knobs import WIDEST_BIAS, knobs
from timbrespace.model.glide import Glide
from timbrespace.ranges import DataRange


def build(engine: Engine, name: str) -> tuple[torch.jit.ScriptModule, Description]:
    """The module for hosts, and what it is. name: what people call the model."""
    table = _table(engine)
    reachable = _reachable(table)
    description = describe(engine, name, reachable)
    followers = [] if table is None else _followers(engine, table, list(reachable))
    instrument = Instrument(
        description,
        steps.encoding(engine.model),
        steps.decoding(engine.model),
        steps.decoding(engine.model, Glide.across(GLIDE_FRAMES)),
        followers,
    )
    return script(instrument, description), description


def describe(engine: Engine, name: str, reachable: dict[str, Range]) -> Description:
    """Methods, knobs and ranges of a model. reachable: descriptors that can be followed."""
    data = DataRange.of_header(engine.header)
    signal, config = engine.signal, engine.config
    latent = engine.header.get("latent") or {}
    low_db, high_db = engine.model.loudness_range_db.tolist()
    if latent.get("loudness_quantiles_db"):
        low_db, high_db = (float(latent["loudness_quantiles_db"][end]) for end in (0, -1))
    return Description(
        engine.kind,
        engine.model_id,
        name,
        engine.sample_rate,
        signal.n_fft,
        signal.hop,
        config.latents,
        config.codes if engine.kind == "discrete" else 0,
        signal.latency_samples,
        _methods(config.latents, signal.hop, reachable),
        knobs(config, data),
        tuple(_range_of(engine, data, dimension) for dimension in range(config.latents)),
        (max(low_db, LOUDNESS_FLOOR_DB), high_db),
        reachable,
    )


def name_of(path: Path) -> str:
    """What a model file is called: its folder's name where the file has the one that training gives it."""
    stem = path.resolve().parent.name.removesuffix(".run") if path.stem == "model" else path.stem
    return stem or "model"


def _followers(engine: Engine, table: DescriptorTable, names: list[str]) -> list[Follower]:
    distances = Distances(engine, table)
    mel_db, moments = torch.from_numpy(distances.mel_db), torch.from_numpy(distances.moments)
    return [Follower(engine, table, mel_db, moments, name) for name in names]


def _methods(latents: int, hop: int, reachable: dict[str, Range]) -> dict[str, Method]:
    series = (*(f"z{dimension}" for dimension in range(latents)), "loudness_db")
    audio = ("audio",)
    methods = {
        "encode": Method(1, 1, latents + 1, hop, audio, series),
        "decode": Method(latents + 1, hop, 1, 1, series, audio),
        "forward": Method(1, 1, 1, 1, audio, audio),
    }
    for name, found in reachable.items():
        inputs = f"{name} ({found.unit})" if found.unit else name, "loudness_db"
        methods[f"follow_{name}"] = Method(2, hop, 1, 1, inputs, audio)
    return methods


def _table(engine: Engine) -> DescriptorTable | None:
    try:
        return table_of(engine)
    except UsageError:  # a continuous model made before models were described
        return None


def _reachable(table: DescriptorTable | None) -> dict[str, Range]:
    found = {} if table is None else {name: coverage(table, name) for name in DESCRIPTORS}
    return {
        name: Range(name, reach.low, reach.high, DESCRIPTORS[name].unit)
        for name, reach in found.items()
        if reach is not None
    }


def _range_of(engine: Engine, data: DataRange | None, dimension: int) -> Range:
    low, high = -WIDEST_BIAS, WIDEST_BIAS
    if data is not None:
        low, high = float(data.low[dimension]), float(data.high[dimension])
    active = bool(engine.model.rotation.active[dimension])
    return Range(f"z{dimension}", low, high, "deviations", active)
