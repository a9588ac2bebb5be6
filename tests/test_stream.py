"""A model in real time: for any blocks the same as offline, whatever comes in."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import RATE, TINY, make_tone
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise
from stream_help import HOP, N_FFT, Echo, Sizes, a_sound, offline, play

from timbrespace.bundle import make_bundle
from timbrespace.config import KINDS, LOUDEST_PLAYED_DB, LOUDNESS_FLOOR_DB, PRESETS, Kind
from timbrespace.engine import Engine, load
from timbrespace.errors import UsageError
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.scores.sound import log_spectral_distance
from timbrespace.stream import PIECE_SAMPLES, Stream

LOUDEST_PEAK = 60.0  # of what is LOUDEST_PLAYED_DB loud, a frame all in one click; a fault comes in as 1e4


@pytest.fixture(scope="module")
def engines(tiny_models: dict[str, Path]) -> dict[str, Engine]:
    """Tiny untrained models by kind."""
    return {kind: load(path) for kind, path in tiny_models.items()}


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    """One model after the other."""
    return engines[request.param]


sizes_of_blocks = st.lists(
    st.one_of(st.sampled_from([0, 1, 37, HOP, 127, 1009, 20_000]), st.integers(0, 700)),
    min_size=1,
    max_size=8,
).filter(lambda sizes: max(sizes) >= 37)


@given(sizes=sizes_of_blocks, kind=st.sampled_from(KINDS))
@settings(max_examples=25, deadline=None)
def test_any_blocks_give_what_offline_gives(engines: dict[str, Engine], sizes: Sizes, kind: Kind) -> None:
    engine, sound = engines[kind], a_sound()
    heard: list[tuple[np.ndarray, np.ndarray]] = []

    def note(z: np.ndarray, loudness_db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        heard.append((z, loudness_db))
        return z, loudness_db

    played = play(engine.stream(change=note), sound, sizes)
    series = engine.encode(sound, RATE)
    z, loudness_db = (np.concatenate(parts)[: len(series)] for parts in zip(*heard, strict=True))
    np.testing.assert_allclose(z, series.z[: len(z)], atol=1e-5)
    np.testing.assert_allclose(loudness_db, series.loudness_db[: len(z)], atol=1e-3)
    assert log_spectral_distance(offline(engine, sound), played, 2048) <= 0.1


@pytest.mark.parametrize("block", [1, 37, 3 * HOP + 1, 5000])
def test_blocks_of_one_size_give_what_one_call_gives(engine: Engine, block: int) -> None:
    sound = a_sound(0.25)
    whole = play(engine.stream(), sound, [len(sound) + N_FFT + HOP])
    played = play(engine.stream(), sound, [block])
    assert log_spectral_distance(whole, played, 2048) <= 0.1


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "tiny"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_preset(name: str, kind: Kind) -> None:
    torch.manual_seed(0)
    config = replace(PRESETS[name], kind=kind)
    model = TimbreModel(config)
    if kind == "discrete":
        model.bottleneck.codebook.normal_()
    engine = Engine(make_bundle({"config": config.to_dict(), "scores": {}}, model.state_dict()))
    sound = a_sound(0.3, config.signal.sample_rate)
    stream = engine.stream(64)
    assert stream.latency_samples == config.signal.n_fft + config.signal.hop - 64
    assert log_spectral_distance(offline(engine, sound), play(stream, sound, [64, 0, 1984]), 2048) <= 0.1


@pytest.mark.parametrize("rate", [RATE, 48_000])
@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf, 3e38, 1e300])
def test_faults_in_the_input_pass(engine: Engine, rate: int, fault: float) -> None:
    stream, unharmed = engine.stream(sample_rate=rate), engine.stream(sample_rate=rate)
    sound = make_tone(0.4, rate).astype(np.float64)
    broken = sound.copy()
    broken[2000:2100] = fault
    broken[2200] = -fault
    played = play(stream, broken, [1024])
    assert np.isfinite(played).all()
    assert np.abs(played).max() < LOUDEST_PEAK
    again, healthy = (play(one, sound.astype(np.float32), [1024]) for one in (stream, unharmed))
    settled = slice(len(sound) // 2, None)
    assert np.isfinite(again).all()
    assert again[settled].std() == pytest.approx(healthy[settled].std(), rel=0.2)


def test_two_streams_play_the_same_and_apart(engine: Engine) -> None:
    sound = a_sound()
    one, other = engine.stream(), engine.stream()
    first = one.process(sound)
    other.process(noise(1000))
    other.reset()
    assert np.array_equal(other.process(sound), first)


@pytest.mark.parametrize("rate", [None, 48_000])
def test_reset_forgets_everything(engine: Engine, rate: int | None) -> None:
    stream = engine.stream(sample_rate=rate)
    fresh = stream.process(a_sound())
    stream.process(noise(3333))
    stream.reset()
    assert np.array_equal(stream.process(a_sound()), fresh)


def test_seed_chooses_the_noise(engine: Engine) -> None:
    sound = a_sound()
    assert not np.array_equal(engine.stream(seed=1).process(sound), engine.stream(seed=2).process(sound))
    played = play(engine.stream(seed=2), sound, [100])
    assert log_spectral_distance(offline(engine, sound, seed=2), played, 2048) <= 0.1


@pytest.mark.parametrize("size", [3 * PIECE_SAMPLES + 5, PIECE_SAMPLES])
def test_huge_blocks_are_taken_in_pieces(size: int) -> None:
    model = Echo()
    stream = Stream(model, sample_rate=48_000)  # type: ignore[arg-type]
    block = noise(size)
    played = stream.process(block)
    assert played.shape == block.shape
    assert max(model.frames) <= PIECE_SAMPLES / HOP
    other = Stream(Echo(), sample_rate=48_000)  # type: ignore[arg-type]
    assert np.array_equal(np.concatenate([other.process(part) for part in np.split(block, [999])]), played)


def test_memory_stays_what_it_is() -> None:
    stream = Stream(Echo(), sample_rate=48_000)  # type: ignore[arg-type]
    blocks = [noise(size) for size in (1, 64, 441, 2048, 37)]
    sizes = []
    tracemalloc.start()
    for _ in range(3):
        for _ in range(200):
            for block in blocks:
                stream.process(block)
        stream.model.frames.clear()  # type: ignore[operator, union-attr]
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[2] < sizes[0] + 20_000


class TestChange:
    def test_what_it_returns_is_decoded(self, engine: Engine) -> None:
        sound = a_sound()

        def shift(z: np.ndarray, loudness_db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return z[:, ::-1] + np.float32(0.5), loudness_db - 6.0

        series = engine.encode(sound, RATE)
        changed = replace(
            series, z=series.z[:, ::-1] + np.float32(0.5), loudness_db=series.loudness_db - 6, codes=None
        )
        played = play(engine.stream(change=shift), sound, [HOP, 50])
        assert log_spectral_distance(engine.decode(changed), played, 2048) <= 0.1
        assert log_spectral_distance(offline(engine, sound), played, 2048) > 1

    def test_it_hears_frames_of_the_sound_only(self, engine: Engine) -> None:
        frames = []

        def note(z: np.ndarray, loudness_db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            frames.append(z.shape)
            z[:] = 100.0  # its own copy
            return z, loudness_db

        stream = engine.stream(change=note)
        stream.process(np.zeros(3 * HOP + 5))
        assert frames == [(3, TINY.latents)]

    @pytest.mark.parametrize("loudness_db", [12.0, 60.0, 1e30, np.inf])
    def test_what_is_too_loud_is_held(self, engine: Engine, loudness_db: float) -> None:
        levels = [LOUDEST_PLAYED_DB]
        stream = engine.stream(change=lambda z, heard: (z, np.full_like(heard, levels[0])))
        loudest = stream.process(make_tone(0.2))
        levels[0] = loudness_db
        stream.reset()
        assert np.array_equal(stream.process(make_tone(0.2)), loudest)
        levels[0] = LOUDNESS_FLOOR_DB
        stream.reset()
        assert not stream.process(make_tone(0.2)).any()

    @pytest.mark.parametrize("fault", [np.nan, np.inf, 1e30])
    def test_faults_it_returns_pass(self, engine: Engine, fault: float) -> None:
        values = [fault]
        stream = engine.stream(change=lambda z, loudness_db: (z * values[0], loudness_db * values[0]))
        assert np.isfinite(stream.process(make_tone(0.2))).all()
        values[0] = 1.0
        assert np.isfinite(stream.process(make_tone(0.2))).all()
        assert stream.process(make_tone(0.2)).any()

    @pytest.mark.parametrize(
        "change",
        [
            lambda z, loudness_db: (z[:-1], loudness_db),
            lambda z, loudness_db: (z, loudness_db[:, None]),
            lambda z, loudness_db: (z[:, :2], loudness_db),
        ],
    )
    def test_other_shapes_are_refused(self, engine: Engine, change: Callable[..., Any]) -> None:
        with pytest.raises(UsageError, match=r"change returned shapes .* they must be \[2, 4\] and \[2\]"):
            engine.stream(change=change).process(np.zeros(2 * HOP))

    def test_after_an_error_the_stream_starts_anew(self, engine: Engine) -> None:
        def fail(z: np.ndarray, loudness_db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            raise ZeroDivisionError

        stream = engine.stream()
        fresh = stream.process(a_sound())
        stream.change = fail
        with pytest.raises(ZeroDivisionError):
            stream.process(a_sound())
        stream.change = None
        assert np.array_equal(stream.process(a_sound()), fresh)


@pytest.mark.parametrize("kind", KINDS)
def test_recorded_streams_sound_the_same(engines: dict[str, Engine], kind: str) -> None:
    """Bit for bit but for the rounding of larger matrix products, in blocks of any size."""
    model = engines[kind]
    x = noise(40 * HOP)
    plain, recorded = model.stream(seed=3), model.stream(seed=3, recorded=True)
    for sizes in ((HOP,), (1000, 37, 4 * HOP)):
        for stream in (plain, recorded):
            stream.reset()
            stream.aperiodicity = 0.5
        first = play(plain, x, sizes)
        second = play(recorded, x, sizes)
        assert np.abs(first).max() > 0.01
        np.testing.assert_allclose(second, first, atol=2e-3)
