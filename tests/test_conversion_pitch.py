"""Pitch that is kept in conversion, against answers known by hand."""

from __future__ import annotations

import numpy as np
import pytest
import signals
import torch
from conftest import RATE, make_tone
from numpy.typing import NDArray

import timbrespace
from timbrespace import pitch_keeping
from timbrespace.config import SignalConfig, preset
from timbrespace.errors import UsageError
from timbrespace.partials import Tuning, frame_pitch, refined_pitch
from timbrespace.pitch_keeping import Decoded, PitchKeeper, Repertoire, heard_frames, nearest_true

SIGNAL = SignalConfig()
TINY_BANDS = preset("tiny").signal.bands
CENT = 2.0 ** (1.0 / 1200.0)


def harmonic_frames(f0_hz: float) -> torch.Tensor:
    """Log magnitudes [1, L, F] of a steady tone with partials up to 10 kHz that fall by 6 dB an octave."""
    time = np.arange(SIGNAL.sample_rate) / SIGNAL.sample_rate
    numbers = np.arange(1, int(10_000 / f0_hz) + 1)
    sound = sum(np.sin(2 * np.pi * n * f0_hz * time + n * n) / n for n in numbers)
    spectra = signals.spectra_of((0.1 * sound).astype(np.float32), SIGNAL)
    return spectra[:, 20:24].abs().clamp_min(1e-4).log()


def pitch_of(log_magnitude: torch.Tensor) -> NDArray[np.float64]:
    magnitude = torch.exp(log_magnitude)
    return refined_pitch(magnitude, frame_pitch(magnitude, SIGNAL)[0], SIGNAL)[0].numpy()


@pytest.mark.parametrize("f0_hz", [100.0, 155.0, 440.0, 987.0])
def test_pitch_of_a_tone(f0_hz: float) -> None:
    magnitude = torch.exp(harmonic_frames(f0_hz))
    found, clarity = frame_pitch(magnitude, SIGNAL)
    assert np.allclose(found, f0_hz, rtol=0.006)
    assert (clarity > 0.5).all()
    refined, spread = refined_pitch(magnitude, torch.full_like(found, f0_hz * CENT**40), SIGNAL)
    assert np.abs(1200 * np.log2(refined / f0_hz)).max() < 3
    assert (spread < 10).all()


def test_noise_and_silence_have_no_clear_pitch() -> None:
    spectra = signals.spectra_of(signals.noise(44_100), SIGNAL)
    assert float(frame_pitch(spectra.abs(), SIGNAL)[1].quantile(0.95)) < 0.35
    assert not frame_pitch(torch.zeros(2, SIGNAL.bins), SIGNAL)[1].any()


@pytest.mark.parametrize("moved_cents", [-90.0, -30.0, 30.0, 90.0])
@pytest.mark.parametrize("f0_hz", [100.0, 440.0])
def test_partials_move_and_the_envelope_stays(f0_hz: float, moved_cents: float) -> None:
    before = harmonic_frames(f0_hz)
    tuning = Tuning(SIGNAL)
    after = tuning(before, torch.full(before.shape[:2], CENT**moved_cents))
    assert np.abs(1200 * np.log2(pitch_of(after) / (f0_hz * CENT**moved_cents))).max() < 4
    difference = tuning.envelope(after - before)
    assert float(difference.abs().mean()) * 8.7 < 1.5  # dB


def test_a_peak_keeps_its_height() -> None:
    before = harmonic_frames(440.0)
    after = Tuning(SIGNAL)(before, torch.full(before.shape[:2], CENT**30))
    assert (
        float((after.amax(dim=2) - before.amax(dim=2)).abs().max()) * 8.7 < 2.0
    )  # dB; between bins a Hann window has 1.4 itself


def test_a_ratio_of_one_changes_nothing() -> None:
    before = harmonic_frames(220.0)
    assert torch.allclose(Tuning(SIGNAL)(before, torch.ones(before.shape[:2])), before, atol=1e-5)


