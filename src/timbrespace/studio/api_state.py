"""What the page asks first, and the open session's own fields."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from timbrespace import __version__
from timbrespace.errors import UsageError
from timbrespace.studio.described import describe
from timbrespace.studio.document import Document
from timbrespace.studio.errors import Missing
from timbrespace.studio.quantities import MOST_REMEMBERED, Checked, Name, PartId, SessionId
from timbrespace.studio.studio import Studio
from timbrespace.studio.wording import changes_view, document_view

LONGEST_REMEMBERED = 4000  # letters of one

Remembered = Annotated[str, Field(max_length=LONGEST_REMEMBERED)] | float | bool | None


class SessionChange(Checked):
    """What of a session is to change. page: entries are put beside those that are there; null removes one."""

    name: Name | None = None
    active: PartId | None = None
    page: dict[Annotated[str, Field(max_length=100)], Remembered] | None = None


def router(studio: Studio) -> APIRouter:
    """/api/state, /api/session, /api/session/changes."""
    routes = APIRouter(prefix="/api", tags=["state"])

    @routes.get("/state")
    def state() -> dict[str, Any]:
        models = [
            describe(name, engine, studio.described(name), studio.meanings)
            for name, engine in studio.models.items()
        ]
        return {
            "version": __version__,
            "models": models,
            "session": document_view(studio.session.document),
            "problem": studio.session.problem,
            "library": True,
        }

    @routes.get("/session")
    def session() -> dict[str, Any]:
        return document_view(studio.session.document)

    @routes.get("/session/changes")
    def changes(session: SessionId, since: int) -> dict[str, Any]:
        """The session, with the id alone of every sound and part that is as it was at a revision that the
        page has; whole where that is not known, or of another session."""
        open_now = studio.session
        document = open_now.document
        before = open_now.at(since) if session == document.id else None
        return document_view(document) if before is None else changes_view(document, before)

    @routes.patch("/session")
    def change(wanted: SessionChange) -> dict[str, Any]:
        """Answers the session with the ids alone of its sounds and parts."""
        document = studio.session.change(lambda document: changed(document, wanted))
        return changes_view(document, document)

    return routes


def changed(document: Document, wanted: SessionChange) -> Document:
    """The document with what was asked for. Raises Missing, UsageError."""
    update: dict[str, Any] = {}
    if wanted.name is not None:
        update["name"] = wanted.name
    if wanted.active is not None:
        if all(part.id != wanted.active for part in document.parts):
            raise Missing(f"there is no part {wanted.active}")
        update["active"] = wanted.active
    if wanted.page is not None:
        page = {**document.page, **wanted.page}
        update["page"] = {name: value for name, value in page.items() if value is not None}
        if len(update["page"]) > MOST_REMEMBERED:
            raise UsageError(f"the page remembers {len(update['page'])} things; at most {MOST_REMEMBERED}")
    return document.model_copy(update=update) if update else document
