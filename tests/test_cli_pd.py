"""`timbrespace pd`: a whole folder or none, nothing of anybody's touched, and what to open."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pd_rig
import pytest

from timbrespace.cli.app import main
from timbrespace.patches import layout

EXAMPLES = {
    "conversion-from-microphone.pd",
    "feedback-shaping.pd",
    "plane-from-midi.pd",
    "latents-drawn-in-an-array.pd",
    "follow-a-slider.pd",
}


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return pd_rig.write_model(tmp_path / "models" / "my sax (2).ts", pd_rig.describe())


def test_everything_is_there_and_said(model: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "new" / "sax"
    assert run("pd", folder, model) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert f"open {folder / 'README.pd'} in Pure Data, at a sample rate of 16000 Hz" in said.out
    assert "latency 512 samples (32 ms), from ts.encoder~ to ts.decoder~ 576 (36 ms)" in said.out
    made = names(folder)
    assert EXAMPLES | {"README.pd", "my-sax-2.ts", "ts.encoder~.pd", "ts.encoder~-help.pd"} <= made
    assert (folder / "my-sax-2.ts").read_bytes() == model.read_bytes()
    assert "nn~ my-sax-2.ts encode 0" in (folder / "ts.encoder~.pd").read_text()
    assert not [name for name in names(folder.parent) if name.startswith(".")]


def test_json_and_quiet(model: Path, tmp_path: Path, capsys) -> None:
    assert run("pd", tmp_path / "a", model, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "open": str(tmp_path / "a" / "README.pd"),
        "model": "my-sax-2.ts",
        "sample_rate": 16000,
        "latency_samples": 512,
        "encoder_to_decoder_samples": 576,
    }
    assert run("pd", tmp_path / "b", model, "--quiet") == 0
    assert capsys.readouterr().out == ""
    assert names(tmp_path / "a") == names(tmp_path / "b")


def test_patches_that_are_there_are_replaced_only_when_asked(model: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "sax"
    assert run("pd", folder, model) == 0
    (folder / "README.pd").write_text("mine")
    (folder / "my piece.pd").write_text("mine")
    assert run("pd", folder, model) == 1
    assert "has patches already; name a new folder or give --force" in capsys.readouterr().err
    assert (folder / "README.pd").read_text() == "mine"
    assert run("pd", folder, model, "--force") == 0
    assert (folder / "README.pd").read_text() != "mine"
    assert (folder / "my piece.pd").read_text() == "mine"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_folder_with_other_things_is_left_alone(
    model: Path, tmp_path: Path, capsys, force: list[str]
) -> None:
    folder = tmp_path / "concert"
    folder.mkdir()
    (folder / "ts.scale~.pd").write_text("mine")
    assert run("pd", folder, model, *force) == 1
    assert "has other things in it (ts.scale~.pd); name a new folder" in capsys.readouterr().err
    assert names(folder) == {"ts.scale~.pd"}
    assert (folder / "ts.scale~.pd").read_text() == "mine"


def test_an_empty_folder_will_do(model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("pd", tmp_path / "empty", model, "-q") == 0
    assert "README.pd" in names(tmp_path / "empty")


@pytest.mark.parametrize(
    ("given", "message", "code"),
    [
        ("nothing.ts", "there is no such file", 1),
        ("sound.wav", "not an exported model, or damaged", 1),
        ("other.zip", "not exported by timbrespace; make it with `timbrespace export`", 1),
        ("models", "this is a folder; name the .ts file", 1),
    ],
)
def test_what_is_no_model_is_refused(
    model: Path, tmp_path: Path, capsys, given: str, message: str, code: int
) -> None:
    (tmp_path / "sound.wav").write_bytes(b"RIFF")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("x", "y")
    assert run("pd", tmp_path / "out", tmp_path / given) == code
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_folders_that_cannot_be(model: Path, tmp_path: Path, capsys) -> None:
    assert run("pd", model, model) == 2
    assert "this is a file; name a folder for the patches" in capsys.readouterr().err
    assert run("pd", tmp_path / "sax", model, "-q") == 0
    inside = tmp_path / "sax" / "my-sax-2.ts"
    assert run("pd", tmp_path / "sax", inside, "--force") == 2
    assert "the model is in it; name another folder" in capsys.readouterr().err
    assert inside.read_bytes() == model.read_bytes()


def test_nothing_is_left_when_it_fails(model: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(layout.shutil, "copyfile", full)
    assert run("pd", tmp_path / "sax", model) == 1
    assert "sax: cannot be written: No space left on device" in capsys.readouterr().err
    assert names(tmp_path) == {"models"}


def test_names_that_patches_can_write() -> None:
    for given, name in (
        ("a b.ts", "a-b.ts"),
        ("…é.ts", "model.ts"),
        ("x;$1,y.ts", "x-1-y.ts"),
        ("ok_1.2-3.ts", "ok_1.2-3.ts"),
    ):
        assert layout.file_name(Path(given)) == name
