"""What an edit would make of a part: drawn while a dial is turned, and not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import studio_parts_help as parts_help
from fastapi.testclient import TestClient

from timbrespace.studio.document import Operator, Part, SoundSource
from timbrespace.studio.studio import Studio


@pytest.fixture(scope="module")
def studio(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with parts_help.opened(tiny_models, tmp_path_factory.mktemp("studio") / "sessions") as opened:
        yield opened


@pytest.fixture
def page(studio: Studio) -> TestClient:
    return parts_help.client(studio)


@pytest.fixture(params=["continuous", "discrete"])
def part(studio: Studio, write_tone: Callable[..., Path], request: pytest.FixtureRequest) -> Part:
    sound = parts_help.add_sound(studio, write_tone("tone.wav"))
    first = Operator(name="bias", value=0.5)
    return parts_help.add_part(studio, request.param, SoundSource(sound=sound.id), first)


EDITS: list[dict[str, Any]] = [
    {"op": "operator", "name": "random", "value": 0.7, "smoothness_hz": 3, "seed": 4},
    {"op": "operator", "name": "scale", "value": 2, "dimensions": [1], "start": 3, "end": 9},
    {"op": "operator", "name": "stretch", "value": 1.5},
    {"op": "draw", "dimensions": [0, "loudness"], "start": 2, "values": [[1, 2], [-30, -40]]},
]


@pytest.mark.parametrize("edit", EDITS, ids=["random", "scale", "stretch", "draw"])
def test_a_preview_is_what_the_edit_then_gives(
    studio: Studio, page: TestClient, part: Part, edit: dict[str, Any]
) -> None:
    before = parts_help.series_of(studio, part)
    answer = page.post(f"/api/parts/{part.id}/preview", json={"edit": edit})
    assert answer.status_code == 200
    header, arrays = parts_help.unpacked(answer.content)
    assert header["frame_rate_hz"] == before.frame_rate_hz
    assert parts_help.part_now(studio, part).edits == part.edits
    parts_help.same(parts_help.series_of(studio, part), before)
    page.post(f"/api/parts/{part.id}/edits", json={"edit": edit})
    after = parts_help.series_of(studio, part)
    np.testing.assert_array_equal(arrays["z"], after.z)
    np.testing.assert_array_equal(arrays["loudness_db"], after.loudness_db)


@pytest.mark.parametrize(
    ("edit", "status", "says"),
    [
        ({"op": "operator", "name": "scale", "value": 500}, 422, "scale is 500"),
        ({"op": "erase", "dimensions": [99]}, 422, "99"),
        ({"op": "erase", "start": 9, "end": 3}, 422, "must end after it starts"),
        ({"op": "sing"}, 422, ""),
    ],
    ids=["range", "dimension", "backwards", "unknown"],
)
def test_a_preview_that_makes_no_sense_is_refused(
    page: TestClient, part: Part, edit: dict[str, Any], status: int, says: str
) -> None:
    answer = page.post(f"/api/parts/{part.id}/preview", json={"edit": edit})
    assert answer.status_code == status
    assert says in answer.text


def test_there_is_no_preview_of_nothing(page: TestClient) -> None:
    answer = page.post("/api/parts/p0123456789ab/preview", json={"edit": {"op": "erase"}})
    assert answer.status_code == 404