def test_tuned_frames_keep_their_level_and_the_others_their_sound(tiny_models) -> None:
    engine = timbrespace.load(tiny_models["continuous"])
    series = engine.encode(make_tone(0.5), RATE)
    plain = engine.decode(series)
    assert np.array_equal(engine.decode(series, tuning=np.ones(len(series), np.float32)), plain)
    tuned = engine.decode(series, tuning=np.full(len(series), CENT**50, np.float32))
    assert not np.allclose(tuned, plain, atol=1e-3)
    assert 20 * np.log10(tuned.std() / plain.std()) == pytest.approx(0.0, abs=1.0)


def test_repertoire_moves_by_octaves_into_its_range() -> None:
    z = np.zeros((101, 2), np.float32)
    tones = Repertoire(z, np.geomspace(200.0, 800.0, 101), np.ones(101), np.zeros(101, bool))
    inside = tones.inside(np.array([60.0, 110.0, 300.0, 799.0, 1500.0, 900.0]))
    assert np.allclose(inside, [240.0, 220.0, 300.0, 799.0, 750.0, 450.0])
    narrow = Repertoire(z, np.full(101, 300.0), np.ones(101), np.zeros(101, bool))
    assert np.isnan(narrow.inside(np.array([440.0]))).all()


def test_repertoire_gives_the_likest_clear_sound_with_the_pitch() -> None:
    z = np.array([[0.0], [1.0], [5.0], [1.1]], np.float32)
    tones = Repertoire(
        z, np.array([440.0, 442.0, 441.0, 880.0]), np.array([0.3, 0.9, 0.9, 0.9]), np.zeros(4, bool)
    )
    assert tones.nearest(np.array([0.1], np.float32), 440.0) == pytest.approx([1.0])  # 0 is not clear
    assert tones.nearest(np.array([4.0], np.float32), 440.0) == pytest.approx([5.0])
    assert tones.nearest(np.array([4.0], np.float32), 600.0) is None


def test_sounds_of_the_data_come_before_drawn_ones_that_are_little_nearer() -> None:
    z, drawn = np.zeros((2, 1), np.float32), np.array([False, True])
    z[1] = 0.01
    for cents, taken in ((30.0, 0.0), (80.0, 0.01)):
        tones = Repertoire(z, np.array([440.0 * CENT**cents, 440.0]), np.ones(2), drawn)
        assert tones.nearest(np.zeros(1, np.float32), 440.0) == pytest.approx([taken])


def test_nearest_true() -> None:
    mask = np.array([0, 0, 1, 0, 0, 0, 1, 0], bool)
    assert nearest_true(mask).tolist() == [2, 2, 2, 2, 2, 6, 6, 6]


def test_pitch_of_heard_frames_follows_a_glide(tiny_models) -> None:
    engine = timbrespace.load(tiny_models["continuous"])
    time = np.arange(RATE) / RATE
    f0_hz = 300.0 * 2.0 ** (time / 2)
    phase = 2 * np.pi * np.cumsum(f0_hz) / RATE
    sound = (0.1 * sum(np.sin(n * phase) / n for n in range(1, 9))).astype(np.float32)
    frames = engine.signal.frames_of(len(sound))
    found, voiced = heard_frames(engine.model, sound, frames)
    true = np.interp(engine.signal.centre_seconds(frames), time, f0_hz)
    inner = slice(20, -20)
    assert voiced[inner].all()
    assert np.abs(1200 * np.log2(found[inner] / true[inner])).max() < 25


class Flute(PitchKeeper):
    """A model whose z[0] is its pitch in octaves above 250 Hz, up to one, in steps of a semitone."""

    def _sounds(self) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
        return np.arange(13, dtype=np.float32)[:, None] / 12, np.zeros(13, np.float32), 13

    def _decoded(self, z: NDArray[np.float32], loudness_db: NDArray[np.float32]) -> Decoded:
        octaves, ones = z[:, 0].astype(float), np.ones(len(z))
        return Decoded(250.0 * 2.0**octaves, 0.9 * ones, 0.0 * ones, torch.full((len(z), TINY_BANDS), 9.0))


