"""Sound scores against values worked out by hand."""

import math

import librosa
import numpy as np
import pytest
from scipy.signal import chirp

from timbrespace.errors import AudioError
from timbrespace.pitch import PitchTrack, f0_within_50_cents, track_pitch
from timbrespace.scores.sound import (
    SOUND_SCORES,
    log_spectral_distance,
    loudness_correlation,
    sound_scores,
    texture_difference,
)

RATE = 16_000
DOUBLE_DB = 20 * math.log10(2)


def tone(frequency_hz: float, seconds: float = 1.0) -> np.ndarray:
    phase = 2 * np.pi * frequency_hz * np.arange(round(seconds * RATE)) / RATE
    return (0.3 * sum(np.sin(k * phase) / k for k in range(1, 6))).astype(np.float32)


def noise(seconds: float = 2.0, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def click(window: int) -> np.ndarray:
    """An impulse on a frame's centre: seen by three frames, at levels 0, −6.02 and −6.02 dB."""
    signal = np.zeros(8 * window, dtype=np.float32)
    signal[4 * window] = 1.0
    return signal


def test_a_sound_scores_perfectly_against_itself() -> None:
    scores = sound_scores(tone(440), tone(440), RATE)
    assert tuple(scores) == SOUND_SCORES
    assert [scores[f"lsd_{n}"] for n in (512, 2048, 8192)] == [0, 0, 0]
    assert scores["texture"] == 0
    assert scores["f0_within_50_cents"] == 1
    swelling = tone(440) * np.linspace(0.01, 1, RATE, dtype=np.float32)
    assert loudness_correlation(swelling, swelling, RATE) == pytest.approx(1)


@pytest.mark.parametrize("window", [512, 2048, 8192])
def test_double_amplitude_is_6_02_db_away(window: int) -> None:
    assert log_spectral_distance(click(window), 2 * click(window), window) == pytest.approx(
        DOUBLE_DB, abs=1e-4
    )


@pytest.mark.parametrize("window", [512, 2048])
def test_silence_lies_at_the_floor_80_db_down(window: int) -> None:
    expected = (80 + 2 * (80 - DOUBLE_DB)) / 3
    silence = np.zeros_like(click(window))
    assert log_spectral_distance(click(window), silence, window) == pytest.approx(expected, abs=1e-3)


def test_frames_60_db_under_the_loudest_do_not_count() -> None:
    reference = click(512)
    reference[1024] = 0.9e-3
    changed = reference.copy()
    changed[1024] = 0
    assert log_spectral_distance(reference, changed, 512) == 0
    changed[2048] = 0
    assert log_spectral_distance(reference, changed, 512) > 60


def test_distance_is_the_rms_over_bins_not_the_mean() -> None:
    # A tenth of the bins wrong by 20 dB: RMS √0.1·20, mean 2.
    rng = np.random.default_rng(0)
    spectrum = np.exp(2j * np.pi * rng.random(4097))
    reference = np.fft.irfft(spectrum)
    spectrum[:410] *= 10
    output = np.fft.irfft(spectrum)
    assert log_spectral_distance(reference, output, 8192) == pytest.approx(math.sqrt(0.1) * 20, rel=0.1)


def test_texture_tells_noise_from_a_frozen_sound() -> None:
    steady = tone(440, 2.0)
    assert texture_difference(noise(), noise(seed=1), RATE) < 0.3
    assert texture_difference(noise(), steady, RATE) > 1
    assert texture_difference(noise(), 2 * noise(), RATE) == pytest.approx(0, abs=1e-4)


def test_texture_sees_shuffled_frames() -> None:
    glide = np.asarray(chirp(np.arange(2 * RATE) / RATE, 200, 2, 4000), dtype=np.float32)
    blocks = glide.reshape(-1, 1000)
    shuffled = np.random.default_rng(0).permutation(blocks).reshape(-1)
    assert texture_difference(glide, shuffled, RATE) > 1


def test_pitch_is_librosas() -> None:
    rng = np.random.default_rng(0)
    glide = chirp(np.arange(RATE) / RATE, 120, 1, 700)
    sound = np.concatenate([glide, np.zeros(4000), 0.2 * tone(61), rng.standard_normal(4000) * 0.1])
    sound = sound.astype(np.float32)
    f0_hz, _, voicing = librosa.pyin(
        sound, fmin=50, fmax=2000, sr=RATE, frame_length=4096, hop_length=512, fill_na=None
    )
    track = track_pitch(sound, RATE)
    np.testing.assert_allclose(track.voicing, voicing, atol=1e-6)
    assert 10 < track.voiced.sum() < len(voicing)
    np.testing.assert_allclose(track.f0_hz[track.voiced], f0_hz[track.voiced])


@pytest.mark.parametrize(("cents", "share"), [(30, 1.0), (80, 0.0), (1200, 0.0)])
def test_pitch_is_right_within_50_cents(cents: float, share: float) -> None:
    played = tone(220 * 2 ** (cents / 1200))
    assert f0_within_50_cents(track_pitch(tone(220), RATE), track_pitch(played, RATE)) == share


def test_frames_without_a_pitch_are_wrong_in_the_output_and_ignored_in_the_reference() -> None:
    reference = PitchTrack(np.array([100.0, 100.0, 100.0, 100.0]), np.array([0.9, 0.9, 0.9, 0.1]))
    output = PitchTrack(np.array([100.0, 100.0, 200.0, 400.0]), np.array([0.9, 0.2, 0.9, 0.9]))
    assert f0_within_50_cents(reference, output) == pytest.approx(1 / 3)


def test_loudness_follows_the_level_and_not_its_scale() -> None:
    course = 10 ** (0.75 * np.sin(np.arange(2 * RATE) / 3000) - 0.75).astype(np.float32)
    sound = tone(1000, 2.0)
    assert loudness_correlation(sound * course, 0.1 * sound * course, RATE) > 0.99
    assert loudness_correlation(sound * course, 0.001 * sound / course, RATE) < -0.9


def test_what_has_no_meaning_is_nan() -> None:
    silence = np.zeros(RATE, dtype=np.float32)
    assert all(math.isnan(value) for value in sound_scores(silence, noise(1.0), RATE).values())
    assert math.isnan(sound_scores(noise(1.0), noise(1.0), RATE)["f0_within_50_cents"])


@pytest.mark.parametrize("shape", [(99,), (2, 100), (0,)])
def test_sounds_that_do_not_pair_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(AudioError, match="same length"):
        sound_scores(np.zeros(100, dtype=np.float32), np.zeros(shape, dtype=np.float32), RATE)
