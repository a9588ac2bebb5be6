"""What samples run through while they are played live."""

from __future__ import annotations

import warnings

import numpy as np
from conftest import RATE, make_tone

from timbrespace.live.lines import OffsetRemover

BLOCK = 128


def through(remover: OffsetRemover, sound: np.ndarray) -> np.ndarray:
    return np.concatenate([remover.process(block) for block in np.split(sound, len(sound) // BLOCK)])


def sound(seconds: float) -> np.ndarray:
    count = int(seconds * RATE) // BLOCK * BLOCK
    return make_tone(seconds=seconds + 1.0)[:count]


def test_an_offset_goes_and_the_sound_stays() -> None:
    tone = sound(8.0)
    heard = through(OffsetRemover(RATE), tone + np.float32(0.03))
    settled = slice(6 * RATE, None)
    np.testing.assert_allclose(heard[settled], tone[settled], atol=2e-3)
    assert abs(heard[settled].mean()) < 1e-4


def test_sound_without_an_offset_passes() -> None:
    tone = sound(4.0)
    assert np.abs(through(OffsetRemover(RATE), tone) - tone)[RATE:].max() < 2e-3


def test_it_goes_without_a_step() -> None:
    heard = through(OffsetRemover(RATE), np.full(4 * RATE // BLOCK * BLOCK, 0.1, np.float32))
    assert np.abs(np.diff(heard[BLOCK:])).max() < 1e-3
    assert abs(heard[-1]) < 1e-6


def test_what_is_no_number_is_forgotten() -> None:
    remover, tone = OffsetRemover(RATE), sound(2.0)
    through(remover, tone)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nobody on stage has time to read them
        remover.process(np.full(BLOCK, np.nan, np.float32))
        remover.process(np.array([np.inf, -np.inf], np.float32))
    assert np.isfinite(through(remover, tone)).all()
    assert len(remover.process(np.zeros(0, np.float32))) == 0
