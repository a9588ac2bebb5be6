"""A studio without its server: models, an open session, sounds in its tray, parts of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from timbrespace.cli.app import main
from timbrespace.engine import load
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.studio import api_parts, parts, sounds
from timbrespace.studio.document import Edit, Part, Sound, Source
from timbrespace.studio.errors import Missing
from timbrespace.studio.studio import Studio


@contextmanager
def opened(models: dict[str, Path], root: Path) -> Iterator[Studio]:
    """A studio with these models by name, its sessions under `root`."""
    studio = Studio({name: load(path) for name, path in models.items()}, root)
    try:
        yield studio
    finally:
        studio.close()


def client(studio: Studio) -> TestClient:
    """The routes of parts alone; errors are told with their status."""
    app = FastAPI()
    app.include_router(api_parts.router(studio))

    def told(_: Request, error: Exception) -> JSONResponse:
        kinds = ((Missing, 404), (UsageError, 422))
        status = next((status for kind, status in kinds if isinstance(error, kind)), 400)
        return JSONResponse({"error": str(error)}, status_code=status)

    app.add_exception_handler(TimbrespaceError, told)
    app.add_exception_handler(RequestValidationError, lambda _, error: Response(status_code=422))
    return TestClient(app)


def add_sound(studio: Studio, path: Path) -> Sound:
    """A file's sound in the tray."""
    samples, rate = soundfile.read(path, dtype="float32")
    return sounds.store(studio.session, [samples], rate, path.name, "upload")


def add_part(studio: Studio, model: str, source: Source, *edits: Edit) -> Part:
    """A part in the document, edits and all."""
    part = parts.new_part(studio.session.document, model, source, None)
    part = part.model_copy(update={"edits": list(edits), "cursor": len(edits)})
    studio.session.change(lambda document: parts.added(document, part))
    return part


def part_now(studio: Studio, part: Part) -> Part:
    """The part as the document has it now."""
    return parts.live_part(studio.session.document, part.id)


def commit(studio: Studio, part: Part, edit: Edit) -> LatentSeries:
    """One more edit kept; the series then."""
    studio.session.change(lambda document: parts.edited(document, part.id, edit))
    return series_of(studio, part)


def series_of(studio: Studio, part: Part) -> LatentSeries:
    """The series of a part as it is now."""
    return studio.evaluator.series(part_now(studio, part)).series


def command(*words: Any) -> None:
    """The command line in this process; it must do what was asked."""
    assert main([str(word) for word in words]) == 0


def same(a: LatentSeries, b: LatentSeries) -> None:
    """Bit for bit."""
    assert np.array_equal(a.z, b.z)
    assert np.array_equal(a.loudness_db, b.loudness_db)
    assert (a.codes is None) == (b.codes is None)
    assert a.codes is None or np.array_equal(a.codes, b.codes)
    assert (a.length_samples, a.model_id, a.frame_rate_hz) == (b.length_samples, b.model_id, b.frame_rate_hz)


def samples_of(path: Path) -> NDArray[np.float32]:
    """The samples of a file."""
    samples, _ = soundfile.read(path, dtype="float32")
    return np.asarray(samples)


def unpacked(packet: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header of a packet and its arrays by name."""
    at = 4 + int.from_bytes(packet[:4], "little")
    header = json.loads(packet[4:at])
    arrays = {}
    for each in header["arrays"]:
        count = int(np.prod(each["shape"]))
        array = np.frombuffer(packet, np.dtype(each["dtype"]).newbyteorder("<"), count, at)
        arrays[each["name"]] = array.reshape(each["shape"])
        at += -(-array.nbytes // 4) * 4
    return header, arrays
