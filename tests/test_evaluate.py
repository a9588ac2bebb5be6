"""Evaluation of a stand-in model whose right scores are known."""

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

import timbrespace
from timbrespace.cli.app import main
from timbrespace.config import ModelConfig, preset
from timbrespace.creative_evaluation import Creative
from timbrespace.dataset.prepare import prepare
from timbrespace.dataset.store import Dataset
from timbrespace.errors import AudioError, UsageError
from timbrespace.evaluate import BASELINES, evaluate, load_sound
from timbrespace.latents import LatentSeries
from timbrespace.spectrum import frame_loudness_db

RATE = 16_000
evaluate_sound = partial(evaluate, creative=False)  # a stand-in has no decoder to traverse


class Perfect:
    """Plays back what it has heard, `gain` times as loud; dimension 0 moves by `drift` a dB of input gain."""

    model_id = "stand-in"
    header: dict[str, Any] = {"latent": None}  # noqa: RUF012

    def __init__(self, kind: str = "continuous", drift: float = 0.0, gain: float = 1.0) -> None:
        self.config: ModelConfig = replace(preset("tiny"), kind=kind)  # type: ignore[arg-type]
        self.signal = self.config.signal
        self.kind, self.sample_rate = kind, self.signal.sample_rate
        self.drift, self.gain = drift, gain
        self.memory: dict[bytes, np.ndarray] = {}

    def encode(self, audio: np.ndarray, sample_rate: int) -> LatentSeries:
        assert sample_rate == self.sample_rate
        loudness_db = frame_loudness_db(torch.from_numpy(audio)[None], self.signal)[0].numpy()
        rng = np.random.default_rng(len(audio))
        z = rng.standard_normal((len(loudness_db), 4)).astype(np.float32)
        z = (z - z.mean(axis=0)) / z.std(axis=0)
        level = 20 * math.log10(float(np.abs(audio).max()))
        z[:, 0] += np.float32(self.drift * level)
        codes = None if self.kind == "continuous" else np.arange(len(z), dtype=np.int32) % 8
        series = LatentSeries(z, loudness_db, RATE / 128, self.model_id, codes, len(audio))
        self.memory[series.z.tobytes() + series.loudness_db.tobytes()] = audio
        return series

    def decode(self, series: LatentSeries, *, sample_rate: int | None = None, seed: int = 0) -> np.ndarray:
        return self.gain * self.memory[series.z.tobytes() + series.loudness_db.tobytes()]

    def prior_series(self, count: int, loudness_db: float, seed: int) -> LatentSeries:
        z = np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)
        return LatentSeries(z, np.full(count, loudness_db, np.float32), RATE / 128, self.model_id)

    def decode_magnitudes(self, series: LatentSeries) -> np.ndarray:
        """White spectra, a little different in every draw."""
        return np.exp(0.01 * np.resize(series.z, (len(series), self.signal.bins)))


