"""Where a model has heard nothing: found, named, and held inside."""

import numpy as np

from timbrespace.latents import LatentSeries
from timbrespace.ranges import DataRange

HEADER = {"latent": {"min": [-1.0, -2.0], "max": [1.0, 3.0], "loudness_quantiles_db": [-60.0, -20.0, -10.0]}}


def series_of(z: list[list[float]], loudness_db: list[float]) -> LatentSeries:
    return LatentSeries(np.array(z), np.array(loudness_db), 86.0, "m")  # type: ignore[arg-type]


def known() -> DataRange:
    found = DataRange.of_header(HEADER)
    assert found is not None
    return found


def test_a_header_without_the_range_has_none() -> None:
    assert DataRange.of_header({"latent": None}) is None
    assert DataRange.of_header({"latent": {"loudness_quantiles_db": [-3.0]}}) is None


def test_inside_nothing_is_beyond_and_nothing_moves() -> None:
    series = series_of([[-1, 3], [0.5, -2]], [-90, -10])
    assert known().beyond([series]) == []
    held = known().hold(series)
    assert np.array_equal(held.z, series.z)
    assert np.array_equal(held.loudness_db, series.loudness_db)


def test_beyond_is_the_furthest_first_over_all_channels() -> None:
    one, two = series_of([[1.5, 0]], [-8]), series_of([[-1.25, -7], [0, 0]], [-30, -40])
    found = known().beyond([one, two])
    assert [(out.name, out.reached, out.limit, out.distance) for out in found] == [
        ("z1", -7.0, -2.0, 5.0),
        ("loudness", -8.0, -10.0, 2.0),
        ("z0", 1.5, 1.0, 0.5),
        ("z0", -1.25, -1.0, 0.25),
    ]
    assert known().beyond([known().hold(one), known().hold(two)]) == []


def test_silent_frames_are_not_heard() -> None:
    assert known().beyond([series_of([[99, 99]], [-100])]) == []
    assert known().hold(series_of([[0, 0]], [-100])).loudness_db.tolist() == [-100]
