"""`timbrespace transform` as a composer runs it: order, kinds of files, channels, and slips of the pen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from timbrespace.bundle import load_bundle, make_bundle, save_bundle
from timbrespace.cli.app import main
from timbrespace.latents import LatentSeries

Write = Callable[..., Path]
FRAMES = 40


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def model(tiny_models: dict[str, Path]) -> Path:
    return tiny_models["continuous"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch, tiny_models: dict[str, Path]) -> Path:
    """The test's folder, gone into, with series of both models: a.npz, b.npz, short.npz, codes.npz."""
    monkeypatch.chdir(tmp_path)
    for name, frames, kind in (
        ("a", FRAMES, "continuous"),
        ("b", FRAMES, "continuous"),
        ("short", 20, "continuous"),
        ("codes", FRAMES, "discrete"),
    ):
        bundle = load_bundle(tiny_models[kind])
        rng = np.random.default_rng(sum(map(ord, name)))
        z, codes = rng.standard_normal((frames, 4)), None
        if kind == "discrete":
            codes = rng.integers(0, 32, frames)
            z = bundle.tensors["bottleneck.codebook"].numpy()[codes]
        level = rng.uniform(-40, -10, frames)
        rate = bundle.config.signal.frame_rate_hz
        LatentSeries(z, level, rate, bundle.model_id, codes, frames * 128 - 400).save(
            tmp_path / f"{name}.npz"
        )
    return tmp_path


def read(name: str) -> LatentSeries:
    return LatentSeries.load(name)


def test_suffixes_in_capitals(place: Path, model: Path) -> None:
    assert run("transform", model, "a.npz", "O.NPZ", "--scale", "2") == 0
    assert np.array_equal(read("O.NPZ").z, read("a.npz").scale(2).z)
    assert run("transform", model, "O.NPZ", "T.CSV", "--mix", "O.NPZ") == 0
    assert Path("T.CSV").read_text().startswith("seconds,loudness_db,z0")


def test_a_sound_stretched_to_next_to_nothing_is_a_sound(place: Path, model: Path) -> None:
    soundfile.write("one.wav", np.array([0.5]), 16_000)
    assert run("transform", model, "one.wav", "o.wav", "--stretch", "0.01") == 0
    assert soundfile.info("o.wav").frames == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--scale", "2", "--bias", "1", "--scale", "z1=3"],
        ["--bias", "1", "--scale", "2", "--scale", "z1=3"],
        ["--scale", "z1=3", "--scale", "2", "--bias", "1"],
        ["--bias", "1", "--reverse", "--scale", "2", "--reverse", "--scale", "1=3"],
    ],
)
def test_operators_are_applied_in_the_order_written(place: Path, model: Path, words: list[str]) -> None:
    """Also where options stand before, between and after the files."""
    assert run("transform", *words[:2], model, "a.npz", *words[2:-2], "o.npz", *words[-2:]) == 0
    expected = read("a.npz")
    for option, word in zip(words, [*words[1:], ""], strict=True):
        dimension, _, value = word.rpartition("=")
        dimensions = int(dimension.removeprefix("z")) if dimension else None
        if option == "--scale":
            expected = expected.scale(float(value), dimensions=dimensions)
        elif option == "--bias":
            expected = expected.bias(float(value), dimensions=dimensions)
        elif option == "--reverse":
            expected = expected.reverse()
    assert np.array_equal(read("o.npz").z, expected.z)


