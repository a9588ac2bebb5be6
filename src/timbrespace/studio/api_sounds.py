"""The tray and the library over HTTP: bring sounds in, look at them, change what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from timbrespace.studio import peaks, pictures, sounds
from timbrespace.studio.document import Sound
from timbrespace.studio.errors import Missing
from timbrespace.studio.incoming import Incoming
from timbrespace.studio.packets import MEDIA_TYPE, pack
from timbrespace.studio.quantities import Checked, Name, Seconds, SoundId

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio

UNCHANGING = {"cache-control": "private, max-age=31536000, immutable"}  # a sound's samples never change

Start = Annotated[float, Query(ge=0.0, allow_inf_nan=False)]
End = Annotated[float | None, Query(gt=0.0, allow_inf_nan=False)]


class SoundChange(Checked):
    """What is to change of a sound; selection: null removes it."""

    name: Name | None = None
    gain_db: Annotated[float, Field(ge=-60.0, le=30.0)] | None = None
    selection: tuple[Seconds, Seconds] | None = None
    loop: bool | None = None

    def wanted(self) -> dict[str, Any]:
        """The fields that were given."""
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name == "selection"}


def router(studio: Studio) -> APIRouter:
    """/api/sounds, /api/library."""
    routes = APIRouter(prefix="/api", tags=["sounds"])
    _add_upload(routes, studio)
    _add_changes(routes, studio)
    _add_views(routes, studio)
    _add_pictures(routes, studio)
    _add_library(routes, studio)
    return routes


def _add_upload(routes: APIRouter, studio: Studio) -> None:
    incoming = Incoming(lambda: studio.session)

    @routes.post("/sounds", status_code=201, openapi_extra=_BODY)
    async def bring_in(
        request: Request,
        name: Annotated[str, Query(max_length=1000)] = "sound",
        origin: Literal["upload", "microphone", "result"] = "upload",
    ) -> Sound:
        return await incoming.bring_in(request, name, origin)


def _add_changes(routes: APIRouter, studio: Studio) -> None:
    @routes.patch("/sounds/{sound_id}")
    def change(sound_id: SoundId, wanted: SoundChange) -> Sound:
        return sounds.change(studio.session, sound_id, wanted.wanted())

    @routes.delete("/sounds/{sound_id}", status_code=204)
    def remove(sound_id: SoundId) -> None:
        sounds.remove(studio.session, sound_id)

    @routes.post("/sounds/{sound_id}/restore")
    def restore(sound_id: SoundId) -> Sound:
        return sounds.restore(studio.session, sound_id)


def _add_views(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/sounds/{sound_id}.wav", response_class=FileResponse)
    def wav(sound_id: SoundId) -> FileResponse:
        sound = sounds.find(studio.session, sound_id)
        path = sounds.wav_path(studio.session, sound)
        if not path.is_file():
            raise Missing(f"{sound.name}: its file is gone; bring the sound in again")
        return FileResponse(path, media_type="audio/wav", filename=f"{sound.name}.wav")

    @routes.get("/sounds/{sound_id}/peaks", response_class=Response)
    def waveform(
        sound_id: SoundId,
        start: Start = 0.0,
        end: End = None,
        columns: Annotated[int, Query(ge=1, le=peaks.MOST_COLUMNS)] = 800,
    ) -> Response:
        session = studio.session
        sound = sounds.find(session, sound_id)
        with sounds.opened(session, sound) as read:
            packet = peaks.draw(
                read,
                sound.frames,
                sound.sample_rate,
                start=start,
                end=end,
                columns=columns,
                pyramid=sounds.pyramid(session, sound),
            )
        return Response(packet, media_type=MEDIA_TYPE, headers=UNCHANGING)


def _add_pictures(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/sounds/{sound_id}/spectrogram", response_class=Response)
    def picture(
        sound_id: SoundId,
        start: Start = 0.0,
        end: End = None,
        columns: Annotated[int, Query(ge=1, le=pictures.MOST_COLUMNS)] = 600,
        model: str | None = None,
    ) -> Response:
        """model: as it hears the sound, up to half its sample rate."""
        session = studio.session
        sound = sounds.find(session, sound_id)
        high_hz = None if model is None else studio.model(model).sample_rate / 2
        with sounds.opened(session, sound) as read:
            image, header = pictures.spectrogram_of(
                read,
                sound.frames,
                sound.sample_rate,
                columns,
                start=start,
                end=end,
                high_hz=high_hz,
                peak=sound.peak,
            )
        return Response(pack({"image": image}, **header), media_type=MEDIA_TYPE, headers=UNCHANGING)


def _add_library(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/library")
    def library() -> dict[str, Any]:
        return {"groups": studio.library.groups()}

    @routes.post("/library/{item}", status_code=201)
    def pick(item: str) -> Sound:
        return studio.library.bring(item, studio.session)


_BODY = {
    "requestBody": {
        "required": True,
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
