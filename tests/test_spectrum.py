"""Analysis and overlap-add are inverse, carry their state, and levels are those of BS.1770."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise, partials

from timbrespace.config import LOUDNESS_FLOOR_DB, PRESETS, SignalConfig
from timbrespace.spectrum import Analysis, OverlapAdd, frame_loudness_db

TINY = PRESETS["tiny"].signal


@pytest.mark.parametrize("name", PRESETS)
def test_overlap_add_gives_the_samples_back_late(name: str) -> None:
    signal = PRESETS[name].signal
    analysis, overlap_add = Analysis(signal), OverlapAdd(signal)
    audio = torch.from_numpy(noise(2 * 16 * signal.hop).reshape(2, -1))
    spectra, _ = analysis(audio, analysis.initial_state(2))
    back, _ = overlap_add(spectra, overlap_add.initial_state(2))
    late = signal.n_fft - signal.hop
    assert not back[:, : late - signal.n_fft + signal.hop].any()
    torch.testing.assert_close(back[:, late:], audio[:, : audio.shape[1] - late], rtol=0, atol=1e-6)


def test_frame_covers_the_samples_it_says() -> None:
    analysis = Analysis(TINY)
    audio = torch.zeros(1, 8 * TINY.hop)
    audio[0, 3 * TINY.hop + TINY.hop // 2] = 1.0  # in the newest hop of frame 3
    spectra, _ = analysis(audio, analysis.initial_state(1))
    heard = spectra.abs().amax(dim=2)[0] > 1e-6
    assert heard.tolist() == [False] * 3 + [True] * 4 + [False]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_any_chunking_equals_one_call(chunks: list[int]) -> None:
    analysis, overlap_add = Analysis(TINY), OverlapAdd(TINY)
    audio = torch.from_numpy(noise(sum(chunks) * TINY.hop)[None])
    whole, _ = analysis(audio, analysis.initial_state(1))
    back, _ = overlap_add(whole, overlap_add.initial_state(1))
    tail, rest = analysis.initial_state(1), overlap_add.initial_state(1)
    spectra, sounds = [], []
    for piece in torch.split(audio, [count * TINY.hop for count in chunks], dim=1):
        part, tail = analysis(piece, tail)
        sound, rest = overlap_add(part, rest)
        spectra.append(part)
        sounds.append(sound)
    torch.testing.assert_close(torch.cat(spectra, 1), whole, rtol=0, atol=1e-6)
    torch.testing.assert_close(torch.cat(sounds, 1), back, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", PRESETS)
def test_full_scale_sine_reads_minus_3_01(name: str) -> None:
    signal = PRESETS[name].signal
    sine = torch.from_numpy(5.0 * partials([997.0], 0.5, signal.sample_rate))[None]
    level_db = frame_loudness_db(sine, signal)[0, signal.n_fft // signal.hop :]
    tolerance_db = 0.06 if name == "tiny" else 0.01  # K-weighting bends over the wide main lobe
    assert np.abs(level_db.numpy() + 3.01).max() < tolerance_db


def test_level_follows_gain_and_stops_at_the_floor() -> None:
    signal = SignalConfig()
    sound = torch.from_numpy(noise(8192)[None])
    loud, soft = frame_loudness_db(sound, signal), frame_loudness_db(sound / 1000, signal)
    torch.testing.assert_close(loud - soft, torch.full_like(loud, 60.0), rtol=0, atol=1e-3)
    assert (frame_loudness_db(torch.zeros(1, 4096), signal) == LOUDNESS_FLOOR_DB).all()


def test_level_of_a_part_of_a_hop_is_not_given() -> None:
    assert frame_loudness_db(torch.zeros(2, 512 * 3 + 511), SignalConfig()).shape == (2, 3)