def test_every_operator(place: Path, model: Path, capsys) -> None:
    words = (
        "--scale 0.5 --bias loudness=-3 --random z1=0.2 --smoothness-hz 5 --seed 3 --reverse-only loudness "
        "--smooth 20 --freeze z2=7 --stretch 2 --quantise 0.25 --append b.npz --crossfade 0.1 --loop 2"
    )
    assert run("transform", model, "a.npz", "o.npz", *words.split()) == 0
    a, b = read("a.npz"), read("b.npz")
    expected = (
        a.scale(0.5)
        .bias(-3, dimensions="loudness")
        .random(0.2, smoothness_hz=5, seed=3, dimensions=1)
        .reverse(dimensions="loudness")
        .smooth(20)
        .freeze(7, dimensions=2)
        .stretch(2)
        .quantise(0.25)
        .concatenate(b, crossfade_seconds=0.1)
        .loop(2, crossfade_seconds=0.1)
    )
    result = read("o.npz")
    assert np.array_equal(result.z, expected.z)
    assert np.array_equal(result.loudness_db, expected.loudness_db)
    said = capsys.readouterr().out
    assert said.startswith(f"o.npz: {len(expected)} frames, {len(expected) / 125:.2f} s: scale 0.5, bias")
    assert "append b.npz crossfade 0.1, loop 2 crossfade 0.1\n" in said


def test_mix_with_its_weight_and_length_kept(place: Path, model: Path) -> None:
    assert run("transform", model, "a.npz", "o.npz", "--mix", "b.npz", "--weight", "0.25") == 0
    expected = read("a.npz").mix(read("b.npz"), 0.25)
    assert np.array_equal(read("o.npz").z, expected.z)
    assert read("o.npz").length_samples == FRAMES * 128 - 400


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_sound_to_sound_keeps_rate_channels_and_length(
    place: Path, tiny_models: dict[str, Path], write_tone: Write, kind: str
) -> None:
    source = write_tone("in.wav", 0.5, 2, 44_100)
    assert run("transform", tiny_models[kind], source, "o.wav", "--scale", "1.2") == 0
    assert run("transform", tiny_models[kind], source, "long.flac", "--stretch", "1.5") == 0
    info, long = soundfile.info("o.wav"), soundfile.info("long.flac")
    assert (info.samplerate, info.channels, info.frames) == (44_100, 2, soundfile.info(source).frames)
    assert (long.samplerate, long.channels) == (44_100, 2)
    assert abs(long.frames - 1.5 * info.frames) <= 3


def test_sound_to_series_is_one_a_channel(place: Path, model: Path, write_tone: Write, capsys) -> None:
    source = write_tone("in.wav", 0.3, 2)
    assert run("transform", model, source, "o.csv", "--bias", "1") == 0
    assert run("encode", model, source, "e.npz", "--quiet") == 0
    for number in (1, 2):
        table = LatentSeries.from_csv(f"o.{number}.csv", frame_rate_hz=125, model_id="")
        np.testing.assert_allclose(table.z, read(f"e.{number}.npz").bias(1).z, rtol=1e-6)
    assert capsys.readouterr().out.count("frames, 0.30 s: bias 1\n") == 2


def test_sounds_beside_series_and_series_beside_sounds(place: Path, model: Path, write_tone: Write) -> None:
    mono, stereo = write_tone("mono.wav", 0.3), write_tone("stereo.wav", 0.3, 2)
    assert run("encode", model, mono, "mono.npz", "--quiet") == 0
    assert run("transform", model, stereo, "o.npz", "--mix", mono, "--weight", "1") == 0
    assert run("transform", model, stereo, "p.npz", "--mix", "mono.npz", "--weight", "1") == 0
    for name in ("o.1.npz", "o.2.npz", "p.1.npz", "p.2.npz"):
        assert np.array_equal(read(name).z, read("mono.npz").z)
    assert run("transform", model, "a.npz", "q.npz", "--append", stereo) == 0
    assert run("transform", model, stereo, "r.npz", "--mix", stereo, "--weight", "1") == 0
    assert not np.array_equal(read("r.1.npz").z, read("r.2.npz").z)


def test_series_to_sound_is_what_decode_makes(place: Path, model: Path) -> None:
    assert run("transform", model, "a.npz", "o.wav", "--scale", "0.5") == 0
    assert run("transform", model, "a.npz", "o.npz", "--scale", "0.5") == 0
    assert run("decode", model, "o.npz", "d.wav") == 0
    assert np.array_equal(soundfile.read("o.wav")[0], soundfile.read("d.wav")[0])
    assert soundfile.info("o.wav").frames == FRAMES * 128 - 400


