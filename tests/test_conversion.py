"""Loudness of a converted sound and transposition, against answers known by hand."""

import numpy as np
import pytest

from timbrespace.conversion import shape_loudness, transpose
from timbrespace.errors import UsageError

RNG = np.random.default_rng(5)
SOURCE = RNG.uniform(-40, -20, 4000).astype(np.float32)
MODEL = RNG.uniform(-30, -10, 4000)
SILENCE = np.full(10, -100, np.float32)


def test_keep_is_the_same() -> None:
    assert np.array_equal(shape_loudness(SOURCE, "keep"), SOURCE)


def test_flat_is_one_level_and_silence_stays_silent() -> None:
    flat = shape_loudness(np.concatenate([SOURCE, SILENCE]), "flat")
    assert np.allclose(flat[:-10], np.median(SOURCE), atol=0.01)
    assert np.array_equal(flat[-10:], SILENCE)


def test_background_stays_as_far_below() -> None:
    flat = shape_loudness(np.array([-20, -20, -20, -80], np.float32), "flat")
    assert flat.tolist() == [-20, -20, -20, -80]


def test_match_takes_the_models_quantiles() -> None:
    matched = shape_loudness(SOURCE, "match", model_loudness_db=MODEL)
    for percent in (5, 25, 50, 75, 95):
        assert np.percentile(matched, percent) == pytest.approx(np.percentile(MODEL, percent), abs=0.3)
    assert np.array_equal(np.argsort(matched, kind="stable"), np.argsort(SOURCE, kind="stable"))


def test_match_does_not_blow_up_flicker() -> None:
    steady = -20 + RNG.uniform(-0.1, 0.1, 500).astype(np.float32)
    matched = shape_loudness(steady, "match", model_loudness_db=MODEL)
    assert np.ptp(matched) <= 3 * np.ptp(steady) + 1e-3
    assert np.median(matched) == pytest.approx(np.median(MODEL), abs=0.5)


@pytest.mark.parametrize("how", ["keep", "flat", "match"])
def test_silence_and_nothing(how: str) -> None:
    assert np.array_equal(shape_loudness(SILENCE, how, model_loudness_db=MODEL), SILENCE)
    assert len(shape_loudness(SILENCE[:0], how, model_loudness_db=MODEL)) == 0


def test_curve_is_cut_or_held() -> None:
    assert shape_loudness(SILENCE[:3], [-5, -4]).tolist() == [-5, -4, -4]
    assert shape_loudness(SILENCE[:1], [-5, -4]).tolist() == [-5]


@pytest.mark.parametrize(
    ("how", "message"),
    [("loud", "loudness is 'loud'"), ([], "finite"), ([float("nan")], "finite"), ("match", "needs a model")],
)
def test_what_makes_no_sense(how: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        shape_loudness(SOURCE, how)  # type: ignore[arg-type]


@pytest.mark.parametrize("semitones", [-12.0, 0.0, 7.0])
def test_transpose_moves_a_sine_and_keeps_its_length(semitones: float) -> None:
    rate = 16_000
    sine = np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    shifted = transpose(sine, rate, semitones)
    assert shifted.shape == sine.shape
    spectrum = np.abs(np.fft.rfft(shifted[2000:14_000] * np.hanning(12_000), 8 * rate))
    assert spectrum.argmax() / 8 == pytest.approx(440 * 2 ** (semitones / 12), rel=0.005)
