"""What `prepare` takes, skips and says; that it does only what changed and never leaves half a data set."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import typer

import timbrespace
from timbrespace.cli import prepare as command
from timbrespace.cli.common import run_guarded
from timbrespace.config import SignalConfig
from timbrespace.dataset import folder as folders
from timbrespace.dataset import pool
from timbrespace.dataset import prepare as preparing
from timbrespace.dataset.folder import claim
from timbrespace.dataset.inspect import Job
from timbrespace.dataset.measure import Measure
from timbrespace.dataset.prepare import Report
from timbrespace.dataset.store import AUDIO, MANIFEST, NEXT_AUDIO, NEXT_MANIFEST, Dataset, Manifest
from timbrespace.errors import DatasetError, UsageError
from timbrespace.spectrum import frame_loudness_db

RATE = 16_000


def noise(seconds: float, seed: int, rate: int = RATE, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, round(seconds * rate)).astype(np.float32)


def sound(path: Path, samples: np.ndarray, rate: int = RATE, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **{"subtype": "FLOAT", **options})
    return path


def prepare(audio: list[Path], folder: Path, **options: Any) -> Report:
    return preparing.prepare(audio, folder, **{"rate": RATE, "jobs": 1, **options})


def reasons(report: Report) -> dict[str, str]:
    return {os.path.basename(file.path): file.reason for file in report.skipped}


def names(report: Report) -> list[str]:
    return [os.path.basename(source.path) for source in report.taken]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Three recordings of 0.5, 1.0 and 1.5 s."""
    for index in range(3):
        sound(tmp_path / "in" / f"{'cab'[index]}.wav", noise(0.5 + 0.5 * index, index))
    return tmp_path / "in"


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