def test_a_discrete_series_holds_what_is_heard(place: Path, tiny_models: dict[str, Path]) -> None:
    model = tiny_models["discrete"]
    assert run("transform", model, "codes.npz", "o.npz", "--scale", "-1.5") == 0
    changed = read("o.npz")
    assert changed.codes is not None
    codebook = load_bundle(model).tensors["bottleneck.codebook"].numpy()
    np.testing.assert_allclose(changed.z, codebook[changed.codes], atol=1e-5)
    assert run("transform", model, "codes.npz", "back.npz", "--reverse", "--loop", "2") == 0
    before, back = read("codes.npz").codes, read("back.npz").codes
    assert before is not None
    assert back is not None
    assert back.tolist() == [*before[::-1], *before[::-1]]


@pytest.mark.parametrize(("kind", "name"), [("continuous", "a"), ("discrete", "codes")])
def test_npz_to_csv_to_npz_keeps_the_meaning(
    place: Path, tiny_models: dict[str, Path], kind: str, name: str, capsys
) -> None:
    assert run("transform", tiny_models[kind], f"{name}.npz", "t.csv") == 0
    assert run("transform", tiny_models[kind], "t.csv", "t.npz") == 0
    assert capsys.readouterr().out.endswith(
        f"t.npz: {FRAMES} frames, 0.32 s... as it was\n".replace("...", ":")
    )
    before, after = read(f"{name}.npz"), read("t.npz")
    np.testing.assert_allclose(after.z, before.z, atol=1e-5)
    assert kind == "discrete" or np.array_equal(after.z, before.z)
    assert np.array_equal(after.loudness_db, before.loudness_db)
    assert np.array_equal(after.codes, before.codes) if before.codes is not None else after.codes is None
    assert after.model_id == before.model_id
    assert after.length_samples is None


@pytest.fixture
def ranged(tiny_models: dict[str, Path], tmp_path: Path) -> Path:
    """The continuous model with ranges in its header."""
    bundle = load_bundle(tiny_models["continuous"])
    latent = {"min": [-1.0] * 4, "max": [2.0] * 4, "loudness_quantiles_db": [-50.0, -5.0]}
    path = tmp_path / "ranged.timbre"
    save_bundle(path, make_bundle({"config": bundle.header["config"], "latent": latent}, bundle.tensors))
    return path


def test_leaving_the_data_is_noted_and_clip_holds_it(place: Path, ranged: Path, capsys) -> None:
    assert run("transform", ranged, "a.npz", "o.npz", "--scale", "0", "--bias", "z2=5") == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "note: beyond what the model learned from: z2 at 5.00 (data to 2.00); --clip ends there" in said
    assert run("transform", ranged, "a.npz", "p.npz", "--scale", "9", "--bias", "loudness=40", "--clip") == 0
    assert capsys.readouterr().err == ""
    held = read("p.npz")
    assert (held.z.min(), held.z.max(), held.loudness_db.max()) == (-1, 2, -5)
    assert run("transform", ranged, "a.npz", "q.npz", "--scale", "9", "--quiet") == 0
    assert capsys.readouterr().err == ""
    assert run("transform", ranged, "a.npz", "r.npz", "--scale", "90") == 0
    assert " and 5 more; " in capsys.readouterr().err


