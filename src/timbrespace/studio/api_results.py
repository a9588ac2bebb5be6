"""Results over HTTP: a part as a sound file, its series as a file, and what there is to draw of the sound.

All are of the part as it is now; what needs the sound waits until it is rendered, in threads of its own:
however many wait, everything else is answered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query, Response

from timbrespace import audio
from timbrespace.latents import LatentSeries
from timbrespace.studio import peaks, pictures, recipes
from timbrespace.studio.document import Part
from timbrespace.studio.errors import Missing
from timbrespace.studio.matching import SourceLoudness
from timbrespace.studio.packets import MEDIA_TYPE, pack
from timbrespace.studio.quantities import LONGEST_SECONDS, PartId
from timbrespace.studio.rendering import Render
from timbrespace.studio.studio import Studio

Version = Literal["result", "previous"]
Waiter = Callable[..., Awaitable[Render]]  # of the path and query of a request
Seconds = Annotated[float, Query(ge=0.0, le=10 * LONGEST_SECONDS)]
MOST_WAITING = 100  # threads
SOUND_TYPES = {"wav": "audio/wav", "flac": "audio/flac"}


def add(routes: APIRouter, studio: Studio) -> None:
    """/api/parts/ID/result.wav and its like."""
    waiting = CapacityLimiter(MOST_WAITING)

    async def rendered(key: PartId, version: Version = "result") -> Render:
        return await to_thread.run_sync(_rendered, studio, key, version, limiter=waiting)

    async def result(key: PartId) -> Render:
        return await rendered(key)

    _add_files(routes, studio, result)
    _add_pictures(routes, rendered)
    _add_loudness(routes, studio)


def _add_files(routes: APIRouter, studio: Studio, result: Waiter) -> None:
    @routes.get("/parts/{key}/result.wav", response_class=Response)
    def sound(
        key: PartId,
        form: Annotated[Literal["wav", "flac"], Query(alias="format")] = "wav",
        render: Render = Depends(result),
    ) -> Response:
        """What `timbrespace decode` writes of the part's series."""
        part = recipes.part_of(studio.session.document, key)
        data = written(form, lambda path: audio.write_audio(path, render.samples, render.sample_rate))
        return attached(data, part.name, form, SOUND_TYPES[form])

    @routes.get("/parts/{key}/latents.npz", response_class=Response)
    def npz(key: PartId) -> Response:
        """What `timbrespace transform` writes."""
        part, series = _series(studio, key)
        return attached(written("npz", series.save), part.name, "npz", MEDIA_TYPE)

    @routes.get("/parts/{key}/latents.csv", response_class=Response)
    def csv(key: PartId) -> Response:
        """The same as text."""
        part, series = _series(studio, key)
        return attached(written("csv", series.to_csv), part.name, "csv", "text/csv")


def _add_pictures(routes: APIRouter, rendered: Waiter) -> None:
    @routes.get("/parts/{key}/peaks", response_class=Response)
    def waveform(
        start: Seconds = 0.0,
        end: Seconds | None = None,
        columns: Annotated[int, Query(ge=1, le=peaks.MOST_COLUMNS)] = 800,
        render: Render = Depends(rendered),
    ) -> Response:
        samples, rate = render.samples, render.sample_rate
        packet = peaks.draw(
            lambda first, last: samples[first:last], len(samples), rate, start=start, end=end, columns=columns
        )
        return Response(packet, media_type=MEDIA_TYPE)

    @routes.get("/parts/{key}/spectrogram", response_class=Response)
    def spectrogram(
        start: Seconds = 0.0,
        end: Seconds | None = None,
        columns: Annotated[int, Query(ge=1, le=pictures.MOST_COLUMNS)] = 600,
        render: Render = Depends(rendered),
    ) -> Response:
        samples, rate = render.samples, render.sample_rate
        image, header = pictures.spectrogram_of(
            lambda first, last: samples[first:last], len(samples), rate, columns, start=start, end=end,
            peak=float(abs(samples).max(initial=0.0)),
        )  # fmt: skip
        return Response(pack({"image": image}, **header), media_type=MEDIA_TYPE)


def _add_loudness(routes: APIRouter, studio: Studio) -> None:
    sources = SourceLoudness(studio)

    @routes.get("/parts/{key}/render")
    def render(key: PartId) -> dict[str, Any]:
        """Of the result and the one before: loudness in LUFS, peak, seconds, fingerprint; and how loud the
        source is, once there is a result. A peak above 1 is turned down in files."""
        part = recipes.part_of(studio.session.document, key)
        result, previous = studio.renders.result(key), studio.renders.previous(key)
        return {
            "result": None if result is None else told(result),
            "previous": None if previous is None else told(previous),
            "source": None if result is None else {"loudness_lufs": sources.lufs(part, result)},
        }


def told(render: Render) -> dict[str, Any]:
    """A render without its samples."""
    seconds = len(render.samples) / render.sample_rate
    peak = float(abs(render.samples).max(initial=0.0))
    found = {"loudness_lufs": render.loudness_lufs, "peak": peak, "seconds": seconds}
    return {"fingerprint": render.fingerprint, **found}


def written(extension: str, write: Callable[[Path], object]) -> bytes:
    """The bytes of a file that `write` makes at a path with this extension."""
    with tempfile.TemporaryDirectory(prefix="timbrespace") as folder:
        path = Path(folder) / f"file.{extension}"
        write(path)
        return path.read_bytes()


def attached(data: bytes, name: str, extension: str, media_type: str) -> Response:
    """A file for the page to save under a part's name."""
    said = f"attachment; filename*=UTF-8''{quote(f'{name}.{extension}', safe='')}"
    return Response(data, media_type=media_type, headers={"content-disposition": said})


def _series(studio: Studio, key: str) -> tuple[Part, LatentSeries]:
    """A part and its series as files hold it, quantised where its model is."""
    part = recipes.part_of(studio.session.document, key)
    return part, studio.engine_of(part).requantise(studio.evaluator.series(part).series)


def _rendered(studio: Studio, key: str, version: Version) -> Render:
    """Raises Missing where there is no previous result, and what rendering raises."""
    render = studio.renders.wait(key) if version == "result" else studio.renders.previous(key)
    if render is None:
        raise Missing("there is no earlier result of this part")
    return render
