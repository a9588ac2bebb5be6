"""The live room over HTTP: the dials that there are, and OSC switched on and off."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from timbrespace.studio.document import Checked
from timbrespace.studio.studio import Studio

Address = Annotated[str, Field(min_length=1, max_length=260)]


class OscWanted(Checked):
    """hear: PORT or HOST:PORT, None: listen to nothing. send_to: HOST:PORT, None: send nothing."""

    hear: Address | None = "9000"
    send_to: Address | None = "127.0.0.1:9001"


def router(studio: Studio) -> APIRouter:
    """/api/controls, /api/osc."""
    routes = APIRouter(prefix="/api", tags=["live"])

    @routes.get("/controls")
    def controls(model: str) -> list[dict[str, Any]]:
        """Every dial of what is played by a model: name, unit, range, help, where it stands."""
        studio.model(model)
        return studio.dials.describe(model)

    @routes.post("/controls/reset")
    def reset() -> None:
        """Every dial back to where it was at first."""
        studio.dials.reset()

    @routes.get("/osc")
    def osc() -> dict[str, Any]:
        return studio.osc.state()

    @routes.put("/osc")
    def switch_on(wanted: OscWanted) -> dict[str, Any]:
        return studio.osc.open(wanted.hear, wanted.send_to)

    @routes.delete("/osc")
    def switch_off() -> dict[str, Any]:
        return studio.osc.close()

    return routes
