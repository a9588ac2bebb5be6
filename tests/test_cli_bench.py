"""`bench` of an exported model, and the command."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import RATE, TINY
from torch import Tensor, nn

from timbrespace.bench import ExportedModel, bench
from timbrespace.cli.app import main
from timbrespace.errors import ExportError
from timbrespace.export.description import Description, Method

HOP, N_FFT = TINY.signal.hop, TINY.signal.n_fft


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

    @torch.jit.export
    def get_methods(self) -> list[str]:
        return ["forward"]


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
            (["--distribution", "{model}", "--force"], "a picture is written as .png"),
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

    @pytest.mark.parametrize("name", ["o.xyz", "o", "there.xyz", "a_folder", "folder.png"])
    def test_what_is_no_picture_is_refused_before_measuring(
        self, model: str, name: str, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for folder in ("a_folder", "folder.png"):
            (tmp_path / folder).mkdir()
        (tmp_path / "there.xyz").touch()
        monkeypatch.setattr("timbrespace.cli.bench._load", lambda path: pytest.fail("it went on"))
        assert main(["bench", model, "--distribution", str(tmp_path / name)]) == 2
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert "this is a folder" in error if name == "folder.png" else "written as .png" in error

    def test_the_picture_is_none_of_the_inputs(self, model: str, tmp_path: Path, capsys) -> None:
        sound = tmp_path / "sound.png"
        sound.touch()
        options = ["--audio", str(sound), "--distribution", str(sound), "--force"]
        assert main(["bench", model, *options]) == 2
        assert "the output is the input" in capsys.readouterr().err

    def test_exported_in_capitals(self, exported: Path, tmp_path: Path, capsys) -> None:
        path = tmp_path / "ECHO.TS"
        path.write_bytes(exported.read_bytes())
        assert main(["bench", str(path), "--blocks", "128", "--seconds", "0.2"]) == 0
        assert "discrete abc" in capsys.readouterr().out

    def test_a_file_that_is_no_model(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "text.ts"
        path.write_text("not a model")
        assert main(["bench", str(path)]) == 1
        assert "export it again" in capsys.readouterr().err
