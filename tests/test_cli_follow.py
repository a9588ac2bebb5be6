"""`follow`: sound, table and picture of a target followed, with either kind of model and wrong input."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import codebook_help
import numpy as np
import pytest
import soundfile
from matplotlib.image import imread

from timbrespace import engine, tables
from timbrespace.cli.app import main
from timbrespace.codebook import table_of
from timbrespace.latents import LatentSeries

Write = Callable[..., Path]
SCORES = {
    "target", "follow_spearman", "follow_median_error", "error_percent", "error_cents", "octave_errors",
    "measurable", "follow_reached",
}  # fmt: skip


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def centroid(target: object) -> list[object]:
    return ["--descriptor", "centroid", "--target", target]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own folder, to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def noise(described_models: dict[str, Path]) -> Path:
    return described_models["discrete"]


@pytest.mark.parametrize("name", ["discrete", "continuous"])
@pytest.mark.parametrize("shape", ["sine", "ramp", "exp", "steps"])
def test_both_kinds_follow_every_shape(
    described_models: dict[str, Path], capsys, name: str, shape: str
) -> None:
    model = described_models[name]
    more = ["--seconds", 0.5, "--period", 0.25, "--series", "o.npz", "--json"]
    assert run("follow", model, "o.wav", *centroid(shape), *more) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert said.err == ""
    assert (report["kind"], report["seconds"], report["continuity"]) == (name, 0.5, 1.0)
    assert set(report["descriptors"]) == {"centroid"}
    assert set(report["descriptors"]["centroid"]) == SCORES
    assert report["descriptors"]["centroid"]["follow_reached"] == 1.0
    assert soundfile.info("o.wav").frames == 8000
    assert imread("o.png").std() > 0.0
    columns = tables.read_table(Path("o.csv"))
    assert list(columns) == ["seconds", "centroid_hz_target", "centroid_hz_measured"]
    assert len(columns["seconds"]) == 8000 // 512 + 1
    series = LatentSeries.load(Path("o.npz"))
    assert series.model_id == report["model"]
    assert (series.codes is None) == (name == "continuous")
    table = table_of(engine.load(model)).z
    assert all((np.abs(table - row).max(axis=1) < 1e-6).any() for row in series.z)


def test_two_runs_give_equal_bytes(noise: Path) -> None:
    for name in ("a", "b"):
        assert run("follow", noise, f"{name}.wav", *centroid("sine"), "--seconds", 1, "-q") == 0
    for kind in ("wav", "csv", "png"):
        assert Path(f"a.{kind}").read_bytes() == Path(f"b.{kind}").read_bytes(), kind


def test_a_file_says_the_length_and_its_target_is_followed(noise: Path, capsys) -> None:
    Path("curve.txt").write_text("seconds,centroid_hz\n0,3900\n0.6,4150\n")
    assert run("follow", noise, "o.wav", *centroid("curve.txt")) == 0
    assert soundfile.info("o.wav").duration == pytest.approx(0.6)
    columns = tables.read_table(Path("o.csv"))
    assert columns["centroid_hz_target"] == pytest.approx(3900 + columns["seconds"] * 250 / 0.6, rel=1e-3)
    assert "centroid, curve.txt" in capsys.readouterr().out


def test_what_is_beyond_reach_is_clipped_and_said(noise: Path, capsys) -> None:
    assert run("follow", noise, "o.wav", *centroid(9000), "--seconds", 0.4) == 0
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "100.0 % of the target (9000 Hz to 9000 Hz) lies beyond what this model reaches" in said.err
    assert "it was clipped" in said.err
    assert "target reached     0 % of it" in said.out
    assert "rank correlation   –" in said.out
    assert tables.read_table(Path("o.csv"))["centroid_hz_target"].max() < 4300


def test_flatness_is_no_frequency(noise: Path, capsys) -> None:
    shape = ["--descriptor", "flatness", "--target", "ramp", "--low", 0.24, "--high", 0.28]
    assert run("follow", noise, "o.wav", *shape, "--seconds", 0.5) == 0
    said = capsys.readouterr()
    assert "flatness, ramp 0.24 to 0.28" in said.out
    assert "Hz (" not in said.out
    assert list(tables.read_table(Path("o.csv"))) == ["seconds", "flatness_target", "flatness_measured"]


def test_a_pitch_that_is_not_heard_is_empty_in_the_table(described_models: dict[str, Path], capsys) -> None:
    """A centroid at a given pitch, by codes that the table calls notes and that are noise."""
    both = [*centroid(4000), "--descriptor", "f0", "--target", "steps", "--low", 300, "--high", 600]
    assert run("follow", described_models["pitched"], "o.wav", *both, "--seconds", 1) == 0
    out = capsys.readouterr().out
    assert "with a pitch       0 % of the frames" in out
    assert "octave errors      – %" in out
    assert "nan" not in out
    with open("o.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {
        "seconds", "centroid_hz_target", "centroid_hz_measured", "f0_hz_target", "f0_hz_measured",
    }  # fmt: skip
    assert {row["f0_hz_measured"] for row in rows} == {""}
    assert float(rows[0]["f0_hz_target"]) == pytest.approx(300.0, rel=0.03)


def test_two_descriptors_that_no_sound_has_at_once_are_said(
    described_models: dict[str, Path], capsys
) -> None:
    table = table_of(engine.load(described_models["pitched"]))
    dark = np.where(table.pitched, 1000.0, 4000.0)
    header = table.to_header()
    header["descriptors"]["centroid"] = dark.tolist()
    model = codebook_help.keep(described_models["pitched"], Path("split.timbre"), header)
    both = [*centroid(4000), "--descriptor", "f0", "--target", 440]
    assert run("follow", model, "o.wav", *both, "--seconds", 0.4, "-q", "--json") == 0
    assert json.loads(capsys.readouterr().out)["descriptors"]["centroid"]["follow_reached"] == 0.0
    assert run("follow", model, "p.wav", *both, "--seconds", 0.4) == 0
    assert "reaches, about 1000 Hz to 1000 Hz; it was clipped" in capsys.readouterr().err
    shaped = [*centroid("sine"), "--descriptor", "f0", "--target", "ramp", "--seconds", 0.4]
    assert run("follow", model, "q.wav", *shaped) == 0  # a shape keeps to what has a pitch
    said = capsys.readouterr()
    assert "lies beyond" not in said.err
    assert "centroid, sine 1000 Hz to 1000 Hz" in said.out


def levels(name: str, frames: int) -> np.ndarray:
    """In dB, of equal parts of a sound."""
    samples = soundfile.read(name, always_2d=True)[0].mean(axis=1)
    return np.array([20 * np.log10(part.std() + 1e-9) for part in np.array_split(samples, frames)])


def test_loudness_from_a_curve_for_as_long_as_is_asked(noise: Path) -> None:
    """The curve goes on where a shorter target file has ended."""
    Path("curve.csv").write_text("seconds,loudness_db\n0,-60\n2,-20\n")
    Path("target.csv").write_text("seconds,centroid\n0,4000\n0.5,4000\n")
    loud = ["--loudness", "curve.csv", "-q"]
    assert run("follow", noise, "o.wav", *centroid("target.csv"), *loud, "--seconds", 2) == 0
    assert np.diff(levels("o.wav", 4)) == pytest.approx(10.0, abs=2.5)
    assert run("follow", noise, "p.wav", *centroid("ramp"), *loud) == 0
    assert soundfile.info("p.wav").duration == 2.0


def test_loudness_from_a_sound_of_any_rate(noise: Path, write_tone: Write) -> None:
    tone, rate = soundfile.read(write_tone("tone.wav", 0.6, 2, 44_100))
    tone[: len(tone) // 2] *= 0.01
    soundfile.write("tone.wav", tone, rate)
    assert run("follow", noise, "o.wav", *centroid("ramp"), "--loudness", "tone.wav", "-q") == 0
    assert soundfile.info("o.wav").duration == pytest.approx(0.6, abs=1e-3)
    found, source = levels("o.wav", 6), levels("tone.wav", 6)
    assert np.ptp(source) > 25.0
    assert (found - source)[[0, 1, 4, 5]] == pytest.approx(np.mean(found - source), abs=4.0)


def test_silence_is_followed_without_scores(noise: Path, capsys) -> None:
    soundfile.write("silent.wav", np.zeros(8000), 16_000)
    for more in (["--loudness", "silent.wav"], ["--loudness-db", "-100"]):
        assert run("follow", noise, "o.wav", *centroid("sine"), *more, "--seconds", 0.5, "--force") == 0
        out = capsys.readouterr().out
        assert "rank correlation   –\n  median error       –\n" in out
        assert "nan" not in out
        assert not soundfile.read("o.wav")[0].any()


@pytest.mark.parametrize("existing", ["o.wav", "o.csv", "o.png", "o.npz"])
def test_nothing_is_written_where_one_result_exists(noise: Path, capsys, existing: str) -> None:
    Path(existing).write_text("mine")
    arguments = ["follow", noise, "o.wav", *centroid("sine"), "--seconds", 0.3, "--series", "o.npz", "-q"]
    assert run(*arguments) == 1
    assert capsys.readouterr().err.endswith(
        f"{existing}: exists already; choose another name or give --force\n"
    )
    assert [path.name for path in Path().iterdir()] == [existing]
    assert run(*arguments, "--force") == 0
    assert Path(existing).read_bytes() != b"mine"
    assert len(list(Path().iterdir())) == 4


def test_never_over_an_input(noise: Path, write_tone: Write, capsys) -> None:
    write_tone("in.wav", 0.3)
    Path("in.csv").write_text("seconds,centroid\n0,4000\n1,4000\n")
    shutil.copy(noise, "model.timbre")
    kept = {path: path.read_bytes() for path in Path().iterdir()}
    follow = ["follow", "model.timbre"]
    assert run(*follow, "in.wav", *centroid("sine"), "--loudness", "in.wav", "--force") == 2
    assert run(*follow, "in.wav", *centroid("in.csv"), "--force") == 2  # in.csv would be its table
    assert run(*follow, "o.wav", *centroid("in.csv"), "--picture", "model.timbre", "--force") == 2
    assert capsys.readouterr().err.count("the output is the input") == 2
    assert {path: path.read_bytes() for path in Path().iterdir()} == kept


def test_a_continuous_model_without_a_table_says_what_to_do(tiny_models: dict[str, Path], capsys) -> None:
    assert run("follow", tiny_models["continuous"], "o.wav", *centroid("sine")) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "name the data set with --dataset" in error


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([*centroid("sine"), "--low", 4200, "--high", 3900], 2, "--low is 4200 and --high 3900 for centroid"),
        ([*centroid("sine"), "--low", "nan"], 2, "--low is nan"),
        ([*centroid("sine"), "--low", 1, "--low", 2], 2, "--low: 2 for 1 targets that have a shape"),
        ([*centroid(4000), "--high", 9], 2, "--high: 1 for 0 targets that have a shape"),
        ([*centroid("sine"), "--seconds", 0], 2, "--seconds is 0; it must be 0.001 to 1800"),
        ([*centroid("sine"), "--seconds", "nan"], 2, "--seconds is nan"),
        ([*centroid("sine"), "--seconds", 1e9], 2, "--seconds is 1e+09"),
        ([*centroid("sine"), "--seconds", "long"], 2, "it is 'long'"),
        ([*centroid("sine"), "--period", 0], 2, "the period is 0 seconds; it must be above 0"),
        ([*centroid("sine"), "--descriptor", "f0"], 2, "2 --descriptor and 1 --target; give one of each"),
        ([*centroid("sine"), "--target", "ramp"], 2, "1 --descriptor and 2 --target"),
        ([*centroid("sine"), *centroid("ramp")], 2, "centroid, centroid; name each once"),
        (["--descriptor", "brightness", "--target", "sine"], 2, "no descriptor 'brightness'; there are"),
        (["--descriptor", "f0", "--target", "sine"], 2, "no sound of this model has a f0"),
        (["--descriptor", "f0", "--target", 440], 2, "no sound of this model has a f0"),
        (["--descriptor", "centroid"], 2, "Missing option '--target'"),
        ([*centroid("sine"), "--continuity", -1], 2, "--continuity is -1; it must be 0 to 1e+06"),
        ([*centroid("sine"), "--continuity", "nan"], 2, "--continuity is nan"),
        ([*centroid("sines")], 2, "target 'sines'; it must be sine, ramp, exp, steps, a number or a CSV"),
        ([*centroid(-5)], 2, "target '-5' for centroid; it must be 1 to 96000 Hz"),
        ([*centroid("none.csv")], 1, "none.csv: there is no such file"),
        ([*centroid("word.csv")], 1, "word.csv: row 3: centroid is 'high'; it must be a number"),
        ([*centroid("back.csv")], 1, "back.csv: row 4: seconds is 1 after 2; it must increase"),
        ([*centroid("f0.csv")], 1, "f0.csv: the columns are seconds,f0; this target needs seconds,centroid"),
        ([*centroid("far.csv")], 2, "far.csv: it ends at 1e+12 seconds; give --seconds, 1800 at most"),
        ([*centroid("sine"), "--loudness", "none.wav"], 2, "--loudness is 'none.wav'; there is no such file"),
        ([*centroid("sine"), "--loudness", "f0.csv"], 1, "f0.csv: the columns are seconds,f0; this curve"),
        ([*centroid("sine"), "--loudness", "f0.csv", "--loudness-db", -20], 2, "exclude each other"),
        ([*centroid("sine"), "--loudness-db", "nan"], 2, "--loudness-db is nan; it must be -100 to 20"),
        ([*centroid("sine"), "--rate", 1], 2, "--rate is 1"),
        ([*centroid("sine"), "--picture", "o.jpg"], 2, "o.jpg: a picture is written as .png"),
        ([*centroid("sine"), "--picture", "o.png", "--no-picture"], 2, "exclude each other"),
        ([*centroid("sine"), "--series", "o.csv"], 2, "o.csv: the series is written as .npz"),
        ([*centroid("sine"), "--dataset", "none"], 1, "none"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line(noise: Path, capsys, arguments: list[Any], code: int, message: str) -> None:
    Path("word.csv").write_text("seconds,centroid\n0,4000\n1,high\n")
    Path("back.csv").write_text("seconds,centroid\n0,4000\n2,4100\n1,4000\n")
    Path("f0.csv").write_text("seconds,f0\n0,440\n")
    Path("far.csv").write_text("seconds,centroid\n0,4000\n1e12,4000\n")
    before = sorted(Path().iterdir())
    assert run("follow", noise, "o.wav", *arguments) == code
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert sorted(Path().iterdir()) == before


def test_an_output_that_is_no_sound(noise: Path, capsys) -> None:
    assert run("follow", noise, "o.csv", *centroid("sine")) == 2
    assert "o.csv: a sound is written as one of" in capsys.readouterr().err


def test_a_sound_that_cannot_be_written_leaves_no_picture(noise: Path, here: Path, capsys) -> None:
    impossible = ["--seconds", 0.5, "--rate", 700_000, "--series", "o.npz"]
    assert run("follow", noise, "o.mp3", *centroid(900), *impossible) != 0
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "o.mp3" in error
    assert ".tmp" not in error
    assert list(here.iterdir()) == []
    assert run("follow", noise, "o.mp3", *centroid(900), "--seconds", 0.5) == 0
