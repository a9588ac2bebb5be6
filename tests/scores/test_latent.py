"""Latent, code and summary scores against values worked out by hand."""

import math

import numpy as np
import pytest

from timbrespace.scores.codes import codebook_used, perplexity
from timbrespace.scores.latent import (
    audible,
    gain_drift,
    latent_independence,
    log_mel,
    loudness_probe_r2,
    nearest_distance_db,
    prior_fit,
    prior_nearest_ratio,
)
from timbrespace.scores.statistics import median_spread

RNG = np.random.default_rng(0)
Z = RNG.standard_normal((2000, 3)).astype(np.float32)
GROUP = np.repeat(np.arange(10), 200)


def test_gain_drift_is_zero_for_invariant_latents_and_exact_for_known_ones() -> None:
    assert gain_drift(Z, [Z, Z]) == 0
    shifted = Z + 0.25 * Z.std(axis=0)
    assert gain_drift(Z, [Z, shifted]) == pytest.approx(0.25, rel=1e-5)
    one_moves = Z + np.array([0.3, 0, 0]) * Z.std(axis=0)
    assert gain_drift(Z, [one_moves]) == pytest.approx(0.3 / math.sqrt(3), rel=1e-5)
    assert math.isnan(gain_drift(np.ones((5, 2)), [np.ones((5, 2))]))


def test_probe_finds_loudness_where_it_is_and_nowhere_else() -> None:
    loudness_db = RNG.uniform(-50, 0, 2000)
    telling = np.column_stack([Z, loudness_db / 20])
    assert loudness_probe_r2(telling, loudness_db, GROUP) > 0.99
    assert loudness_probe_r2(Z, loudness_db, GROUP) < 0.05
    assert loudness_probe_r2(Z, loudness_db, GROUP) == loudness_probe_r2(Z, loudness_db, GROUP)


def test_probe_cannot_learn_a_source_by_heart() -> None:
    # Each source has one loudness and one place in latent space; places say nothing of other sources.
    loudness_db = RNG.permutation(np.linspace(-50, 0, 10))[GROUP]
    places = RNG.standard_normal((10, 3))[GROUP] + 0.01 * Z
    assert loudness_probe_r2(places, loudness_db, GROUP) < 0.3
    assert loudness_probe_r2(places, loudness_db, np.arange(2000) % 10) > 0.9


def test_probe_needs_five_groups() -> None:
    assert math.isnan(loudness_probe_r2(Z, RNG.uniform(-50, 0, 2000), GROUP % 4))


def test_independence() -> None:
    assert latent_independence(Z) < 0.05
    assert latent_independence(np.column_stack([Z[:, 0], -2 * Z[:, 0]])) == pytest.approx(1)
    assert math.isnan(latent_independence(Z[:, :1]))


def test_prior_fit_is_the_distance_a_normal_has_been_moved() -> None:
    normal = RNG.standard_normal((20_000, 1))
    moved = np.column_stack([normal, normal + 0.5, np.zeros(20_000)])
    np.testing.assert_allclose(prior_fit(moved), [0, 0.5, math.sqrt(2 / math.pi)], atol=0.03)


def test_audible_frames_lie_within_50_db() -> None:
    np.testing.assert_array_equal(audible(np.array([-10.0, -60.0, -60.1, -100.0])), [1, 1, 0, 0])


def test_nearest_distance_is_the_rms_in_db() -> None:
    data = np.array([[0.0, 0.0, 0.0], [20.0, 20.0, 20.0]], dtype=np.float32)
    queries = np.array([[3.0, 0.0, 0.0], [20.0, 20.0, 14.0], [20.0, 20.0, 20.0]], dtype=np.float32)
    np.testing.assert_allclose(
        nearest_distance_db(queries, data), [math.sqrt(3), math.sqrt(12), 0], atol=1e-5
    )


def test_log_mel_is_in_db_and_floored_80_db_under_each_frame() -> None:
    flat = np.ones((2, 513))
    flat[1] *= 10
    levels = log_mel(flat, 16_000)
    np.testing.assert_allclose(levels[1] - levels[0], 20, atol=1e-4)
    flat[0, 100:] = 0
    levels = log_mel(flat, 16_000)[0]
    assert levels.max() - levels.min() == pytest.approx(80)
    assert np.isfinite(log_mel(np.zeros((1, 513)), 16_000)).all()


def test_prior_ratio_is_1_where_draws_lie_as_near_as_held_out_frames() -> None:
    assert prior_nearest_ratio(np.array([2.0, 4.0, 9.0]), np.array([1.0, 4.0, 5.0])) == 1
    assert math.isnan(prior_nearest_ratio(np.array([1.0]), np.zeros(3)))


def test_codes() -> None:
    uniform = np.tile(np.arange(12), 5)
    assert perplexity(uniform) == pytest.approx(12)
    assert codebook_used(uniform, 16) == 0.75
    assert perplexity(np.zeros(9, dtype=int)) == pytest.approx(1)
    assert perplexity(np.array([0, 0, 0, 1])) == pytest.approx(4 / 3**0.75)
    assert math.isnan(perplexity(np.zeros(0, dtype=int)))


def test_median_and_interval() -> None:
    values = [1.0, 2.0, math.nan, 3.0, 4.0, 100.0]
    spread = median_spread(values)
    assert (spread.median, spread.count) == (3.0, 5)
    assert 1 <= spread.low <= 3 <= spread.high <= 100
    assert spread == median_spread(values)
    wide = median_spread(list(RNG.standard_normal(20)))
    narrow = median_spread(list(RNG.standard_normal(2000)))
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_interval_covers_the_true_median_about_as_often_as_it_says() -> None:
    hits = [
        spread.low <= 0 <= spread.high
        for spread in (median_spread(list(RNG.standard_normal(30)), seed) for seed in range(30))
    ]
    assert np.mean(hits) > 0.8


@pytest.mark.parametrize(("values", "median"), [([], math.nan), ([math.nan], math.nan), ([2.0], 2.0)])
def test_too_few_values_have_no_interval(values: list[float], median: float) -> None:
    spread = median_spread(values)
    assert spread.median == pytest.approx(median, nan_ok=True)
    assert math.isnan(spread.low)
    assert math.isnan(spread.high)