def test_second_run_does_only_what_changed(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    run_jobs = preparing.run_jobs

    def spy(jobs: Any, *rest: Any) -> Any:
        done.extend(os.path.basename(job.path) for job in jobs)
        return run_jobs(jobs, *rest)

    monkeypatch.setattr(preparing, "run_jobs", spy)
    prepare([recordings], tmp_path / "set")
    before = content(tmp_path / "set")
    done.clear()
    assert not prepare([recordings], tmp_path / "set").changed
    assert done == []
    assert content(tmp_path / "set") == before
    sound(recordings / "b.wav", noise(1, 50))
    sound(recordings / "aa.wav", noise(1, 51))
    (recordings / "c.wav").unlink()
    report = prepare([recordings], tmp_path / "set")
    assert sorted(done) == ["aa.wav", "b.wav"]
    assert (report.reused, [os.path.basename(path) for path in report.removed]) == (1, ["c.wav"])
    prepare([recordings], tmp_path / "fresh")
    assert content(tmp_path / "fresh") == content(tmp_path / "set")
    done.clear()
    prepare([recordings], tmp_path / "set", channel="left")
    assert len(done) == 3


def test_twin_steps_in_when_the_first_goes(recordings: Path, tmp_path: Path) -> None:
    shutil.copy(recordings / "a.wav", recordings / "z.wav")
    assert reasons(prepare([recordings], tmp_path / "set")) == {"z.wav": "duplicate"}
    again = prepare([recordings], tmp_path / "set")
    assert (again.changed, again.reused) == (False, 4)
    (recordings / "a.wav").unlink()
    assert names(prepare([recordings], tmp_path / "set")) == ["b.wav", "c.wav", "z.wav"]


def test_nothing_usable_leaves_everything_as_it_was(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    with pytest.raises(DatasetError, match="no files in it"):
        prepare([tmp_path / "bad"], tmp_path / "new")
    (tmp_path / "bad/a.txt").write_text("words")
    (tmp_path / "bad/b.wav").touch()
    with pytest.raises(DatasetError, match=r"nothing usable in 2 files \(1 not audio, 1 empty\)"):
        prepare([tmp_path / "bad"], tmp_path / "new")
    assert not (tmp_path / "new").exists()
    prepare([recordings], tmp_path / "set")
    before = content(tmp_path / "set")
    with pytest.raises(DatasetError, match="nothing usable"):
        prepare([tmp_path / "bad"], tmp_path / "set")
    assert content(tmp_path / "set") == before


def test_other_folders_are_never_touched(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    with pytest.raises(DatasetError, match=r"other things in it \(letter\.txt\)"):
        prepare([recordings], tmp_path / "mine")
    assert content(tmp_path / "mine") == {"letter.txt": b"dear"}
    with pytest.raises(DatasetError, match="is a file"):
        prepare([recordings], tmp_path / "mine/letter.txt")
    (tmp_path / "mine" / MANIFEST).write_text("{}")
    with pytest.raises(DatasetError, match="not the manifest of a data set"):
        prepare([recordings], tmp_path / "mine")
    assert not (tmp_path / "mine" / AUDIO).exists()


def test_wrong_requests(recordings: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nowhere: no such file or folder"):
        prepare([tmp_path / "nowhere"], tmp_path / "set")
    for options, words in (
        ({"rate": 100}, "rate is 100"),
        ({"jobs": 0}, "jobs"),
        ({"channel": "up"}, "'up'"),
    ):
        with pytest.raises(UsageError, match=words):
            prepare([recordings], tmp_path / "set", **options)
    with pytest.raises(UsageError, match="both the recordings and the data set"):
        prepare([recordings], recordings)
    assert not (tmp_path / "set").exists()


def test_only_one_preparation_at_a_time(recordings: Path, tmp_path: Path) -> None:
    with claim(tmp_path / "set"), pytest.raises(DatasetError, match="another prepare is working on it"):
        prepare([recordings], tmp_path / "set")
    prepare([recordings], tmp_path / "set")


@pytest.mark.parametrize("stop_at", [1, 2, 3])
def test_killed_in_the_swap_leaves_a_pair_that_fits(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """Copies the folder as it stands before every rename: what a kill there would leave."""
    prepare([recordings], tmp_path / "set")
    sound(recordings / "aa.wav", noise(1, 60))
    replace, calls = os.replace, 0

    def snapshot(old: Any, new: Any) -> None:
        nonlocal calls
        if Path(new).parent == tmp_path / "set":
            calls += 1
            if calls == stop_at:
                shutil.copytree(tmp_path / "set", tmp_path / "killed")
        replace(old, new)

    monkeypatch.setattr(folders.os, "replace", snapshot)
    prepare([recordings], tmp_path / "set")
    monkeypatch.undo()
    assert calls == 3
    old = Dataset.open(tmp_path / "killed")
    assert len(old.sources) == (4 if stop_at == 3 else 3)
    for source in old.sources:
        samples, _ = soundfile.read(source.path, dtype="float32")
        there = old.audio[source.start : source.start + source.length]
        np.testing.assert_allclose(there, samples - samples.mean(), atol=1e-6)
    prepare([recordings], tmp_path / "killed")
    assert content(tmp_path / "killed") == content(tmp_path / "set")


def test_full_disk_is_one_error_and_loses_nothing(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare([recordings], tmp_path / "set")
    before = content(tmp_path / "set")
    sound(recordings / "d.wav", noise(1, 70))

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "_append", full)
    with pytest.raises(DatasetError, match="No space left on device; nothing that was there has changed"):
        prepare([recordings], tmp_path / "set")
    monkeypatch.undo()
    assert content(tmp_path / "set") == before
    assert len(prepare([recordings], tmp_path / "set").taken) == 4


def start_prepare(recordings: Path, folder: Path) -> subprocess.Popen[bytes]:
    code = (
        "import sys; from timbrespace.dataset.prepare import prepare;"
        f"prepare([sys.argv[1]], sys.argv[2], rate={RATE}, jobs=2)"
    )
    path = str(Path(timbrespace.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen([sys.executable, "-c", code, recordings, folder], env=environment)


def finished_files(folder: Path) -> list[Path]:
    return sorted((folder / ".work").glob("*.json"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    for index in range(40):
        sound(tmp_path / f"in/{index:02}.wav", noise(10, index, 32_000), 32_000)
    process = start_prepare(tmp_path / "in", tmp_path / "set")
    deadline = time.monotonic() + 20
    while len(finished_files(tmp_path / "set")) < 5 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.2)  # the workers notice
    kept = finished_files(tmp_path / "set")
    assert 5 <= len(kept) < 40
    with pytest.raises(DatasetError):
        Dataset.open(tmp_path / "set")
    seen: list[str] = []
    report = prepare([tmp_path / "in"], tmp_path / "set", on_progress=lambda a, b, path: seen.append(path))
    assert len(report.taken) == 40
    assert len(set(seen)) == 40 - len(kept)
    assert not (tmp_path / "set/.work").exists()


def test_several_processes_give_the_same_as_one(recordings: Path, tmp_path: Path) -> None:
    progress: list[float] = []
    prepare([recordings], tmp_path / "one")
    prepare(
        [recordings],
        tmp_path / "two",
        jobs=2,
        on_progress=lambda done, total, _: progress.append(done / total),
    )
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert progress == sorted(progress)
    assert progress[-1] == 1.0


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_file_that_crashes_the_decoder_costs_only_itself(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(ending: str) -> Any:
        code = f"import os, sys; sys.stdin.readline(); os.kill(os.getpid(), {ending})"
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return lambda: subprocess.Popen([sys.executable, "-c", code], **pipes)

    monkeypatch.setattr(pool, "_start", fake("11"))
    jobs = [Job(str(path), str(tmp_path / path.name), RATE, "mix") for path in sorted(recordings.iterdir())]
    outcomes = [outcome for _, outcome in pool.run_jobs(jobs, 2, lambda job, share: None)]
    assert {outcome.reason for outcome in outcomes} == {"damaged"}
    assert "crashes" in outcomes[0].detail
    monkeypatch.setattr(pool, "_start", fake("9"))
    with pytest.raises(DatasetError, match="was killed"):
        prepare([recordings], tmp_path / "set", jobs=2)


def test_long_file_goes_through_in_constant_memory(tmp_path: Path) -> None:
    """Ten minutes at 44.1 kHz are 106 MB of samples."""
    with soundfile.SoundFile(tmp_path / "long.wav", "w", 44_100, 1, "PCM_16") as file:
        block = noise(10, 1, 44_100)
        for _ in range(60):
            file.write(block)
    code = (
        "import sys, resource; from timbrespace.dataset.prepare import prepare;"
        "import timbrespace.dataset.inspect;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "prepare([sys.argv[1]], sys.argv[2], jobs=1);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    path = str(Path(timbrespace.__file__).parent.parent)
    arguments = [sys.executable, "-c", code, tmp_path / "long.wav", tmp_path / "set"]
    result = subprocess.run(
        arguments, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert int(result.stdout) < 60_000  # kB


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "broken"),
        ("[]", "not the manifest"),
        ('{"format": "timbrespace data set", "version": 9}', "version 9"),
    ],
)
def test_broken_manifests_give_one_line(recordings: Path, tmp_path: Path, text: str, words: str) -> None:
    prepare([recordings], tmp_path / "set")
    (tmp_path / "set" / MANIFEST).write_text(text)
    with pytest.raises(DatasetError, match=words):
        Dataset.open(tmp_path / "set")
    with pytest.raises(DatasetError, match=words):
        prepare([recordings], tmp_path / "set")


def test_broken_audio_is_noticed_and_mended(recordings: Path, tmp_path: Path) -> None:
    prepare([recordings], tmp_path / "set")
    before = content(tmp_path / "set")
    (tmp_path / "set" / AUDIO).write_bytes(before[AUDIO][:-100])
    with pytest.raises(DatasetError, match="cannot be read"):
        Dataset.open(tmp_path / "set")
    prepare([recordings], tmp_path / "set")
    assert content(tmp_path / "set") == before
    for name in (NEXT_AUDIO, NEXT_MANIFEST):
        assert not (tmp_path / "set" / name).exists()


def test_missing_data_set_and_summary(recordings: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such data set; make one with"):
        Dataset.open(tmp_path / "set")
    with pytest.raises(DatasetError, match="not a data set"):
        Dataset.open(recordings)
    prepare([recordings], tmp_path / "set")
    summary = Dataset.open(tmp_path / "set").summary()
    assert summary["seconds"] == 3.0
    assert summary["names"] == ["a.wav", "b.wav", "c.wav"]
    assert str(tmp_path) not in json.dumps(summary)
    manifest = Manifest.load(tmp_path / "set" / MANIFEST)
    assert manifest.to_json() == (tmp_path / "set" / MANIFEST).read_text()


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
