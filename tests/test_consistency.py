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


def _agree(frames: Tensor) -> Tensor:
    """All but the last of frames complex [1, L + 1, F], with the true phase of the next as the guess."""
    agree, turns = Consistency(TINY), frames.angle() / (2 * torch.pi)
    return agree(frames.abs(), turns[:, :-1], turns[:, 1:], agree.initial_state(1))[0]


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
    agreed = _agree(spectra)
    torch.testing.assert_close(agreed, spectra[:, :-1], rtol=1e-3, atol=1e-3)


def test_magnitudes_never_change() -> None:
    frames = _with_random_phases(_spectra(30))
    agreed = _agree(frames)
    torch.testing.assert_close(agreed.abs(), frames[:, :-1].abs(), rtol=1e-4, atol=1e-6)
    assert not _agree(torch.zeros_like(frames)).any()


def test_random_phases_agree_better_than_before() -> None:
    frames = _with_random_phases(_spectra(200))
    agreed = _agree(frames)
    assert _disagreement(_spectra(200)) < 1e-8
    assert _disagreement(agreed) < 0.5 * _disagreement(frames)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=7))
@settings(max_examples=30, deadline=None)
def test_any_chunking_equals_one_call(chunks: list[int]) -> None:
    frames = _with_random_phases(_spectra(sum(chunks)))
    agree, turns = Consistency(TINY), frames.angle() / (2 * torch.pi)
    whole, state, parts, start = _agree(frames), agree.initial_state(1), [], 0
    for count in chunks:
        end = start + count
        magnitude = frames[:, start : end + 1].abs()
        agreed, state = agree(magnitude, turns[:, start:end], turns[:, start + 1 : end + 1], state)
        parts.append(agreed)
        start = end
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-3, atol=1e-4)