def write_sounds(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        rng = np.random.default_rng(number)
        time = np.arange(RATE // 2 + 100 * number) / RATE
        tone = np.sin(2 * np.pi * 200 * (number + 1) * time) * np.linspace(1, 0.1, len(time))
        paths.append(folder / f"{number}.wav")
        noise = 0.02 * rng.standard_normal(len(time))
        soundfile.write(paths[-1], 0.3 * tone + noise + 0.1, RATE, subtype="FLOAT")
    return paths


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_sounds(tmp_path_factory.mktemp("sounds"), 6)


def test_a_perfect_model_has_perfect_scores(sounds: list[Path]) -> None:
    shares = []
    result = evaluate_sound(Perfect(), sounds, progress=lambda share, note: shares.append(share))  # type: ignore[arg-type]
    content = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    scores = content["scores"]
    assert scores["lsd_512"] == scores["lsd_2048"] == scores["lsd_8192"] == scores["texture"] == 0
    assert scores["f0_within_50_cents"] == 1
    assert scores["loudness_correlation"] == pytest.approx(1)
    assert scores["gain_drift"] == 0
    assert scores["loudness_probe_r2"] < 0.1
    assert scores["latent_independence"] < 0.3
    assert scores["prior_fit"] < 0.2
    assert scores["prior_nearest_db"] > 0
    assert scores["codebook_used"] is None
    assert scores["rtf_both"] > 1
    assert content["intervals"]["lsd_2048"] == [0, 0]
    assert len(content["files"]) == content["counts"]["lsd_2048"] == 6
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_baselines_stand_beside_and_are_worse(sounds: list[Path]) -> None:
    content = evaluate_sound(Perfect(), sounds[:2]).to_dict()  # type: ignore[arg-type]
    assert tuple(content["baselines"]) == BASELINES
    distance = {name: part["scores"]["lsd_2048"] for name, part in content["baselines"].items()}
    assert 1 < distance["random_phase"] < distance["mean_spectrum"]
    assert distance["nearest_frame"] > 1
    assert any("five stretches" in remark for remark in content["notes"])


def test_a_known_error_is_measured(sounds: list[Path]) -> None:
    content = evaluate_sound(Perfect(drift=0.01, gain=2.0), sounds[:1]).to_dict()  # type: ignore[arg-type]
    # One of four dimensions of spread 1 moves by 0.01 a dB, 24 dB at most.
    assert content["scores"]["gain_drift"] == pytest.approx(0.24 / 2, rel=0.1)
    assert content["scores"]["lsd_2048"] == pytest.approx(6.02, abs=0.05)
    assert content["baselines"]["nearest_frame"]["scores"]["lsd_2048"] is None
    assert content["intervals"]["lsd_2048"] == [None, None]


def test_a_discrete_model_has_code_scores_and_no_prior(sounds: list[Path]) -> None:
    scores = evaluate_sound(Perfect(kind="discrete"), sounds[:1]).to_dict()["scores"]  # type: ignore[arg-type]
    assert scores["codebook_used"] == 8 / 32
    assert scores["perplexity"] == pytest.approx(8, abs=0.1)
    assert scores["prior_fit"] is None
    assert scores["prior_nearest_db"] is None


def test_collapsed_dimensions_count_nowhere(sounds: list[Path]) -> None:
    model = Perfect(drift=0.01)
    model.header = {"latent": {"active": [False, True, True, True]}}
    result = evaluate_sound(model, sounds[:1])  # type: ignore[arg-type]
    assert result.latent.gain_drift == 0
    assert len(result.latent.prior_fit_per_dimension) == 3


def test_unusable_files_are_skipped_with_the_reason(sounds: list[Path], tmp_path: Path) -> None:
    silent, text = tmp_path / "silent.wav", tmp_path / "text.wav"
    soundfile.write(silent, np.zeros(RATE), RATE)
    text.write_text("not a sound")
    noisy = tmp_path / "noise.wav"
    soundfile.write(noisy, 0.1 * np.random.default_rng(0).standard_normal(RATE), RATE)
    content = evaluate_sound(Perfect(), [silent, text, noisy]).to_dict()  # type: ignore[arg-type]
    assert [Path(item["path"]).name for item in content["skipped"]] == ["silent.wav", "text.wav"]
    assert "silent throughout" in content["skipped"][0]["reason"]
    assert content["files"][0]["scores"]["f0_within_50_cents"] is None
    with pytest.raises(AudioError, match="not one of 1"):
        evaluate_sound(Perfect(), [silent])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no audio"):
        evaluate_sound(Perfect(), [])  # type: ignore[arg-type]


def test_a_truncated_file_is_used_and_named(sounds: list[Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut.wav"
    cut.write_bytes(sounds[0].read_bytes()[:-8000])
    result = evaluate_sound(Perfect(), [cut])  # type: ignore[arg-type]
    assert result.files[0].seconds == pytest.approx(0.5 - 2000 / RATE, abs=0.01)
    assert any("cut.wav: truncated" in remark for remark in result.notes)


def test_sounds_are_taken_as_prepare_takes_them(tmp_path: Path) -> None:
    stereo = tmp_path / "stereo.wav"
    tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)
    soundfile.write(stereo, np.column_stack([tone + 0.2, np.zeros(44_100)]) * 0.5, 44_100, subtype="FLOAT")
    sound = load_sound(stereo, RATE).samples
    assert sound.shape == (RATE,)
    assert abs(sound.mean()) < 1e-4
    assert np.abs(sound).max() == pytest.approx(0.25, rel=0.02)


@pytest.fixture(scope="module")
def dataset(sounds: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "set"
    prepare(sounds[:4], folder, rate=RATE, jobs=1)
    return folder


def test_frames_of_an_evaluated_sound_are_not_its_own_data(sounds: list[Path], dataset: Path) -> None:
    # Were sound 0 found in the data set, its nearest frames would be itself and the distance nearly 0.
    with_data = evaluate_sound(Perfect(), sounds[:1], dataset=Dataset.open(dataset)).to_dict()  # type: ignore[arg-type]
    assert with_data["baselines"]["nearest_frame"]["scores"]["lsd_2048"] > 5
    assert with_data["scores"]["prior_nearest_db"] is not None
    assert not any("no data set" in remark for remark in with_data["notes"])


def test_a_data_set_of_another_rate_is_refused(sounds: list[Path], tmp_path: Path) -> None:
    prepare(sounds[:1], tmp_path / "set", rate=8000, jobs=1)
    with pytest.raises(UsageError, match="8000 Hz and the model at 16000 Hz"):
        evaluate_sound(Perfect(), sounds[:1], dataset=Dataset.open(tmp_path / "set"))  # type: ignore[arg-type]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model file is the perfect one, which has no decoder to traverse."""
    monkeypatch.setattr("timbrespace.evaluate.creative_scores", lambda *_: (Creative({}, None), ()))
    engine = SimpleNamespace(load=lambda path: Perfect())
    monkeypatch.setattr(timbrespace, "engine", engine, raising=False)


@pytest.mark.usefixtures("stand_in")
class TestCommands:
    def test_table_and_file(
        self, sounds: list[Path], dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (sounds[0].parent / "notes.txt").write_text("not a sound")
        out = tmp_path / "scores.json"
        command = ["evaluate", "any.timbre", str(sounds[0].parent), "--out", str(out)]
        assert main([*command, "--dataset", str(dataset)]) == 0
        shown, remarks = capsys.readouterr()
        content = json.loads(out.read_text())
        assert content["scores"]["f0_within_50_cents"] == 1
        lines = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line.strip()}
        assert lines["lsd_2048"][:4] == ["0.000", "0.000", "…", "0.000"]
        assert f"{content['scores']['latent_independence']:.3f}" in lines["latent_independence"]
        assert "notes.txt" in remarks
        assert main(command) == 1
        assert "exists already" in capsys.readouterr().err

    def test_report(self, sounds: list[Path], tmp_path: Path) -> None:
        command = ["evaluate", "any.timbre", str(sounds[0]), "--report", str(tmp_path / "report"), "--quiet"]
        assert main(command) == 0
        assert json.loads((tmp_path / "report/scores.json").read_text())["scores"]["lsd_2048"] < 0.01
        names = sorted(path.name for path in (tmp_path / "report").iterdir())
        assert names == ["report.html", "scores.json", "scores.png", "sound-1.png"]
        assert main(command) == 1
        (tmp_path / "file").write_text("")
        assert main([*command[:-2], str(tmp_path / "file")]) == 2

    def test_never_over_a_sound(self, sounds: list[Path]) -> None:
        before = sounds[1].read_bytes()
        folder = str(sounds[0].parent)
        assert main(["evaluate", "any.timbre", folder, "--out", str(sounds[1]), "--force"]) == 2
        assert sounds[1].read_bytes() == before

    def test_json(self, sounds: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["evaluate", "any.timbre", str(sounds[0]), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["files"][0]["path"] == str(sounds[0])

    def test_nothing_to_evaluate(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["evaluate", "any.timbre", str(tmp_path / "none")]) == 2
        assert main(["evaluate", "any.timbre", str(tmp_path)]) == 2
        (tmp_path / "text.wav").write_text("not a sound")
        assert main(["evaluate", "any.timbre", str(tmp_path)]) == 1
        errors = capsys.readouterr().err.splitlines()
        assert len(errors) == 3
        assert "text.wav" in errors[2]
