"""Results over HTTP: a part as a sound file, its series as a file, and what there is to draw of the sound.

All are of the part as it is now; what needs the sound waits until it is rendered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
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
Seconds = Annotated[float, Query(ge=0.0, le=10 * LONGEST_SECONDS)]
MOST_WAITING = 200  # requests that wait for renders
SOUND_TYPES = {"wav": "audio/wav", "flac": "audio/flac"}


def add(routes: APIRouter, studio: Studio) -> None:
    """/api/parts/ID/result.wav and its like."""
    waited = _waited(studio)
    _add_files(routes, studio, waited)
    _add_pictures(routes, studio, waited)


def _waited(studio: Studio) -> Any:
    """A render as what a route depends on: of the part as it is, or the one before.

    Whoever waits only sleeps, and must not take the place of threads in which everything else is answered.
    """
    sleepers = CapacityLimiter(MOST_WAITING)

    async def render(key: PartId, version: Version = "result") -> Render:
        if version == "result":
            return await to_thread.run_sync(studio.renders.wait, key, limiter=sleepers)
        found = studio.renders.previous(key)
        if found is None:
            raise Missing("there is no earlier result of this part")
        return found

    return Depends(render)


def _add_files(routes: APIRouter, studio: Studio, waited: Any) -> None:
    @routes.get("/parts/{key}/result.wav", response_class=Response)
    def sound(
        key: PartId,
        form: Annotated[Literal["wav", "flac"], Query(alias="format")] = "wav",
        render: Render = waited,
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


def _add_pictures(routes: APIRouter, studio: Studio, waited: Any) -> None:
    sources = SourceLoudness(studio)

    @routes.get("/parts/{key}/peaks", response_class=Response)
    def waveform(
        key: PartId,
        start: Seconds = 0.0,
        end: Seconds | None = None,
        columns: Annotated[int, Query(ge=1, le=peaks.MOST_COLUMNS)] = 800,
        render: Render = waited,
    ) -> Response:
        samples, rate = render.samples, render.sample_rate
        packet = peaks.draw(
            lambda first, last: samples[first:last], len(samples), rate, start=start, end=end, columns=columns
        )
        return Response(packet, media_type=MEDIA_TYPE)

    @routes.get("/parts/{key}/spectrogram", response_class=Response)
    def spectrogram(
        key: PartId,
        start: Seconds = 0.0,
        end: Seconds | None = None,
        columns: Annotated[int, Query(ge=1, le=pictures.MOST_COLUMNS)] = 600,
        render: Render = waited,
    ) -> Response:
        samples, rate = render.samples, render.sample_rate
        image, header = pictures.spectrogram_of(
            lambda first, last: samples[first:last], len(samples), rate, columns, start=start, end=end,
            peak=float(abs(samples).max(initial=0.0)),
        )  # fmt: skip
        return Response(pack({"image": image}, **header), media_type=MEDIA_TYPE)

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
