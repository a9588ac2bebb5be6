"""The examples, executed with tiny models on shortened recordings: what they write and print, and refuse."""

from __future__ import annotations

import csv
import importlib
import math
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
from descriptions import describe
from test_demo import shorten_recordings
from test_figures import check_picture

import timbrespace
from timbrespace import demo
from timbrespace.bundle import Bundle, load_bundle, save_bundle
from timbrespace.codebook import DescriptorTable, describe_codes
from timbrespace.errors import UsageError

FOLDER = Path(__file__).parents[1] / "examples"
RATE = 16_000
SECONDS = 0.4
PATTERN_SECONDS = 12 * 0.25 + SECONDS  # six drum hits, twice
Import = Callable[[str], ModuleType]
WRITTEN = {  # sounds and their seconds; pictures
    "figure_2_descriptors": (
        {
            "A-traverse-centroid-4": 32 * 4 * 128 / RATE,
            "A-traverse-centroid-1": 32 * 128 / RATE,
            "B-centroid-sine-nearest": 8.0,
            "B-centroid-sine-path": 8.0,
        },
        ("A-map", "A-traverse-centroid-4", "A-traverse-centroid-1", "B-centroid-sine"),
    ),
    "figure_3_interpolation": (
        dict.fromkeys(("A", "B", "line", "even", "beyond", "drawn"), SECONDS),
        ("figure-3", "variants"),
    ),
    "conversion": (
        {
            f"{name}-{version}": PATTERN_SECONDS if name == "drums" else SECONDS
            for name in ("voice", "alto-sax_D4_p", "drums")
            for version in ("original", "continuous", "discrete")
        },
        ("voice", "alto-sax_D4_p", "drums"),
    ),
    "latent_gestures": (
        {
            **dict.fromkeys(("as-it-is", "bend", "reverse", "random", "mix", "along"), SECONDS),
            "stretch": 2 * SECONDS,
        },
        ("as-it-is", "scrub", "loop", "concatenate", "along"),
    ),
    "loudness_invariance": ({"louder-at-constant-latents": 500 * 128 / RATE}, ("loudness",)),
}


@pytest.fixture(scope="module")
def models(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `make demo` leaves it, of tiny models; the continuous one knows frames of its data."""
    folder = tmp_path_factory.mktemp("demo")
    for kind, path in tiny_models.items():
        engine = timbrespace.load(path)
        table = describe(engine) if kind == "continuous" else with_pitch(describe_codes(engine))
        bundle = load_bundle(path)
        header = {**bundle.header, "codes": table.to_header()}
        save_bundle(folder / f"run-{kind}" / "model.timbre", Bundle(header, bundle.tensors))
    return folder


def with_pitch(table: DescriptorTable) -> DescriptorTable:
    """Codes that are said to have a pitch; in their sound there is none to be found."""
    f0_hz = np.geomspace(100.0, 400.0, len(table))
    return replace(table, values={**table.values, "f0": f0_hz}, f0_confidence=np.ones(len(table)))


@pytest.fixture(scope="module")
def recordings_of_the_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first moments of them."""
    folder = tmp_path_factory.mktemp("recordings")
    shorten_recordings(demo.RECORDINGS, folder, SECONDS)
    return folder


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, recordings_of_the_package: Path):
    """Imports an example by name, with short recordings."""
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setattr(importlib.import_module("common"), "RECORDINGS", recordings_of_the_package)
    return importlib.import_module


def figures(folder: Path) -> list[dict[str, str]]:
    """The rows of the written table; every cell is a word, a dash or a finite number."""
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for cell in (cell for row in rows for cell in row.values()):
        assert cell
        with suppress(ValueError):
            assert math.isfinite(float(cell))
    return rows


