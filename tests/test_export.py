"""An exported file does what the model does, its knobs do what the operators do, and nothing upsets it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from export_help import Exported
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise
from torch import Tensor

from timbrespace import steps
from timbrespace.codebook import follow, table_of
from timbrespace.codebook.targets import make_target
from timbrespace.errors import ExportError, TimbrespaceError, UsageError
from timbrespace.export.description import read_description
from timbrespace.export.exporter import export
from timbrespace.latents import LatentSeries
from timbrespace.scores.sound import log_spectral_distance

KINDS = ("continuous", "discrete")
FRAMES = 40


def sound(model: Exported, seconds: float = 1.0, seed: int = 0) -> Tensor:
    """[1, 1, T], whole frames."""
    hop = model.engine.signal.hop
    count = int(seconds * model.engine.sample_rate) // hop * hop
    return torch.from_numpy(noise(count, seed)).view(1, 1, -1)


def in_blocks(method: Any, x: Tensor, size: int) -> Tensor:
    return torch.cat([method(block) for block in x.split(size, dim=2)], dim=2)


def series_of(model: Exported, x: Tensor) -> LatentSeries:
    series: LatentSeries = model.engine.encode(x[0, 0].numpy(), model.engine.sample_rate)
    return series


def as_input(series: LatentSeries, frames: int = FRAMES) -> Tensor:
    """[1, D + 1, L] as `decode` takes it."""
    rows = np.concatenate([series.z, series.loudness_db[:, None]], axis=1)[:frames]
    return torch.from_numpy(rows.T.copy())[None]


def offline(model: Exported, series: LatentSeries, frames: int = FRAMES, seed: int = 0) -> np.ndarray:
    """What the model makes of the first frames, as late as the export."""
    z, loudness_db = (torch.from_numpy(values[None, :frames].copy()) for values in
                      (series.z, series.loudness_db))  # fmt: skip
    net = model.engine.model
    with torch.inference_mode():
        nearest = net.rotation(net.bottleneck.nearest(net.rotation.back(z)))
        audio: np.ndarray = net.decode(nearest, loudness_db, net.initial_decoder_state(1), seed)[0][0].numpy()
    return audio


@pytest.mark.parametrize("kind", KINDS)
def test_the_certificate_says_what_the_file_is(exported_models: dict[str, Exported], kind: str) -> None:
    model = exported_models[kind]
    described = read_description(model.path)
    assert (described.kind, described.model_id) == (kind, model.engine.model_id)
    assert json.loads(model.path.with_suffix(".json").read_text()) == json.loads(
        json.dumps(model.certificate)
    )
    assert json.loads(described.to_json()).items() <= model.certificate.items()
    module = model.load()
    assert module.get_methods() == list(described.methods)
    assert module.get_attributes() == [knob.name for knob in described.attributes]
    assert module.encode_params.tolist() == [1, 1, 5, 128]
    assert module.encode_output_labels == ["z0", "z1", "z2", "z3", "loudness_db"]
    assert model.certificate["size_bytes"] == model.path.stat().st_size


@pytest.mark.parametrize("kind", KINDS)
def test_a_click_comes_out_after_the_latency(exported_models: dict[str, Exported], kind: str) -> None:
    certificate = exported_models[kind].certificate
    hop = exported_models[kind].engine.signal.hop
    assert abs(certificate["latency_measured_samples"] - certificate["latency_samples"]) < hop / 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frames", [1, 3, 4, 7])
def test_blocks_of_any_size_equal_offline(
    exported_models: dict[str, Exported], kind: str, frames: int
) -> None:
    model = exported_models[kind]
    x, hop = sound(model), model.engine.signal.hop
    series = series_of(model, x)
    z = in_blocks(model.load().encode, x, frames * hop)[0].numpy()
    count = z.shape[1]
    np.testing.assert_allclose(z[:-1].T, series.z[:count], atol=1e-5)
    np.testing.assert_allclose(z[-1], series.loudness_db[:count], atol=1e-4)
    played = in_blocks(model.load().forward, x, frames * hop)[0, 0].numpy()
    latency = model.engine.signal.latency_samples
    reference = model.engine.decode(series)[: len(played) - latency]
    assert log_spectral_distance(reference, played[latency:], 512) < 0.1
    decoded = in_blocks(model.load().decode, torch.from_numpy(z)[None], frames)[0, 0].numpy()
    assert log_spectral_distance(reference, decoded[latency:], 512) < 0.1


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_any_mixture_of_block_sizes_gives_the_same(
    exported_models: dict[str, Exported], sizes: list[int]
) -> None:
    model = exported_models["continuous"]
    hop = model.engine.signal.hop
    x = torch.from_numpy(noise(sum(sizes) * hop)).view(1, 1, -1)
    once = model.load().forward(x)
    module = model.load()
    pieces = torch.cat([module.forward(block) for block in x.split([size * hop for size in sizes], dim=2)], 2)
    torch.testing.assert_close(pieces, once, atol=2e-3, rtol=0)


def test_it_needs_no_package(exported_models: dict[str, Exported], tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['timbrespace'] = None; import torch\n"
        f"module = torch.jit.load({str(exported_models['discrete'].path)!r})\n"
        "print(module.forward(torch.zeros(1, 1, 512)).shape[2])"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (result.stdout.strip(), result.stderr) == ("512", "")


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


def test_rows_of_a_batch_are_alone(exported_models: dict[str, Exported]) -> None:
    model = exported_models["pitched"]
    a, b = sound(model, seed=1), sound(model, seed=2)
    module = model.load()
    together = in_blocks(module.forward, torch.cat([a, b]), 4 * 128)
    assert torch.equal(together[:1], in_blocks(model.load().forward, a, 4 * 128))
    assert torch.equal(together[1:], in_blocks(model.load().forward, b, 4 * 128))
    values = torch.tensor([[[600.0], [-20.0]], [[2400.0], [-20.0]]]).expand(2, 2, 12)
    both = module.follow_centroid(values)
    assert both.shape == (2, 1, 12 * 128)
    assert not torch.equal(both[0], both[1])


def test_a_length_that_does_not_fit_gives_zeros(exported_models: dict[str, Exported]) -> None:
    module = exported_models["continuous"].load()
    for length in (0, 1, 127, 200):
        out = module.forward(torch.ones(1, 1, length))
        assert out.shape == (1, 1, length)
        assert not out.any()


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


def _faulty(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """Exports whose decoder does something else with what it decodes."""
    true_record = steps.record

    def record(step: Any, *examples: Tensor, **options: Any) -> torch.jit.ScriptFunction:
        def changed(*inputs: Tensor) -> tuple[Tensor, ...]:
            out, *state = step(*inputs)
            return (change(out) if len(inputs) > 3 else out), *state

        return true_record(changed, *examples, **options)

    monkeypatch.setattr(steps, "record", record)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda audio: audio * 0.0, "silent"),
        (lambda audio: audio * 40.0, "full scale"),
        (lambda audio: torch.where(audio.abs().amax() < 1e-9, torch.nan, 1.0) * audio, "no number"),
        (lambda audio: audio + 0.3 * torch.rand_like(audio), "second time"),
        (lambda audio: 0.9 * audio, "off what"),
    ],
    ids=["silent", "loud", "NaN in silence", "not deterministic", "softer"],
)
def test_a_file_that_does_not_work_is_not_written(
    exported_models: dict[str, Exported],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Any,
    word: str,
) -> None:
    _faulty(monkeypatch, change)
    with pytest.raises(ExportError, match=word):
        export(exported_models["discrete"].engine, tmp_path / "bad.ts")
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_never_recovers_is_found(
    exported_models: dict[str, Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state holds what was no number for ever."""
    true_record = steps.record

    def record(step: Any, *examples: Tensor, **options: Any) -> torch.jit.ScriptFunction:
        def poisoned(*inputs: Tensor) -> tuple[Tensor, ...]:
            out, numbers, *rest = step(*inputs)
            stuck = torch.where(inputs[0].isfinite().all(), 0.0, torch.nan) + 0.0 * inputs[1].sum()
            return (
                (torch.nan_to_num(out + stuck), numbers + stuck, *rest) if len(inputs) == 3 else step(*inputs)
            )

        return true_record(poisoned, *examples, **options)

    monkeypatch.setattr(steps, "record", record)
    with pytest.raises(ExportError, match="encode does not recover"):
        export(exported_models["discrete"].engine, tmp_path / "bad.ts")


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
        assert 0.5 < float(module.decode(mad).abs().max()) < 30.0
    module.set_dry_wet(0.5)
    assert float(module.forward(torch.full((1, 1, 16 * 128), float("inf"))).abs().max()) < 30.0