def play(f0_hz: float, heard: float) -> tuple[float, float, bool]:
    """Pitch and tuning of a flute that plays a tone which it heard as z = `heard`; whether z is as heard."""
    engine = timbrespace.load(MODEL)
    tone = make_tone(1.0, RATE, f0_hz)
    frames = engine.signal.frames_of(len(tone))
    z = np.full((frames, 1), heard, np.float32)
    kept = Flute(engine.model, {}).keep(tone, z, np.full(frames, -20.0, np.float32))
    middle = frames // 2
    return 250.0 * 2.0 ** kept.z[middle, 0], float(kept.tuning[middle]), bool((kept.z == z).all())


MODEL = ""


@pytest.fixture(autouse=True)
def model(tiny_models) -> None:
    global MODEL
    MODEL = tiny_models["continuous"]


def test_a_tone_between_the_models_semitones_is_tuned() -> None:
    f0_hz = 250.0 * CENT**430
    played_hz, ratio, _ = play(f0_hz, heard=0.7)
    assert 1200 * np.log2(played_hz / 250.0) == pytest.approx(400.0, abs=1)
    assert 1200 * np.log2(played_hz * ratio / f0_hz) == pytest.approx(0.0, abs=5)


def test_what_the_model_hears_right_is_left_as_it_is() -> None:
    _, ratio, same = play(250.0 * CENT**500, heard=5 / 12)
    assert (ratio, same) == (1.0, True)


@pytest.mark.parametrize(("f0_hz", "played_hz"), [(700.0, 350.0), (130.0, 260.0)])
def test_outside_the_range_the_nearest_octave_is_played(f0_hz: float, played_hz: float) -> None:
    found_hz, ratio, _ = play(f0_hz, heard=0.7)
    assert found_hz * ratio == pytest.approx(played_hz, rel=0.005)


def test_noise_is_left_to_the_model() -> None:
    engine = timbrespace.load(MODEL)
    sound = np.zeros(RATE, np.float32)
    frames = engine.signal.frames_of(len(sound))
    z = np.full((frames, 1), 0.3, np.float32)
    kept = Flute(engine.model, {}).keep(sound, z, np.full(frames, -20.0, np.float32))
    assert np.array_equal(kept.z, z)
    assert (kept.tuning == 1.0).all()


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_convert_keeps_pitch_unless_told(tiny_models, kind: str) -> None:
    engine = timbrespace.load(tiny_models[kind])
    tone = make_tone(0.5)
    assert engine.convert(tone, RATE).shape == tone.shape
    assert np.array_equal(engine.convert(tone, RATE, pitch="model"), engine.decode(engine.encode(tone, RATE)))
    with pytest.raises(UsageError, match="pitch is 'sharp'; it must be keep or model"):
        engine.convert(tone, RATE, pitch="sharp")


@pytest.mark.parametrize("name", ["standard", "low", "fast", "tiny"])
def test_every_preset_has_its_tuning(name: str) -> None:
    signal = preset(name).signal
    flat = torch.zeros(1, 2, signal.bins)
    assert torch.allclose(Tuning(signal)(flat, torch.full((1, 2), 1.03)), flat, atol=1e-5)


@pytest.mark.parametrize(("away_db", "touched"), [(7.0, False), (20.0, True)])
def test_a_sound_of_the_models_own_kind_is_left_alone(
    away_db: float, touched: bool, tiny_models, monkeypatch: pytest.MonkeyPatch
) -> None:
    """250 Hz encoded as a note half an octave up: replaced unless the model plays it nearly as it was."""
    engine = timbrespace.load(tiny_models["continuous"])
    monkeypatch.setattr(pitch_keeping, "_distance_db", lambda one, other: np.full(len(one), away_db))
    sound = make_tone(0.5, frequency_hz=250.0)
    frames = engine.signal.frames_of(len(sound))
    z = np.full((frames, 1), 0.5, np.float32)
    kept = Flute(engine.model, engine.header).keep(sound, z, np.full(frames, -20.0, np.float32))
    assert np.array_equal(kept.z, z) != touched
    assert kept.z[frames // 2] == pytest.approx(0.0 if touched else 0.5, abs=1e-6)
