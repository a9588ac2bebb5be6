"""`prepare` does only what changed, goes on where it was stopped, and never leaves half a data set."""

from __future__ import annotations

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
from prepare_help import RATE, content, names, noise, prepare, reasons, sound

import timbrespace
from timbrespace.dataset import folder as folders
from timbrespace.dataset import pool
from timbrespace.dataset import prepare as preparing
from timbrespace.dataset.folder import claim
from timbrespace.dataset.inspect import Job
from timbrespace.dataset.store import AUDIO, MANIFEST, NEXT_AUDIO, NEXT_MANIFEST, Dataset, Manifest
from timbrespace.errors import DatasetError, UsageError


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
