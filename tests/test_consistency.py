"""Phases are made to agree: what agrees stays, what does not comes closer, magnitudes never change."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise, spectra_of
from torch import Tensor

from timbrespace.config import PRESETS
from timbrespace.consistency import Consistency
from timbrespace.spectrum import Analysis, OverlapAdd

TINY = PRESETS["tiny"].signal


def _spectra(frames: int, seed: int = 0) -> Tensor:
    return spectra_of(noise(frames * TINY.hop, seed), TINY)[:, : frames + 1]


def _with_random_phases(spectra: Tensor) -> Tensor:
    turns = torch.rand(spectra.shape, generator=torch.Generator().manual_seed(0))
    return torch.polar(spectra.abs(), 2 * torch.pi * turns)


def _disagreement(frames: Tensor) -> float:
    """Energy that analysing the sound of frames adds or takes away, as a share of all."""
    overlap_add, analysis = OverlapAdd(TINY), Analysis(TINY)
    audio, _ = overlap_add(frames, overlap_add.initial_state(1))
    late = TINY.n_fft // TINY.hop - 1
    heard, _ = analysis(audio, analysis.initial_state(1))
    inner = slice(late, frames.shape[1] - late)
    return float(((heard[:, late:][:, inner] - frames[:, inner]).abs().square()).sum()
                 / frames[:, inner].abs().square().sum())  # fmt: skip


def test_frames_of_a_sound_stay_as_they_are() -> None:
    spectra = _spectra(40)
    agree = Consistency(TINY)
    agreed, _ = agree(spectra[:, :-1], spectra[:, 1:], agree.initial_state(1))
    torch.testing.assert_close(agreed, spectra[:, :-1], rtol=1e-3, atol=1e-3)


def test_magnitudes_never_change() -> None:
    frames = _with_random_phases(_spectra(30))
    agree = Consistency(TINY)
    agreed, _ = agree(frames[:, :-1], frames[:, 1:], agree.initial_state(1))
    torch.testing.assert_close(agreed.abs(), frames[:, :-1].abs(), rtol=1e-4, atol=1e-6)
    silence = torch.zeros_like(frames)
    assert not agree(silence, silence, agree.initial_state(1))[0].any()


def test_random_phases_agree_better_than_before() -> None:
    frames = _with_random_phases(_spectra(200))
    agree = Consistency(TINY)
    agreed, _ = agree(frames[:, :-1], frames[:, 1:], agree.initial_state(1))
    assert _disagreement(_spectra(200)) < 1e-8
    assert _disagreement(agreed) < 0.5 * _disagreement(frames)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=7))
@settings(max_examples=30, deadline=None)
def test_any_chunking_equals_one_call(chunks: list[int]) -> None:
    frames = _with_random_phases(_spectra(sum(chunks)))
    agree = Consistency(TINY)
    whole, _ = agree(frames[:, :-1], frames[:, 1:], agree.initial_state(1))
    state, parts = agree.initial_state(1), []
    for piece, following in zip(frames[:, :-1].split(chunks, 1), frames[:, 1:].split(chunks, 1), strict=True):
        agreed, state = agree(piece, following, state)
        parts.append(agreed)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-3, atol=1e-4)
