"""Models as one instrument: the same as a stream, swapped without a gap, faded without a click."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_tone
from live_help import BLOCK, RATE, MemorySink, MemorySource, level_db, load, make_player, play

from timbrespace.bundle import make_bundle, save_bundle
from timbrespace.config import preset
from timbrespace.live.controls import Settings
from timbrespace.live.meter import Meter
from timbrespace.live.player import Player, Swap
from timbrespace.live.session import Session
from timbrespace.live.voice import Loaded
from timbrespace.model.timbre_model import TimbreModel

WINDOW = RATE // 50  # 20 ms
DIP_DB = 3.0  # under the softer of two models, in a swap
KINDS = ["continuous", "discrete"]


def steady(seconds: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 440.0 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def late_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with windows twice as long as the others'."""
    torch.manual_seed(3)
    config = preset("tiny").with_signal(n_fft=1024)
    model = TimbreModel(replace(config, kind="continuous"))
    header = {"config": model.config.to_dict(), "dataset": {}, "latent": {}, "training": {}, "scores": {}}
    path = tmp_path_factory.mktemp("late") / "late.timbre"
    save_bundle(path, make_bundle(header, model.state_dict()))
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rate", "block"), [(RATE, BLOCK), (RATE, 64), (44_100, 512)])
def test_at_the_defaults_it_is_the_stream(
    tiny_models: dict[str, Path], kind: str, rate: int, block: int
) -> None:
    model = load(tiny_models[kind])
    player = make_player([model], rate, block)
    stream = model.engine.stream(block, sample_rate=rate, change=lambda z, loudness_db: (z, loudness_db))
    sound = make_tone(0.6, rate)
    assert player.latency_samples == stream.latency_samples
    assert np.array_equal(play(player, sound, block), play(stream, sound, block))


def test_dry_is_the_input_as_late_as_the_model(tiny_models: dict[str, Path]) -> None:
    player = make_player([load(tiny_models["continuous"])])
    player.settings.set("drywet", [0.0])
    play(player, np.zeros(RATE // 2, np.float32))
    click = np.zeros(4 * 1024, np.float32)
    click[100] = 0.5
    out = play(player, click)
    assert np.flatnonzero(out).tolist() == [100 + player.latency_samples]
    assert out.max() == pytest.approx(0.5)


@pytest.mark.parametrize("kinds", [(a, b) for a in KINDS for b in KINDS])
def test_a_swap_keeps_the_level_and_does_not_click(
    tiny_models: dict[str, Path], kinds: tuple[str, str]
) -> None:
    models = [load(tiny_models[kind], f"{number}") for number, kind in enumerate(kinds)]
    sound = steady(2.0)
    alone = [play(make_player([model]), sound) for model in models]
    player = make_player(models)
    half = RATE // BLOCK * BLOCK
    before = play(player, sound[:half])
    player.play_model(1)
    assert player.model == 1
    after = play(player, sound[half:])
    assert not player.swapping
    swapped = np.concatenate([before, after])
    assert np.array_equal(before, alone[0][: len(before)])
    levels = [level_db(part[2048:], WINDOW) for part in (swapped, *alone)]
    assert np.all(levels[0] > np.minimum(levels[1], levels[2]) - DIP_DB)
    assert np.all(levels[0] < np.maximum(levels[1], levels[2]) + DIP_DB)
    steps = [np.abs(np.diff(part[2048:])).max() for part in (swapped, *alone)]
    assert steps[0] < 1.5 * max(steps[1:])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "value"), [("seed", 7), ("aperiodicity", 0.5)])
def test_seed_and_noise_reach_the_model(
    tiny_models: dict[str, Path], kind: str, name: str, value: float
) -> None:
    model, sound = load(tiny_models[kind]), steady(0.5)
    settings = Settings(model.reach)
    settings.set(name, [value])
    out = play(Player([model], settings, RATE, BLOCK), sound)
    stream = model.engine.stream(BLOCK, change=lambda z, loudness_db: (z, loudness_db))
    plain = play(stream, sound)
    stream.reset()
    setattr(stream, name, value)
    assert np.array_equal(out, play(stream, sound))
    assert not np.allclose(out, plain, atol=1e-3)


