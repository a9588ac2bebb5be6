"""The networks: chunked equals whole, encoding is settled, the rotation and the reversal do what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from conftest import TINY
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise
from torch import Tensor

from timbrespace.config import KINDS, LOUDNESS_FLOOR_DB, PRESETS, Kind, ModelConfig
from timbrespace.features import DB_PER_NEPER
from timbrespace.model.adversary import MEMORY, Adversary, CrossReaders, ReverseGradient
from timbrespace.model.blocks import CausalStack
from timbrespace.model.bottleneck import BOTTLENECKS
from timbrespace.model.rotation import LEAST_SCALE, Rotation
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.synthesis import noise_power_gain


def build(config: ModelConfig, kind: Kind) -> TimbreModel:
    """An untrained model, the same every time."""
    torch.manual_seed(5)
    model = TimbreModel(replace(config, kind=kind)).eval().requires_grad_(False)
    if kind == "discrete":
        model.bottleneck.codebook.normal_()
    return model


def encode_in(model: TimbreModel, audio: Tensor, chunks: list[int]) -> tuple[Tensor, Tensor]:
    """z and loudness of audio [B, L·hop] encoded in chunks of so many frames."""
    state, parts = model.initial_encoder_state(len(audio)), []
    for piece in audio.split([count * model.config.signal.hop for count in chunks], dim=1):
        z, loudness_db, state = model.encode(piece, state)
        parts.append((z, loudness_db))
    return torch.cat([z for z, _ in parts], 1), torch.cat([level for _, level in parts], 1)


def magnitudes_in(model: TimbreModel, z: Tensor, level: Tensor, chunks: list[int]) -> Tensor:
    """Decoded log magnitudes and aperiodicity, one after the other, decoded in chunks."""
    context, parts = model.decoder.initial_state(len(z)), []
    for piece, piece_level in zip(z.split(chunks, 1), level.split(chunks, 1), strict=True):
        log_magnitude, aperiodicity, context = model.magnitudes(piece, piece_level, context)
        parts.append(torch.cat([log_magnitude, aperiodicity], dim=2))
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PRESETS)
def test_frame_by_frame_equals_whole(name: str, kind: Kind) -> None:
    model = build(PRESETS[name], kind)
    audio = torch.from_numpy(noise(2 * 9 * model.config.signal.hop).reshape(2, -1))
    z, loudness_db = encode_in(model, audio, [9])
    chunked, chunked_db = encode_in(model, audio, [1] * 9)
    torch.testing.assert_close(chunked, z, rtol=0, atol=1e-5)
    torch.testing.assert_close(chunked_db, loudness_db, rtol=0, atol=1e-5)
    whole = magnitudes_in(model, z, loudness_db, [9])
    torch.testing.assert_close(magnitudes_in(model, z, loudness_db, [1] * 9), whole, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@given(chunks=st.lists(st.integers(1, 6), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_any_chunking_equals_whole(kind: Kind, chunks: list[int]) -> None:
    model = build(TINY, kind)
    audio = torch.from_numpy(noise(sum(chunks) * model.config.signal.hop)[None])
    z, level = encode_in(model, audio, [sum(chunks)])
    torch.testing.assert_close(encode_in(model, audio, chunks)[0], z, rtol=0, atol=1e-5)
    whole = magnitudes_in(model, z, level, [sum(chunks)])
    torch.testing.assert_close(magnitudes_in(model, z, level, chunks), whole, rtol=0, atol=1e-5)


def test_a_code_decodes_to_the_same_whatever_stood_before_it() -> None:
    model = build(TINY, "discrete")
    z = model.rotation(model.bottleneck.codebook[:10])
    level = torch.full((1, 10), -20.0)
    straight = magnitudes_in(model, z[None], level, [10])
    backwards = magnitudes_in(model, z.flip(0)[None], level, [10]).flip(1)
    torch.testing.assert_close(straight, backwards, rtol=0, atol=1e-5)


def test_discrete_spectrum_does_not_hang_on_loudness() -> None:
    model = build(TINY, "discrete")
    z = torch.randn(1, 6, TINY.latents)
    soft, loud = (magnitudes_in(model, z, torch.full((1, 6), db), [6]) for db in (-60.0, 0.0))
    assert torch.equal(soft, loud)


def test_condition_is_clipped_to_the_range_learnt() -> None:
    model = build(TINY, "continuous")
    model.loudness_range_db.copy_(torch.tensor([-50.0, -10.0]))
    condition = model.condition(torch.tensor([[-90.0, -50.0, -30.0, -10.0, 5.0]]))
    assert condition[0, :, 0].tolist() == pytest.approx([-1.0, -1.0, 0.0, 1.0, 1.0])


@pytest.mark.parametrize("kind", KINDS)
def test_decoded_spectrum_stands_at_a_level_of_zero(kind: Kind) -> None:
    model = build(TINY, kind)
    z, level = torch.randn(1, 12, TINY.latents), torch.linspace(-80, 0, 12)[None]
    log_magnitude, aperiodicity, _ = model.magnitudes(z, level, model.decoder.initial_state(1))
    power = torch.exp(2 * log_magnitude) * noise_power_gain(aperiodicity)
    assert float(model.features.loudness(power).abs().max()) < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_loudness_at_the_floor_is_exact_silence(kind: Kind) -> None:
    model = build(TINY, kind)
    z = torch.randn(1, 20, TINY.latents)
    for level_db in (LOUDNESS_FLOOR_DB, -140.0, -float("inf"), float("nan")):
        audio, _ = model.decode(z, torch.full((1, 20), level_db), model.initial_decoder_state(1))
        assert not audio.any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [float("nan"), float("inf"), -1e30])
def test_a_fault_comes_out_finite_and_leaves_no_trace(kind: Kind, fault: float) -> None:
    model = build(TINY, kind)
    audio = torch.from_numpy(noise(40 * 128)[None])
    broken = audio.clone()
    broken[0, 700:900] = fault
    z, loudness_db = encode_in(model, broken, [40])
    assert torch.isfinite(z).all()
    assert torch.isfinite(loudness_db).all()
    clean, _ = encode_in(model, audio, [40])
    torch.testing.assert_close(z[:, -20:], clean[:, -20:], rtol=0, atol=1e-5)
    z[0, 5], loudness_db[0, 7] = fault, fault
    sound, state = model.decode(z, loudness_db, model.initial_decoder_state(1))
    assert torch.isfinite(sound).all()
    assert all(torch.isfinite(part).all() for part in [*state.context, *state.glide, *state.synthesis])


def test_wide_stack_keeps_its_context_apart_by_block() -> None:
    stack = CausalStack(8, 3, 2, 4)
    state = stack.initial_state(2)
    assert [tuple(left.shape) for left in state] == [(2, 2, 8)] * 4
    x = torch.randn(2, 5, 8)
    changed = x.clone()
    changed[:, 3:] += 1.0
    past, _ = stack(x, state)
    other, _ = stack(changed, state)
    assert torch.equal(past[:, :3], other[:, :3])


def test_rotation_makes_dimensions_uncorrelated_ordered_and_of_unit_variance() -> None:
    torch.manual_seed(0)
    data = torch.randn(4000, 5) @ torch.randn(5, 5) + torch.randn(5)
    rotation = Rotation(5)
    rotation.fit(data)
    z = rotation(data)
    torch.testing.assert_close(torch.cov(z.T), torch.eye(5), rtol=0, atol=1e-3)
    torch.testing.assert_close(z.mean(dim=0), torch.zeros(5), rtol=0, atol=1e-4)
    assert (rotation.scale.diff() <= 0).all()
    torch.testing.assert_close(rotation.back(z), data, rtol=0, atol=1e-4)
    assert rotation.active.all()


def test_collapsed_dimension_is_inactive_and_not_amplified() -> None:
    torch.manual_seed(0)
    rotation = Rotation(3)
    rotation.fit(torch.randn(2000, 3) * torch.tensor([1.0, 1e-4, 0.5]))
    assert rotation.active.tolist() == [True, True, False]
    assert float(rotation.scale[2]) == pytest.approx(LEAST_SCALE)
    assert float(rotation(torch.randn(100, 3) * 1e-4)[:, 2].abs().max()) < 1.0


def test_reversal_turns_the_gradient_and_nothing_else() -> None:
    x = torch.randn(7, 3, requires_grad=True)
    y = ReverseGradient.apply(x, 0.5)
    assert torch.equal(y, x)
    y.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, torch.full_like(x, -0.5))


def test_adversary_pushes_the_other_way_and_is_not_moved_by_it() -> None:
    def gradient(strength: float) -> Tensor:
        torch.manual_seed(1)
        adversary, mean = Adversary(4), torch.randn(64, 4, requires_grad=True)
        before = adversary.weights.clone()
        (adversary(mean, strength) - torch.rand(64)).square().mean().backward()
        assert torch.equal(adversary.weights, before)
        assert not list(adversary.parameters())
        assert mean.grad is not None
        return mean.grad

    torch.testing.assert_close(gradient(2.0), -2.0 * gradient(-1.0))


def test_adversary_learns_what_can_be_read_and_nothing_else() -> None:
    torch.manual_seed(2)
    adversary = Adversary(4)
    for _ in range(100):
        mean = 3.0 * torch.randn(128, 4) + 5.0
        adversary.learn(mean, torch.sigmoid(mean[:, 0] - 5.0))
    mean = 3.0 * torch.randn(512, 4) + 5.0
    error = (adversary(mean, 1.0) - torch.sigmoid(mean[:, 0] - 5.0)).square().mean()
    assert float(error) < 0.01  # guessing the mean gives 0.15
    for _ in range(100):
        adversary.learn(torch.randn(128, 4), torch.rand(128))
    guess = adversary(torch.randn(512, 4), 1.0)
    assert float(guess.std()) < 0.15


def test_adversary_remembers_the_latest_frames_and_goes_on_from_its_state() -> None:
    torch.manual_seed(3)
    first, second = Adversary(4), Adversary(4)
    for count in (100, MEMORY, 7):
        mean = torch.randn(count, 4)
        first.learn(mean, torch.rand(count))
    assert torch.equal(first.means[(100 + MEMORY + torch.arange(7)) % MEMORY], mean)
    second.load_state_dict(first.state_dict())
    for adversary in (first, second):
        torch.manual_seed(4)
        adversary.learn(mean, torch.rand(7))
    assert torch.equal(first.weights, second.weights)


def test_readers_forget_what_is_no_number_and_do_not_mind_silence() -> None:
    torch.manual_seed(5)
    readers, fold = CrossReaders(4), torch.tensor([0, 1, 0, 1])
    heard = torch.ones(4, 32, dtype=torch.bool)
    mean = torch.randn(4, 32, 4)
    mean[1, 3] = float("nan")
    readers(mean, torch.rand(4, 32), heard, fold, 1.0)
    readers.skill.fill_(0.25)
    for _ in range(5):
        readers(torch.randn(4, 32, 4), torch.rand(4, 32), ~heard, fold, 1.0)
    assert float(readers.skill) == 0.25
    mean = torch.randn(4, 32, 4, requires_grad=True)
    readers(mean, torch.rand(4, 32), heard, fold, 1.0).backward()
    assert mean.grad is not None
    assert mean.grad.isfinite().all()
    assert all(value.isfinite().all() for value in readers.buffers())


def test_adversary_that_has_heard_nothing_learns_nothing() -> None:
    adversary = Adversary(4)
    before = adversary.weights.clone()
    adversary.learn(torch.zeros(0, 4), torch.zeros(0))
    assert torch.equal(adversary.weights, before)


@pytest.mark.parametrize("kind", KINDS)
def test_bottleneck_settles_the_same_every_time(kind: Kind) -> None:
    bottleneck = BOTTLENECKS[kind](replace(TINY, kind=kind))
    if kind == "discrete":
        bottleneck.codebook.normal_()
    hidden = torch.randn(2, 30, bottleneck.inputs)
    assert torch.equal(bottleneck.settle(hidden), bottleneck.settle(hidden))


def test_gaussian_draws_about_its_mean_and_prices_what_it_says() -> None:
    bottleneck = BOTTLENECKS["continuous"](TINY)
    prior = torch.zeros(1, 20_000, bottleneck.inputs)
    squeezed = bottleneck(prior)
    assert float(squeezed.cost.abs().max()) == 0.0
    assert float(squeezed.latents.std()) == pytest.approx(1.0, abs=0.02)
    shifted = bottleneck(torch.cat([prior[..., :4] + 2.0, prior[..., 4:]], dim=2))
    assert float(shifted.cost.mean()) == pytest.approx(2.0)
    assert bottleneck.codes(squeezed.latents) is None


def test_quantiser_finds_the_nearest_code() -> None:
    bottleneck = BOTTLENECKS["discrete"](replace(TINY, kind="discrete"))
    bottleneck.codebook.normal_()
    hidden = torch.randn(2, 50, TINY.latents)
    expected = torch.cdist(hidden, bottleneck.codebook[None]).argmin(dim=2)
    assert torch.equal(bottleneck.codes(hidden), expected)
    torch.testing.assert_close(bottleneck.settle(hidden), bottleneck.codebook[expected])
    assert torch.equal(bottleneck.nearest(bottleneck.codebook), bottleneck.codebook)


@pytest.mark.parametrize("kind", KINDS)
def test_prior_draws_repeat_with_their_generator(kind: Kind) -> None:
    bottleneck = BOTTLENECKS[kind](replace(TINY, kind=kind))
    if kind == "discrete":
        bottleneck.codebook.normal_()
    one, again = (bottleneck.draw(40, torch.Generator().manual_seed(2)) for _ in range(2))
    assert one.shape == (40, TINY.latents)
    assert torch.equal(one, again)


def test_level_moves_the_sound_by_as_many_decibels() -> None:
    model = build(TINY, "discrete")
    z = torch.randn(1, 30, TINY.latents)
    soft, loud = (
        model.decode(z, torch.full((1, 30), db), model.initial_decoder_state(1))[0] for db in (-40.0, -20.0)
    )
    assert DB_PER_NEPER * float(torch.log(loud.std() / soft.std())) == pytest.approx(20.0, abs=0.01)
