"""Bands are one bin apart where partials lie apart and a constant ratio apart above."""

from __future__ import annotations

import numpy as np
import pytest

from timbrespace.bands import band_centres, band_filters, band_interpolation
from timbrespace.config import PRESETS

SIZES = [
    (p.signal.bins, bands)
    for p in PRESETS.values()
    for bands in (p.signal.bands, p.signal.aperiodicity_bands)
]


@pytest.mark.parametrize(("bins", "bands"), SIZES)
def test_centres_rise_from_zero_to_the_last_bin(bins: int, bands: int) -> None:
    centres = band_centres(bins, bands)
    assert len(centres) == bands
    assert centres[0] == 0.0
    assert centres[-1] == pytest.approx(bins - 1)
    assert (np.diff(centres) > 0).all()


def test_standard_bands_are_linear_to_one_kilohertz_and_then_36_cents_apart() -> None:
    centres = band_centres(1025, 192)
    knee = 1000 / (44_100 / 2048)
    below, above = centres[centres < knee - 1], centres[centres > knee + 1]
    np.testing.assert_allclose(np.diff(below), 1.0, atol=0.02)
    np.testing.assert_allclose(1200 * np.log2(above[1:] / above[:-1]), 36.0, atol=1.0)


@pytest.mark.parametrize(("bins", "bands"), SIZES)
def test_filters_average_and_miss_no_bin(bins: int, bands: int) -> None:
    filters = band_filters(bins, bands)
    assert filters.shape == (bins, bands)
    np.testing.assert_allclose(filters.sum(axis=0), 1.0, rtol=1e-5)
    assert (filters >= 0).all()
    assert (filters.sum(axis=1) > 0).all()


@pytest.mark.parametrize(("bins", "bands"), SIZES)
def test_interpolation_keeps_constants_and_ramps(bins: int, bands: int) -> None:
    interpolation = band_interpolation(bins, bands)
    np.testing.assert_allclose(interpolation.sum(axis=0), 1.0, rtol=1e-5)
    ramp = band_centres(bins, bands) @ interpolation
    np.testing.assert_allclose(ramp, np.arange(bins), atol=1e-2)


def test_as_many_bands_as_bins_are_the_bins() -> None:
    np.testing.assert_allclose(band_filters(33, 33), np.eye(33), atol=1e-4)
