"""A stream is exactly as late as it says, for any blocks and rates, and plays at other rates as offline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import RATE
from signals import click
from stream_help import HOP, N_FFT, Echo, a_sound, offline, play

from timbrespace.config import KINDS
from timbrespace.engine import Engine, load
from timbrespace.resampling import round_trip
from timbrespace.scores.sound import log_spectral_distance
from timbrespace.stream import Stream


@pytest.fixture(scope="module")
def engines(tiny_models: dict[str, Path]) -> dict[str, Engine]:
    """Tiny untrained models by kind."""
    return {kind: load(path) for kind, path in tiny_models.items()}


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    """One model after the other."""
    return engines[request.param]


@pytest.mark.parametrize("rate", [RATE, 8_000, 11_025, 22_050, 44_056, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("block", [None, 1, 480, HOP, 4 * HOP])
def test_the_sound_comes_exactly_as_late_as_reported(rate: int, block: int | None) -> None:
    stream = Stream(Echo(), block, sample_rate=rate)  # type: ignore[arg-type]
    time = np.arange(rate // 5) / rate
    sound = np.sin(2 * np.pi * 0.04 * min(rate, RATE) * time + 1).astype(np.float32)
    sound += np.sin(2 * np.pi * 0.3 * min(rate, RATE) * time).astype(np.float32)
    played = play(stream, sound, [block or 331])
    tolerance = 0 if rate == RATE else 2e-4
    inner = slice(rate // 80, -rate // 80)  # beginning and end are steps, which no filter keeps
    np.testing.assert_allclose(played[inner], sound[inner], atol=tolerance, rtol=0)


@pytest.mark.parametrize("rate", [22_050, 48_000, 44_056])
def test_at_other_rates_the_model_plays_what_it_plays_offline(engine: Engine, rate: int) -> None:
    sound, stream = np.pad(a_sound(0.3, rate), (rate // 10, 0)), engine.stream(sample_rate=rate)
    into, back, late = round_trip(rate, RATE, late=N_FFT, hop=HOP, block=1)
    heard = into.process(np.pad(sound, (0, 2 * late)))
    through = back.process(np.pad(offline(engine, heard), (N_FFT, 0)))
    assert stream.latency_samples == late
    played = play(stream, sound, [1000, 3])
    assert log_spectral_distance(through[late:][: len(sound)], played, 2048) <= 0.1


@pytest.mark.parametrize("rate", [RATE, 22_050, 48_000])
@pytest.mark.parametrize("block", [None, 1, 480, HOP])
def test_a_click_stands_where_the_latency_says(engine: Engine, rate: int, block: int | None) -> None:
    stream = engine.stream(block, sample_rate=rate)
    at = 4 * N_FFT + 77
    played = play(stream, click(at, 8 * N_FFT), [block or 100])
    assert abs(int(np.abs(played).argmax()) - at) <= round(rate / RATE)


@pytest.mark.parametrize(
    ("block", "late"), [(None, HOP - 1), (1, HOP - 1), (48, HOP - 16), (64, 64), (HOP, 0), (1024, 0)]
)
def test_known_blocks_are_less_late(engine: Engine, block: int | None, late: int) -> None:
    assert engine.stream(block).latency_samples == N_FFT + late


def test_nothing_is_lost_or_gained_over_many_blocks() -> None:
    stream = Stream(Echo(), sample_rate=44_056)  # type: ignore[arg-type]
    at = 44_056 * 30 + 11
    sound = np.zeros(at + 8000, np.float32)
    sound[[5000, at]] = 1.0
    played = play(stream, sound, [500, 13, 3000, 0])
    assert [int(np.abs(played[place - 400 : place + 400]).argmax()) for place in (5000, at)] == [400, 400]
