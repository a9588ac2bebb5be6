"""The knobs of an exported model do what the operators do, and nothing that comes in upsets it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from export_help import FRAMES, Exported, as_input, in_blocks, offline, series_of, sound

from timbrespace.codebook import follow, table_of
from timbrespace.codebook.targets import make_target
from timbrespace.export.description import read_description

KINDS = ("continuous", "discrete")


@pytest.mark.parametrize("kind", KINDS)
def test_bias_and_scale_are_the_operators(exported_models: dict[str, Exported], kind: str) -> None:
    model = exported_models[kind]
    series = series_of(model, sound(model))
    module = model.load()
    for name, value in (("z1_scale", -0.5), ("z1_bias", 0.75), ("loudness_offset_db", -6.0)):
        assert getattr(module, f"set_{name}")(value) == 0
        assert getattr(module, f"get_{name}")() == pytest.approx(value)
    changed = series.scale(-0.5, dimensions=1).bias(0.75, dimensions=1).bias(-6.0, dimensions="loudness")
    played = module.decode(as_input(series))[0, 0].numpy()
    np.testing.assert_allclose(played, offline(model, changed), atol=1e-3)


def test_an_offset_leaves_silence_silent(exported_models: dict[str, Exported]) -> None:
    module = exported_models["continuous"].load()
    module.set_loudness_offset_db(30.0)
    silence = torch.cat([torch.zeros(1, 4, FRAMES), torch.full((1, 1, FRAMES), -100.0)], dim=1)
    assert not module.decode(silence).any()
    assert not module.forward(torch.zeros(1, 1, 8 * 128)).any()


def test_inlets_that_nothing_is_connected_to_are_silent(exported_models: dict[str, Exported]) -> None:
    """There 0 arrives, which as a loudness would be full scale."""
    module = exported_models["continuous"].load()
    module.set_z0_bias(1.0)
    module.set_loudness_offset_db(30.0)
    assert not module.decode(torch.zeros(1, 5, FRAMES)).any()
    assert not module.follow_centroid(torch.zeros(1, 2, FRAMES)).any()
    lacking = torch.zeros(1, 5, FRAMES)
    lacking[:, 0] = 1.0
    assert not module.decode(lacking).any()
    lacking[:, 4] = -0.5
    assert module.decode(lacking).any()


def test_the_seed_is_that_of_the_noise(exported_models: dict[str, Exported]) -> None:
    model = exported_models["continuous"]
    series = series_of(model, sound(model))
    module = model.load()
    module.set_seed(7)
    played = module.decode(as_input(series))[0, 0].numpy()
    np.testing.assert_allclose(played, offline(model, series, seed=7), atol=1e-3)
    assert np.abs(played - offline(model, series, seed=8)).max() > 0.01


def test_aperiodicity_scales_the_noise(exported_models: dict[str, Exported]) -> None:
    """With no noise left the seed changes nothing."""
    model = exported_models["continuous"]
    x = as_input(series_of(model, sound(model)))
    played = {}
    for factor in (0.0, 1.0):
        for seed in (1, 2):
            module = model.load()
            module.set_aperiodicity(factor)
            module.set_seed(seed)
            played[factor, seed] = module.decode(x)
    assert torch.equal(played[0.0, 1], played[0.0, 2])
    assert not torch.allclose(played[1.0, 1], played[1.0, 2], atol=1e-3)


def test_dry_is_the_input_as_late_as_the_model(exported_models: dict[str, Exported]) -> None:
    model = exported_models["continuous"]
    x, late, hop = sound(model), model.engine.signal.latency_samples, model.engine.signal.hop
    module = model.load()
    module.set_dry_wet(0.0)
    played = in_blocks(module.forward, x, 2 * hop)
    turning = 2 * hop  # samples in which the knob's turn is heard as a fade
    torch.testing.assert_close(played[..., max(late, turning) :], x[..., max(0, turning - late) : -late])
    module.set_dry_wet(1.0)
    again = in_blocks(module.forward, x, 2 * hop)
    assert float((again[..., 1:] - again[..., :-1]).abs().max()) < 1.0


def test_reset_starts_anew(exported_models: dict[str, Exported]) -> None:
    model = exported_models["continuous"]
    module, x = model.load(), sound(model)
    first, second = module.forward(x), module.forward(x)
    assert not torch.equal(first, second)
    module.set_reset(1)
    assert torch.equal(module.forward(x), first)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), 1e38])
@pytest.mark.parametrize("method", ["encode", "decode", "forward", "follow_centroid"])
def test_what_is_no_number_passes_without_trace(
    exported_models: dict[str, Exported], method: str, bad: float
) -> None:
    model = exported_models["discrete"]
    channels = getattr(model.load(), f"{method}_params").tolist()[0]
    module = model.load()
    call = getattr(module, method)
    assert torch.isfinite(call(torch.full((1, channels, 16 * 128), bad))).all()
    assert torch.isfinite(call(torch.zeros(1, channels, 16 * 128))).all()
    if method == "encode":  # the encoder of this preset remembers a window and no more
        x = sound(model)
        torch.testing.assert_close(call(x)[..., 8:], model.load().encode(x)[..., 8:])


def test_knobs_stay_in_their_range(exported_models: dict[str, Exported]) -> None:
    model = exported_models["continuous"]
    module = model.load()
    for knob in read_description(model.path).attributes:
        turn, get = (getattr(module, f"{verb}_{knob.name}") for verb in ("set", "get"))
        assert get() == pytest.approx(knob.default)
        if knob.type == "float":
            assert turn(1e9) == 0
            assert get() == pytest.approx(knob.high)
            assert turn(float("nan")) == 0
            assert get() == pytest.approx(knob.high)


@pytest.mark.parametrize("name", ["discrete", "continuous"])
def test_following_without_continuity_plays_the_nearest(
    exported_models: dict[str, Exported], name: str
) -> None:
    model = exported_models[name]
    reach = read_description(model.path).descriptors["centroid"]
    target = make_target("centroid", "ramp", low=reach.low, high=reach.high, seconds=1.0)
    level = np.full(FRAMES, -20.0, np.float32)
    wanted = follow.follow(model.engine, table_of(model.engine), [target], level, continuity=0.0)
    module = model.load()
    module.set_continuity(0.0)
    values = torch.from_numpy(np.stack([wanted.asked["centroid"], level])[None].astype(np.float32))
    played = module.follow_centroid(values)[0, 0].numpy()
    # both play sounds whose centroids are the nearest; the export lets them glide into each other
    z = torch.from_numpy(wanted.series.z[None])
    net = model.engine.model
    from timbrespace.model.glide import Glide

    glide = Glide.across(follow.GLIDE_FRAMES)
    with torch.inference_mode():
        reference = net.decode(
            z, torch.from_numpy(level[None]), net.initial_decoder_state(1, glide), 0, glide
        )[0][0].numpy()
    same = np.isclose(played, reference, atol=1e-3)
    assert same.mean() > 0.8


def test_with_enough_continuity_a_sound_is_held(exported_models: dict[str, Exported]) -> None:
    """The sounds of this model differ by so little that it takes much."""
    model = exported_models["discrete"]
    reach = read_description(model.path).descriptors["centroid"]
    place = np.random.default_rng(0).uniform(reach.low, reach.high, 200)
    values = torch.from_numpy(np.stack([place, np.full(200, -20.0)])[None].astype(np.float32))
    changes = []
    for continuity in (0.0, 100.0, 1e5):
        follower = next(model.load().followers.children())
        chosen = follower(values, continuity)[0, 0]
        changes.append(int((chosen[1:] != chosen[:-1]).sum()))
    assert changes[0] > changes[1] > changes[2] == 0


def test_only_pitched_models_follow_a_pitch(exported_models: dict[str, Exported]) -> None:
    assert "follow_f0" in read_description(exported_models["pitched"].path).methods
    assert "follow_f0" not in read_description(exported_models["discrete"].path).methods


def test_knobs_are_turned_while_it_plays(exported_models: dict[str, Exported]) -> None:
    """From another thread, as hosts do."""
    module, x = exported_models["continuous"].load(), sound(exported_models["continuous"])
    stop = threading.Event()
    turned = []

    def turn() -> None:
        while not stop.is_set():
            for name, value in (("seed", 3), ("aperiodicity", 0.5), ("z0_bias", 1.0), ("dry_wet", 0.5)):
                turned.append(getattr(module, f"set_{name}")(value))

    turner = threading.Thread(target=turn)
    turner.start()
    try:
        for block in x.repeat(1, 1, 4).split(128, dim=2):
            assert torch.isfinite(module.forward(block)).all()
    finally:
        stop.set()
        turner.join()
    assert len(turned) > 100
    assert set(turned) == {0}


def test_nothing_that_comes_in_makes_it_deafening(exported_models: dict[str, Exported]) -> None:
    module = exported_models["continuous"].load()
    for level in (60.0, 1e9, float("inf")):
        mad = torch.cat([torch.ones(1, 4, FRAMES), torch.full((1, 1, FRAMES), level)], dim=1)
        assert 0.5 < float(module.decode(mad).abs().max()) <= 4.0
    module.set_dry_wet(0.5)
    assert float(module.forward(torch.full((1, 1, 16 * 128), float("inf"))).abs().max()) <= 4.0
