"""The command `export`: what it prints, refuses, and leaves behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from export_help import Exported

from timbrespace.cli.app import main
from timbrespace.export import exporter
from timbrespace.export.checking import Findings
from timbrespace.export.description import read_description

MEASURED = ("load_seconds", "ready_seconds", "first_calls_ms", "latency_measured_samples", "methods_ms")


@pytest.fixture
def tried(exported_models: dict[str, Exported], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Trying out takes seconds; here it finds what it found for the same model before. Rows by block size."""
    certificate = exported_models["discrete"].certificate
    blocks = [dict(row) for row in certificate["blocks"]]
    measured = {**{name: certificate[name] for name in MEASURED}, "blocks": blocks}
    monkeypatch.setattr(exporter, "check", lambda path, engine: Findings(measured, 0.001, 0.001, 1e-6))
    return blocks


def model_of(described_models: dict[str, Path]) -> str:
    return str(described_models["discrete"])


def test_it_writes_the_file_and_its_certificate(
    tried: list[Any], described_models: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mein klöng.ts"
    assert main(["export", model_of(described_models), str(out), "--name", "Klöng"]) == 0
    said = capsys.readouterr().out
    for word in ("Klöng (discrete", "512 samples", "follow_centroid", "16000 Hz", "128", f"PATCHES '{out}'"):
        assert word in said, word
    assert read_description(out).name == "Klöng"
    assert json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))["name"] == "Klöng"
    assert torch.jit.load(str(out)).forward(torch.zeros(1, 1, 128)).shape == (1, 1, 128)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mein klöng.json", "mein klöng.ts"]


def test_json_and_quiet(
    tried: list[Any], described_models: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = model_of(described_models)
    assert main(["export", model, str(tmp_path / "a.ts"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert main(["export", model, str(tmp_path / "b.ts"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_name_is_that_of_the_folder_of_a_run(
    tried: list[Any], described_models: dict[str, Path], tmp_path: Path
) -> None:
    run = tmp_path / "oboe.run"
    run.mkdir()
    (run / "model.timbre").write_bytes(described_models["discrete"].read_bytes())
    assert main(["export", str(run / "model.timbre"), str(tmp_path / "o.ts"), "--quiet"]) == 0
    assert read_description(tmp_path / "o.ts").name == "oboe"


def test_a_machine_that_is_too_slow(
    tried: list[Any], described_models: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for row in tried:
        row.update(median_ms=2 * row["duration_ms"], p99_ms=3 * row["duration_ms"], rtf=0.5, rtf_p99=0.33)
    command = ["export", model_of(described_models), str(tmp_path / "slow.ts")]
    assert main(command) == 1
    assert "too slow" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert main([*command, "--anyway"]) == 0
    assert "use larger blocks" in capsys.readouterr().err


def test_what_is_there_stays(
    tried: list[Any], described_models: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = model_of(described_models), tmp_path / "a.ts"
    for name in ("a.ts", "a.json"):
        (tmp_path / name).write_text("mine")
        assert main(["export", model, str(out)]) in (1, 2)
        assert (tmp_path / name).read_text() == "mine"
        assert name in capsys.readouterr().err
        if name == "a.ts":
            out.unlink()
    assert main(["export", model, str(out), "--force"]) == 0
    assert read_description(out).kind == "discrete"


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["none.timbre", "a.ts"], 1, "none.timbre"),
        (["MODEL", "a.pt"], 2, "must end in .ts"),
        (["MODEL", "none/a.ts"], 1, "none"),
        (["MODEL", "/proc/a.ts"], 1, "/proc/a.ts: cannot be written"),
        (["MODEL"], 2, "OUT.ts"),
    ],
)
def test_wrong_use_gives_one_line(
    described_models: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [model_of(described_models) if word == "MODEL" else word for word in arguments]
    assert main(["export", *given]) == code
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert word in said[0]
    assert not list(tmp_path.iterdir())
