"""The codebook room's routes: the map, the traverse, and how well a part follows, as packets."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from timbrespace import engine
from timbrespace.errors import UsageError
from timbrespace.studio import api_codes, parts
from timbrespace.studio.document import Aim, FollowSource, NewSource, SeriesSource, TargetPoint
from timbrespace.studio.errors import Missing
from timbrespace.studio.following import Followings, words
from timbrespace.studio.maps import unit_places
from timbrespace.studio.studio import Studio

WAIT_SECONDS = 30.0


@pytest.fixture
def studio(described_models: dict[str, Path], tmp_path: Path) -> Iterator[Studio]:
    """The described models: discrete, pitched, continuous."""
    models = {name: engine.load(path) for name, path in described_models.items()}
    studio = Studio(models, tmp_path / "sessions")
    yield studio
    studio.close()


@pytest.fixture
def client(studio: Studio) -> TestClient:
    app = FastAPI()
    app.include_router(api_codes.router(studio))
    return TestClient(app)


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of a packet."""
    length = int.from_bytes(data[:4], "little")
    header, offset, arrays = json.loads(data[4 : 4 + length]), 4 + length, {}
    for each in header["arrays"]:
        dtype, count = np.dtype(each["dtype"]).newbyteorder("<"), int(np.prod(each["shape"]))
        arrays[each["name"]] = np.frombuffer(data, dtype, count, offset).reshape(each["shape"])
        offset += -(-count * dtype.itemsize // 4) * 4
    return header, arrays


def add_part(studio: Studio, model: str, source: FollowSource | SeriesSource) -> str:
    """Put a part into the session; returns its id."""
    part = parts.new_part(studio.session.document, model, source, None)
    studio.session.change(lambda document: parts.added(document, part))
    return part.id


def follow_between(low: float, high: float, descriptor: str = "centroid") -> FollowSource:
    target = [TargetPoint(seconds=0.0, value=low), TargetPoint(seconds=1.0, value=high)]
    return FollowSource(aims=[Aim(descriptor=descriptor, target=target)], seconds=1.0)


def measured(client: TestClient, key: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What was achieved, waited for."""
    until = time.monotonic() + WAIT_SECONDS
    while (answer := client.get(f"/api/parts/{key}/achieved")).status_code == 202:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert answer.status_code == 200
    return unpacked(answer.content)


@pytest.mark.parametrize("model", ["discrete", "pitched", "continuous"])
def test_the_map_says_of_every_sound_where_it_is_and_what_it_is_like(
    client: TestClient, studio: Studio, model: str
) -> None:
    header, arrays = unpacked(client.get(f"/api/models/{model}/map").content)
    table = studio.table(model)
    assert header["codes"] is (model != "continuous")
    assert header["level_db"] == table.level_db
    assert arrays["place"].min(axis=0).tolist() == [0.0, 0.0]
    assert arrays["place"].max(axis=0).tolist() == [1.0, 1.0]
    np.testing.assert_array_equal(arrays["count"], table.count)
    for name in ("centroid", "bandwidth", "rolloff", "flatness", "f0"):
        np.testing.assert_allclose(arrays[name], table.column(name), rtol=1e-6)
        reach = header["descriptors"][name]["coverage"]
        has = table.column(name)[np.isfinite(table.column(name))]
        assert (reach is None) == (len(has) == 0)
        if reach is not None:
            assert (reach["low"], reach["high"], reach["sounds"]) == (has.min(), has.max(), len(has))
            assert reach["words"].endswith("sounds") or "thin" in reach["words"]


def test_places_of_sounds_that_are_all_alike_lie_in_the_middle() -> None:
    assert unit_places(np.ones((4, 3), dtype=np.float32)).tolist() == [[0.5, 0.5]] * 4
    line = np.arange(5, dtype=np.float32)[:, None] * np.ones(3, dtype=np.float32)
    assert unit_places(line)[:, 0].tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_a_traverse_has_every_sound_once_and_rises(client: TestClient, studio: Studio) -> None:
    answer = client.get("/api/models/pitched/traverse", params={"descriptor": "f0", "frames": 2})
    header, arrays = unpacked(answer.content)
    pitched = np.flatnonzero(studio.table("pitched").pitched)
    assert sorted(arrays["rows"].tolist()) == pitched.tolist()
    heard = studio.table("pitched").column("f0")[arrays["rows"]]
    assert np.corrcoef(np.argsort(np.argsort(heard)), np.arange(len(heard)))[0, 1] > 0.9
    assert header["seconds_each"] == pytest.approx(2 / studio.model("pitched").signal.frame_rate_hz)


@pytest.mark.parametrize("query", ["descriptor=loudness", "descriptor=centroid&frames=0", ""])
def test_a_traverse_that_makes_no_sense_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/models/pitched/traverse?{query}").status_code == 422


def test_what_is_achieved_comes_later_and_is_told(client: TestClient, studio: Studio) -> None:
    told: list[Any] = []
    studio.events.send = told.append  # type: ignore[method-assign]
    low, high = np.percentile(studio.table("discrete").column("centroid"), [10, 90])
    key = add_part(studio, "discrete", follow_between(float(low), float(high)))
    assert client.get(f"/api/parts/{key}/achieved").status_code == 202
    header, arrays = measured(client, key)
    event = next(each for each in told if each["type"] == "achieved")
    assert event == {"type": "achieved", "part": key, "fingerprint": header["fingerprint"]}
    assert arrays["seconds"].shape == arrays["centroid_target"].shape == arrays["centroid_measured"].shape
    assert arrays["centroid_target"][[0, -1]] == pytest.approx([low, high], rel=0.1)
    found = header["descriptors"]["centroid"]
    assert found["follow_reached"] == 1.0
    assert -1.0 <= found["follow_spearman"] <= 1.0
    assert found["words"]


def test_another_target_is_measured_anew_and_undoing_finds_the_old_one(
    client: TestClient, studio: Studio
) -> None:
    column = studio.table("continuous").column("centroid")
    low, high = float(column.min()), float(column.max())
    key = add_part(studio, "continuous", follow_between(low, high))
    first, _ = measured(client, key)
    edit = NewSource(source=follow_between(high, 4.0 * high))
    studio.session.change(lambda document: parts.edited(document, key, edit))
    second, _ = measured(client, key)
    assert second["fingerprint"] != first["fingerprint"]
    assert second["descriptors"]["centroid"]["follow_reached"] < 0.5
    assert any("beyond" in line for line in second["descriptors"]["centroid"]["words"])
    studio.session.change(lambda document: parts.moved(document, key, -1))
    answer = client.get(f"/api/parts/{key}/achieved")
    assert unpacked(answer.content)[0] == first


def test_a_part_that_follows_nothing_and_one_that_is_not_there_are_told_apart(studio: Studio) -> None:
    key = add_part(studio, "discrete", SeriesSource(series="n" + "0" * 12))
    followings = Followings(studio)
    with pytest.raises(UsageError, match="follows no descriptor; draw a target"):
        followings.of(key)
    with pytest.raises(Missing, match="no part"):
        followings.of("p" + "0" * 12)


def test_scores_in_words_say_what_is_not_there() -> None:
    nothing = float("nan")
    scores = {
        "follow_spearman": nothing, "follow_median_error": nothing, "error_cents": nothing,
        "measurable": 0.25, "follow_reached": 0.5,
    }  # fmt: skip
    assert words("f0", scores, (100.0, 400.0)) == [
        "No f0 can be measured in the sound.",
        "50 % of the target lies beyond what the model reaches, 100 Hz to 400 Hz; there it goes as far as it "
        "can.",
        "25 % of the sound has a pitch.",
    ]
