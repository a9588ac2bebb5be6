"""What an edit would make of a part: drawn while a dial is turned, and not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import studio_parts_help as parts_help
from fastapi.testclient import TestClient

from timbrespace.errors import UsageError
from timbrespace.studio.document import (
    Aim,
    FollowSource,
    Operator,
    Part,
    PathPoint,
    PlanePoint,
    PlaneSource,
    SoundSource,
    Source,
    TargetPoint,
)
from timbrespace.studio.quantities import LevelPoint
from timbrespace.studio.splicing import Splice, spliced
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


PATH = [PathPoint(seconds=number, x=0.1 * number, y=0.5) for number in range(4)]
TARGET = [TargetPoint(seconds=number, value=440.0) for number in range(3)]
AIMS = [Aim(descriptor=name, target=TARGET) for name in ("f0", "centroid")]
LOUDNESS = [LevelPoint(seconds=0.0, db=-20.0)]


def part_of(source: Source) -> Part:
    return Part(id="p0123456789ab", name="long", model="tiny", source=source)


@pytest.mark.parametrize(
    ("source", "said", "place"),
    [
        (PlaneSource(points=[PlanePoint(x=0, y=0)], path=PATH), {"curve": "path"}, ("path",)),
        (FollowSource(aims=AIMS), {"curve": "target", "aim": 1}, ("aims", 1, "target")),
        (FollowSource(aims=AIMS, loudness=LOUDNESS), {"curve": "loudness"}, ("loudness",)),
    ],
    ids=["path", "second target", "loudness"],
)
def test_a_few_points_are_changed_and_the_rest_stays(
    source: Source, said: dict[str, Any], place: tuple[Any, ...]
) -> None:
    plain = source.model_dump()
    held = plain
    for step in place:
        held = held[step]
    base = {**said, "length": len(held), "edits": 0, "cursor": 0}
    put = [{**held[0], "seconds": 0.5}, {**held[0], "seconds": 0.6}]
    made = spliced(part_of(source), Splice(**base, start=0, drop=1, put=put))
    held[:1] = put
    assert made == type(source).model_validate(plain)


def test_points_that_fit_no_curve_are_refused() -> None:
    part = part_of(PlaneSource(points=[PlanePoint(x=0, y=0)], path=PATH))
    base = {"curve": "path", "length": 4, "edits": 0, "cursor": 0, "start": 0, "drop": 0, "put": []}
    for other, says in (
        ({"curve": "curve"}, "has no curve of points"),
        ({"curve": "loudness"}, "has no loudness of points"),
        ({"curve": "target"}, "has no target of points"),
        ({"start": 3, "drop": 2}, "points 3 to 5 of a curve of 4"),
        ({"drop": 4}, "a curve of 0 points"),
        ({"put": [{"seconds": 0.0, "row": 1}]}, "no points of this kind"),
    ):
        with pytest.raises(UsageError, match=says):
            spliced(part, Splice(**{**base, **other}))
    for stale in ({"length": 5}, {"edits": 1}, {"cursor": 1}):
        assert spliced(part, Splice(**{**base, **stale})) is None
