"""Sessions: listed, made, opened, copied, put away, carried elsewhere and back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from timbrespace.errors import UsageError
from timbrespace.studio import portable
from timbrespace.studio.example import set_up
from timbrespace.studio.quantities import Checked, Name, SessionId
from timbrespace.studio.receiving import receive, refusal
from timbrespace.studio.sounds import free_bytes
from timbrespace.studio.studio import Studio
from timbrespace.studio.wording import document_view

MAX_FILE_BYTES = 8 * 2**30  # of a session that is brought in

Key = SessionId
FileName = Annotated[str, Query(min_length=1, max_length=300)]


class NewSession(Checked):
    """name: a number is added where another has it."""

    name: Name = "Untitled"


class Renamed(Checked):
    """Another name for a session."""

    name: Name


def router(studio: Studio) -> APIRouter:
    """/api/sessions, /api/session/file, /api/example."""
    routes = APIRouter(prefix="/api", tags=["sessions"])
    _add_opening(routes, studio)
    _add_keeping(routes, studio)
    _add_carrying(routes, studio)
    return routes


def _now(studio: Studio) -> dict[str, Any]:
    return document_view(studio.session.document)


def _add_opening(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/sessions")
    def listed() -> list[dict[str, Any]]:
        studio.session.flush()
        return [each.shown() for each in studio.sessions.listed()]

    @routes.post("/sessions", status_code=201)
    def create(wanted: NewSession) -> dict[str, Any]:
        studio.enter(studio.sessions.create(wanted.name))
        return _now(studio)

    @routes.post("/sessions/{key}/open")
    def enter(key: Key) -> dict[str, Any]:
        if key != studio.session.document.id:
            studio.enter(studio.sessions.open(key))
        return _now(studio)

    @routes.post("/example")
    def example() -> dict[str, Any]:
        set_up(studio)
        return _now(studio)


def _add_keeping(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/sessions/{key}/duplicate", status_code=201)
    def duplicate(key: Key) -> dict[str, Any]:
        studio.session.flush()
        copy = studio.sessions.duplicate(key)
        return {"id": copy.id, "name": copy.name}

    @routes.patch("/sessions/{key}")
    def rename(key: Key, wanted: Renamed) -> dict[str, Any]:
        if key == studio.session.document.id:
            studio.session.change(lambda document: document.model_copy(update={"name": wanted.name}))
        else:
            studio.sessions.rename(key, wanted.name)
        return {"id": key, "name": wanted.name}

    @routes.delete("/sessions/{key}")
    def remove(key: Key) -> dict[str, Any]:
        if key == studio.session.document.id:
            raise UsageError("this session is open; open another one first")
        studio.sessions.remove(key)
        return _now(studio)

    @routes.post("/sessions/{key}/restore")
    def restore(key: Key) -> dict[str, Any]:
        studio.sessions.restore(key)
        return _now(studio)


def _add_carrying(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/session/file", response_class=FileResponse)
    def carry() -> FileResponse:
        target = studio.sessions.root / f".carry-{secrets.token_hex(6)}.zip"
        try:
            portable.pack(studio.session, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        name = f"{studio.session.document.name}.timbrespace.zip"
        task = BackgroundTask(target.unlink, missing_ok=True)
        return FileResponse(target, filename=name, media_type="application/zip", background=task)

    @routes.post("/sessions/import", status_code=201)
    async def bring(request: Request, name: FileName = "session.zip") -> dict[str, Any]:
        with _temporary(studio.sessions.root) as archive:
            room = await run_in_threadpool(free_bytes, studio.sessions.root)
            if room <= 0:
                raise await refusal(request, 507, f"{name}: the disk is full; free some of it")
            await receive(request, archive, min(MAX_FILE_BYTES, room), label=name)
            document = await run_in_threadpool(portable.unpack, archive, studio.sessions, name)
        return {"id": document.id, "name": document.name}


@contextmanager
def _temporary(root: Path) -> Iterator[Path]:
    path = root / f".import-{secrets.token_hex(6)}.zip"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
