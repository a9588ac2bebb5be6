"""`timbrespace info`: what is in a model file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from timbrespace.cli.common import Json, Model, print_json, print_table

if TYPE_CHECKING:
    from timbrespace.bundle import Bundle
    from timbrespace.codebook.coverage import Coverage

LONGEST_LIST = 6  # values; longer lists show their ends


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(info)


def info(model: Model, as_json: Json = False) -> None:
    """Show what a model is, what it learned from, and how well it does."""
    from timbrespace.bundle import load_bundle

    bundle = load_bundle(model)
    if as_json:
        reach = {name: asdict(found) for name, found in _reach(bundle).items()}
        print_json({**bundle.header, "codes": reach or None, "parameters": _parameters(bundle)})
        return
    print_table(_summary(bundle))


def _summary(bundle: Bundle) -> Iterator[tuple[str, Any]]:
    config, signal = bundle.config, bundle.config.signal
    yield "kind", config.kind
    yield "model_id", bundle.model_id
    yield "created_with", f"timbrespace {bundle.header['created_with']}"
    yield "sample_rate", f"{signal.sample_rate} Hz"
    yield "window, hop", f"{signal.n_fft}, {signal.hop} samples ({signal.frame_rate_hz:.2f} frames a second)"
    latency_ms = 1000 * signal.latency_samples / signal.sample_rate
    yield "latency", f"{signal.latency_samples} samples ({latency_ms:.1f} ms)"
    yield "latents", config.latents
    if config.kind == "discrete":
        yield "codes", config.codes
    yield "parameters", f"{_parameters(bundle):,}"
    yield from _latents(bundle.header["latent"] or {})
    for name, found in _reach(bundle).items():
        yield f"reaches, {name}", found.describe()
    for part in ("dataset", "training", "scores"):
        yield from _flatten(part, bundle.header[part])


def _latents(latent: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The range of every dimension, the loudness and the use of the codes over the data set."""
    percentiles = latent.get("percentiles") or {}
    ends = (latent.get("min"), percentiles.get("5"), percentiles.get("95"), latent.get("max"))
    columns = [values for values in ends if values]
    if latent.get("active") and len(columns) == len(ends):
        rows = zip(latent["active"], *columns, strict=True)
        for number, (active, least, low, high, most) in enumerate(rows):
            usual = f"mostly {low:.2f} … {high:.2f}, in all {least:.2f} … {most:.2f}"
            yield f"z{number}", usual if active else f"{usual}; inactive: moving it changes next to nothing"
    levels_db = latent.get("loudness_quantiles_db")
    if levels_db:
        middle = levels_db[len(levels_db) // 2]
        yield "loudness", f"{levels_db[0]:.1f} … {levels_db[-1]:.1f} dBFS, half of it above {middle:.1f}"
    codes = latent.get("codes") or {}
    if codes:
        perplexity = f"as varied as {codes['perplexity']:.1f} codes used equally often"
        yield "codes used", f"{codes['used']} of {len(codes['counts'])}, {perplexity}"


def _reach(bundle: Bundle) -> dict[str, Coverage]:
    """What the model can play of each descriptor; nothing where the file has no table."""
    from timbrespace.codebook.coverage import coverage
    from timbrespace.codebook.table import DescriptorTable
    from timbrespace.descriptors import DESCRIPTORS

    header = bundle.header["codes"]
    if not header:
        return {}
    codes = bundle.tensors.get("bottleneck.codebook")
    vectors = None if codes is None else codes.numpy()
    table = DescriptorTable.from_header(header, vectors, bundle.config.latents)
    return {name: found for name in DESCRIPTORS if (found := coverage(table, name)) is not None}


def _parameters(bundle: Bundle) -> int:
    return sum(tensor.numel() for tensor in bundle.tensors.values())


def _flatten(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(f"{name}.{key}", item)
    elif isinstance(value, list):
        yield name, _format_list(value)
    elif value is not None:
        yield name, _format(value)


def _format_list(values: list[Any]) -> str:
    if any(isinstance(value, list | dict) for value in values):
        return f"{len(values)} entries"
    if len(values) <= LONGEST_LIST:
        return " ".join(_format(value) for value in values)
    ends = [_format(value) for value in (*values[:3], "…", values[-1])]
    return f"{' '.join(ends)} ({len(values)} values)"


def _format(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
