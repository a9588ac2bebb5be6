"""Descriptors against librosa and against sounds with known answers."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
from signals import noise, partials

from timbrespace import descriptors
from timbrespace.config import preset
from timbrespace.descriptors import DESCRIPTORS, descriptor, of_sound, of_spectra
from timbrespace.errors import UsageError

RATE = 44_100


def test_a_sine_has_its_centroid_at_its_frequency() -> None:
    values = of_sound(partials([1000.0], 0.5), RATE)
    middle = slice(5, -5)
    assert values["centroid"][middle] == pytest.approx(1000.0, abs=5.0)
    assert np.all(values["bandwidth"][middle] < 80.0)
    assert np.all(values["flatness"][middle] < 1e-3)
    assert np.abs(1200 * np.log2(values["f0"][middle] / 1000.0)).max() < 10.0


def test_white_noise_is_flat_and_has_no_pitch() -> None:
    values = of_sound(noise(RATE), RATE)
    assert np.median(values["centroid"]) == pytest.approx(RATE / 4, rel=0.02)
    assert np.median(values["flatness"]) == pytest.approx(np.exp(-np.euler_gamma), abs=0.03)
    assert np.mean(np.isnan(values["f0"])) > 0.9


def test_equal_to_librosa() -> None:
    sound = partials([220.0, 440.0, 661.0], 0.4) + noise(round(0.4 * RATE), level=0.01)
    ours = of_sound(sound, RATE, pitch=False)
    spectrum = np.abs(librosa.stft(sound, n_fft=2048, hop_length=512, pad_mode="constant"))
    theirs = {
        "centroid": librosa.feature.spectral_centroid(S=spectrum, sr=RATE)[0],
        "bandwidth": librosa.feature.spectral_bandwidth(S=spectrum, sr=RATE)[0],
        "rolloff": librosa.feature.spectral_rolloff(S=spectrum, sr=RATE)[0],
        "flatness": librosa.feature.spectral_flatness(S=spectrum)[0],
    }
    assert set(ours) == set(theirs)
    for name, expected in theirs.items():
        assert ours[name] == pytest.approx(expected, rel=1e-3), name


def test_silence_has_finite_descriptors() -> None:
    values = of_spectra(np.zeros((3, 1025)), RATE)
    assert values["centroid"].tolist() == [0.0] * 3
    assert values["flatness"] == pytest.approx(1.0)
    assert all(np.isfinite(column).all() for column in values.values())


def test_gain_changes_nothing() -> None:
    magnitudes = np.random.default_rng(0).uniform(0.1, 1.0, (4, 1025))
    for name, values in of_spectra(magnitudes, RATE).items():
        assert of_spectra(100 * magnitudes, RATE)[name] == pytest.approx(values), name


@pytest.mark.parametrize("name", list(DESCRIPTORS))
def test_scales_go_both_ways(name: str) -> None:
    values = np.array([0.001, 0.5, 0.9]) * (1000 if DESCRIPTORS[name].unit else 1)
    assert descriptor(name).from_scale(descriptor(name).to_scale(values)) == pytest.approx(values)


def test_an_octave_is_one_step_and_a_tenfold_ratio_ten_db() -> None:
    assert np.diff(descriptor("f0").to_scale([220.0, 440.0])) == pytest.approx([1.0])
    assert np.diff(descriptor("flatness").to_scale([0.01, 0.1])) == pytest.approx([10.0])


def test_an_unknown_descriptor_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no descriptor 'colour'; there are centroid, bandwidth"):
        descriptor("colour")


def test_frame_times() -> None:
    sound = partials([500.0], 0.3)
    count = len(of_sound(sound, RATE, pitch=False)["centroid"])
    assert count == len(sound) // 512 + 1
    assert descriptors.frame_seconds(count, RATE)[-1] <= len(sound) / RATE


def test_frames_of_a_model_are_where_their_sound_is() -> None:
    signal = preset("standard").signal
    assert signal.frames_of(512) == 4
    assert signal.frames_of(513) == 5
    assert signal.centre_seconds(3) * RATE == pytest.approx([-512.0, 0.0, 512.0])


def test_what_sounds_is_within_fifty_db_of_the_loudest() -> None:
    sound = np.concatenate([noise(20_000, level=0.1), noise(20_000, level=1e-3), noise(20_000, level=1e-5)])
    sounds = descriptors.sounding(sound)
    assert len(sounds) == len(sound) // 512 + 1
    assert sounds[:75].all()
    assert not sounds[-35:].any()
    assert not descriptors.sounding(np.zeros(3000)).any()
