"""The plane: whose sound counts how much at which place, and the paths through it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timbrespace.alignment import fit
from timbrespace.config import LOUDNESS_FLOOR_DB, preset
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.plane import CORNERS, PATHS, blend, default_points, path_places, walk, weights

SIGNAL = preset("tiny").signal
LENGTH = 16_000
FRAMES = SIGNAL.frames_of(LENGTH)

coordinate = st.floats(0.0, 1.0)
place = st.tuples(coordinate, coordinate)


def make_series(number: int, level_db: float = -20.0) -> LatentSeries:
    z = np.full((FRAMES, 3), float(number))
    return LatentSeries(z, np.full(FRAMES, level_db), SIGNAL.frame_rate_hz, "m", None, LENGTH)


def test_weights_at_the_corners_the_middle_and_an_edge() -> None:
    assert np.array_equal(weights(CORNERS, CORNERS), np.eye(4))
    assert np.allclose(weights([(0.5, 0.5)], CORNERS), 0.25)
    edge = weights([(0.5, 0.0)], CORNERS)[0]
    assert np.isclose(edge[0], edge[1])
    near, far = 0.5, np.hypot(0.5, 1.0)
    ratio = ((np.sqrt(2) - near) * far / ((np.sqrt(2) - far) * near)) ** 2
    assert np.isclose(edge[0] / edge[2], ratio)


def test_beyond_its_radius_a_point_counts_for_nothing() -> None:
    found = weights([(0.3, 0.0), (0.5, 0.0), (0.31, 0.0)], CORNERS[:2], [0.3, 1.0])
    assert np.array_equal(found[:2], [[0, 1], [0, 1]])
    small = weights([(0.2, 0.0)], CORNERS[:2], [0.3, 1.0])[0]
    assert small[0] > 0


def test_where_none_reaches_the_nearest_plays_alone() -> None:
    found = weights([(0.4, 0.0), (0.6, 0.0), (0.4, 0.9)], CORNERS, 0.2)
    assert np.array_equal(found, np.eye(4)[[0, 1, 2]])


def test_coincident_points_share() -> None:
    assert np.allclose(weights([(0.2, 0.2)], [(0.2, 0.2), (0.2, 0.2), (1, 1)]), [[0.5, 0.5, 0.0]])


@given(
    places=st.lists(place, min_size=1, max_size=5),
    points=st.lists(place, min_size=2, max_size=6),
    data=st.data(),
)
def test_weights_are_shares(places: list, points: list, data: st.DataObject) -> None:
    radii = data.draw(st.lists(st.floats(0.01, 2.0), min_size=len(points), max_size=len(points)))
    found = weights(places, points, radii)
    assert np.all((found >= 0) & (found <= 1))
    assert np.allclose(found.sum(axis=1), 1.0)


@given(start=place, turn=st.floats(0, 6.3), radii=st.lists(st.floats(0.8, 2.0), min_size=4, max_size=4))
def test_weights_are_continuous(start: tuple, turn: float, radii: list) -> None:
    """Every place is within reach of a corner at these radii; a small step changes little."""
    step = 1e-6 * np.array([np.cos(turn), np.sin(turn)])
    before, after = weights([start, np.clip(start + step, 0, 1)], CORNERS, radii)
    assert np.abs(after - before).max() < 1e-3


@given(turn=st.floats(0, 1.57), radius=st.floats(0.1, 0.45))
def test_weights_are_continuous_where_reach_ends(turn: float, radius: float) -> None:
    """At the edge of A's zone, with nobody else there, A goes on alone, also where B's point is nearer."""
    edge = radius * np.array([np.cos(turn), np.sin(turn)])
    inside, outside = weights([edge * (1 - 1e-9), edge * (1 + 1e-9)], CORNERS, [radius, 0.05, 0.05, 0.05])
    assert np.allclose(inside, outside)


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan"), float("inf")])
def test_radius_must_be_above_zero(radius: float) -> None:
    with pytest.raises(UsageError, match="it must be above 0"):
        weights([(0, 0)], CORNERS, radius)


def test_default_points() -> None:
    assert np.array_equal(default_points(4), CORNERS)
    assert np.allclose(default_points(2), [(0, 0.5), (1, 0.5)])
    for count in (3, 5, 8):
        ring = default_points(count)
        assert np.allclose(np.hypot(*(ring - 0.5).T), 0.5)
        sides = np.hypot(*(ring - np.roll(ring, 1, axis=0)).T)
        assert np.allclose(sides, sides[0])
    for count in (1, 27):
        with pytest.raises(UsageError, match=f"{count} sounds for the plane; it takes 2 to 26"):
            default_points(count)


def test_blend_at_a_point_is_that_series_and_between_them_the_mean() -> None:
    every = [make_series(number, -10.0 * (number + 1)) for number in range(4)]
    alone = blend(every, np.tile(np.eye(4)[2], (FRAMES, 1)))
    assert np.array_equal(alone.z, every[2].z)
    assert np.array_equal(alone.loudness_db, every[2].loudness_db)
    assert alone.length_samples == LENGTH
    middle = blend(every, np.full((FRAMES, 4), 0.25))
    assert np.allclose(middle.z, 1.5)
    assert np.allclose(middle.loudness_db, -25.0)


def test_path_may_steer_latents_or_loudness_only() -> None:
    every = [make_series(number, -10.0 * (number + 1)) for number in range(2)]
    half = np.full((FRAMES, 2), 0.5)
    assert np.allclose(blend(every, half, latents=1).z, 1.0)
    assert np.allclose(blend(every, half, latents=1).loudness_db, -15.0)
    assert np.allclose(blend(every, half, loudness=0).loudness_db, -10.0)
    assert np.allclose(blend(every, half, loudness=0).z, 0.5)


def test_silence_of_all_is_silence() -> None:
    every = [make_series(number, -180.0) for number in range(2)]
    assert np.allclose(blend(every, np.full((FRAMES, 2), 0.5)).loudness_db, LOUDNESS_FLOOR_DB)


def test_blend_of_what_does_not_fit() -> None:
    with pytest.raises(SeriesError, match="weights of 3 frames and 2 points"):
        blend([make_series(0), make_series(1)], np.full((3, 2), 0.5))
    other = LatentSeries(np.zeros((FRAMES, 2)), np.zeros(FRAMES), SIGNAL.frame_rate_hz, "m")
    with pytest.raises(SeriesError, match="different numbers of dimensions"):
        blend([make_series(0), other], np.full((FRAMES, 2), 0.5))


@pytest.mark.parametrize("align", ["loop", "stretch"])
def test_walk_is_all_of_it_in_one_call(align: str) -> None:
    every = [make_series(0), make_series(1).stretch(0.5), make_series(2, -30.0)]
    samples = round(1.5 * SIGNAL.sample_rate)
    frames = SIGNAL.frames_of(samples)
    places = path_places("eight", SIGNAL, frames, samples)
    fitted = [fit(series, SIGNAL, frames, samples, align) for series in every]
    wanted = blend(fitted, weights(places, default_points(3), 0.9), loudness=1)
    for path in ("eight", places):
        found = walk(every, path, SIGNAL, seconds=1.5, radii=0.9, align=align, loudness=1)
        assert np.array_equal(found.z, wanted.z)
        assert np.array_equal(found.loudness_db, wanted.loudness_db)
        assert found.length_samples == samples


def test_walk_that_stays_at_a_point_is_that_series() -> None:
    every = [make_series(number).stretch(1 - 0.1 * number) for number in range(4)]
    found = walk(every, (1.0, 0.0), SIGNAL)
    assert np.array_equal(found.z, np.full((FRAMES, 3), 1.0))
    assert found.length_samples == LENGTH
    moved = walk(every, (1.0, 0.0), SIGNAL, points=np.roll(CORNERS, 1, axis=0))
    assert np.array_equal(moved.z, np.full((FRAMES, 3), 2.0))
    assert np.allclose(walk(every, (1.0, 0.0), SIGNAL, latents=3).z, 3.0)


def test_walk_along_a_file(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("seconds,x,y\n0,0,0\n9,0,0\n")
    found = walk([make_series(number) for number in range(4)], tmp_path / "p.csv", SIGNAL)
    assert np.array_equal(found.z, np.zeros((FRAMES, 3)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"align": "trim"}, "align is 'trim'; it must be loop or stretch"),
        ({"seconds": 0.0}, "seconds is 0; it must be above 0"),
        ({"seconds": float("nan")}, "seconds is nan; it must be above 0"),
        ({"path": "zigzag"}, "the path is 'zigzag'"),
        ({"path": np.zeros((3, 2))}, rf"places of the shape \[3, 2\]; it must be \[2\] or \[{FRAMES}, 2\]"),
        ({"radii": 0.0}, "it must be above 0"),
    ],
)
def test_what_walk_does_not_take(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        walk([make_series(0), make_series(1)], **{"path": "circle", "signal": SIGNAL, **options})


def test_walk_through_series_of_two_models() -> None:
    other = LatentSeries(np.zeros((FRAMES, 2)), np.zeros(FRAMES), SIGNAL.frame_rate_hz, "m")
    with pytest.raises(SeriesError, match="only series of one model can be mixed"):
        walk([make_series(0), other], "circle", SIGNAL)


@pytest.mark.parametrize("name", PATHS)
def test_named_paths_stay_on_the_plane_and_move_without_jumps(name: str) -> None:
    places = path_places(name, SIGNAL, FRAMES, LENGTH)
    assert places.shape == (FRAMES, 2)
    assert np.all((places >= 0) & (places <= 1))
    assert np.abs(np.diff(places, axis=0)).max() < 0.1


def test_named_paths_go_where_they_say() -> None:
    ends = {name: path_places(name, SIGNAL, FRAMES, LENGTH)[[0, -1]] for name in PATHS}
    assert np.allclose(ends["diagonal"], [(0, 0), (1, 1)])
    assert np.allclose(ends["circle"], [(0.5, 0), (0.5, 0)])
    assert np.allclose(ends["spiral"][1], 0.5)
    assert np.allclose(ends["square"], 0.0)
    assert np.allclose(ends["eight"], 0.5)
    circle = path_places("circle", SIGNAL, FRAMES, LENGTH)
    assert np.allclose(np.hypot(*(circle - 0.5).T), 0.5)


def test_path_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("seconds,x,y\n0,0,0\n0.5,1,0.5\n")
    places = path_places(str(tmp_path / "p.csv"), SIGNAL, FRAMES, LENGTH)
    share = np.clip(SIGNAL.centre_seconds(FRAMES) / 0.5, 0, 1)
    assert np.allclose(places, np.stack([share, share / 2], 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seconds,x\n0,0\n", "the columns are seconds,x; a path needs seconds,x,y"),
        ("seconds,x,y\n0,0,left\n", "row 2: y is 'left'; it must be a number"),
        ("seconds,x,y\n0,0,0\n1,1.2,0\n", "row 3: x is 1.2; the plane goes from 0 to 1"),
        ("seconds,x,y\n1,0,0\n0,0,0\n", "it must increase"),
    ],
)
def test_path_files_that_do_not_fit(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(SeriesError, match=message):
        path_places(str(tmp_path / "p.csv"), SIGNAL, FRAMES, LENGTH)


def test_unknown_path() -> None:
    with pytest.raises(UsageError, match="the path is 'zigzag'; it must be circle, diagonal, eight"):
        path_places("zigzag", SIGNAL, FRAMES, LENGTH)
