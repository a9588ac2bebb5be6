"""`info`, `encode`, `decode` and the program itself, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from timbrespace import __version__
from timbrespace.bundle import load_bundle, make_bundle, save_bundle
from timbrespace.cli.app import main
from timbrespace.latents import LatentSeries

Write = Callable[..., Path]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_version_and_help_are_quick_and_import_nothing_heavy() -> None:
    script = (
        "import sys; from timbrespace.cli.app import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'lightning', 'matplotlib', 'numpy', 'librosa'} & set(sys.modules); "
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        shown = subprocess.run(
            [sys.executable, "-c", script, "--help"], capture_output=True, text=True, check=False
        )
        seconds.append(time.perf_counter() - started)
        assert (shown.returncode, shown.stderr) == (0, "")
    assert min(seconds) < 1.5  # 0.3 on a quiet machine
    for command in ("prepare", "train", "info", "encode", "decode", "convert", "evaluate", "bench", "demo"):
        assert f" {command} " in shown.stdout


def test_version(capsys) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"timbrespace {__version__}\n"


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_info(tiny_models: dict[str, Path], kind: str, capsys) -> None:
    assert run("info", tiny_models[kind]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0].split() == ["kind", kind]
    assert "16000 Hz" in text
    assert run("info", tiny_models[kind], "--json") == 0
    header = json.loads(capsys.readouterr().out)
    assert (header["kind"], header["config"]["latents"], header["dataset"]["sources"]) == (kind, 4, 1)


def test_info_names_ranges_inactive_dimensions_and_codes(
    tiny_models: dict[str, Path], tmp_path: Path, capsys
) -> None:
    bundle = load_bundle(tiny_models["discrete"])
    latent = {
        "min": [-3.0, -0.1],
        "max": [4.0, 0.1],
        "percentiles": {"5": [-1.5, -0.05], "95": [1.25, 0.05]},
        "active": [True, False],
        "loudness_quantiles_db": [-60.0, -20.0, -3.0],
        "codes": {"used": 2, "counts": [5, 0, 5], "perplexity": 2.0},
    }
    header = {"config": bundle.header["config"], "latent": latent}
    save_bundle(tmp_path / "a.timbre", make_bundle(header, bundle.tensors))
    assert run("info", tmp_path / "a.timbre") == 0
    text = capsys.readouterr().out
    assert "mostly -1.50 … 1.25, in all -3.00 … 4.00\n" in text
    assert "in all -0.10 … 0.10; inactive" in text
    assert "-60.0 … -3.0 dBFS, half of it above -20.0" in text
    assert "2 of 3, as varied as 2.0 codes" in text


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
@pytest.mark.parametrize("kinds_of_file", ["npz", "csv"])
def test_encode_then_decode(
    tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path, kind: str, kinds_of_file: str
) -> None:
    source = write_tone("in.wav", 0.603)
    assert run("encode", tiny_models[kind], source, tmp_path / "s.npz", "--csv", "--quiet") == 0
    series = LatentSeries.load(tmp_path / "s.npz")
    assert series.latents == 4
    assert (series.codes is not None) == (kind == "discrete")
    assert run("decode", tiny_models[kind], tmp_path / f"s.{kinds_of_file}", tmp_path / "out.wav") == 0
    samples, rate = soundfile.read(tmp_path / "out.wav")
    assert rate == 16_000
    length = soundfile.info(source).frames
    if kinds_of_file == "npz":
        assert len(samples) == length
    else:
        assert abs(len(samples) - length) < 20 * 128
    assert np.abs(samples).max() > 0


def test_encoding_is_deterministic_and_at_any_rate(
    tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path
) -> None:
    source = write_tone("in.wav", rate=44_100)
    for name in ("a.npz", "b.npz"):
        assert run("encode", tiny_models["continuous"], source, tmp_path / name) == 0
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert (
        run("decode", tiny_models["continuous"], tmp_path / "a.npz", tmp_path / "o.flac", "--rate", 48_000)
        == 0
    )
    info = soundfile.info(tmp_path / "o.flac")
    assert (info.samplerate, info.frames) == (48_000, round(0.6 * 48_000))


def test_stereo_is_two_series(tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path) -> None:
    source = write_tone("in.wav", channels=2)
    model = tiny_models["continuous"]
    assert run("encode", model, source, tmp_path / "s.npz") == 0
    assert not (tmp_path / "s.npz").exists()
    left, right = (LatentSeries.load(tmp_path / f"s.{n}.npz") for n in (1, 2))
    assert not np.allclose(left.z, right.z)
    assert run("encode", model, source, tmp_path / "left.npz", "--channel", "left") == 0
    assert np.array_equal(LatentSeries.load(tmp_path / "left.npz").z, left.z)


def test_csv_only(tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path) -> None:
    assert run("encode", tiny_models["discrete"], write_tone("in.wav"), tmp_path / "s.csv") == 0
    assert (tmp_path / "s.csv").read_text().startswith("seconds,loudness_db,code\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.wav", "s.csv"]


def test_suffixes_in_capitals(tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path) -> None:
    model, source = tiny_models["continuous"], write_tone("in.wav")
    for name in ("S.NPZ", "T.Csv"):
        assert run("encode", model, source, tmp_path / name, "--csv") == 0
        assert run("decode", model, tmp_path / name, tmp_path / f"{name}.WAV") == 0
    made = {"in.wav", "S.NPZ", "S.csv", "T.Csv", "S.NPZ.WAV", "T.Csv.WAV"}
    assert {p.name for p in tmp_path.iterdir()} == made
    assert LatentSeries.load(tmp_path / "S.NPZ").length_samples == round(0.6 * 16_000)
    assert (tmp_path / "T.Csv").read_bytes() == (tmp_path / "S.csv").read_bytes()


def test_another_models_series(
    tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path, capsys
) -> None:
    assert run("encode", tiny_models["continuous"], write_tone("in.wav"), tmp_path / "s.npz") == 0
    assert run("decode", tiny_models["discrete"], tmp_path / "s.npz", tmp_path / "o.wav") == 0
    assert "made by model" in capsys.readouterr().err
    series = LatentSeries(np.zeros((5, 3)), np.zeros(5), 125.0, "x")  # type: ignore[arg-type]
    series.save(tmp_path / "three.npz")
    assert run("decode", tiny_models["continuous"], tmp_path / "three.npz", tmp_path / "p.wav") == 1
    assert "has 3 dimensions and the model 4" in capsys.readouterr().err
    LatentSeries(np.zeros((0, 4)), np.zeros(0), 125.0, "x").save(tmp_path / "none.npz")  # type: ignore[arg-type]
    assert run("decode", tiny_models["continuous"], tmp_path / "none.npz", tmp_path / "p.wav") == 1
    assert "none.npz: holds no frames" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["info", "none.timbre"], 1, "none.timbre: there is no such file"),
        (["info", "in.wav"], 1, "in.wav: not a timbrespace model"),
        (["encode", "MODEL", "none.wav", "o.npz"], 1, "none.wav"),
        (["encode", "MODEL", "note.txt", "o.npz"], 1, "note.txt"),
        (["encode", "MODEL", "in.wav", "o.wav"], 2, "o.wav: a latent series is written as .npz or .csv"),
        (["encode", "MODEL", "in.wav", "old.npz"], 1, "old.npz: exists already"),
        (["encode", "MODEL", "in.wav", "o.npz", "--channel", "top"], 2, "top"),
        (["encode", "MODEL", "in.wav", "o.npz", "--channel", "3"], 1, "in.wav"),
        (["encode", "MODEL", "in.wav"], 2, "Missing argument"),
        (["decode", "MODEL", "old.npz", "o.wav"], 1, "old.npz: not an .npz file"),
        (["decode", "MODEL", "none.npz", "o.wav"], 1, "none.npz: there is no such file"),
        (["decode", "MODEL", "note.csv", "o.wav"], 1, "note.csv: the first column is 'hello'"),
        (["decode", "MODEL", "old.npz", "o.doc"], 2, "o.doc: a sound is written as one of"),
        (["decode", "MODEL", "old.npz", "old.npz", "--force"], 2, "old.npz"),
        (["decode", "MODEL", "old.npz", "o.wav", "--rate", "5"], 2, "--rate is 5"),
    ],
)
def test_wrong_input_is_one_line_and_loses_nothing(
    tiny_models: dict[str, Path],
    write_tone: Write,
    tmp_path: Path,
    monkeypatch,
    capsys,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tone("in.wav")
    (tmp_path / "note.txt").write_text("hello\n")
    (tmp_path / "note.csv").write_text("hello\n1\n")
    (tmp_path / "old.npz").write_bytes(b"old")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert run(*(tiny_models["continuous"] if a == "MODEL" else a for a in arguments)) == code
    error = capsys.readouterr().err
    assert error.startswith("timbrespace: ")
    assert error.count("\n") == 1
    assert message in error
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