def test_a_twin_of_a_stream_begins_in_silence_and_each_goes_its_own_way(tiny_models: dict[str, Path]) -> None:
    first, sound = load(tiny_models["continuous"]).engine.stream(BLOCK), make_tone(0.4)
    expected = play(first, sound)
    twin = first.twin()
    assert twin.latency_samples == first.latency_samples
    first.reset()
    blocks = sound[: len(expected)].reshape(-1, BLOCK)
    both = [(twin.process(block), first.process(block[::-1])) for block in blocks]
    assert np.array_equal(np.concatenate([a for a, _ in both]), expected)


class Plays:
    """In the place of a voice: plays a sound whatever comes in."""

    def __init__(self, sound: np.ndarray, model: Loaded) -> None:
        self.sign, self.model, self.warm_up_samples = 1.0, model, 2048
        self.sound = sound.reshape(-1, BLOCK)
        self.place = 0

    def process(self, block: np.ndarray) -> np.ndarray:
        self.place += 1
        return np.float32(self.sign) * self.sound[self.place - 1]


@pytest.mark.parametrize(
    ("incoming", "dip_db"),
    [("the same", 0.05), ("the opposite", 0.05), ("another note", 3.0), ("a quarter late", 0.2)],
)
def test_a_fade_at_equal_power_whatever_the_two_have_in_common(
    tiny_models: dict[str, Path], incoming: str, dip_db: float
) -> None:
    time = np.arange(8192) / RATE
    tone = np.sin(2 * np.pi * 500.0 * time).astype(np.float32)
    other = {
        "the same": tone,
        "the opposite": -tone,
        "another note": np.sin(2 * np.pi * 712.0 * time).astype(np.float32),
        "a quarter late": np.sin(2 * np.pi * 500.0 * time + np.pi / 2).astype(np.float32),
    }[incoming]
    voice = Plays(other, load(tiny_models["continuous"]))
    swap = Swap(voice, RATE)  # type: ignore[arg-type]
    out = np.concatenate([swap.process(block, block) for block in tone.reshape(-1, BLOCK)])
    fade = round(0.05 * RATE)
    assert swap.over
    assert np.array_equal(out[:2048], tone[:2048])
    assert np.allclose(out[2048 + fade :], voice.sign * other[2048 + fade :], atol=1e-6)
    levels = level_db(out, RATE // 50) - level_db(tone, RATE // 50).mean()
    assert np.abs(levels).max() < dip_db
    assert np.abs(np.diff(out)).max() < 1.42 * np.abs(np.diff(other)).max()  # both at √½, in step


def test_models_of_different_latency_are_made_equally_late(
    tiny_models: dict[str, Path], late_model: Path
) -> None:
    quick, late = load(tiny_models["continuous"]), load(late_model)
    own = [make_player([model]).latency_samples for model in (quick, late)]
    assert own[0] < own[1]
    player = make_player([quick, late])
    assert player.latency_samples == own[1]
    burst = np.zeros(RATE, np.float32)
    burst[4000:4400] = steady(1.0)[:400]
    middles = []
    for number in (0, 1):
        player.play_model(number)
        play(player, np.zeros(RATE, np.float32))
        heard = play(player, burst).astype(np.float64) ** 2
        middles.append((heard @ np.arange(len(heard))) / heard.sum())
    assert middles == pytest.approx([4200 + own[1]] * 2, abs=200)


def test_a_reset_puts_controls_back_and_begins_afresh_without_a_gap(tiny_models: dict[str, Path]) -> None:
    player = make_player([load(tiny_models["continuous"])])
    sound = steady(1.0)
    play(player, sound)
    player.settings.set("z/0/bias", [2.0])
    player.reset()
    out = play(player, sound)
    assert player.settings.bias.tolist() == [0.0] * 4
    assert level_db(out, WINDOW).min() > level_db(out, WINDOW).max() - 12.0
    assert not player.swapping


def test_wishes_in_a_row_are_fulfilled_in_turn_and_the_last_one_counts(tiny_models: dict[str, Path]) -> None:
    models = [load(tiny_models[kind]) for kind in KINDS]
    player = make_player(models)
    for number in (1, 0, 1):
        player.play_model(number)
        play(player, steady(0.02))
    play(player, steady(1.0))
    assert (player.model, player.swapping) == (1, False)


def test_mute_and_end_fade_without_a_click(tiny_models: dict[str, Path]) -> None:
    player = make_player([load(tiny_models["continuous"])])
    loud = play(player, steady(0.5))
    step = np.abs(np.diff(loud)).max()
    player.settings.set("mute", [1])
    fading = play(player, steady(0.2))
    assert np.abs(np.diff(fading, prepend=loud[-1])).max() < 1.2 * step
    assert not fading[RATE // 50 + BLOCK :].any()
    player.settings.set("mute", [0])
    play(player, steady(0.2))
    player.fade_out()
    play(player, steady(0.1))
    assert player.silent


def test_nothing_in_it_is_no_number(tiny_models: dict[str, Path]) -> None:
    player = make_player([load(tiny_models["discrete"])])
    player.settings.set("drywet", [0.5])
    bad = np.full(RATE // 2, np.nan, np.float32)
    bad[::3] = np.inf
    assert np.isfinite(play(player, bad)).all()
    assert level_db(play(player, steady(1.0)), WINDOW)[-1] > -60


def performance(player: object, source: MemorySource, sink: MemorySink) -> tuple[Session, threading.Event]:
    stopping = threading.Event()
    meter = Meter(BLOCK, RATE)
    return Session(source, sink, player, meter, stopping), stopping  # type: ignore[arg-type]


def test_at_the_end_of_the_source_all_of_it_has_come_out_and_faded(tiny_models: dict[str, Path]) -> None:
    model = load(tiny_models["continuous"])
    player, source, sink = make_player([model]), MemorySource(make_tone(0.5)), MemorySink()
    session, _ = performance(player, source, sink)
    session.start()
    session.join()
    latency = player.latency_samples
    expected = play(make_player([model]), np.pad(make_tone(0.5), (0, -(-latency // BLOCK) * BLOCK + BLOCK)))
    whole = len(sink.sound) - 4 * BLOCK
    assert whole >= 0.5 * RATE + latency - BLOCK
    assert np.array_equal(sink.sound[:whole], expected[:whole])
    assert abs(sink.sound[-1]) < 1e-3
    assert source.closed
    assert sink.closed
    assert session.meter.blocks == len(sink.blocks)
    summary = session.meter.summary(
        dropouts=0, clipped=0, latency_samples=0, device_latency_seconds=0.0,
        osc_received=0, osc_refused=0, osc_sent=0,
    )  # fmt: skip
    assert summary.load_mean > 0
    assert summary.load_p99 <= summary.load_worst


def test_a_stop_fades_and_closes(tiny_models: dict[str, Path]) -> None:
    source, sink = MemorySource(steady(600.0)), MemorySink()
    session, stopping = performance(make_player([load(tiny_models["continuous"])]), source, sink)
    session.start()
    while len(sink.blocks) < 50:
        assert not session.wait(0.01)
    stopping.set()
    session.join()
    assert len(sink.sound) < 600 * RATE
    assert sink.sound[-1] == 0.0
    assert source.closed
    assert sink.closed


def test_what_goes_wrong_is_raised_and_everything_closed(tiny_models: dict[str, Path]) -> None:
    source, sink = MemorySource(steady(1.0)), MemorySink(fail_after=3)
    session, _ = performance(make_player([load(tiny_models["continuous"])]), source, sink)
    session.start()
    with pytest.raises(RuntimeError, match="unplugged"):
        session.join()
    assert source.closed
    assert sink.closed
