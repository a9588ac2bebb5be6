"""The demo end to end with a budget of a few steps, and again; and the recordings it ships with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from timbrespace import demo
from timbrespace.cli.app import main
from timbrespace.training.options import TrainOptions

MEGABYTE = 1_000_000


def listed(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def shorten_recordings(source: Path, target: Path, seconds: float) -> None:
    """The first seconds of every third saxophone note, and of all that is not learned from."""
    notes = sorted((source / "alto_sax").iterdir())[::3]
    for path in [*notes, *(source / "held_out").iterdir(), *(source / "voice").iterdir()]:
        samples, rate = soundfile.read(path)
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(place, samples[: round(seconds * rate)], rate)


def test_end_to_end_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    shorten_recordings(demo.RECORDINGS, tmp_path / "recordings", seconds=0.7)
    monkeypatch.setattr(demo, "RECORDINGS", tmp_path / "recordings")
    train = demo.train

    def train_a_little(options: TrainOptions) -> object:
        return train(replace(options, minutes=None, steps=6, preset="tiny"))

    monkeypatch.setattr(demo, "train", train_a_little)
    folder = tmp_path / "demo"
    for _ in range(2):
        assert main(["demo", str(folder), "--quick"]) == 0
    told = capsys.readouterr().out
    for name in ("run-continuous/model.timbre", "run-discrete/model.timbre", demo.MARKER):
        assert (folder / name).is_file()
        assert name in told
    made = {"morph.wav", "traverse-centroid.wav", "follow-centroid.wav"}
    sounds = set(listed(folder, "sound/*.wav")) - {"follow-f0.wav"}  # an untrained model may have no pitch
    assert made < sounds
    assert len(sounds - made) == 3 * 5
    pictures = ["codes.png", "drums.png", "latents.png", "voice.png", "map.png"]
    pictures += [name.replace(".wav", ".png") for name in made]
    assert set(pictures) < set(listed(folder, "pictures/*.png"))
    for original in (folder / "sound").glob("*-original.wav"):
        for kind in ("continuous", "discrete"):
            played = soundfile.info(str(original).replace("original", kind))
            heard = soundfile.info(original)
            assert (played.frames, played.samplerate) == (heard.frames, heard.samplerate)


def test_folder_with_other_things_is_left_alone(tmp_path: Path, capsys) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    assert main(["demo", str(tmp_path)]) == 2
    assert "name a new folder" in capsys.readouterr().err
    assert listed(tmp_path, "*") == ["thesis.txt"]


def test_recordings_are_small_credited_and_held_out() -> None:
    files = [path for path in demo.RECORDINGS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 15 * MEGABYTE
    heard = {path.name for path in (demo.RECORDINGS / "alto_sax").iterdir()}
    assert not heard & {path.name for path in (demo.RECORDINGS / "held_out").iterdir()}
    notice = (Path(__file__).parents[1] / "NOTICE").read_text(encoding="utf-8")
    for folder in demo.RECORDINGS.iterdir():
        assert f"{folder.name}/" in notice
