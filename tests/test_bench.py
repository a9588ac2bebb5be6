"""What `bench` says of a model: times that add up, latencies, drop-outs, and the same of an exported one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import RATE, TINY

from timbrespace.bench import bench, run_course, time_blocks
from timbrespace.bench.blocks import WARM_UP_FRAMES, Times, time_calls
from timbrespace.bench.machine import CollectorWatch
from timbrespace.engine import load
from timbrespace.trial_sound import trial_sound

HOP, N_FFT = TINY.signal.hop, TINY.signal.n_fft


class Clock:
    """Time that stands still but for what a test lets pass; half of it is the processor's."""

    def __init__(self) -> None:
        self.now_ns = 0

    def perf_counter_ns(self) -> int:
        return self.now_ns

    def thread_time_ns(self) -> int:
        return self.now_ns // 2

    def perf_counter(self) -> float:
        return self.now_ns / 1e9

    def sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)


class Sluggish:
    """A model of 8 kHz that takes so many ms for every hop that comes in, and nothing for the rest."""

    sample_rate = 8000
    latency_samples = 0

    def __init__(self, clock: Clock, hop_ms: float) -> None:
        self.clock, self.hop_ms, self.heard = clock, hop_ms, 0

    def stream(self, block_samples: int) -> Sluggish:
        return Sluggish(self.clock, self.hop_ms)

    def process(self, block: np.ndarray) -> np.ndarray:
        before, self.heard = self.heard // HOP, self.heard + len(block)
        self.clock.sleep(self.hop_ms / 1000 * (self.heard // HOP - before))
        return block


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that `bench` looks at."""
    clock = Clock()
    for module in ("blocks", "course"):
        monkeypatch.setattr(f"timbrespace.bench.{module}.time", clock)
    return clock


def test_offline_both_ways_and_the_threads_put_back(tiny_models: dict[str, Path]) -> None:
    threads = torch.get_num_threads()
    engine = load(tiny_models["continuous"])
    result = bench(engine, trial_sound(RATE, 1.0), runs=1, blocks=[HOP], block_seconds=0.1)
    assert torch.get_num_threads() == threads
    content = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    speed = content["one_thread"]
    assert speed["threads"] == 1
    both = 1 / (1 / speed["rtf_encode"] + 1 / speed["rtf_decode"])
    assert speed["rtf_both"] == pytest.approx(both, rel=1e-6)
    assert (content["seconds"], content["latency_samples"], content["latency_ms"]) == (1, N_FFT, 32)
    assert content["memory_peak_mib"] >= content["memory_before_mib"] > 50


def test_the_signal_is_the_same_every_time() -> None:
    np.testing.assert_array_equal(trial_sound(8000), trial_sound(8000))
    assert trial_sound(8000).shape == (160_000,)
    assert 0.1 < np.abs(trial_sound(8000)).max() < 1


def test_times_of_known_calls() -> None:
    times = Times.of(np.arange(1, 102, dtype=float))
    assert (times.calls, times.median_ms, times.p99_ms, times.worst_ms) == (101, 51, 100, 101)
    assert math.isnan(Times.of(np.zeros(0)).median_ms)


@pytest.mark.parametrize(("block", "computing"), [(32, 0.25), (HOP, 1.0), (96, 0.75), (4 * HOP, 1.0)])
def test_calls_that_compute_are_told_from_those_that_wait(clock: Clock, block: int, computing: float) -> None:
    times = time_blocks(Sluggish(clock, 2.0), np.zeros(96 * HOP, np.float32), block, HOP)
    assert times.computing.calls / times.every.calls == pytest.approx(computing, abs=0.01)
    a_call = 2.0 * max(1, block // HOP)
    assert (times.computing.median_ms, times.computing.worst_ms) == (a_call, a_call)
    assert (times.own.median_ms, times.own.worst_ms) == (a_call / 2, a_call / 2)
    assert times.every.median_ms == (0 if block == 32 else a_call)
    assert times.block_ms == block / 8
    assert times.rtf == pytest.approx(HOP / 8 / 2.0, rel=0.05)
    assert times.rtf_own == pytest.approx(2 * times.rtf)


def test_blocks_over_the_budget_and_missed_ones(clock: Clock) -> None:
    sound = np.zeros(90 * HOP, np.float32)
    missed = time_blocks(Sluggish(clock, 6.0), sound, 32, HOP)  # 4 ms a block, of which every fourth takes 6
    assert missed.over_budget == pytest.approx(0.25, abs=0.01)
    assert missed.dropouts == missed.computing.calls
    assert missed.dropouts_per_hour == pytest.approx(3600 / 0.016, rel=0.02)
    late = time_blocks(Sluggish(clock, 6.0), sound, HOP, HOP, budget=0.25)  # 16 ms a block
    assert (late.over_budget, late.dropouts) == (1.0, 0)
    assert time_blocks(Sluggish(clock, 6.0), sound, HOP, HOP, budget=0.4).over_budget == 0.0


def test_the_first_calls_stand_apart(clock: Clock) -> None:
    class Slow(Sluggish):
        def process(self, block: np.ndarray) -> np.ndarray:
            self.clock.sleep(1.0 if self.heard == 0 else 0.0)
            return super().process(block)

    calls = time_calls(Slow(clock, 3.0), np.zeros(40 * HOP, np.float32), HOP // 2, HOP)
    assert calls.first_ms == 1000
    assert calls.milliseconds.max() == 3
    assert len(calls.milliseconds) == 80 - 2 * WARM_UP_FRAMES
    assert calls.computed.sum() == len(calls.computed) / 2


def test_rounds_of_the_collector_are_counted() -> None:
    import gc

    with CollectorWatch() as watch:
        gc.collect()
    gc.collect()
    assert watch.rounds == 1
    assert watch.longest_ms > 0


@pytest.mark.parametrize("block", [32, HOP, 2 * HOP, 100])
def test_latency_is_that_of_the_stream(tiny_models: dict[str, Path], block: int) -> None:
    engine = load(tiny_models["discrete"])
    times = time_blocks(engine, trial_sound(RATE, 0.5), block, HOP)
    assert times.latency_samples == engine.stream(block).latency_samples
    assert times.latency_ms == 1000 * times.latency_samples / RATE


def test_a_course_over_time(clock: Clock, tmp_path: Path) -> None:
    from timbrespace.bench.picture import save_course

    class Moody(Sluggish):
        def stream(self, block_samples: int) -> Sluggish:
            return Moody(self.clock, self.hop_ms)

        def process(self, block: np.ndarray) -> np.ndarray:
            self.hop_ms = 40.0 if self.heard == 20 * HOP else 1.0 if self.heard < 4000 * HOP else 2.0
            return super().process(block)

    shares: list[float] = []
    sound = np.ones(100, np.float32)
    course = run_course(Moody(clock, 1.0), sound, HOP, seconds=120.0, budget=0.5, progress=shares.append)
    assert course.seconds == pytest.approx(120, abs=0.05)
    assert (course.first_minute_ms, course.last_minute_ms) == (0.5, 1.0)  # of processor time
    assert (course.every.worst_ms, course.dropouts) == (40, 1)
    assert course.over_budget == 1 / course.every.calls
    assert shares == sorted(shares)
    assert len(shares) == pytest.approx(120, abs=4)
    json.dumps(course.to_dict(), allow_nan=False)
    save_course(tmp_path / "course.png", course, "title")
    assert (tmp_path / "course.png").read_bytes().startswith(b"\x89PNG")


def test_a_paced_course_takes_as_long_as_the_sound(clock: Clock) -> None:
    course = run_course(
        Sluggish(clock, 4.0), np.ones(9, np.float32), HOP, seconds=3.0, budget=0.5, paced=True
    )
    assert course.paced
    assert course.every.worst_ms == 4
    assert clock.perf_counter() == pytest.approx(3.0 + WARM_UP_FRAMES * HOP / 8000, abs=0.02)
