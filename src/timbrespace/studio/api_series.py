"""Latent series brought in as files: each is kept in the session's folder and becomes a part's source."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from timbrespace.engine import Engine
from timbrespace.errors import SeriesError, TimbrespaceError
from timbrespace.latents import LatentSeries
from timbrespace.studio import desk, parts
from timbrespace.studio.document import SeriesSource
from timbrespace.studio.evaluation import series_path
from timbrespace.studio.packets import MEDIA_TYPE
from timbrespace.studio.quantities import MAX_FRAMES, Name
from timbrespace.studio.receiving import receive
from timbrespace.studio.studio import Studio

MOST_BYTES = 64 * 2**20  # of a file
ZIP = b"PK"  # how an .npz file begins; anything else is read as text

Bringer = Annotated[Name, Query()]


def add(routes: APIRouter, studio: Studio) -> None:
    """/api/series."""

    @routes.post("/series", status_code=201, openapi_extra=_BODY)
    async def bring_in(request: Request, model: Bringer, name: Bringer = "series") -> dict[str, Any]:
        """An .npz or .csv file as the commands write them."""
        with tempfile.TemporaryDirectory(prefix="timbrespace") as folder:
            path = Path(folder) / "file"
            await receive(request, path, MOST_BYTES, label=name)
            data = path.read_bytes()
        return await run_in_threadpool(_keep, studio, data, model, name)


def _keep(studio: Studio, data: bytes, model: str, name: str) -> dict[str, Any]:
    engine = studio.model(model)
    series = read(data, engine, name)
    key = f"n{secrets.token_hex(6)}"
    series.save(series_path(studio.session.series, key))
    part = parts.new_part(studio.session.document, model, SeriesSource(series=key), name)
    return desk.add(studio, part)


def read(data: bytes, engine: Engine, name: str) -> LatentSeries:
    """The series in a file's bytes. Raises SeriesError where it is none, or none of this model."""
    extension = "npz" if data.startswith(ZIP) else "csv"
    with tempfile.TemporaryDirectory(prefix="timbrespace") as folder:
        path = Path(folder) / f"file.{extension}"
        path.write_bytes(data)
        try:
            series = _load(path, engine)
            engine.check_fits(series)
        except TimbrespaceError as error:
            raise type(error)(str(error).replace(str(path), name)) from None
    if not 0 < len(series) <= MAX_FRAMES:
        raise SeriesError(f"{name}: {len(series)} frames; a part has 1 to {MAX_FRAMES}")
    return series


def _load(path: Path, engine: Engine) -> LatentSeries:
    if path.suffix == ".npz":
        return LatentSeries.load(path)
    rate = engine.signal.frame_rate_hz
    return LatentSeries.from_csv(path, frame_rate_hz=rate, model_id=engine.model_id, codebook=engine.codebook)


_BODY = {
    "requestBody": {
        "required": True,
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
