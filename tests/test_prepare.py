"""What `prepare` takes, skips and says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import typer
from prepare_help import RATE, names, noise, prepare, reasons, sound

from timbrespace.cli import prepare as command
from timbrespace.cli.common import run_guarded
from timbrespace.config import SignalConfig
from timbrespace.dataset.measure import Measure
from timbrespace.dataset.store import AUDIO, MANIFEST, Dataset
from timbrespace.errors import DatasetError
from timbrespace.spectrum import frame_loudness_db


def test_samples_lie_where_the_manifest_says(recordings: Path, tmp_path: Path) -> None:
    prepare([recordings], tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    assert [os.path.basename(source.path) for source in dataset.sources] == ["a.wav", "b.wav", "c.wav"]
    for source in dataset.sources:
        samples, _ = soundfile.read(source.path, dtype="float32")
        there = dataset.audio[source.start : source.start + source.length]
        np.testing.assert_allclose(there, samples - samples.mean(), atol=1e-6)
        assert source.sha256 == hashlib.sha256(samples.tobytes()).hexdigest()
        assert source.peak == pytest.approx(np.abs(there).max(), abs=1e-6)
        read = np.empty(source.length, dtype=np.float32)
        dataset.read(source.start, read)
        np.testing.assert_array_equal(read, there)
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [".lock", AUDIO, MANIFEST]
    assert json.loads((tmp_path / "set" / MANIFEST).read_text())["totals"]["seconds"] == 3.0


def test_offset_goes_and_dynamics_stay(tmp_path: Path) -> None:
    soft, loud = noise(1, 1, level=0.001), noise(1, 2, level=0.1)
    sound(tmp_path / "in/soft.wav", soft + 0.015)
    sound(tmp_path / "in/loud.wav", loud - 0.2)
    report = prepare([tmp_path / "in"], tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    for source, original in zip(dataset.sources, (loud, soft), strict=True):
        there = dataset.audio[source.start : source.start + source.length]
        assert abs(there.mean(dtype=np.float64)) < 1e-6
        assert there.std() == pytest.approx(original.std(), rel=1e-3)
    assert any("offset of +1.5 % removed" in note for note in report.taken[1].notes)


def test_level_is_the_one_of_the_signal_path() -> None:
    signal_config = SignalConfig(sample_rate=44_100)
    samples = noise(2, 3, 44_100) * np.linspace(0, 1, 88_200, dtype=np.float32)
    measure = Measure(44_100)
    for start in range(0, len(samples), 7_777):
        measure.add(samples[start : start + 7_777])
    measure.finish()
    expected = frame_loudness_db(torch.from_numpy(samples)[None], signal_config).max()
    assert measure.level_db == pytest.approx(float(expected), abs=1e-3)


@pytest.mark.parametrize("cutoff_hz", [5_000, 11_025, 16_000])
def test_bandwidth_is_where_the_spectrum_ends(cutoff_hz: int) -> None:
    spectrum = np.fft.rfft(noise(2, 4, 44_100))
    spectrum[round(cutoff_hz * 2) :] *= 1e-3
    measure = Measure(44_100)
    measure.add(np.fft.irfft(spectrum).astype(np.float32))
    assert measure.bandwidth_hz == pytest.approx(cutoff_hz, rel=0.03)


def test_bandwidth_of_notes_and_full_noise_is_all() -> None:
    time_seconds = np.arange(88_200) / 44_100
    note = sum(np.sin(2 * np.pi * 800 * k * time_seconds) / k**2 for k in range(1, 9))
    for samples in (note + noise(2, 5, 44_100, 1e-4), noise(2, 6, 44_100)):
        measure = Measure(44_100)
        measure.add(samples.astype(np.float32))
        assert measure.bandwidth_hz == 22_050


def test_rates_are_converted_and_said(tmp_path: Path) -> None:
    for index in range(3):
        sound(tmp_path / f"in/{index}.wav", noise(1, index, 44_100), 44_100)
    sound(tmp_path / "in/old.wav", noise(1, 9, 22_050), 22_050)
    report = prepare([tmp_path / "in"], tmp_path / "set", rate=44_100)
    assert report.taken[3].length == 44_100
    assert "22050 Hz where most have 44100 Hz" in report.taken[3].notes[0]
    assert "bandwidth 1" in report.taken[3].notes[1]
    assert [source.notes for source in report.taken[:3]] == [(), (), ()]


def test_everything_unusable_is_named_with_its_reason(tmp_path: Path) -> None:
    place = tmp_path / "in"
    sound(place / "good.wav", noise(1, 1))
    sound(place / "same.flac", soundfile.read(place / "good.wav")[0], subtype="PCM_24")
    shutil.copy(place / "good.wav", place / "twin.wav")
    bad = noise(1, 2)
    bad[8_000] = np.nan
    sound(place / "nan.wav", bad)
    sound(place / "silent.wav", np.full(RATE, 0.25, dtype=np.float32))
    sound(place / "none.wav", np.zeros(0))
    sound(place / "loud.wav", noise(1, 3) * 32_768)
    (place / "zero.wav").touch()
    (place / "LICENSE.txt").write_text("Creative Commons")
    (place / ".hidden.wav").touch()
    (place / "broken.flac").write_bytes(b"fLaC" + bytes(99))
    os.symlink(place / "nowhere", place / "lost.wav")
    cut = sound(place / "cut.wav", noise(2, 4))
    cut.write_bytes(cut.read_bytes()[: RATE * 4])
    report = prepare([place], tmp_path / "set")
    assert names(report) == ["cut.wav", "good.wav", "same.flac"]
    assert "1.00 s of the 2.00 s" in report.taken[0].notes[0]
    assert reasons(report) == {
        "twin.wav": "duplicate",
        "nan.wav": "not a number",
        "silent.wav": "silent",
        "none.wav": "empty",
        "loud.wav": "out of range",
        "zero.wav": "empty",
        "LICENSE.txt": "not audio",
        ".hidden.wav": "hidden",
        "broken.flac": "damaged",
        "lost.wav": "unreadable",
    }
    details = {file.reason: file.detail for file in report.skipped}
    assert details["not a number"] == "sample 8000 (0.500 s) is nan"
    assert details["duplicate"].endswith("good.wav")


def test_unreadable_file_is_said(recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really_open = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:  # root reads what has no permission
        if path.name == "a.wav":
            raise PermissionError(13, "Permission denied")
        return really_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    report = prepare([recordings], tmp_path / "set")
    assert [(os.path.basename(file.path), file.reason, file.detail) for file in report.skipped] == [
        ("a.wav", "unreadable", "Permission denied")
    ]
    monkeypatch.undo()
    assert names(prepare([recordings], tmp_path / "set")) == ["a.wav", "b.wav", "c.wav"]


def test_same_sound_in_another_format_is_a_duplicate(tmp_path: Path) -> None:
    samples = np.round(noise(1, 1) * 8_000) / 32_768
    sound(tmp_path / "in/a.flac", samples, subtype="PCM_16")
    sound(tmp_path / "in/b.wav", samples, subtype="PCM_24")
    report = prepare([tmp_path / "in"], tmp_path / "set")
    assert (names(report), reasons(report)) == (["a.flac"], {"b.wav": "duplicate"})


def test_file_names_need_not_be_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"bad\xff\xfe.wav")
    sound(tmp_path / "a.wav", noise(0.5, 0)).rename(tmp_path / name)
    report = prepare([tmp_path / name], tmp_path / "set")
    assert names(report) == [name]
    assert [source.path for source in Dataset.open(tmp_path / "set").sources] == [str(tmp_path / name)]
    assert prepare([tmp_path / name], tmp_path / "set").reused == 1


def test_channels(tmp_path: Path) -> None:
    left, right = noise(1, 1), noise(1, 2)
    sound(tmp_path / "in/stereo.wav", np.stack([left, right], axis=1))
    sound(tmp_path / "in/mono.wav", noise(1, 3))
    for channel, expected in (("mix", (left + right) / 2), ("left", left), (2, right)):
        report = prepare([tmp_path / "in"], tmp_path / "set", channel=channel)
        source = report.taken[-1]
        there = Dataset.open(tmp_path / "set").audio[source.start : source.start + source.length]
        np.testing.assert_allclose(there, expected - expected.mean(), atol=1e-6)
    assert reasons(report) == {"mono.wav": "no such channel"}
    sound(tmp_path / "anti/a.wav", np.stack([left, -left], axis=1))
    with pytest.raises(DatasetError, match="channels cancel each other; use --channel left"):
        prepare([tmp_path / "anti"], tmp_path / "other")


def test_links_are_followed_once(recordings: Path, tmp_path: Path) -> None:
    sound(tmp_path / "elsewhere/far.wav", noise(1, 7))
    os.symlink(tmp_path / "elsewhere", recordings / "link")
    os.symlink(recordings, recordings / "loop")
    os.symlink(recordings / "a.wav", recordings / "again.wav")
    report = prepare([recordings, recordings / "a.wav"], tmp_path / "set")
    assert names(report) == ["a.wav", "b.wav", "c.wav", "far.wav"]
    assert reasons(report) == {"again.wav": "same file"}


def test_data_set_inside_its_recordings_does_not_eat_itself(recordings: Path, tmp_path: Path) -> None:
    for _ in range(2):
        report = prepare([recordings], recordings / "set")
        assert (len(report.taken), report.skipped) == (3, ())
    assert reasons(prepare([recordings], tmp_path / "other")) == {"set": "data set"}


def test_command_reports_every_file(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (recordings / "LICENSE.txt").write_text("words")
    (recordings / "empty.wav").touch()
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    arguments = ["prepare", str(recordings), str(tmp_path / "set"), "--rate", str(RATE), "--jobs", "1"]
    assert run_guarded(app, arguments) == 0
    printed = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("taken ") for line in printed) == 3
    assert "skipped  1 × not audio: LICENSE.txt" in printed
    assert f"skipped  {recordings / 'empty.wav'}: empty: 0 bytes" in printed
    assert printed[-1].endswith("3 taken, 2 skipped, 3 s at 16000 Hz")
    assert run_guarded(app, [*arguments, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["taken"]) == 3
    assert run_guarded(app, ["prepare", str(recordings)]) == 2
    (tmp_path / "bad").mkdir()
    assert run_guarded(app, ["prepare", str(tmp_path / "bad"), str(tmp_path / "new")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].endswith("no files in it; name a folder with recordings")


def test_odd_file_names_can_be_printed() -> None:
    assert command.printable(os.fsdecode(b"caf\xc3\xa9 \xff\n")) == "café ��"
