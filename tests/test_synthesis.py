"""Noise is noise, silence is silence, recordings come back from their magnitudes, in any chunking."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise, rebuild, spectra_of, synthesise

import timbrespace
from timbrespace.config import PRESETS
from timbrespace.scores.sound import log_spectral_distance, texture_difference
from timbrespace.synthesis import NOISE_GAIN_DB, Synthesis, noise_power_gain, white_noise

STANDARD, TINY = PRESETS["standard"].signal, PRESETS["tiny"].signal
RECORDINGS = Path(timbrespace.__file__).parent / "demo_audio" / "held_out"
SECOND = 44_100


@pytest.fixture(scope="module")
def white() -> np.ndarray:
    """Three seconds of white noise at -20 dBFS."""
    return noise(3 * SECOND)


def _smoothed(sound: np.ndarray) -> torch.Tensor:
    """Log magnitudes of a steady sound, each bin at its mean over time."""
    log_magnitude = spectra_of(sound, STANDARD).abs().clamp_min(1e-9).log()
    inner = log_magnitude[:, 8:-8]
    return inner.mean(dim=1, keepdim=True).expand_as(log_magnitude)


def test_white_noise_from_true_magnitudes_has_the_same_texture(white: np.ndarray) -> None:
    assert texture_difference(white, rebuild(white, STANDARD), SECOND) < 0.5


def test_smoothed_noise_made_aperiodic_has_texture_and_level_of_the_source(white: np.ndarray) -> None:
    back = synthesise(_smoothed(white), 1.0, STANDARD, len(white))[SECOND // 4 : -SECOND // 4]
    source = white[SECOND // 4 : -SECOND // 4]
    assert texture_difference(source, back, SECOND) < 0.3
    assert abs(20 * np.log10(back.std() / source.std())) < 0.2
    other = noise(len(source), seed=1)
    for window in (512, 2048, 8192):
        unrelated_db = log_spectral_distance(source, other, window)
        assert abs(log_spectral_distance(source, back, window) - unrelated_db) < 0.2


def test_smoothed_noise_kept_tonal_has_a_dead_texture(white: np.ndarray) -> None:
    """That is why noise is added at all."""
    tonal, noisy = (
        texture_difference(white, synthesise(_smoothed(white), a, STANDARD, len(white)), SECOND)
        for a in (0.0, 1.0)
    )
    assert tonal > 2.0 * noisy


def test_noise_gain_is_that_of_a_log_mean() -> None:
    """10·γ/ln 10 dB, with Euler's γ: the mean of the log of an exponentially distributed power."""
    assert abs(NOISE_GAIN_DB - 10 * np.euler_gamma / np.log(10)) < 0.005
    assert noise_power_gain(torch.tensor([0.0, 1.0])).tolist() == pytest.approx(
        [1.0, np.exp(np.euler_gamma)], 1e-3
    )


@pytest.mark.parametrize(
    ("name", "bounds_db"),
    [
        ("alto-sax_G4_f.flac", {512: 4.0, 2048: 2.2, 8192: 3.0}),
        ("cajon_sl1_vl4_rr2.flac", {512: 2.3, 2048: 1.2, 8192: 1.9}),
        ("bobobo_treble_l_vl4_rr2.flac", {512: 2.2, 2048: 1.0, 8192: 1.4}),
    ],
)
def test_recordings_come_back_from_their_magnitudes(name: str, bounds_db: dict[int, float]) -> None:
    sound, rate = soundfile.read(RECORDINGS / name, dtype="float32", always_2d=True)
    sound = sound[: 3 * rate].mean(axis=1)
    back = rebuild(sound, replace(STANDARD, sample_rate=rate))
    measured = {window: log_spectral_distance(sound, back, window) for window in bounds_db}
    assert all(measured[window] < bounds_db[window] for window in bounds_db), measured


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(0, 2**40))
@settings(max_examples=25, deadline=None)
def test_any_chunking_equals_one_call(chunks: list[int], seed: int) -> None:
    synthesis = Synthesis(TINY)
    log_magnitude = (
        spectra_of(noise(sum(chunks) * TINY.hop), TINY).abs().clamp_min(1e-9).log()[:, : sum(chunks)]
    )
    a = torch.linspace(0, 1, TINY.bins).expand_as(log_magnitude)
    whole, _ = synthesis(log_magnitude, a, synthesis.initial_state(1), seed)
    state, parts = synthesis.initial_state(1), []
    for piece, piece_a in zip(log_magnitude.split(chunks, 1), a.split(chunks, 1), strict=True):
        audio, state = synthesis(piece, piece_a, state, seed)
        parts.append(audio)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=0, atol=1e-6)


def test_white_noise_hangs_on_position_and_seed_alone() -> None:
    position = torch.arange(100_000)
    samples = white_noise(position, 3)
    assert torch.equal(white_noise(position[500:700], 3), samples[500:700])
    assert not torch.equal(white_noise(position, 4), samples)
    assert torch.isfinite(white_noise(position + 2**45, 2**63)).all()


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_white_noise_is_white(seed: int) -> None:
    samples = white_noise(torch.arange(2**17), seed).double()
    assert abs(float(samples.mean())) < 0.01
    assert float(samples.square().mean()) == pytest.approx(1 / 3, rel=0.01)
    power = torch.fft.rfft(samples.reshape(256, -1)).abs().square()[:, 1:-1]
    bands = power.reshape(256, 15, 17).mean(dim=(0, 2))
    assert float(bands.std() / bands.mean()) < 0.07
    apart = [float((samples[lag:] * samples[:-lag]).mean()) for lag in (1, 2, 3, 64, 128, 512, 1024)]
    assert max(map(abs, apart)) < 0.005
    other = white_noise(torch.arange(2**17), seed + 1).double()
    assert abs(float((samples * other).mean())) < 0.005


def test_silence_is_exact_zeros() -> None:
    silent = torch.full((1, 20, TINY.bins), -torch.inf)
    audio = synthesise(silent, 0.5, TINY, 10 * TINY.hop)
    assert not audio.any()


def test_noise_comes_where_magnitudes_stand_still_and_not_where_they_move() -> None:
    still = torch.zeros(1, 40, STANDARD.bins)
    moving = still + 0.5 * torch.tensor([1.0, -1.0]).repeat(20)[None, :, None]
    noisy = torch.ones(1, 40, STANDARD.bins)
    synthesis = Synthesis(STANDARD)
    different = []
    for log_magnitude in (still, moving):
        a, b = (synthesis(log_magnitude, noisy, synthesis.initial_state(1), seed=s)[0][0] for s in (1, 2))
        middle = slice(2 * STANDARD.n_fft, -STANDARD.n_fft)
        different.append(float((a - b)[middle].std() / a[middle].std()))
    assert different[0] > 1.0  # two seeds, two noises
    assert different[1] == 0.0
