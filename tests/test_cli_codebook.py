"""`codebook`: what it writes, what it keeps in the model's file, and that it fails before it writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import codebook_help
import numpy as np
import pytest
import soundfile
from conftest import make_tone
from matplotlib.image import imread

from timbrespace import engine
from timbrespace.bundle import Bundle, load_bundle, save_bundle
from timbrespace.cli.app import main
from timbrespace.codebook import table_of
from timbrespace.dataset.prepare import prepare
from timbrespace.engine import Engine

PLAIN = ["codebook.json", "codes.csv", "histogram.png", "map.png"]
DIMENSIONS = ["dimensions.csv", "dimensions.png", "directions.csv"]
COLUMNS = "code,count,centroid_hz,bandwidth_hz,rolloff_hz,flatness,f0_hz,f0_confidence"


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def noise(described_models: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the model of which no code has a pitch, to write to."""
    return Path(shutil.copy(described_models["discrete"], tmp_path / "noise.timbre"))


@pytest.fixture
def pitched(described_models: dict[str, Path]) -> Path:
    return described_models["pitched"]


def test_everything_is_written_and_fits_together(pitched: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "new" / "out"
    assert run("codebook", pitched, out, "--descriptor", "f0", "--descriptor", "flatness", "--json") == 0
    said = capsys.readouterr()
    summary = json.loads(said.out)
    assert said.err == ""
    assert json.loads((out / "codebook.json").read_text()) == summary
    traverses = [f"traverse-{name}.{kind}" for name in ("f0", "flatness") for kind in ("wav", "png")]
    assert names(out) == sorted(PLAIN + traverses)
    assert (out / "codes.csv").read_text() == table_of(engine.load(pitched)).to_csv()
    assert (out / "codes.csv").read_text().splitlines()[0] == COLUMNS
    assert (summary["sounds"], summary["pitched"], summary["kind"]) == (32, 16, "discrete")
    assert summary["coverage"]["f0"]["sounds"] == 16
    assert summary["coverage"]["centroid"]["sounds"] == 32
    assert summary["traverses"]["f0"]["sounds"] == 16
    assert set(summary["traverses"]) == {"f0", "flatness"}
    info = soundfile.info(out / "traverse-flatness.wav")
    assert (info.samplerate, info.frames) == (16_000, 32 * 4 * 128)
    for path in out.glob("*.png"):
        assert imread(path).std() > 0.0, path.name


def test_centroid_is_traversed_unless_said_otherwise(pitched: Path, tmp_path: Path, capsys) -> None:
    assert run("codebook", pitched, tmp_path / "out", "--frames", 1) == 0
    said = capsys.readouterr()
    assert "32 codes, 16 with a pitch" in said.out
    assert "in the order of centroid, rank correlation with time" in said.out
    assert said.err == ""
    assert soundfile.info(tmp_path / "out" / "traverse-centroid.wav").frames == 32 * 128


def test_two_runs_give_equal_bytes(pitched: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("codebook", pitched, tmp_path / name, "--quiet") == 0
    assert names(tmp_path / "a") == names(tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        if path.name != "codebook.json":  # it names the folder
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_noise_has_a_table_and_pictures_and_no_pitch(noise: Path, tmp_path: Path, capsys) -> None:
    assert run("codebook", noise, tmp_path / "out") == 0
    said = capsys.readouterr()
    assert "f0         no sound has one" in said.out
    assert said.err == ""
    rows = [line.split(",") for line in (tmp_path / "out" / "codes.csv").read_text().splitlines()[1:]]
    assert {row[6] for row in rows} == {""}
    assert json.loads((tmp_path / "out" / "codebook.json").read_text())["coverage"]["f0"] is None


def test_a_request_that_cannot_be_met_writes_nothing(noise: Path, tmp_path: Path, capsys) -> None:
    before = noise.read_bytes()
    wrong = ("--descriptor", "centroid", "--descriptor", "f0", "--store", "--recompute")
    assert run("codebook", noise, tmp_path / "out", *wrong) == 2
    assert "0 sounds of this model have a f0; there is nothing to order" in capsys.readouterr().err
    assert names(tmp_path / "out") == []
    assert noise.read_bytes() == before


def test_a_score_without_a_meaning_is_null_in_the_file(pitched: Path, tmp_path: Path, capsys) -> None:
    """Codes that the table calls notes and that are heard as noise."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    assert run("codebook", pitched, tmp_path / "out", "--descriptor", "f0") == 0
    assert "in the order of f0, rank correlation with time –" in capsys.readouterr().out
    summary = json.loads((tmp_path / "out" / "codebook.json").read_text(), parse_constant=refuse)
    assert summary["traverses"]["f0"]["traverse_spearman"] is None


def test_nothing_is_overwritten_unasked(pitched: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "traverse-centroid.png").write_text("mine")
    assert run("codebook", pitched, out) == 1
    assert (
        "traverse-centroid.png: exists already; choose another name or give --force"
        in capsys.readouterr().err
    )
    assert names(out) == ["traverse-centroid.png"]
    assert run("codebook", pitched, out, "--force", "--quiet") == 0
    assert (out / "traverse-centroid.png").read_bytes()[:4] == b"\x89PNG"


def test_store_changes_the_table_and_nothing_else(pitched: Path, tmp_path: Path) -> None:
    model = Path(shutil.copy(pitched, tmp_path / "model.timbre"))
    (tmp_path / "link.timbre").symlink_to(model)
    before = load_bundle(model)
    assert run("codebook", tmp_path / "link.timbre", tmp_path / "out", "--recompute", "--store", "-q") == 0
    after = load_bundle(model)
    assert (tmp_path / "link.timbre").is_symlink()
    assert after.model_id == before.model_id
    assert {key for key in before.header if before.header[key] != after.header[key]} == {"codes"}
    assert all(np.array_equal(after.tensors[name], value) for name, value in before.tensors.items())
    assert not table_of(Engine(after)).pitched.any()
    assert (
        after.header["codes"]["descriptors"]["centroid"] == before.header["codes"]["descriptors"]["centroid"]
    )


def test_without_store_the_model_stays_as_it_is(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    before = tiny_models["discrete"].read_bytes()
    assert run("codebook", tiny_models["discrete"], tmp_path / "out", "-q") == 0
    assert tiny_models["discrete"].read_bytes() == before


def test_a_damaged_table_is_one_line_and_can_be_made_anew(noise: Path, tmp_path: Path, capsys) -> None:
    header = load_bundle(noise).header["codes"]
    header["descriptors"]["centroid"].pop()
    model = codebook_help.keep(noise, tmp_path / "damaged.timbre", header)
    assert run("codebook", model, tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "table in the model's file is damaged: its columns do not fit each other; make it anew" in error
    assert run("codebook", model, tmp_path / "out", "--recompute", "--store", "-q") == 0
    assert run("codebook", model, tmp_path / "again", "-q") == 0


def test_continuous_models_are_described_by_their_data(
    tiny_models: dict[str, Path], tmp_path: Path, capsys
) -> None:
    soundfile.write(tmp_path / "tone.wav", make_tone(0.4), 16_000)
    prepare([tmp_path / "tone.wav"], tmp_path / "data", rate=16_000, jobs=1)
    model = Path(shutil.copy(tiny_models["continuous"], tmp_path / "model.timbre"))
    for more in ([], ["--recompute"]):
        assert run("codebook", model, tmp_path / "out", *more) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "--dataset" in error
    assert names(tmp_path / "out") == []
    assert run("codebook", model, tmp_path / "out", "--dataset", tmp_path / "data", "--store", "-q") == 0
    assert names(tmp_path / "out") == sorted(
        [*PLAIN, *DIMENSIONS, "traverse-centroid.png", "traverse-centroid.wav"]
    )
    kept = table_of(engine.load(model))
    assert kept.to_csv() == (tmp_path / "out" / "codes.csv").read_text()
    assert run("info", model) == 0
    assert f"{len(kept)} sounds" in capsys.readouterr().out
    assert run("codebook", model, tmp_path / "again", "--recompute") == 2
    assert "--recompute: a continuous model is described by its data" in capsys.readouterr().err


def test_the_data_of_something_else_are_said_and_not_stored(
    tiny_models: dict[str, Path], tmp_path: Path, capsys
) -> None:
    soundfile.write(tmp_path / "tone.wav", make_tone(0.4), 16_000)
    prepare([tmp_path / "tone.wav"], tmp_path / "data", rate=16_000, jobs=1)
    bundle = load_bundle(tiny_models["continuous"])
    header = {**bundle.header, "dataset": {"names": ["sax.wav"]}}
    save_bundle(tmp_path / "model.timbre", Bundle(header, bundle.tensors))
    before = (tmp_path / "model.timbre").read_bytes()
    command = ["codebook", tmp_path / "model.timbre", tmp_path / "out", "--dataset", tmp_path / "data"]
    assert run(*command, "--store") == 2
    assert "holds none of the recordings that this model learned from" in capsys.readouterr().err
    assert (tmp_path / "model.timbre").read_bytes() == before
    assert names(tmp_path / "out") == []
    assert run(*command) == 0
    assert "note: the data set holds none of the recordings" in capsys.readouterr().err


def test_an_interrupt_leaves_nothing_behind(pitched: Path, tmp_path: Path, monkeypatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("timbrespace.figures_codebook.save_curves", stop)
    assert run("codebook", pitched, tmp_path / "out", "-q") == 130
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["out", "--descriptor", "brightness"],
            2,
            "no descriptor 'brightness'; there are centroid, bandwidth",
        ),
        (["out", "--frames", "0"], 2, "'--frames': Input should be greater than or equal to 1; it is '0'"),
        (["out", "--seed", "-1"], 2, "it is '-1'"),
        (["file"], 2, "file: this is a file; the results need a folder"),
        (["file/out"], 1, "cannot be written"),
        (["out", "--dataset", "none"], 1, "none"),
        ([], 2, "Missing argument"),
    ],
)
def test_wrong_input_is_one_line(
    pitched: Path, tmp_path: Path, monkeypatch, capsys, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    assert run("codebook", pitched, *arguments) == code
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert message in error
    assert names(tmp_path) == ["file"]
