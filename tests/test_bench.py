"""What `bench` says of a model: times that add up, latencies, drop-outs, and the same of an exported one."""

from __future__ import annotations

import json
import math
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import RATE, TINY
from torch import Tensor, nn

from timbrespace.bench import ExportedModel, bench, run_course, time_blocks
from timbrespace.bench.blocks import WARM_UP_FRAMES, Times, time_calls
from timbrespace.bench.machine import CollectorWatch
from timbrespace.cli.app import main
from timbrespace.engine import load
from timbrespace.errors import ExportError
from timbrespace.export.description import Description, Method
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


class DelayLine(nn.Module):
    """In place of an exported model: plays what it hears, n_fft samples later; zeros for odd lengths."""

    def __init__(self, hop: int, late: int) -> None:
        super().__init__()
        self.hop = hop
        self.line = torch.zeros(1, 1, late)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[2] % self.hop != 0:
            return torch.zeros_like(x)
        heard = torch.cat([self.line, x], dim=2)
        self.line = heard[:, :, x.shape[2] :]
        return heard[:, :, : x.shape[2]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as `export` writes it, with a delay line for a model."""
    forward = Method(1, 1, 1, 1, ("audio",), ("audio",))
    description = Description(
        "discrete",
        "abc",
        "echo",
        RATE,
        N_FFT,
        HOP,
        4,
        32,
        N_FFT,
        {"forward": forward},
        (),
        (),
        (-60.0, 0.0),
        {},
    )
    path = tmp_path_factory.mktemp("exported") / "echo.ts"
    with warnings.catch_warnings(action="ignore"):
        script = torch.jit.script(DelayLine(HOP, N_FFT))
        torch.jit.save(script, str(path), _extra_files={"timbrespace.json": description.to_json()})
    return path


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


class TestExported:
    @pytest.mark.parametrize("block", [32, HOP, 3 * HOP, 100])
    def test_what_goes_in_comes_out_as_late_as_it_says(self, exported: Path, block: int) -> None:
        player = ExportedModel(exported).stream(block)
        sound = np.random.default_rng(0).standard_normal(40 * block + 20 * HOP).astype(np.float32)
        sound = sound[: len(sound) // block * block]
        heard = np.concatenate([player.process(part) for part in np.split(sound, len(sound) // block)])
        assert len(heard) == len(sound)
        assert np.array_equal(heard[player.latency_samples :], sound[: -player.latency_samples])

    def test_streams_are_apart(self, exported: Path) -> None:
        model = ExportedModel(exported)
        one, other = model.stream(N_FFT), model.stream(N_FFT)
        one.process(np.ones(N_FFT, np.float32))
        assert not other.process(np.ones(N_FFT, np.float32)).any()

    def test_it_is_measured_block_by_block(self, exported: Path) -> None:
        result = bench(ExportedModel(exported), blocks=[HOP, 4 * HOP], block_seconds=0.3)
        assert (result.model_id, result.kind, result.hop) == ("abc", "discrete", HOP)
        assert result.one_thread is None
        assert [times.latency_samples for times in result.blocks] == [N_FFT, N_FFT]
        assert result.size_bytes == exported.stat().st_size

    def test_loading_warns_of_nothing(self, exported: Path) -> None:
        with warnings.catch_warnings(action="error"):
            ExportedModel(exported)

    def test_what_is_none_is_refused(self, exported: Path, tmp_path: Path) -> None:
        broken = tmp_path / "broken.ts"
        with zipfile.ZipFile(exported) as whole, zipfile.ZipFile(broken, "w") as part:
            for info in whole.infolist():
                if "code" not in info.filename:
                    part.writestr(info, whole.read(info))
        with pytest.raises(ExportError, match=r"broken.ts: torch cannot load it"):
            ExportedModel(broken)
        with pytest.raises(ExportError, match="no such file"):
            ExportedModel(tmp_path / "none.ts")


class TestCommand:
    @pytest.fixture
    def model(self, tiny_models: dict[str, Path]) -> str:
        return str(tiny_models["continuous"])

    @pytest.fixture
    def audio(self, write_tone: Callable[..., Path]) -> str:
        return str(write_tone("tone.wav"))

    def test_table(self, model: str, audio: str, capsys: pytest.CaptureFixture[str]) -> None:
        options = ["--audio", audio, "--runs", "1", "--blocks", "64, 256", "--seconds", "0.3"]
        assert main(["bench", model, *options]) == 0
        shown = capsys.readouterr().out
        assert "rtf_both, 1 thread" in shown
        rows = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
        assert rows["64"][1:7] == ["4.00", "576,", "36.0", "1", "in", "2"]
        assert rows["256"][1:5] == ["16.00", "512,", "32.0", "all"]
        assert "…" not in shown

    def test_json_and_picture(
        self, model: str, audio: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        picture = tmp_path / "course.png"
        command = [
            "bench", model, "--audio", audio, "--runs", "1", "--blocks", "128", "--seconds", "0.2",
            "--budget", "25", "--json",
            "--distribution", str(picture), "--minutes", "0.05",
        ]  # fmt: skip
        assert main(command) == 0
        content = json.loads(capsys.readouterr().out)
        assert content["budget"] == 0.25
        assert content["one_thread"]["rtf_both"] > 0
        assert content["blocks"][0]["computing"]["calls"] == content["blocks"][0]["every"]["calls"]
        assert content["course"]["seconds"] == pytest.approx(3.0, abs=0.1)
        assert picture.stat().st_size > 5000
        assert main(command) == 1
        assert "exists already" in capsys.readouterr().err

    def test_exported(self, exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["bench", str(exported), "--blocks", "128", "--seconds", "0.2"]) == 0
        shown = capsys.readouterr().out
        assert "discrete abc" in shown
        assert "loaded in" in shown
        assert "rtf_both" not in shown

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--blocks", "64,a"], "--blocks is '64,a'"),
            (["--blocks", "0"], "--blocks is '0'"),
            (["--blocks", ""], "empty"),
            (["--blocks", "1000000"], "sizes from 1 to 65536"),
            (["--budget", "0"], "budget"),
            (["--paced"], "name the picture"),
            (["--minutes", "1"], "name the picture"),
            (["--distribution", "{model}", "--force"], "input"),
            (["--audio", "{model}.wav"], "{model}.wav"),
        ],
    )
    def test_wrong_use(
        self, model: str, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = main(["bench", model, *(option.format(model=model) for option in options)])
        assert code in (1, 2)
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert words.format(model=model) in error

    def test_a_file_that_is_no_model(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "text.ts"
        path.write_text("not a model")
        assert main(["bench", str(path)]) == 1
        assert "export it again" in capsys.readouterr().err