def test_another_models_series_is_said(place: Path, tiny_models: dict[str, Path], capsys) -> None:
    assert run("transform", tiny_models["discrete"], "a.npz", "o.npz", "--scale", "1") == 0
    assert "note: a.npz: made by model" in capsys.readouterr().err
    assert read("o.npz").codes is not None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("a.npz o.npz --scale 99=2", 2, "--scale 99=2: dimension is 99; there are 0 to 3 and 'loudness'"),
        ("a.npz o.npz --scale abc", 2, "--scale is 'abc'; it must be a number"),
        ("a.npz o.npz --scale", 2, "'--scale' requires an argument"),
        ("a.npz o.npz --stretch 0", 2, "--stretch is '0'"),
        ("a.npz o.npz --stretch 0=2", 2, "acts on all dimensions at once"),
        ("a.npz o.npz --reverse z0", 2, "unexpected extra argument"),
        ("a.npz o.npz --reverse-only 9", 2, "--reverse-only 9: dimension is 9"),
        ("a.npz o.npz --mix short.npz", 1, "40 here, 20 in the other series; stretch the other by 2"),
        ("a.npz o.npz --mix none.npz", 1, "none.npz: there is no such file"),
        ("a.npz o.npz --append note.txt", 1, "note.txt: not audio"),
        ("a.npz o.npz --mix three.npz", 1, "three.npz: the series has 3 dimensions and the model 4"),
        ("slow.npz o.npz --reverse", 1, "slow.npz: the series has 50 frames a second and the model 125"),
        ("a.npz o.npz --append b.npz --crossfade 3", 2, "crossfade_seconds is 3; here it can be 0.320"),
        ("a.npz o.npz --weight 1", 2, "--weight is '1' but there is no --mix"),
        ("a.npz o.npz --clip", 2, "--clip: this model does not know the range of its data"),
        ("a.npz o.npz --bias nan", 2, "--bias is 'nan'"),
        ("a.npz o.npz" + 20 * " --scale 100", 1, "--scale 100: z is"),
        ("a.npz o.npz --loop 1000 --loop 1000", 2, "--loop 1000: that would make 40000000 frames"),
        ("a.npz o.doc", 2, "o.doc: a sound is written as one of"),
        ("a.npz b.npz --reverse", 1, "b.npz: exists already"),
        ("a.npz a.npz --reverse --force", 2, "a.npz: the output is the input"),
        ("a.npz b.npz --append b.npz --force", 2, "b.npz: the output is the input"),
        ("none.wav o.npz", 1, "none.wav: unreadable: No such file"),
        ("note.txt o.npz", 1, "note.txt: not audio"),
        ("few.csv o.npz", 1, "few.csv: row 3 has 5 values; the first line names 6"),
        ("gap.csv o.npz", 1, "gap.csv: row 3: z1 is ''; it must be a number"),
        ("word.csv o.npz", 1, "word.csv: row 3: loudness_db is 'loud'; it must be a number"),
        ("two.csv o.npz", 1, "two.csv: the columns are z0 to z1; this model needs z0 to z3"),
        ("a.npz o.npz --along centroid", 2, "--along is 'centroid'; it must be DESCRIPTOR=AMOUNT"),
        ("a.npz", 2, "Missing argument"),
    ],
)
def test_slips_are_one_line_and_lose_nothing(
    place: Path, model: Path, capsys, arguments: str, code: int, message: str
) -> None:
    header = "seconds,loudness_db,z0,z1,z2,z3\n0,-20,1,2,3,4\n"
    for name, text in (
        ("note.txt", "hello\n"),
        ("few.csv", f"{header}0.008,-20,1,2,3\n"),
        ("gap.csv", f"{header}0.008,-20,1,,3,4\n"),
        ("word.csv", f"{header}0.008,loud,1,2,3,4\n"),
        ("two.csv", "seconds,loudness_db,z0,z1\n0,-20,1,2\n"),
    ):
        Path(name).write_text(text)
    LatentSeries(np.zeros((40, 3)), np.zeros(40), 125.0, "x").save("three.npz")  # type: ignore[arg-type]
    LatentSeries(np.zeros((40, 4)), np.zeros(40), 50.0, "x").save("slow.npz")  # type: ignore[arg-type]
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    assert run("transform", model, *arguments.split()) == code
    error = capsys.readouterr().err
    assert error.startswith("timbrespace: ")
    assert error.count("\n") == 1
    assert message in error
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
