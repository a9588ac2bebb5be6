"""Baselines: each does what its name says and nothing more."""

import math

import numpy as np
import pytest

from timbrespace.scores.baselines import (
    Framing,
    frame_bank,
    frame_level,
    mean_spectrum,
    nearest_frame,
    random_phase,
)

RATE = 16_000
FRAMING = Framing(RATE, 512, 128)


def noise(seed: int, seconds: float = 1.0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def tone(frequency_hz: float, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(0.3 * np.sin(2 * np.pi * frequency_hz * time), dtype=np.float32)


def rms(audio: np.ndarray) -> float:
    return math.sqrt(np.mean(audio**2))


def peak_hz(audio: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(audio))) * RATE / len(audio))


def test_every_baseline_has_the_length_and_level_of_the_reference() -> None:
    reference = tone(440)[:15_001]
    bank = frame_bank([(0, noise(0)), (1, tone(700))], FRAMING)
    for sound in (
        random_phase(reference, FRAMING),
        nearest_frame(reference, bank, FRAMING),
        mean_spectrum(reference, bank, FRAMING),
    ):
        assert sound.shape == reference.shape
        assert sound.dtype == np.float32
        assert rms(sound) == pytest.approx(rms(reference), rel=1e-4)


def test_random_phase_keeps_the_spectrum_and_depends_on_the_seed() -> None:
    again = random_phase(tone(1000), FRAMING, seed=1)
    assert peak_hz(again) == pytest.approx(1000, abs=32)
    assert not np.array_equal(again, tone(1000))
    np.testing.assert_array_equal(again, random_phase(tone(1000), FRAMING, seed=1))
    assert not np.array_equal(again, random_phase(tone(1000), FRAMING, seed=2))


def test_nearest_frame_takes_the_sound_that_is_most_like_the_reference() -> None:
    bank = frame_bank([(0, tone(500)), (1, tone(1500)), (2, tone(4000))], FRAMING)
    assert peak_hz(nearest_frame(0.1 * tone(1500), bank, FRAMING)) == pytest.approx(1500, abs=32)
    without = bank.without(1)
    assert set(without.source) == {0, 2}
    assert abs(peak_hz(nearest_frame(tone(1500), without, FRAMING)) - 1500) > 500


def test_mean_spectrum_has_the_shape_of_the_bank_and_the_course_of_the_reference() -> None:
    bank = frame_bank([(0, tone(3000))], FRAMING)
    fading = tone(440) * np.linspace(1, 0, RATE, dtype=np.float32)
    sound = mean_spectrum(fading, bank, FRAMING)
    assert peak_hz(sound) == pytest.approx(3000, abs=32)
    assert rms(sound[: RATE // 4]) > 4 * rms(sound[-RATE // 4 :])


def test_bank_is_bounded_reproducible_level_1_and_without_silence() -> None:
    sounds = [(0, noise(0)), (1, np.zeros(RATE, dtype=np.float32)), (2, 0.01 * noise(2))]
    bank = frame_bank(sounds, FRAMING, per_sound=20)
    assert np.bincount(bank.source, minlength=3).tolist() == [20, 0, 20]
    np.testing.assert_allclose(frame_level(np.abs(bank.spectra), RATE), 1, rtol=1e-4)
    np.testing.assert_array_equal(bank.spectra, frame_bank(sounds, FRAMING, per_sound=20).spectra)
    assert len(frame_bank([], FRAMING)) == 0


def test_frame_level_is_the_rms_where_k_weighting_is_flat() -> None:
    magnitudes = np.abs(FRAMING.analyse(tone(1000)))[20:-20]
    gain_db = 20 * np.log10(frame_level(magnitudes, RATE) / rms(tone(1000)))
    np.testing.assert_allclose(gain_db, 0.69, atol=0.05)  # the curve at 1 kHz, BS.1770 annex 1
