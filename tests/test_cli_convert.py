"""`convert`: one file or many, and nothing that exists is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from timbrespace.cli.app import main

Write = Callable[..., Path]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def tree(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def model(tiny_models: dict[str, Path]) -> Path:
    return tiny_models["continuous"]


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (48_000, 3)])
def test_shape_and_rate_are_the_inputs(
    tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path, kind: str, rate: int, channels: int
) -> None:
    source = write_tone("in.wav", 0.5, channels, rate)
    assert run("convert", tiny_models[kind], source, tmp_path / "out.wav") == 0
    info = soundfile.info(tmp_path / "out.wav")
    assert (info.samplerate, info.channels, info.frames) == (rate, channels, soundfile.info(source).frames)


def test_rate_gain_and_force(tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path) -> None:
    model = tiny_models["discrete"]  # gain is outside the code
    source = write_tone("in.wav", 0.5)
    out = tmp_path / "out.wav"
    assert run("convert", model, source, out, "--rate", 22_050, "--gain-db", -20) == 0
    quiet, rate = soundfile.read(out)
    assert (rate, len(quiet)) == (22_050, round(0.5 * 22_050))
    assert run("convert", model, source, out, "--rate", 22_050, "--gain-db", -14) == 1
    assert np.array_equal(soundfile.read(out)[0], quiet)
    assert run("convert", model, source, out, "--rate", 22_050, "--gain-db", -14, "--force") == 0
    assert np.allclose(soundfile.read(out)[0], quiet * 10 ** (6 / 20), atol=1e-5)


@pytest.mark.parametrize("loudness", ["keep", "flat", "match", "curve.csv", "other.wav"])
def test_loudness(model: Path, write_tone: Write, tmp_path: Path, monkeypatch, loudness: str) -> None:
    monkeypatch.chdir(tmp_path)
    source = write_tone("in.wav", 0.5)
    write_tone("other.wav", 0.2)
    (tmp_path / "curve.csv").write_text("seconds,loudness_db\n0,-60\n0.25,-20\n")
    assert run("convert", model, source, "out.wav", "--loudness", loudness) == 0
    assert soundfile.info("out.wav").frames == soundfile.info(source).frames


def test_curve_is_followed(model: Path, write_tone: Write, tmp_path: Path) -> None:
    source = write_tone("in.wav", 1.0)
    curve = tmp_path / "curve.csv"
    curve.write_text("seconds,loudness_db\n0,-50\n1,-20\n")
    assert run("convert", model, source, tmp_path / "out.wav", "--loudness", curve) == 0
    samples, _ = soundfile.read(tmp_path / "out.wav")
    levels = [20 * np.log10(np.std(samples[start : start + 2000]) + 1e-9) for start in (2000, 8000, 13_000)]
    assert levels[0] + 5 < levels[1] < levels[2] - 5


def test_many_to_a_folder_keeps_structure_and_tells_equal_names_apart(
    model: Path, write_tone: Write, tmp_path: Path
) -> None:
    for name in ("in/a.wav", "in/deep/b.flac", "in/a.flac", "one.wav"):
        write_tone(name, 0.2)
    (tmp_path / "in" / "notes.txt").write_text("no sound")
    assert run("convert", model, tmp_path / "in", tmp_path / "one.wav", tmp_path / "out") == 0
    assert tree(tmp_path / "out") == ["a-2.wav", "a.wav", "deep/b.wav", "one.wav"]


def test_one_bad_file_is_reported_and_the_others_go_on(
    model: Path, write_tone: Write, tmp_path: Path, capsys
) -> None:
    write_tone("in/a.wav", 0.2)
    write_tone("in/z.wav", 0.2)
    (tmp_path / "in" / "bad.wav").write_bytes(b"RIFF but not really")
    assert run("convert", model, tmp_path / "in", tmp_path / "out") == 1
    out, err = capsys.readouterr()
    assert tree(tmp_path / "out") == ["a.wav", "z.wav"]
    assert "2 of 3 converted" in out
    assert err.count("\n") == 1
    assert "bad.wav" in err


def test_output_folder_inside_the_input_folder_is_no_input(
    model: Path, write_tone: Write, tmp_path: Path
) -> None:
    write_tone("in/a.wav", 0.2)
    assert run("convert", model, tmp_path / "in", tmp_path / "in" / "out") == 0
    assert run("convert", model, tmp_path / "in", tmp_path / "in" / "out", "--force") == 0
    assert tree(tmp_path / "in") == ["a.wav", "out/a.wav"]


def test_folders_are_walked_as_prepare_walks_them(
    model: Path, write_tone: Write, tmp_path: Path, capsys
) -> None:
    """Links once, every format, nothing hidden, and what is no sound is passed over."""
    write_tone("elsewhere/linked.wav", 0.2)
    tone = write_tone("in/b.wav", 0.2)
    samples, rate = soundfile.read(tone)
    soundfile.write(tmp_path / "in" / "c.voc", samples, rate)
    tone.rename(tmp_path / "in" / "name without ending")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "._b.wav").write_bytes(b"Mac OS X")
    (tmp_path / "in" / "notes.txt").write_text("nothing to hear")
    assert run("convert", model, tmp_path / "in", tmp_path / "out") == 0
    assert tree(tmp_path / "out") == ["c.wav", "link/linked.wav", "name without ending.wav"]
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "notes.txt: left out, it is no sound" in said.err
    assert "3 of 3 converted" in said.out


def test_names_that_are_no_text_are_kept(model: Path, write_tone: Write, tmp_path: Path, capsys) -> None:
    name = os.fsdecode(b"bad\xff\xfe.wav")
    write_tone("in/a.wav", 0.2).rename(tmp_path / "in" / name)
    assert run("convert", model, tmp_path / "in", tmp_path / "out") == 0
    assert tree(tmp_path / "out") == [name]


def test_folder_without_sound_is_one_line(model: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("nothing to hear")
    assert run("convert", model, tmp_path / "in", tmp_path / "out", "--quiet") == 1
    assert capsys.readouterr().err.endswith("in: there is no sound in there\n")
    assert not (tmp_path / "out").exists()


def test_an_offset_is_no_sound(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    soundfile.write(tmp_path / "offset.wav", np.full(16_000, 0.25), 16_000)
    for kind in ("continuous", "discrete"):
        out = tmp_path / f"{kind}.wav"
        assert run("convert", tiny_models[kind], tmp_path / "offset.wav", out) == 0
        assert not soundfile.read(out)[0].any()


def test_never_over_an_input(model: Path, write_tone: Write, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    source = write_tone("in/a.wav", 0.2)
    before = source.read_bytes()
    assert run("convert", model, "in/a.wav", source.resolve(), "--force") == 2
    assert run("convert", model, "in", "in", "--force") == 1
    assert "the output is the input" in capsys.readouterr().err
    assert source.read_bytes() == before
    (tmp_path / "two").symlink_to("in")
    assert run("convert", model, "in", "two", "--force") == 1
    assert source.read_bytes() == before


def test_never_over_the_sound_that_gives_the_loudness(
    model: Path, write_tone: Write, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tone("in.wav", 0.2)
    other = write_tone("out/in.wav", 0.3)
    before = other.read_bytes()
    assert run("convert", model, "in.wav", "out/in.wav", "--loudness", other, "--force") == 2
    assert run("convert", model, "in.wav", "out", "--loudness", other, "--force") == 1
    assert capsys.readouterr().err.count("the output is the input") == 2
    assert other.read_bytes() == before


def test_clipping_is_limited_and_said(model: Path, write_tone: Write, tmp_path: Path, capsys) -> None:
    source = write_tone("in.wav", 0.3)
    assert run("convert", model, source, tmp_path / "o.wav", "--gain-db", 60) == 0
    assert "turned down" in capsys.readouterr().err
    samples, _ = soundfile.read(tmp_path / "o.wav")
    assert 0.99 < np.abs(samples).max() < 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.wav", "o.wav"], 1, "none.wav: there is no such file"),
        (["in.wav", "o.doc"], 2, "o.doc: a sound is written as one of"),
        (["in.wav", "o.wav", "--loudness", "loud"], 2, "--loudness is 'loud'"),
        (["in.wav", "o.wav", "--loudness", "bad.csv"], 1, "bad.csv: row 2: loudness_db is 'x'"),
        (["in.wav", "o.wav", "--transpose", "nan"], 2, "--transpose is nan"),
        (["in.wav", "o.wav", "--gain-db", "1000"], 2, "--gain-db is 1000"),
        (["in.wav", "o.wav", "--rate", "1"], 2, "--rate is 1"),
        (["in.wav", "in.wav", "bad.csv"], 2, "bad.csv: this is a file"),
        (["in.wav", "in.wav", "o.wav"], 2, "o.wav: this names a file; many sounds need a folder"),
        (["in.wav", "bad.csv", "--loudness", "bad.csv", "--force"], 2, "bad.csv: a sound is written"),
        (["empty", "out"], 1, "empty: there is no sound"),
        (
            ["in.wav", "o.wav", "--loudness", "far.csv"],
            1,
            "far.csv: the last row is at 1e+12 seconds;",
        ),
        (["slow.wav", "o.wav"], 1, "slow.wav: its sample rate is 500 Hz; 1000 to"),
        (["in.wav", ""], 2, "argument 4 is empty"),
        (["in.wav", "o.wav", "--rate", "fast"], 2, "it is 'fast'"),
        (["o.wav"], 2, "Missing argument"),
    ],
)
def test_wrong_input_is_one_line(
    model: Path,
    write_tone: Write,
    tmp_path: Path,
    monkeypatch,
    capsys,
    arguments: list,
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tone("in.wav", 0.2)
    (tmp_path / "bad.csv").write_text("seconds,loudness_db\n0,x\n")
    (tmp_path / "far.csv").write_text("seconds,loudness_db\n0,-20\n1e12,-20\n")
    soundfile.write(tmp_path / "slow.wav", np.zeros(100), 500)
    (tmp_path / "empty").mkdir()
    before = tree(tmp_path)
    assert run("convert", model, *arguments) == code
    error = capsys.readouterr().err
    assert error.startswith("timbrespace: ")
    assert error.count("\n") == 1
    assert message in error
    assert tree(tmp_path) == before
