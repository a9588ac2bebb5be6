"""Transposed crops: pitch, level, place and top, against answers known beforehand."""

import math

import numpy as np
import pytest
import torch

from timbrespace.config import preset
from timbrespace.spectrum import Analysis
from timbrespace.training.transposition import SPEEDS, Transposition, interpolator

SIGNAL = preset("standard").signal
RATE = SIGNAL.sample_rate
SAMPLES = 3 * SIGNAL.hop + SIGNAL.n_fft - SIGNAL.hop


def transposition() -> Transposition:
    return Transposition(SIGNAL, SAMPLES)


def sine(moves: Transposition, hz: float, crops: int = 1) -> torch.Tensor:
    """Crops of a sine with its crest in the middle."""
    time = torch.arange(SAMPLES + 2 * moves.margin, dtype=torch.float64) - moves.margin - SAMPLES // 2
    return torch.cos(2.0 * math.pi * hz / RATE * time).float().repeat(crops, 1)


def spectrum(row: torch.Tensor, zeros: int = 1 << 18) -> np.ndarray:
    return np.abs(np.fft.rfft(row.numpy() * np.kaiser(len(row), 16.0), zeros))


def level_db(spectra: torch.Tensor) -> torch.Tensor:
    """Mean power in 41 parts of the spectrum."""
    return 10.0 * torch.log10(spectra.abs().square().mean(dim=(0, 1)).unflatten(0, (41, 25)).mean(dim=1))


def test_intervals_are_up_to_five_semitones_both_ways() -> None:
    cents = [1200.0 * math.log2(taken / given) for taken, given in SPEEDS]
    assert sorted(round(value / 100.0) for value in cents) == [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]
    assert max(abs(value - 100.0 * round(value / 100.0)) for value in cents) < 5.0


@pytest.mark.parametrize("hz", [110.0, 1000.0, 8000.0])
def test_a_sine_is_played_at_the_pitch_of_each_speed_in_turn(hz: float) -> None:
    moves = transposition()
    played = moves(sine(moves, hz, 2 * len(SPEEDS)), 0)
    assert played.shape == (2 * len(SPEEDS), SAMPLES)
    for index, row in enumerate(played):
        taken, given = SPEEDS[index // 2]
        magnitudes = spectrum(row)
        found = magnitudes.argmax() * RATE / (1 << 18)
        assert abs(1200.0 * math.log2(found / (hz * taken / given))) < 3.0
        assert abs(row.abs().max().item() - 1.0) < 0.01
        if hz == 1000.0:
            peak = magnitudes.argmax()
            lobe = 8 * (1 << 18) // SAMPLES
            rest = np.r_[magnitudes[: peak - lobe], magnitudes[peak + lobe :]]
            assert 20.0 * np.log10(rest.max() / magnitudes[peak]) < -75.0


def test_the_middle_of_a_crop_stays_in_place() -> None:
    moves = transposition()
    click = torch.zeros(len(SPEEDS), SAMPLES + 2 * moves.margin)
    click[:, moves.margin + SAMPLES // 2] = 1.0
    assert moves.centre(click).argmax(dim=1).eq(SAMPLES // 2).all()
    assert (moves(click, 3).abs().argmax(dim=1) - SAMPLES // 2).abs().max() <= 1


def spectra(audio: torch.Tensor) -> torch.Tensor:
    analysis = Analysis(SIGNAL)
    overlap = SIGNAL.n_fft - SIGNAL.hop
    return analysis(audio[:, overlap:], audio[:, :overlap])[0]


def whole(moves: Transposition, audio: torch.Tensor) -> torch.Tensor:
    """Spectra of transposed crops as training gets them."""
    return moves.whole(spectra(moves(audio, 0)), spectra(moves.centre(audio)), 0)


def test_what_the_filter_takes_is_put_back() -> None:
    """White noise is white again but for the step its density makes there: a sine's amplitude stays, so a
    slower noise is denser."""
    moves = transposition()
    noise = torch.randn(200, SAMPLES + 2 * moves.margin, generator=torch.Generator().manual_seed(0))
    plain_db = level_db(spectra(moves.centre(noise)))
    parts = whole(moves, noise).tensor_split(len(SPEEDS))
    for (taken, given), part in zip(SPEEDS, parts, strict=True):
        change_db, step_db = level_db(part) - plain_db, 10.0 * math.log10(given / taken)
        assert change_db[:10].mean() == pytest.approx(step_db, abs=0.5)
        assert change_db[-2:].mean() == pytest.approx(0.0, abs=0.5)
        assert change_db.min() > min(0.0, step_db) - 1.5
        assert change_db.max() < max(0.0, step_db) + 1.5


@pytest.mark.parametrize("place", [0.7, 0.8, 0.85, 0.9, 0.95, 0.98])
def test_nothing_folds_back(place: float) -> None:
    """A sine at so much of the Nyquist frequency stands where its speed puts it, or at its own place."""
    moves = transposition()
    high = sine(moves, place * RATE / 2, len(SPEEDS))
    magnitudes = whole(moves, high).abs().amax(dim=1)
    for (taken, given), row in zip(SPEEDS, magnitudes, strict=True):
        bins = torch.arange(SIGNAL.bins)
        for here in (place, place * taken / given):
            row = torch.where((bins - here * (SIGNAL.bins - 1)).abs() < 20, 0.0, row)
        assert 20.0 * torch.log10(row.max() / (SIGNAL.n_fft / 4)) < -60.0


def test_a_steady_level_stays() -> None:
    for taken, given in SPEEDS:
        np.testing.assert_allclose(interpolator(taken, given).sum(axis=0), 1.0, atol=1e-6)


@pytest.mark.parametrize("crops", [0, 1, 5])
def test_any_number_of_crops(crops: int) -> None:
    moves = transposition()
    audio = sine(moves, 440.0, crops)
    assert moves(audio, 0).shape == (crops, SAMPLES)
    frames = torch.ones(crops, 3, SIGNAL.bins)
    torch.testing.assert_close(moves.whole(frames, frames, 0), frames)


def test_any_speed_may_come_first() -> None:
    moves = transposition()
    audio = sine(moves, 440.0, len(SPEEDS))
    assert torch.equal(moves(audio, 3), moves(audio, 0).roll(-3, 0))
    assert torch.equal(moves(audio[:1], 7), moves(audio, 0)[7:8])


@pytest.mark.parametrize("name", ["low", "fast", "tiny"])
def test_other_presets_have_room_for_every_speed(name: str) -> None:
    signal = preset(name).signal
    samples = 2 * signal.hop + signal.n_fft
    moves = Transposition(signal, samples)
    audio = torch.ones(len(SPEEDS), samples + 2 * moves.margin)
    torch.testing.assert_close(moves(audio, 0), torch.ones(len(SPEEDS), samples))
