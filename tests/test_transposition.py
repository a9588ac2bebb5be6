"""Transposed crops: pitch, level, place and top, against answers known beforehand."""

import math

import numpy as np
import pytest
import torch

from timbrespace.config import preset
from timbrespace.spectrum import Analysis
from timbrespace.training.transposition import SPEEDS, TRANSITION, Transposition, interpolator

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
    played = moves(sine(moves, hz, 2 * len(SPEEDS)))
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
    assert (moves(click).abs().argmax(dim=1) - SAMPLES // 2).abs().max() <= 1


def test_what_the_filter_takes_is_put_back() -> None:
    """White noise is white again but for the step its density makes there (a sine's amplitude stays, so a
    slower noise is denser), and of a sine under the Nyquist frequency nothing folds back."""
    moves, analysis = transposition(), Analysis(SIGNAL)
    overlap = SIGNAL.n_fft - SIGNAL.hop

    def spectra(audio: torch.Tensor) -> torch.Tensor:
        return analysis(audio[:, overlap:], audio[:, :overlap])[0]

    noise = torch.randn(200, SAMPLES + 2 * moves.margin, generator=torch.Generator().manual_seed(0))
    whole = moves.whole(spectra(moves(noise)), spectra(moves.centre(noise)))
    plain_db = level_db(spectra(moves.centre(noise)))
    for (taken, given), part in zip(SPEEDS, whole.tensor_split(len(SPEEDS)), strict=True):
        change_db = level_db(part) - plain_db
        assert change_db[:10].mean() == pytest.approx(10.0 * math.log10(given / taken), abs=0.5)
        assert change_db[-2:].mean() == pytest.approx(0.0, abs=0.5)
        assert change_db.min() > min(0.0, 10.0 * math.log10(given / taken)) - 1.5
    high = sine(moves, 0.98 * RATE / 2, len(SPEEDS))
    before = spectra(moves.centre(high))
    after = moves.whole(spectra(moves(high)), before)
    below = int((1.0 - TRANSITION) * 3 / 4 * SIGNAL.bins) - 30
    leaked_db = 20.0 * torch.log10(after.abs()[..., :below].amax(dim=(1, 2)) / before.abs().amax())
    assert leaked_db.max() < -60.0


def test_a_steady_level_stays() -> None:
    for taken, given in SPEEDS:
        np.testing.assert_allclose(interpolator(taken, given).sum(axis=0), 1.0, atol=1e-6)


@pytest.mark.parametrize("crops", [0, 1, 5])
def test_any_number_of_crops(crops: int) -> None:
    moves = transposition()
    audio = sine(moves, 440.0, crops)
    assert moves(audio).shape == (crops, SAMPLES)
    frames = torch.ones(crops, 3, SIGNAL.bins)
    torch.testing.assert_close(moves.whole(frames, frames), frames)