def check_written(name: str, folder: Path, printed: str) -> list[dict[str, str]]:
    """Sounds are as long as they should be, pictures are drawn, the table is printed too; its rows."""
    sounds, pictures = WRITTEN[name]
    for sound, seconds in sounds.items():
        assert soundfile.info(folder / f"{sound}.wav").duration == pytest.approx(seconds, abs=1 / RATE), sound
    for picture in pictures:
        check_picture(folder / f"{picture}.png")
    rows = figures(folder)
    assert all(cell in printed for row in rows for cell in row.values())
    return rows


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "loudness_invariance"])
def test_example(name: str, example: Import, models: Path, tmp_path: Path, capsys) -> None:
    example(name).main([str(tmp_path / "out"), "--models", str(models)])
    check_written(name, tmp_path / "out", capsys.readouterr().out)


def test_loudness_invariance_and_an_ablation(example: Import, models: Path, tmp_path: Path, capsys) -> None:
    model = str(models / "run-continuous" / "model.timbre")
    example("loudness_invariance").main([str(tmp_path), "--continuous", model, "--ablation", model])
    rows = check_written("loudness_invariance", tmp_path, capsys.readouterr().out)
    probed = {row["what"]: row["value"] for row in rows if row["figure"] == "loudness_probe_r2"}
    assert probed["loudness told from ablation"] == probed["loudness told from latents"]  # the same weights
    drift = next(row["value"] for row in rows if row["figure"] == "gain_drift")
    assert float(drift) < 1e-3  # by construction, trained or not


def test_gestures_without_a_descriptor_table(
    example: Import, tiny_models: dict[str, Path], tmp_path: Path, capsys
) -> None:
    example("latent_gestures").main([str(tmp_path), "--continuous", str(tiny_models["continuous"])])
    assert "along is left out" in capsys.readouterr().err
    assert not (tmp_path / "along.wav").exists()
    assert "along" not in {row["gesture"] for row in figures(tmp_path)}


def test_codes_without_a_pitch_are_traversed_by_centroid_alone(
    example: Import, tiny_models: dict[str, Path], tmp_path: Path, capsys
) -> None:
    example("figure_2_descriptors").main([str(tmp_path), "--discrete", str(tiny_models["discrete"])])
    assert "f0: too few codes of this model have one" in capsys.readouterr().err
    assert {row["descriptor"] for row in figures(tmp_path)} == {"centroid"}


def test_own_sounds(example: Import, models: Path, write_tone: Callable[..., Path], tmp_path: Path) -> None:
    tone = str(write_tone("tone.wav", seconds=0.5, channels=2, rate=44_100))
    example("conversion").main([str(tmp_path / "out"), "--models", str(models), "--sound", tone])
    info = soundfile.info(tmp_path / "out" / "tone-discrete.wav")
    assert (info.frames, info.samplerate) == (22_050, 44_100)


@pytest.mark.parametrize("name", WRITTEN)
def test_missing_model_is_said_in_one_line(name: str, example: Import, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such model; run `make demo` first"):
        example(name).main([str(tmp_path / "out"), "--models", str(tmp_path / "nowhere")])
    assert not (tmp_path / "out").exists()


def test_wrong_kind_and_full_folder(example: Import, models: Path, tmp_path: Path) -> None:
    main = example("figure_3_interpolation").main
    discrete = str(models / "run-discrete" / "model.timbre")
    with pytest.raises(UsageError, match="this is a discrete model; --continuous needs a continuous one"):
        main([str(tmp_path / "out"), "--continuous", discrete])
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(UsageError, match="holds files already; name a new folder or give --force"):
        main([str(tmp_path), "--models", str(models)])
    main([str(tmp_path), "--models", str(models), "--force"])
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_as_a_script(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "latent_gestures.py"), "out"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith("error: demo/run-continuous/model.timbre: there is no such model")
    assert len(result.stderr.splitlines()) == 1


def test_readme_names_every_script() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    scripts = {path.name for path in FOLDER.glob("*.py")}
    assert scripts == {f"{name}.py" for name in WRITTEN} | {"common.py"}
    assert all(f"`{name} OUT`" in text for name in scripts - {"common.py"})
