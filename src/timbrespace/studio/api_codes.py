"""The codebook room over HTTP: the map of a model, its ordered traverse, how well a target is followed."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Response

from timbrespace.studio.following import Followings
from timbrespace.studio.maps import map_packet
from timbrespace.studio.packets import MEDIA_TYPE, pack
from timbrespace.studio.quantities import Descriptor, PartId
from timbrespace.studio.studio import Studio

LONGEST_HOLD = 100  # frames


def router(studio: Studio) -> APIRouter:
    """/api/models/NAME/map, /api/models/NAME/traverse, /api/parts/ID/achieved."""
    routes = APIRouter(prefix="/api", tags=["codes"])
    followings = Followings(studio)

    @routes.get("/models/{name}/map", response_class=Response)
    def drawn(name: str) -> Response:
        """Every sound of the model: its place and its descriptors."""
        return Response(map_packet(studio.model(name), studio.table(name)), media_type=MEDIA_TYPE)

    @routes.get("/models/{name}/traverse", response_class=Response)
    def traversed(
        name: str, descriptor: Descriptor, frames: Annotated[int, Query(ge=1, le=LONGEST_HOLD)] = 4
    ) -> Response:
        """Rows [P] from the lowest to the highest of a descriptor, neighbours alike; `frames` each."""
        from timbrespace.codebook.traverse import traverse

        found = traverse(studio.model(name), studio.table(name), descriptor, frames=frames)
        seconds = frames / studio.model(name).signal.frame_rate_hz
        packet = pack({"rows": found.rows.astype(np.int32)}, seconds_each=seconds)
        return Response(packet, media_type=MEDIA_TYPE)

    @routes.get("/parts/{key}/achieved", response_class=Response)
    def achieved(key: PartId) -> Response:
        """Target against what was measured; 202 and ready: false while that is under way, an event tells
        when it is there."""
        packet = followings.of(key)
        if packet is None:
            return Response(pack({}, ready=False), status_code=202, media_type=MEDIA_TYPE)
        return Response(packet, media_type=MEDIA_TYPE)

    return routes
