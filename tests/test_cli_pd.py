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
    assert "latency 512 samples (32 ms), in Pure Data 576 (36 ms), and" in said.out
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
        "in_pd_samples": 576,
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


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_start_page_of_somebody_is_not_ours(model: Path, tmp_path: Path, capsys, force: list[str]) -> None:
    """Many folders have a README.pd, and some a list of another kind."""
    for number, text in enumerate(('{"files": []}', "[]", "{", '{"made_by": "me", "files": ["README.pd"]}')):
        folder = tmp_path / f"concert{number}"
        folder.mkdir()
        (folder / "README.pd").write_text("mine")
        (folder / "timbrespace.json").write_text(text)
        assert run("pd", folder, model, *force) == 1
        assert "has other things in it (README.pd); name a new folder" in capsys.readouterr().err
        assert names(folder) == {"README.pd", "timbrespace.json"}
        assert (folder / "README.pd").read_text() == "mine"


def test_another_model_takes_the_place_of_the_first(model: Path, tmp_path: Path, capsys) -> None:
    """What only the first one had goes; what somebody has put there stays, and is not counted."""
    folder, alone = tmp_path / "sax", tmp_path / "alone"
    other = pd_rig.write_model(tmp_path / "models" / "flute.ts", pd_rig.describe(2, descriptors=False))
    assert run("pd", folder, model, "-q") == 0
    assert {"ts.follow~.pd", "follow-a-slider.pd", "my-sax-2.ts"} <= names(folder)
    mine = [folder / name for name in ("my piece.pd", "ts.follow~-mine.pd", "max/mine.maxpat", "max/b.ts")]
    for path in mine:
        path.write_text("mine")
    assert run("pd", folder, other, "--force") == 0
    again = capsys.readouterr().out
    assert run("pd", alone, other) == 0
    assert again == capsys.readouterr().out.replace(str(alone), str(folder))
    assert f"{folder}: {len(list(alone.glob('*.pd')))} patches around toy" in again
    assert {path.relative_to(folder) for path in folder.rglob("*")} == {
        *(path.relative_to(alone) for path in alone.rglob("*")),
        *(path.relative_to(folder) for path in mine),
    }
    assert {path.read_text() for path in mine} == {"mine"}


def test_a_file_of_somebody_with_a_name_of_ours_stays(model: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "sax"
    other = pd_rig.write_model(tmp_path / "models" / "flute.ts", pd_rig.describe())
    assert run("pd", folder, model, "-q") == 0
    (folder / "flute.ts").write_text("mine")
    assert run("pd", folder, other, "--force") == 1
    assert "flute.ts: not laid out by timbrespace; move it elsewhere" in capsys.readouterr().err
    assert (folder / "flute.ts").read_text() == "mine"
    assert "my-sax-2.ts" in names(folder)


def test_a_list_that_leads_elsewhere_takes_nothing_away(model: Path, tmp_path: Path) -> None:
    folder, outside = tmp_path / "sax", tmp_path / "mine.pd"
    outside.write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.pd").write_text("mine")
    assert run("pd", folder, model, "-q") == 0
    (folder / "link").symlink_to(tmp_path / "other")
    bad = ["../mine.pd", str(outside), "link/mine.pd", "max/../../mine.pd", "", "max", "."]
    (folder / "timbrespace.json").write_text(
        json.dumps(
            {
                "made_by": "timbrespace pd",
                "files": [*json.loads((folder / "timbrespace.json").read_text())["files"], *bad],
            }
        )
    )
    assert run("pd", folder, model, "--force", "-q") == 0
    assert outside.read_text() == (tmp_path / "other" / "mine.pd").read_text() == "mine"


def test_an_empty_folder_will_do(model: Path, tmp_path: Path, monkeypatch) -> None:
    """Also the one that a shell stands in, which must go on being that folder, and one behind a link."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "place").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "place")
    assert run("pd", tmp_path / "empty", model, "-q") == 0
    assert run("pd", tmp_path / "link", model, "-q") == 0
    monkeypatch.chdir(tmp_path / "here")
    assert run("pd", ".", model, "-q") == 0
    assert names(Path()) == names(tmp_path / "empty") == names(tmp_path / "place")
    assert "README.pd" in names(tmp_path / "here")
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("target", ["nowhere", "link"])
def test_a_link_to_nothing_is_said(model: Path, tmp_path: Path, capsys, target: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / target)
    assert run("pd", tmp_path / "link", model) == 2
    assert (
        f"link: a link to {tmp_path / target}, which is not there; name a folder" in capsys.readouterr().err
    )
    assert names(tmp_path) == {"models", "link"}


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


def test_a_trained_model_is_told_from_a_damaged_one(
    tiny_models: dict[str, Path], tmp_path: Path, capsys
) -> None:
    assert run("pd", tmp_path / "out", tiny_models["discrete"]) == 1
    error = capsys.readouterr().err
    assert f"{tiny_models['discrete']}: a trained model; run `timbrespace export` on it first" in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_folders_that_cannot_be(model: Path, tmp_path: Path, capsys) -> None:
    assert run("pd", model, model) == 2
    assert "this is a file; name a folder for the patches" in capsys.readouterr().err
    assert run("pd", tmp_path / "sax", model, "-q") == 0
    for inside in (tmp_path / "sax" / "my-sax-2.ts", tmp_path / "sax" / "max" / "my-sax-2.ts"):
        assert run("pd", tmp_path / "sax", inside, "--force") == 2
        assert "the model is in it; name another folder" in capsys.readouterr().err
        assert inside.read_bytes() == model.read_bytes()


def test_nothing_is_left_when_it_fails(model: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(layout.shutil, "copyfile", full)
    for name in ("sax", "empty"):
        assert run("pd", tmp_path / name, model) == 1
        assert f"{name}: cannot be written: No space left on device" in capsys.readouterr().err
    assert names(tmp_path) == {"models", "empty"}
    assert not names(tmp_path / "empty")


def test_names_that_patches_can_write() -> None:
    for given, name in (
        ("a b.ts", "a-b.ts"),
        ("…é.ts", "model.ts"),
        ("x;$1,y.ts", "x-1-y.ts"),
        ("ok_1.2-3.ts", "ok_1.2-3.ts"),
    ):
        assert layout.file_name(Path(given)) == name
