"""What the page is told of a model: its signal, its dimensions with their ranges, names and correlations."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import timbrespace
from timbrespace import files
from timbrespace.codebook import DescriptorTable
from timbrespace.codebook.coverage import coverage
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.engine import Engine
from timbrespace.errors import TimbrespaceError
from timbrespace.ranges import DataRange
from timbrespace.studio.stage import going_on

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio

log = logging.getLogger(__name__)

BUNDLED = Path(timbrespace.__file__).parent / "demo_models"
UNKNOWN_REACH = 3.0  # deviations
DIGITS = 5


def describe(name: str, engine: Engine, table: DescriptorTable | None, meanings: Meanings) -> dict[str, Any]:
    """A model as plain JSON, `ModelInfo` of the page's types. table: None where it describes no sounds."""
    signal, latent = engine.signal, engine.header.get("latent") or {}
    quantiles = latent.get("loudness_quantiles_db") or [-100.0, 0.0]
    loudness = {"low": quantiles[0], "high": quantiles[-1], "middle": quantiles[len(quantiles) // 2]}
    return {
        "name": name,
        "kind": engine.kind,
        "model_id": engine.model_id,
        "sample_rate": signal.sample_rate,
        "n_fft": signal.n_fft,
        "hop": signal.hop,
        "frame_rate_hz": signal.frame_rate_hz,
        "latents": engine.config.latents,
        "codes": None if engine.codebook is None else len(engine.codebook),
        "loudness": {key: round(float(value), DIGITS) for key, value in loudness.items()},
        "dimensions": _dimensions(engine, table, meanings.of(engine.model_id)),
        "descriptors": {} if table is None else _descriptors(table),
    }


def _dimensions(
    engine: Engine, table: DescriptorTable | None, known: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    p5, p95, low, high = _ranges(engine, table)
    active = engine.model.rotation.active.numpy()
    rows = []
    for index in range(engine.config.latents):
        row = {
            "name": f"z{index}",
            "low": round(float(low[index]), DIGITS),
            "high": round(float(high[index]), DIGITS),
            "p5": round(float(p5[index]), DIGITS),
            "p95": round(float(p95[index]), DIGITS),
            "active": bool(active[index]) if index < len(active) else True,
            "meaning": "",
            "correlations": {},
        }
        rows.append(row | (known[index] if index < len(known) else {}))
    return rows


def _ranges(engine: Engine, table: DescriptorTable | None) -> NDArray[np.float64]:
    """Percentiles 5 and 95, least and greatest of every dimension over the data, [4, D]."""
    if table is None:  # a model that knows nothing of its data: what N(0, 1) would give
        inner, outer = np.ones(engine.config.latents) * 1.64, np.ones(engine.config.latents) * UNKNOWN_REACH
        return np.stack([-inner, inner, -outer, outer])
    z = table.z.astype(np.float64)
    held = DataRange.of_header(engine.header)
    ends = np.stack([z.min(axis=0), z.max(axis=0)] if held is None else [held.low, held.high])
    return np.concatenate([np.percentile(z, [5, 95], axis=0), ends])


def _descriptors(table: DescriptorTable) -> dict[str, Any]:
    found = {}
    for name, kind in DESCRIPTORS.items():
        reach = coverage(table, name)
        if reach is not None:
            found[name] = {
                "low": reach.low, "high": reach.high, "middle_low": reach.middle_low,
                "middle_high": reach.middle_high, "unit": kind.unit, "sounds": reach.sounds,
                "covered": reach.covered, "gaps": [list(gap) for gap in reach.gaps],
            }  # fmt: skip
    return found


class Stopped(Exception):
    """The program has come to its end."""


class Meanings:
    """What the dimensions of continuous models do, found out once a model, in seconds, and kept.

    folder: where it is kept. Of the models that ship with the package it lies beside them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, list[dict[str, Any]]] = {}

    def of(self, model_id: str) -> list[dict[str, Any]]:
        """`meaning` and `correlations` of every dimension; nothing where not known yet."""
        if model_id not in self._known:
            for folder in (BUNDLED, self._folder):
                with suppress(OSError, ValueError):
                    text = (folder / _file(model_id)).read_text(encoding="utf-8")
                    self._known[model_id] = json.loads(text)
                    break
        return self._known.get(model_id, [])

    def find_out(self, studio: Studio) -> None:
        """What is not known yet, model by model; the pages are told each time. Ends with the program."""
        with suppress(Stopped):
            for name in studio.tables.coming:
                with _told(name):
                    studio.tables.make(name, _still)
                studio.events.send({"type": "models"})
            for name, engine in studio.models.items():
                table = studio.described(name)
                if engine.kind == "continuous" and table is not None and not self.of(engine.model_id):
                    with _told(name):
                        self._keep(engine, table)
                    studio.events.send({"type": "models"})

    def _keep(self, engine: Engine, table: DescriptorTable) -> None:
        from timbrespace.dimensions import describe_dimensions

        rows = [
            {
                "meaning": each.name,
                "correlations": {k: round(v, 3) for k, v in each.correlations.items() if v == v},
            }
            for each in describe_dimensions(engine, table, progress=_still)
        ]
        self._known[engine.model_id] = rows
        files.write_text(self._folder / _file(engine.model_id), json.dumps(rows), force=True)


def _still(_: float) -> None:
    """Raise Stopped where the program has come to its end."""
    if not going_on():
        raise Stopped


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What cannot be found out about a model, or not kept, is told, and the rest goes on."""
    try:
        yield
    except TimbrespaceError as error:
        log.warning("model '%s': %s", name, error)


def _file(model_id: str) -> str:
    return "".join(letter for letter in model_id if letter.isalnum())[:64] + ".dimensions.json"
