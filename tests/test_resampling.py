"""Change of rate in real time: what is kept, what is gone, where it stands, and how late it is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timbrespace.resampling import Delay, Resampler, half_width, round_trip

MODEL_HZ = 44_100
SINE_DB = -3.0103  # of one at full scale
HOST_RATES = [11_025, 16_000, 22_050, 44_056, 44_100, 48_000, 88_200, 96_000, 192_000]


def sines(frequencies_hz: list[float], samples: int, rate: int) -> np.ndarray:
    time = np.arange(samples) / rate
    waves = [np.sin(2 * np.pi * f * time + number) for number, f in enumerate(frequencies_hz)]
    return (np.sum(waves, axis=0) / len(waves)).astype(np.float32)


def one_way(from_hz: int, to_hz: int) -> tuple[Resampler, int]:
    """A converter whose first sample belongs to input sample 0, and the samples that lie on either side."""
    common = int(np.gcd(from_hz, to_hz))
    half = half_width(to_hz // common, from_hz // common)
    return Resampler(to_hz // common, from_hz // common, 0, half), half


def level_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound.astype(np.float64) ** 2)) + 1e-12))


@pytest.mark.parametrize("host_hz", HOST_RATES)
@pytest.mark.parametrize("block", [1, 480, 512])
def test_there_and_back_is_the_same_sound_whole_samples_later(host_hz: int, block: int) -> None:
    lower = min(host_hz, MODEL_HZ)
    sound = sines([0.01 * lower, 0.1 * lower, 0.25 * lower, 0.408 * lower], host_hz // 4, host_hz)
    into, back, latency = round_trip(host_hz, MODEL_HZ, late=0, hop=1, block=block)
    returned = back.process(into.process(sound))
    assert len(returned) >= len(sound) - latency
    compared = slice(latency + 200, len(sound) - 200)
    np.testing.assert_allclose(returned[compared], sound[200:][: len(returned[compared])], atol=1e-4)


@pytest.mark.parametrize("host_hz", [rate for rate in HOST_RATES if rate != MODEL_HZ])
def test_both_ways_take_less_than_sixty_samples_of_the_lower_rate(host_hz: int) -> None:
    _, _, latency = round_trip(host_hz, MODEL_HZ, late=0, hop=1, block=1)
    assert latency / host_hz <= 60 / min(host_hz, MODEL_HZ)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(48_000, 44_100), (96_000, 44_100), (44_100, 22_050)])
def test_what_the_lower_rate_cannot_hold_is_gone(from_hz: int, to_hz: int) -> None:
    for share in (0.501, 0.52, 0.54):
        resampler, _ = one_way(from_hz, to_hz)
        heard = resampler.process(sines([share * to_hz], 20_000, from_hz))
        assert level_db(heard[200:-200]) < SINE_DB - 80


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44_100, 48_000), (48_000, 44_100), (44_100, 96_000)])
def test_no_images_beside_a_high_tone(from_hz: int, to_hz: int) -> None:
    resampler, _ = one_way(from_hz, to_hz)
    heard = resampler.process(sines([17_900.0], 20_000, from_hz))[500:-500]
    time = (np.arange(len(heard)) + 500) / to_hz
    basis = np.stack([np.sin(2 * np.pi * 17_900 * time), np.cos(2 * np.pi * 17_900 * time)], axis=1)
    tone = basis @ np.linalg.lstsq(basis, heard, rcond=None)[0]
    assert level_db(tone) == pytest.approx(SINE_DB, abs=0.01)
    assert level_db(heard - tone) < SINE_DB - 80


def test_a_constant_stays_what_it_is() -> None:
    for host_hz in (48_000, 44_056):
        resampler, half = one_way(host_hz, MODEL_HZ)
        heard = resampler.process(np.ones(3000, np.float32))
        np.testing.assert_allclose(heard[2 * half :], 1.0, atol=1e-6)


@given(
    cuts=st.lists(st.integers(0, 4000), max_size=30),
    rates=st.sampled_from([(48_000, 44_100), (44_100, 48_000), (44_056, 44_100), (192_000, 44_100)]),
)
@settings(max_examples=40, deadline=None)
def test_blocks_change_no_bit(cuts: list[int], rates: tuple[int, int]) -> None:
    sound = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    whole = one_way(*rates)[0].process(sound)
    resampler, _ = one_way(*rates)
    edges = [0, *sorted(cuts), len(sound)]
    pieces = [resampler.process(sound[start:end]) for start, end in pairwise(edges)]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_single_samples_change_no_bit() -> None:
    sound = np.random.default_rng(0).standard_normal(600).astype(np.float32)
    resampler, _ = one_way(48_000, 44_100)
    pieces = [resampler.process(sound[place : place + 1]) for place in range(len(sound))]
    assert np.array_equal(np.concatenate(pieces), one_way(48_000, 44_100)[0].process(sound))


@given(
    host_hz=st.integers(1, 30), model_hz=st.integers(1, 30), hop=st.integers(1, 16), block=st.integers(1, 24)
)
@settings(max_examples=60, deadline=None)
def test_there_is_always_a_sample_to_play_and_once_none_to_spare(
    host_hz: int, model_hz: int, hop: int, block: int
) -> None:
    into, back, latency = round_trip(host_hz, model_hz, late=4 * hop, hop=hop, block=block)
    assert latency > 0
    heard = done = 0
    spare = []
    owed = 0
    for _ in range(host_hz * hop + 5 * latency // block + 1):  # one period of all places, and the filling
        heard += len(into.process(np.zeros(block, np.float32)))
        owed += len(back.process(np.zeros(heard // hop * hop - done, np.float32))) - block
        done = heard // hop * hop
        spare.append(owed)
    assert min(spare) == 0


def test_equal_rates_pass_the_very_samples() -> None:
    delay = Delay(3)
    assert delay.process(np.float32([1, 2])).tolist() == [0, 0, 0, 1, 2]
    assert delay.process(np.float32([3])).tolist() == [3]
