"""What the encoder hears does not change with gain; aperiodicity is 1 for noise and 0 for partials."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from signals import noise, partials, spectra_of
from torch import Tensor

from timbrespace.config import LOUDNESS_FLOOR_DB, PRESETS
from timbrespace.features import Aperiodicity, FrameFeatures

STANDARD = PRESETS["standard"].signal


@pytest.fixture(scope="module")
def features() -> FrameFeatures:
    """Of the standard preset."""
    return FrameFeatures(STANDARD)


@pytest.mark.parametrize("gain_db", [-24.0, -6.0, 24.0])
def test_gain_changes_the_loudness_alone(features: FrameFeatures, gain_db: float) -> None:
    spectra = spectra_of(noise(20_000), STANDARD)[:, 4:-8]
    plain, scaled = features(spectra), features(spectra * 10 ** (gain_db / 20))
    torch.testing.assert_close(scaled.bands, plain.bands, rtol=0, atol=1e-5)
    torch.testing.assert_close(scaled.log_magnitude, plain.log_magnitude, rtol=0, atol=1e-4)
    torch.testing.assert_close(scaled.loudness_db, plain.loudness_db + gain_db, rtol=0, atol=1e-3)


def test_log_magnitudes_stand_at_a_level_of_zero(features: FrameFeatures) -> None:
    frames = features(spectra_of(partials([440.0, 3000.0], 0.5), STANDARD)[:, 4:-8])
    level_db = features.loudness(torch.exp(2 * frames.log_magnitude))
    assert float(level_db.abs().max()) < 1e-3


def test_quick_half_hears_the_same(features: FrameFeatures) -> None:
    spectra = spectra_of(noise(9_000), STANDARD)
    frames = features(spectra)
    bands, loudness_db = features.heard(spectra)
    assert torch.equal(bands, frames.bands)
    assert torch.equal(loudness_db, frames.loudness_db)


def test_silence_is_finite_and_at_the_floor(features: FrameFeatures) -> None:
    frames = features(torch.zeros(1, 3, STANDARD.bins, dtype=torch.complex64))
    assert (frames.loudness_db == LOUDNESS_FLOOR_DB).all()
    assert torch.isfinite(frames.bands).all()
    assert torch.isfinite(frames.log_magnitude).all()


def _a2(sound: np.ndarray) -> Tensor:
    return Aperiodicity(STANDARD)(spectra_of(sound, STANDARD)[:, 4:-8])[0]


def test_white_noise_is_aperiodic_in_every_band() -> None:
    a2 = _a2(noise(88_200)).mean(dim=0)
    assert float(a2.min()) > 0.45  # a band of a few bins is often coherent by chance
    assert float(a2[10:].min()) > 0.8


def test_steady_partials_are_not() -> None:
    harmonics = [220.0 * n for n in range(1, 91)]
    a2 = _a2(partials(harmonics, 1.0)).mean(dim=0)
    assert float(a2[2:].max()) < 0.03  # two bands below the lowest partial hold next to nothing
