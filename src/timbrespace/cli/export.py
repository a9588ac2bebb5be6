"""`timbrespace export`: a model as one file for real-time hosts, tried out before it is written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from timbrespace.cli.common import Force, Json, Model, Progress, Quiet, note, print_json, print_table, say

BUDGET = 0.5  # of a block: what the 99th percentile may take, so that the host has the rest


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(export)


def export(
    model: Model,
    out: Annotated[Path, typer.Argument(metavar="OUT.ts", help="The file; OUT.json holds its certificate.")],
    name: Annotated[
        str | None, typer.Option(help="What patches call the model; its file or folder if not given.")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Write it though this machine is too slow to play it.")
    ] = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a model as one TorchScript file for nn~ in Pure Data and Max and for nn.ar in SuperCollider.

    The file is tried out in a process of its own, held against the model, and timed; what it showed is
    printed and kept beside it.
    """
    from timbrespace import engine, files
    from timbrespace.export.building import name_of
    from timbrespace.export.exporter import export as write

    files.check_output(out, inputs=[model], force=force)
    files.check_output(out.with_suffix(".json"), inputs=[model], force=force)
    loaded = engine.load(model)
    with Progress("export", 1.0, quiet=quiet) as progress:
        certificate = write(
            loaded, out, name=name or name_of(model), anyway=anyway, force=force, progress=progress.update
        )
    at_hop = certificate["blocks"][0]
    if at_hop["p99_ms"] > BUDGET * at_hop["duration_ms"]:
        note(
            f"one block in a hundred of {at_hop['block']} samples takes {at_hop['p99_ms']:.1f} of its "
            f"{at_hop['duration_ms']:.1f} ms on this machine; use larger blocks in the host, or close other "
            "programs and export again to measure anew",
            quiet=quiet,
        )
    if as_json:
        print_json(certificate)
    elif not quiet:
        print_table(_rows(certificate))
        _print_blocks(certificate)
        say(f"wrote {out} and {out.with_suffix('.json')}")
        say(f"next: timbrespace pd PATCHES {shlex.quote(str(out))}   lays out patches for Pure Data and Max")


def _rows(certificate: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    rate = certificate["sample_rate"]
    yield "model", f"{certificate['name']} ({certificate['kind']}, {certificate['model_id']})"
    yield "sample rate", f"{rate} Hz; the host must run at it"
    yield (
        "latency",
        f"{certificate['latency_samples']} samples ({certificate['latency_ms']:.1f} ms), by a click "
        f"{certificate['latency_measured_samples']:.0f}; the host's buffer adds its own",
    )
    for name, method in certificate["methods"].items():
        yield (
            name,
            f"{method['in_channels']} at 1/{method['in_ratio']} -> {method['out_channels']} "
            f"at 1/{method['out_ratio']}, {certificate['methods_ms'][name]:.2f} ms a frame",
        )
    yield "knobs", f"{len(certificate['attributes'])}: {_knobs(certificate)}"
    yield "size, loading", f"{certificate['size_bytes'] / 1e6:.1f} MB, {certificate['ready_seconds']:.2f} s"
    first = ", ".join(f"{value:.0f}" for value in certificate["first_calls_ms"][:2])
    yield "first two blocks", f"{first} ms"
    yield (
        "against the model",
        f"{max(certificate['forward_error_db'], certificate['decode_error_db']):.4f} dB, "
        f"latents {certificate['z_error']:.1g}",
    )


def _knobs(certificate: dict[str, Any]) -> str:
    names = [knob["name"] for knob in certificate["attributes"]]
    last = certificate["latents"] - 1
    shared = [name for name in names if not name.startswith("z")]
    return f"{', '.join(shared)}, z0_bias, z0_scale … z{last}_scale"


def _print_blocks(certificate: dict[str, Any]) -> None:
    """Times of `forward` by block size, one thread."""
    print(
        f"\n{'block':>6} {'lasts':>9} {'median':>9} {'99 %':>9} {'worst':>9} {'real time':>10}   one thread"
    )
    for row in certificate["blocks"]:
        times = "".join(f" {row[key]:6.2f} ms" for key in ("duration_ms", "median_ms", "p99_ms", "worst_ms"))
        print(f"{row['block']:>6}{times} {row['rtf']:7.1f} ×")
    print(flush=True)
