"""The K curve against the figures printed in ITU-R BS.1770."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import sosfilt

from timbrespace.loudness import (
    GATE_LUFS,
    LOUDNESS_OFFSET_DB,
    integrated_lufs,
    k_weighting_power,
    k_weighting_sections,
)

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


def sine(rate: int, seconds: float, peak: float = 1.0) -> NDArray[np.float32]:
    return (peak * np.sin(2 * np.pi * 997 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_a_whole_sound_has_the_loudness_that_is_printed(rate: int) -> None:
    assert integrated_lufs(sine(rate, 3.0), rate) == pytest.approx(-3.01, abs=0.05)
    assert integrated_lufs(sine(rate, 3.0, 0.1), rate) == pytest.approx(-23.01, abs=0.05)


def test_silence_and_what_is_far_softer_do_not_count() -> None:
    loud, soft = sine(16_000, 4.0, 0.5), sine(16_000, 4.0, 0.05)
    alone = integrated_lufs(loud, 16_000)
    for rest in (np.zeros(64_000, np.float32), soft):
        assert integrated_lufs(np.concatenate([loud, rest]), 16_000) == pytest.approx(alone, abs=0.2)
    half_db = integrated_lufs(np.concatenate([loud, loud * np.float32(10 ** (-6 / 20))]), 16_000)
    assert half_db == pytest.approx(alone + 10 * np.log10((1 + 10**-0.6) / 2), abs=0.1)


def test_a_short_sound_is_one_block_and_silence_has_the_gates_loudness() -> None:
    assert integrated_lufs(sine(16_000, 0.1), 16_000) == pytest.approx(-3.01, abs=0.2)
    for silence in (np.zeros(16_000), np.zeros(0), 1e-6 * sine(16_000, 1.0)):
        assert integrated_lufs(silence, 16_000) == GATE_LUFS
