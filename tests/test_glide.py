"""Codes glide: a share of the frame before, less of a softer one, nothing of what lies further back."""

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


def level(count: int) -> Tensor:
    return torch.full((2, count), -20.0)


def start(glide: Glide) -> GlideState:
    return glide.initial_state(2, torch.zeros(BINS))


def test_magnitudes_are_the_weighted_mean_of_two_frames() -> None:
    glide = Glide([0.25])
    log_magnitude, aperiodicity = frames(6, 0)
    out, noisy, _ = glide(log_magnitude, aperiodicity, level(6), start(glide))
    magnitude = torch.exp(log_magnitude)
    wanted = 0.75 * magnitude[:, 1:] + 0.25 * magnitude[:, :-1]
    torch.testing.assert_close(torch.exp(out[:, 1:]), wanted)
    torch.testing.assert_close(noisy[:, 1:], 0.75 * aperiodicity[:, 1:] + 0.25 * aperiodicity[:, :-1])


def test_a_held_frame_stays_as_it_is() -> None:
    glide = Glide([0.25])
    log_magnitude, aperiodicity = (part.expand(-1, 5, -1) for part in frames(1, 1))
    out, noisy, _ = glide(log_magnitude, aperiodicity, level(5), start(glide))
    torch.testing.assert_close(out[:, 1:], log_magnitude[:, 1:])
    torch.testing.assert_close(noisy[:, 1:], aperiodicity[:, 1:])
    assert torch.equal(out[:, 0], log_magnitude[:, 0])  # after silence
    assert torch.equal(noisy[:, 0], aperiodicity[:, 0])


def test_what_was_softer_is_not_lifted_by_an_onset() -> None:
    """20 dB up, the frame before weighs a tenth; down, no more than its share."""
    glide = Glide([0.25])
    log_magnitude, aperiodicity = frames(2, 4)
    magnitude = torch.exp(log_magnitude)
    for levels, weight in (((-40.0, -20.0), 0.025), ((-20.0, -40.0), 0.25)):
        loudness_db = torch.tensor(levels).expand(2, -1)
        out, _, _ = glide(log_magnitude, aperiodicity, loudness_db, start(glide))
        wanted = (1.0 - weight) * magnitude[:, 1] + weight * magnitude[:, 0]
        torch.testing.assert_close(torch.exp(out[:, 1]), wanted)


def test_one_by_one_equals_whole_and_only_the_frame_before_is_remembered() -> None:
    glide = Glide([0.25])
    log_magnitude, aperiodicity = frames(6, 2)
    loudness_db = torch.tensor([-30.0, -20.0, -50.0, -100.0, -20.0, -21.0]).expand(2, -1)
    whole, _, _ = glide(log_magnitude, aperiodicity, loudness_db, start(glide))
    state, parts = start(glide), []
    for index in range(6):
        here = slice(index, index + 1)
        out, _, state = glide(log_magnitude[:, here], aperiodicity[:, here], loudness_db[:, here], state)
        parts.append(out)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    log_magnitude[:, :2] += 1.0
    moved, _, _ = glide(log_magnitude, aperiodicity, loudness_db, start(glide))
    torch.testing.assert_close(moved[:, 3:], whole[:, 3:])
    assert not torch.allclose(moved[:, 2], whole[:, 2])


def test_without_a_share_nothing_changes() -> None:
    glide = Glide([])
    log_magnitude, aperiodicity = frames(4, 3)
    state = start(glide)
    out, noisy, after = glide(log_magnitude, aperiodicity, level(4), state)
    assert out is log_magnitude
    assert noisy is aperiodicity
    assert after is state


def test_codes_glide_and_latents_do_not() -> None:
    assert TimbreModel(preset("tiny")).glide.shares == ()
    assert TimbreModel(replace(preset("tiny"), kind="discrete")).glide.shares == (0.35,)


def test_across_three_frames_is_their_mean_also_in_pieces() -> None:
    glide = Glide.across(3)
    log_magnitude, aperiodicity = frames(7, 5)
    magnitude = torch.exp(log_magnitude)
    out, noisy, _ = glide(log_magnitude, aperiodicity, level(7), start(glide))
    wanted = (magnitude[:, 2:] + magnitude[:, 1:-1] + magnitude[:, :-2]) / 3.0
    torch.testing.assert_close(torch.exp(out[:, 2:]), wanted)
    torch.testing.assert_close(
        noisy[:, 2:], (aperiodicity[:, 2:] + aperiodicity[:, 1:-1] + aperiodicity[:, :-2]) / 3.0
    )
    state, parts = start(glide), []
    for here in (slice(0, 1), slice(1, 2), slice(2, 5), slice(5, 7)):
        part, _, state = glide(log_magnitude[:, here], aperiodicity[:, here], level(7)[:, here], state)
        parts.append(part)
    torch.testing.assert_close(torch.cat(parts, dim=1), out)
