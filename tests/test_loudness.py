"""The K curve against the figures printed in ITU-R BS.1770."""

import numpy as np
import pytest
from scipy.signal import sosfilt

from timbrespace.loudness import LOUDNESS_OFFSET_DB, k_weighting_power, k_weighting_sections

PRINTED_48K = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
    [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
]


def test_coefficients_are_the_printed_ones_at_48_khz() -> None:
    np.testing.assert_allclose(k_weighting_sections(48_000), PRINTED_48K, atol=1e-9)


@pytest.mark.parametrize("rate", [22_050, 32_000, 44_100, 48_000, 96_000])
def test_full_scale_sine_at_997_hz_stands_at_minus_3_01(rate: int) -> None:
    power = 0.5 * k_weighting_power(997.0, rate)
    assert 10 * np.log10(power) + LOUDNESS_OFFSET_DB == pytest.approx(-3.01, abs=0.03)


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_curve_is_the_same_at_every_rate(rate: int) -> None:
    # Above a third of the lowest rate the bilinear transform of any prototype bends.
    frequencies = np.geomspace(20, 7_000, 60)
    difference = 10 * np.log10(k_weighting_power(frequencies, rate) / k_weighting_power(frequencies, 48_000))
    assert np.max(np.abs(difference)) < 0.15


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_filtering_and_weighing_agree(rate: int) -> None:
    sine = np.sin(2 * np.pi * 100 * np.arange(2 * rate) / rate)
    filtered = sosfilt(k_weighting_sections(rate), sine)[rate:]
    assert 2 * np.mean(filtered**2) == pytest.approx(float(k_weighting_power(100.0, rate)), rel=1e-6)
