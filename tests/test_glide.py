"""Codes glide: a quarter of the frame before, and nothing of what lies further back."""

import math
from dataclasses import replace

import torch
from torch import Tensor

from timbrespace.config import preset
from timbrespace.model.glide import Glide, GlideState
from timbrespace.model.timbre_model import TimbreModel

BINS = 20


def frames(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Log magnitudes and aperiodicity [2, count, BINS]."""
    generator = torch.Generator().manual_seed(seed)
    shape = (2, count, BINS)
    return 3.0 * torch.randn(shape, generator=generator), torch.rand(shape, generator=generator)


def start(glide: Glide) -> GlideState:
    return glide.initial_state(2, torch.zeros(BINS))


def test_magnitudes_are_the_weighted_mean_of_two_frames() -> None:
    glide = Glide(0.25)
    log_magnitude, aperiodicity = frames(6, 0)
    out, noisy, _ = glide(log_magnitude, aperiodicity, start(glide))
    magnitude = torch.exp(log_magnitude)
    wanted = 0.75 * magnitude[:, 1:] + 0.25 * magnitude[:, :-1]
    torch.testing.assert_close(torch.exp(out[:, 1:]), wanted)
    torch.testing.assert_close(noisy[:, 1:], 0.75 * aperiodicity[:, 1:] + 0.25 * aperiodicity[:, :-1])
    torch.testing.assert_close(out[:, 0], log_magnitude[:, 0] + math.log(0.75))  # silence before the first


def test_a_held_frame_stays_as_it_is() -> None:
    glide = Glide(0.25)
    log_magnitude, aperiodicity = (part.expand(-1, 5, -1) for part in frames(1, 1))
    out, noisy, _ = glide(log_magnitude, aperiodicity, start(glide))
    torch.testing.assert_close(out[:, 1:], log_magnitude[:, 1:])
    torch.testing.assert_close(noisy[:, 1:], aperiodicity[:, 1:])


def test_one_by_one_equals_whole_and_only_the_frame_before_is_remembered() -> None:
    glide = Glide(0.25)
    log_magnitude, aperiodicity = frames(6, 2)
    whole, _, _ = glide(log_magnitude, aperiodicity, start(glide))
    state, parts = start(glide), []
    for index in range(6):
        here = slice(index, index + 1)
        out, _, state = glide(log_magnitude[:, here], aperiodicity[:, here], state)
        parts.append(out)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    log_magnitude[:, :2] += 1.0
    moved, _, _ = glide(log_magnitude, aperiodicity, start(glide))
    torch.testing.assert_close(moved[:, 3:], whole[:, 3:])
    assert not torch.allclose(moved[:, 2], whole[:, 2])


def test_without_a_share_nothing_changes() -> None:
    glide = Glide(0.0)
    log_magnitude, aperiodicity = frames(4, 3)
    state = start(glide)
    out, noisy, after = glide(log_magnitude, aperiodicity, state)
    assert out is log_magnitude
    assert noisy is aperiodicity
    assert after is state


def test_codes_glide_and_latents_do_not() -> None:
    assert TimbreModel(preset("tiny")).glide.share == 0.0
    assert TimbreModel(replace(preset("tiny"), kind="discrete")).glide.share == 0.25