def test_nothing_of_this_machine_is_in_it(exported_models: dict[str, Exported]) -> None:
    data = exported_models["continuous"].path.read_bytes()
    for trace in (b"site-packages", str(Path(steps.__file__).parent).encode(), b".debug_pkl"):
        assert trace not in data


def test_nothing_is_overwritten(exported_models: dict[str, Exported], tmp_path: Path) -> None:
    engine = exported_models["discrete"].engine
    (tmp_path / "kept.json").write_text("mine")
    with pytest.raises(TimbrespaceError, match=r"kept\.json"):
        export(engine, tmp_path / "kept.ts")
    with pytest.raises(UsageError, match=r"must end in \.ts"):
        export(engine, tmp_path / "model.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_other_files_are_no_exports(tmp_path: Path) -> None:
    text, folder = tmp_path / "text.ts", tmp_path / "folder.ts"
    text.write_text("no archive")
    folder.mkdir()
    other = tmp_path / "other.ts"
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(other))
    for path, word in ((text, "damaged"), (folder, "folder"), (other, "not exported by"),
                       (tmp_path / "none.ts", "no such file")):  # fmt: skip
        with pytest.raises(ExportError, match=word):
            read_description(path)


def test_asking_for_the_methods_leaves_the_state_alone(exported_models: dict[str, Exported]) -> None:
    """Hosts ask at loading, and some before every block."""
    model = exported_models["discrete"]
    x = sound(model)
    asked, plain = model.load(), model.load()
    pieces = []
    for block in x.split(8 * 128, dim=2):
        asked.get_methods()
        pieces.append(asked.forward(block))
    assert torch.equal(torch.cat(pieces, dim=2), in_blocks(plain.forward, x, 8 * 128))
