"""`interpolate` and `plane`: lengths, scores, pictures, and one line where it goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from test_cli_convert import run, tree
from test_figures import check_picture

import timbrespace
from timbrespace.interpolation import interpolate as between
from timbrespace.latents import LatentSeries

Write = Callable[..., Path]
RATE = 16_000


@pytest.fixture
def place(write_tone: Write, tmp_path: Path, monkeypatch) -> Path:
    """A folder, in which one works, with four sounds."""
    monkeypatch.chdir(tmp_path)
    for name, seconds, channels in (
        ("a", 0.6, 1),
        ("b", 0.4, 1),
        ("c", 0.3, 1),
        ("d", 0.5, 1),
        ("s", 0.4, 2),
    ):
        write_tone(f"{name}.wav", seconds, channels)
    return tmp_path


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
@pytest.mark.parametrize(("align", "seconds"), [("stretch", 0.6), ("trim", 0.4), ("loop", 0.6)])
def test_interpolate_has_the_right_length(
    tiny_models: dict[str, Path], place: Path, kind: str, align: str, seconds: float
) -> None:
    options = ["--align", align, "--series", "o.npz", "--no-picture", "--quiet"]
    assert run("interpolate", tiny_models[kind], "a.wav", "b.wav", "o.wav", *options) == 0
    info = soundfile.info("o.wav")
    assert (info.frames, info.samplerate, info.channels) == (round(seconds * RATE), RATE, 1)
    series = LatentSeries.load("o.npz")
    assert series.length_samples == info.frames
    assert (series.codes is not None) == (kind == "discrete")
    assert not Path("o.png").exists()


def test_position_0_is_a_played_by_the_model(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    same = ["--from", 0, "--to", 0, "--series", "o.npz"]
    assert run("interpolate", model, "a.wav", "b.wav", "o.wav", *same) == 0
    assert run("encode", model, "a.wav", "a.npz") == 0
    assert run("decode", model, "a.npz", "again.wav") == 0
    assert np.array_equal(LatentSeries.load("o.npz").z, LatentSeries.load("a.npz").z)
    assert Path("o.wav").read_bytes() == Path("again.wav").read_bytes()


def test_score_and_picture(tiny_models: dict[str, Path], place: Path, capsys) -> None:
    assert run("interpolate", tiny_models["continuous"], "a.wav", "b.wav", "o.wav") == 0
    out = capsys.readouterr().out
    assert "interpolation_monotonicity, centroid" in out
    assert "o.wav: 0.60 s at 16000 Hz" in out
    assert "o.png: written" in out
    check_picture(Path("o.png"))
    again = ["--json", "--picture", "p.png", "--force", "--rate", 22_050, "--course", "even"]
    assert run("interpolate", tiny_models["continuous"], "a.wav", "b.wav", "o.wav", *again) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["interpolation_monotonicity"]) == {"centroid", "bandwidth"}
    both = report["interpolation_monotonicity_by_course"]
    assert report["course"] == "even"
    assert both["even"] == report["interpolation_monotonicity"]
    assert set(both) == {"line", "even"}
    assert len(report["centroid_hz"]) == 2
    assert (report["picture"], report["sample_rate"], report["seconds"]) == ("p.png", 22_050, 0.6)
    check_picture(Path("p.png"))


def test_a_score_without_a_meaning_is_a_dash(tiny_models: dict[str, Path], place: Path, capsys) -> None:
    soundfile.write("silence.wav", np.zeros(4000), RATE)
    assert run("interpolate", tiny_models["discrete"], "silence.wav", "b.wav", "o.wav") == 0
    out = capsys.readouterr().out
    assert re.search(r"^course +line$", out, re.MULTILINE)
    assert re.search(r"centroid, line +–$", out, re.MULTILINE)
    assert "even" not in out
    assert "– to " in out


def test_the_straight_line_is_what_was_asked_for(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    for name in ("a", "b"):
        assert run("encode", model, f"{name}.wav", f"{name}.npz") == 0
    cut = ["a.npz", "b.npz", "o.wav", "--align", "trim", "--series", "o.npz", "--course"]
    assert run("interpolate", model, *cut, "line") == 0
    engine = timbrespace.load(model)
    pair = [LatentSeries.load(f"{name}.npz") for name in ("a", "b")]
    wanted = between(*pair, engine.signal, how="trim")
    assert np.array_equal(LatentSeries.load("o.npz").z, wanted.z)


@pytest.mark.parametrize("course", ["auto", "even"])
@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_the_series_is_the_one_played(
    tiny_models: dict[str, Path], place: Path, kind: str, course: str
) -> None:
    options = ["--course", course, "--series", "o.npz", "--seed", 3, "--no-picture"]
    assert run("interpolate", tiny_models[kind], "s.wav", "b.wav", "o.wav", *options) == 0
    for channel in (1, 2):
        again = ["decode", tiny_models[kind], f"o.{channel}.npz", f"{channel}.wav", "--seed", 3]
        assert run(*again) == 0
        played, wanted = soundfile.read("o.wav")[0][:, channel - 1], soundfile.read(f"{channel}.wav")[0]
        assert np.array_equal(played, wanted)


def test_stereo_stays_stereo_and_mono_is_heard_on_both(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    assert run("interpolate", model, "a.wav", "s.wav", "o.wav", "--series", "o.npz") == 0
    left, right = soundfile.read("o.wav")[0].T
    assert len(left) == round(0.6 * RATE)
    assert not np.array_equal(left, right)
    assert LatentSeries.load("o.1.npz").length_samples == LatentSeries.load("o.2.npz").length_samples
    assert run("plane", model, "s.wav", "a.wav", "p.wav", "--path", "diagonal") == 0
    assert soundfile.info("p.wav").channels == 2


def test_series_and_curve_from_files(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    assert run("encode", model, "a.wav", "a.npz", "--csv") == 0
    Path("curve.csv").write_text("seconds,x\n0,1\n10,1\n")
    options = ["--curve", "curve.csv", "--series", "o.npz"]
    assert run("interpolate", model, "b.wav", "a.npz", "o.wav", *options) == 0
    assert np.array_equal(LatentSeries.load("o.npz").z, LatentSeries.load("a.npz").z)
    assert run("interpolate", model, "a.csv", "a.npz", "same.wav") == 0


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_plane_plays_a_path(tiny_models: dict[str, Path], place: Path, kind: str, capsys) -> None:
    sounds = ["a.wav", "b.wav", "c.wav", "d.wav"]
    options = ["--path", "circle", "--seconds", 0.9, "--series", "o.npz"]
    assert run("plane", tiny_models[kind], *sounds, "o.wav", *options) == 0
    out = capsys.readouterr().out
    assert "A at 0.00,0.00: 26 % on average, a.wav" in out
    assert "o.wav: 0.90 s at 16000 Hz" in out
    assert soundfile.info("o.wav").frames == round(0.9 * RATE)
    check_picture(Path("o.png"))
    assert (LatentSeries.load("o.npz").codes is not None) == (kind == "discrete")


def test_plane_at_a_corner_is_that_sound(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    at_d = ["--point", "1,1", "--seconds", 0.5, "--series", "o.npz", "--no-picture"]
    assert run("plane", model, "a.wav", "b.wav", "c.wav", "d.wav", "o.wav", *at_d) == 0
    assert run("encode", model, "d.wav", "d.npz") == 0
    found, wanted = LatentSeries.load("o.npz"), LatentSeries.load("d.npz")
    assert np.array_equal(found.z, wanted.z)
    assert np.array_equal(found.loudness_db, wanted.loudness_db)


def test_plane_of_moments_and_random_points(tiny_models: dict[str, Path], place: Path, capsys) -> None:
    model = tiny_models["continuous"]
    for name, points in (
        ("o", ["a.wav@0.3", "random:7", "random"]),
        ("p", ["a.wav@0.3", "random:7", "random"]),
    ):
        options = ["--path", "eight", "--seconds", 0.4, "--radius", 0.9, "--json", "--no-picture"]
        assert run("plane", model, *points, f"{name}.wav", *options) == 0
    assert Path("o.wav").read_bytes() == Path("p.wav").read_bytes()
    report = json.loads(capsys.readouterr().out.split("}\n{")[0] + "}")
    assert [point["source"] for point in report["points"]] == ["a.wav@0.3", "random:7", "random"]
    for share in ("timbre_share", "loudness_share"):
        assert np.isclose(sum(point[share] for point in report["points"]), 1.0)
    samples, _ = soundfile.read("o.wav")
    assert np.abs(samples[[0, -1]]).max() < 0.02 * np.abs(samples).max()


def test_switches_of_the_plane(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    both = ["--point", "0.5,0.5", "--seconds", 0.5, "--no-picture", "--series"]
    sounds = ["a.wav@0.3", "b.wav@0.2"]
    assert run("plane", model, *sounds, "1.wav", *both, "1.npz", "--latents", "off") == 0
    assert run("plane", model, *sounds, "2.wav", *both, "2.npz", "--loudness", "b") == 0
    assert run("plane", model, *sounds, "3.wav", *both, "3.npz") == 0
    one, two, three = (LatentSeries.load(f"{n}.npz") for n in (1, 2, 3))
    assert np.array_equal(one.loudness_db, three.loudness_db)
    assert np.array_equal(two.z, three.z)
    engine = timbrespace.load(model)
    samples, rate = soundfile.read("a.wav", dtype="float32")
    moment = engine.encode(samples - samples.mean(), rate).at([(0.3 * RATE + 256) / 128 - 1])
    assert np.allclose(one.z, moment.z, atol=1e-5)


def test_shares_of_timbre_and_of_loudness(tiny_models: dict[str, Path], place: Path, capsys) -> None:
    plain = [
        "plane",
        tiny_models["continuous"],
        "a.wav",
        "b.wav",
        "o.wav",
        "--point",
        "0.5,0.5",
        "--no-picture",
    ]
    apart = [*plain, "--seconds", 0.2, "--force", "--latents", "off", "--loudness", "B"]
    assert run(*apart) == 0
    out = capsys.readouterr().out
    assert "A at 0.00,0.50: timbre 100 %, loudness 0 % on average, a.wav" in out
    assert "B at 1.00,0.50: timbre 0 %, loudness 100 % on average, b.wav" in out
    assert run(*apart, "--json") == 0
    points = json.loads(capsys.readouterr().out)["points"]
    assert [(p["timbre_share"], p["loudness_share"]) for p in points] == [(1.0, 0.0), (0.0, 1.0)]
    assert run(*apart[:-2]) == 0
    assert "B at 1.00,0.50: timbre 0 %, loudness 50 % on average, b.wav" in capsys.readouterr().out
    assert run(*apart[:-4]) == 0
    assert "A at 0.00,0.50: 50 % on average, a.wav" in capsys.readouterr().out


def test_suffixes_in_capitals(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    assert run("encode", model, "a.wav", "A.NPZ") == 0
    assert run("interpolate", model, "A.NPZ", "b.wav", "O.WAV", "--series", "O.NPZ", "--no-picture") == 0
    assert LatentSeries.load("O.NPZ").length_samples == soundfile.info("O.WAV").frames


def test_interpolate_says_of_what_its_scores_are(capsys) -> None:
    assert run("interpolate", "--help") == 0
    assert "scores are of the channels' mean" in " ".join(re.findall(r"[^\s│]+", capsys.readouterr().out))


def test_length_of_the_plane(tiny_models: dict[str, Path], place: Path) -> None:
    model = tiny_models["continuous"]
    Path("p.csv").write_text("seconds,x,y\n0,0,0\n0.7,1,1\n")
    assert run("plane", model, "a.wav", "b.wav", "1.wav", "--path", "p.csv") == 0
    assert run("plane", model, "a.wav", "b.wav", "2.wav", "--path", "p.csv", "--seconds", 0.3) == 0
    assert run("plane", model, "a.wav", "b.wav", "3.wav", "--point", "0,0", "--align", "stretch") == 0
    lengths = [soundfile.info(f"{n}.wav").frames / RATE for n in (1, 2, 3)]
    assert lengths == [0.7, 0.3, 0.6]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["interpolate", "a.wav", "b.wav", "c.wav", "o.wav"], 2, "unexpected extra argument"),
        (["interpolate", "a.wav", "b.wav"], 2, "Missing argument 'OUT'"),
        (["interpolate", "a.wav", "none.wav", "o.wav"], 1, "none.wav: there is no such file"),
        (["interpolate", "none.npz", "b.wav", "o.wav"], 1, "none.npz: there is no such file"),
        (["interpolate", "a.wav", "b.wav", "a.wav", "--force"], 2, "a.wav: the output is the input"),
        (["interpolate", "a.wav", "b.wav", "c.wav"], 1, "c.wav: exists already"),
        (["interpolate", "a.wav", "b.wav", "o.npz"], 2, "o.npz: a sound is written as one of"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--curve", "steep"], 2, "--curve is 'steep'"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--curve", "word.csv"], 1, "row 2: x is 'left'"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--to", "50"], 2, "a position is"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--course", "bent"], 2, "--course is 'bent'; it must be"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--align", "cut"], 2, "align is 'cut'"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--loudness", "c"], 2, "loudness is 'c'"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--rate", "10"], 2, "--rate is 10"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--picture", "o.jpg"], 2, "o.jpg: a picture is"),
        (["interpolate", "a.wav", "b.wav", "o.wav", "--series", "o.txt"], 2, "o.txt: the series is"),
        (["interpolate", "s.wav", "t.wav", "o.wav"], 2, "s.wav has 2 channels and t.wav 3"),
        (["interpolate", "a.wav", "word.csv", "o.wav"], 1, "word.csv: row 2: x is 'left'"),
        (["plane", "a.wav", "b.wav", "o.wav"], 2, "give --path or --point"),
        (["plane", "a.wav", "o.wav", "--path", "eight"], 2, "1 sounds for the plane"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "zigzag"], 2, "the path is 'zigzag'"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "word.csv"], 1, "row 2: x is 'left'"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "eight", "--point", "0,0"], 2, "exclude each other"),
        (["plane", "a.wav", "b.wav", "o.wav", "--point", "0.5"], 2, "--point is '0.5'; it must be X,Y"),
        (["plane", "a.wav", "b.wav", "o.wav", "--point", "1.5,0"], 2, "--point is 1.5,0; the plane goes"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "eight", "--seconds", "0"], 2, "--seconds is 0;"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "eight", "--points", "0,0"], 2, "--points has 1"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "eight", "--radius", "0"], 2, "--radius is 0;"),
        (
            [
                "plane",
                "a.wav",
                "b.wav",
                "c.wav",
                "o.wav",
                "--path",
                "eight",
                "--radius",
                "1",
                "--radius",
                "2",
            ],
            2,
            "--radius is given 2 times; give it once, or 3 times",
        ),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "eight", "--loudness", "C"], 2, "--loudness is 'C'"),
        (["plane", "a.wav", "b.wav", "o.wav", "--path", "eight", "--align", "trim"], 2, "--align is 'trim'"),
        (["plane", "a.wav@x", "b.wav", "o.wav", "--path", "eight"], 2, "after @ come seconds"),
        (["plane", "a.wav@9", "b.wav", "o.wav", "--path", "eight"], 2, "the moment is 9 s; the sound lasts"),
        (["plane", "random:x", "b.wav", "o.wav", "--path", "eight"], 2, "random or random:SEED"),
        (["plane", "a.wav", "b.wav", "b.wav", "--path", "eight", "--force"], 2, "the output is the input"),
        (["plane", "none.wav", "b.wav", "o.wav", "--path", "eight"], 1, "none.wav: there is no such file"),
    ],
)
def test_wrong_input_is_one_line(
    tiny_models: dict[str, Path],
    place: Path,
    write_tone: Write,
    capsys,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    write_tone("t.wav", 0.2, 3)
    Path("word.csv").write_text("seconds,x\n0,left\n")
    before = tree(place)
    command, *rest = arguments
    assert run(command, tiny_models["continuous"], *rest) == code
    error = capsys.readouterr().err
    assert error.startswith("timbrespace: ")
    assert error.count("\n") == 1
    assert message in error
    assert tree(place) == before
