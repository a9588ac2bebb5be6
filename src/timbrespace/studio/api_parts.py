"""Parts over HTTP: made, edited, undone, told of. What is done to them is in `desk`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from timbrespace.studio import api_results, api_series, desk, parts, recipes
from timbrespace.studio.document import Document, Edit, NewSource, Source
from timbrespace.studio.packets import MEDIA_TYPE
from timbrespace.studio.quantities import Checked, Frame, Name, PartId, Seed
from timbrespace.studio.studio import Studio


class NewPart(Checked):
    """A part to make."""

    name: Name | None = None
    model: Name
    source: Source


class OneEdit(Checked):
    """One more edit."""

    edit: Edit


class OneSource(Checked):
    """Where the series is to come from."""

    source: Source


class PartChange(Checked):
    """What of a part is to change; what is not there stays. selection: null is none.

    together: the model of the parts that it is made of, and of those made of it, too.
    """

    name: Name | None = None
    model: Name | None = None
    together: bool = False
    seed: Seed | None = None
    loop: bool | None = None
    selection: tuple[Frame, Frame] | None = None


def router(studio: Studio) -> APIRouter:
    """/api/parts, with their results, and /api/series."""
    routes = APIRouter(prefix="/api", tags=["parts"])
    _add_making(routes, studio)
    _add_editing(routes, studio)
    _add_keeping(routes, studio)
    api_results.add(routes, studio)
    api_series.add(routes, studio)
    return routes


def _add_making(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/parts", status_code=201)
    def make(wanted: NewPart) -> dict[str, Any]:
        part = parts.new_part(studio.session.document, wanted.model, wanted.source, wanted.name)
        return desk.add(studio, part)

    @routes.get("/parts/{key}")
    def view(key: PartId) -> dict[str, Any]:
        return desk.view(studio, key)

    @routes.get("/parts/{key}/series")
    def series(key: PartId) -> Response:
        part = recipes.part_of(studio.session.document, key)
        return Response(desk.series_packet(studio, part), media_type=MEDIA_TYPE)


def _add_editing(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/parts/{key}/edits")
    def edit(key: PartId, wanted: OneEdit) -> dict[str, Any]:
        return desk.commit(studio, key, wanted.edit)

    @routes.post("/parts/{key}/preview")
    def preview(key: PartId, wanted: OneEdit) -> Response:
        """The part with one more edit, to be drawn; it is not kept."""
        tried = studio.evaluator.preview(parts.live_part(studio.session.document, key), wanted.edit)
        return Response(desk.tried_packet(tried), media_type=MEDIA_TYPE)

    @routes.put("/parts/{key}/source")
    def source(key: PartId, wanted: OneSource) -> dict[str, Any]:
        if parts.live_part(studio.session.document, key).current_source == wanted.source:
            return desk.view(studio, key)
        return desk.commit(studio, key, NewSource(source=wanted.source))

    @routes.post("/parts/{key}/undo")
    def undo(key: PartId) -> dict[str, Any]:
        return desk.move(studio, key, -1)

    @routes.post("/parts/{key}/redo")
    def redo(key: PartId) -> dict[str, Any]:
        return desk.move(studio, key, 1)


def _add_keeping(routes: APIRouter, studio: Studio) -> None:
    @routes.patch("/parts/{key}")
    def change(key: PartId, wanted: PartChange) -> dict[str, Any]:
        given = {name: getattr(wanted, name) for name in wanted.model_fields_set - {"model", "together"}}
        fields = {name: value for name, value in given.items() if value is not None or name == "selection"}
        model = None if wanted.model is None else studio.model(wanted.model).model_id

        def changed(document: Document) -> Document:
            if wanted.model is not None and model is not None:
                keys = parts.tied(document, key) if wanted.together else {key}
                document = parts.remodelled(document, keys, wanted.model, model)
            return parts.replaced(document, key, **fields)

        tried = changed(studio.session.document)
        if model is not None or "selection" in fields:
            desk.check(studio, tried, parts.live_part(tried, key))
        studio.session.change(changed)
        if model is not None or "seed" in fields:
            desk.render(studio, key)
        return desk.view(studio, key)

    @routes.delete("/parts/{key}")
    def remove(key: PartId) -> dict[str, Any]:
        document = studio.session.change(lambda document: parts.removed(document, key))
        return {"removed": key, "active": document.active}

    @routes.post("/parts/{key}/restore")
    def restore(key: PartId) -> dict[str, Any]:
        studio.session.change(lambda document: parts.restored(document, key))
        desk.render(studio, key)
        return desk.view(studio, key)

    @routes.post("/parts/{key}/duplicate", status_code=201)
    def duplicate(key: PartId) -> dict[str, Any]:
        document = studio.session.change(lambda document: parts.duplicated(document, key))
        assert document.active is not None
        desk.render(studio, document.active)
        return desk.view(studio, document.active)
