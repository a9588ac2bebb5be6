"""Whole runs, short ones: what is on disk after each way of ending, and what goes on from it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_help import make_dataset, tones

from timbrespace import engine
from timbrespace.bundle import Bundle, fit, load_bundle
from timbrespace.cli.app import main
from timbrespace.codebook import describe_codes, table_of
from timbrespace.config import KINDS, Kind
from timbrespace.dataset.store import Dataset
from timbrespace.errors import DatasetError, TrainingError
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training import callbacks
from timbrespace.training.objective import Losses, Objective
from timbrespace.training.options import TrainOptions
from timbrespace.training.run import train

STEPS = 12

KILLED = """\
import os, signal, sys
from timbrespace.cli.app import main
from timbrespace.training import callbacks
from timbrespace.training.objective import Losses, Objective
callbacks.CHECKPOINT_SECONDS = 0.0
save = callbacks.Conductor._save
def save_and_die(self, trainer):
    save(self, trainer)
    if trainer.global_step == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
callbacks.Conductor._save = save_and_die
main(sys.argv[2:])
"""


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """As many threads here as in the processes that are started: sums depend on it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("tones"), [tones(4.0, 220.0), tones(4.0, 350.0)])


@pytest.fixture(scope="module")
def finished(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An uninterrupted run of each kind; read only."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("runs")
    for kind in KINDS:
        train(options(kind, dataset, folder / kind))
    return {kind: folder / kind for kind in KINDS}


def options(kind: Kind, dataset: Path, run: Path, **changes: Any) -> TrainOptions:
    budget = {} if "minutes" in changes else {"steps": STEPS}
    return TrainOptions(kind, dataset, run, **{"preset": "tiny", "quiet": True, **budget, **changes})


def arguments(kind: Kind, dataset: Path, run: Path, *more: str) -> list[str]:
    return ["train", kind, str(dataset), str(run), "--preset", "tiny", "--steps", str(STEPS), *more]


def run_python(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def checkpoint_of(run: Path) -> dict[str, Any]:
    checkpoint: dict[str, Any] = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    return checkpoint


def assert_same_weights(a: Path, b: Path) -> None:
    """Weights, optimiser and the finished model, to the last bit."""
    first, second = checkpoint_of(a), checkpoint_of(b)
    assert first["global_step"] == second["global_step"]
    assert first["state_dict"].keys() == second["state_dict"].keys()
    for name, value in first["state_dict"].items():
        assert torch.equal(value, second["state_dict"][name]), name
    moments = [state["optimizer_states"][0]["state"] for state in (first, second)]
    for index, values in moments[0].items():
        for name, value in values.items():
            assert torch.equal(value, moments[1][index][name]), (index, name)
    assert load_bundle(a / "model.timbre").model_id == load_bundle(b / "model.timbre").model_id


def stop_after(monkeypatch: pytest.MonkeyPatch, step: int, number: int) -> None:
    """Send this process a signal when it has saved `step`."""
    monkeypatch.setattr(callbacks, "CHECKPOINT_SECONDS", 0.0)
    save = callbacks.Conductor._save

    def save_and_stop(self: callbacks.Conductor, trainer: Any) -> None:
        save(self, trainer)
        if trainer.global_step == step:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(callbacks.Conductor, "_save", save_and_stop)


def loaded(run: Path) -> Bundle:
    """The model of a run; it fits its configuration."""
    bundle = load_bundle(run / "model.timbre")
    fit(TimbreModel(bundle.config), bundle, "model")
    return bundle


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_killed_and_resumed_ends_as_one_that_was_not(
    kind: Kind, dataset: Path, finished: dict[str, Path], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    (tmp_path / "killed.py").write_text(KILLED)
    killed = run_python(str(tmp_path / "killed.py"), "7", *arguments(kind, dataset, run))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert checkpoint_of(run)["global_step"] == 7
    train(options(kind, dataset, run, resume=True))
    assert "training starts at step 7" in (run / "train.log").read_text()
    assert_same_weights(run, finished[kind])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_says_so(
    number: int, code: int, dataset: Path, finished: dict[str, Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    run = tmp_path / "run"
    before = signal.getsignal(number)
    with monkeypatch.context() as patch:
        stop_after(patch, 3, number)
        try:
            left = main(arguments("continuous", dataset, run))
        except SystemExit as stop:
            left = int(str(stop.code))
    assert left == code
    assert signal.getsignal(number) == before
    assert "stopped: saved step 4" in capfd.readouterr().err
    assert checkpoint_of(run)["global_step"] == 4
    assert loaded(run).header["training"]["progress"] == pytest.approx(4 / STEPS)
    assert main(arguments("continuous", dataset, run, "--resume")) == 0
    assert "training starts at step 4" in capfd.readouterr().err
    assert_same_weights(run, finished["continuous"])


def test_a_run_killed_between_its_last_step_and_its_end_only_ends(
    dataset: Path, finished: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(patch, STEPS, signal.SIGINT)
        train(options("continuous", dataset, run))
    train(options("continuous", dataset, run, resume=True))
    assert f"training starts at step {STEPS}" in (run / "train.log").read_text()
    assert_same_weights(run, finished["continuous"])


def test_a_run_killed_after_its_model_is_written_leaves_it_alone(
    dataset: Path, finished: dict[str, Path], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished["discrete"], run)
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "finished": False}))
    train(options("discrete", dataset, run, resume=True))
    assert_same_weights(run, finished["discrete"])
    assert json.loads((run / "run.json").read_text())["finished"]


def test_fewer_codes_than_asked_for_are_said(dataset: Path, tmp_path: Path) -> None:
    train(options("discrete", dataset, tmp_path / "run", codes=4096, steps=1))
    assert "codes instead of 4096" in (tmp_path / "run" / "train.log").read_text()


def test_a_recording_whose_only_sound_is_held_out_trains(tmp_path: Path) -> None:
    """Its loudest moment lies in its last tenth: everything else is far under it."""
    late = np.concatenate([1e-5 * tones(18.0), tones(2.0)])
    dataset = make_dataset(tmp_path, [late])
    for kind in KINDS:
        bundle = train(options(kind, dataset, tmp_path / kind, steps=8))
        assert all(torch.isfinite(value).all() for value in load_bundle(bundle).tensors.values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_finished_run_leaves(kind: Kind, finished: dict[str, Path]) -> None:
    run = finished[kind]
    header = loaded(run).header
    latent, training = header["latent"], header["training"]
    assert header["kind"] == kind
    assert training["steps"] == STEPS
    assert training["seed"] == 0
    assert {"spectrum", "bands", "aperiodicity", "total"} <= set(training["points"][-1]["losses"])
    assert "held out" in training["validation"]["split"]
    assert training["best_validation"] == min(
        point["validation"] for point in training["points"] if point["progress"] >= 0.3
    )
    assert len(latent["active"]) == len(latent["mean"]) == len(latent["percentiles"]["99"]) == 4
    assert header["dataset"]["sources"] == 2
    assert ("codes" in latent) == (kind == "discrete")
    names = sorted(path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file())
    plain = [name for name in names if not name.startswith("tensorboard/")]
    assert plain == ["checkpoints/last.ckpt", "model.timbre", "run.json", "train.log"]
    assert len(names) == len(plain) + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_finished_run_holds_the_table_of_what_it_can_play(kind: Kind, finished: dict[str, Path]) -> None:
    model = engine.load(finished[kind] / "model.timbre")
    table, latent = table_of(model), model.header["latent"]
    assert table.codes == (kind == "discrete")
    if kind == "discrete":
        assert np.array_equal(table.z, model.codebook)
        assert table.count.tolist() == latent["codes"]["counts"]
        assert table.count.sum() == latent["frames"]
        assert describe_codes(model).to_header() == model.header["codes"]
    else:
        assert 100 < len(table) <= latent["frames"]
        low, high = np.array(latent["min"]), np.array(latent["max"])
        slack = 1e-3 * (high - low)
        assert (table.z >= low - slack).all()
        assert (table.z <= high + slack).all()
        assert table.loudness_db.max() < 0.0


def test_tensorboard_gets_losses_pictures_and_sound(finished: dict[str, Path]) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(finished["continuous"] / "tensorboard"), size_guidance={"images": 0})
    tags = events.Reload().Tags()
    assert {"training/spectrum", "training/total", "validation/total"} <= set(tags["scalars"])
    assert tags["images"] == ["example"]
    assert set(tags["audio"]) == {"example/target", "example/decoded"}


def test_a_finished_run_is_left_alone(
    dataset: Path, finished: dict[str, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    run = finished["discrete"]
    before = (run / "model.timbre").read_bytes()
    assert main(arguments("discrete", dataset, run, "--resume")) == 0
    assert "finished already" in capfd.readouterr().err
    assert (run / "model.timbre").read_bytes() == before


def test_a_run_is_never_overwritten_nor_mixed(
    dataset: Path, finished: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = finished["continuous"]
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    other = make_dataset(tmp_path, [tones(2.0)])
    for wrong in (
        arguments("continuous", dataset, run),
        arguments("continuous", dataset, run, "--resume", "--seed", "1"),
        arguments("continuous", other, run, "--resume"),
        arguments("discrete", dataset, run, "--resume"),
    ):
        assert main(wrong) == 1
        assert re.fullmatch(r"timbrespace: [^\n]+continuous: [^\n]+\n", capfd.readouterr().err)
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


def test_a_missing_data_set_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        train(options("continuous", tmp_path / "nothing", tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_devices_that_are_not_there_are_one_clear_line(
    dataset: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    absent = "mps" if torch.cuda.is_available() else "cuda"  # no machine has both
    assert main(arguments("continuous", dataset, tmp_path / "run", "--accelerator", absent)) == 2
    assert re.fullmatch(rf"timbrespace: --accelerator {absent} [^\n]+\n", capfd.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_minutes_are_kept_and_a_model_is_there_from_the_start(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    monkeypatch.setattr(callbacks, "FIRST_MODEL_SECONDS", 0.0)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(patch, 2, signal.SIGINT)
        train(options("discrete", dataset, run, minutes=0.03))
    early = loaded(run).header
    assert early["training"]["progress"] < 1.0
    assert early["latent"]["codes"]["used"] > 1
    seconds = checkpoint_of(run)["callbacks"]["Conductor"]["seconds"]
    assert 0.0 < seconds < 1.8
    train(options("discrete", dataset, run, minutes=0.03, resume=True))
    assert 1.8 <= checkpoint_of(run)["callbacks"]["Conductor"]["seconds"] < 4.0


def test_validation_falls_on_tones(dataset: Path, tmp_path: Path) -> None:
    train(options("continuous", dataset, tmp_path / "run", steps=240))
    training = loaded(tmp_path / "run").header["training"]
    assert training["points"][-1]["losses"]["spectrum"] < 0.7 * training["points"][0]["losses"]["spectrum"]
    assert training["best_validation"] < 0.8 * training["points"][0]["validation"]


def test_nothing_is_learned_from_what_is_held_out(tmp_path: Path) -> None:
    """Two data sets that differ in what is held out only: equal weights."""
    runs = []
    for name in ("as it is", "spoiled"):
        folder = make_dataset(tmp_path / name, [tones(4.0, 220.0), tones(4.0, 350.0)])
        if name == "spoiled":
            audio = np.load(folder / "audio.npy", mmap_mode="r+")
            for region in Dataset.open(folder).split()[1]:
                audio[region.start : region.start + region.length] *= -0.5
            audio.flush()
        runs.append(tmp_path / name / "run")
        train(options("continuous", folder, runs[-1], steps=4))
    first, second = (checkpoint_of(run) for run in runs)
    for name, value in first["state_dict"].items():
        assert torch.equal(value, second["state_dict"][name]), name
    validations = [
        checkpoint["callbacks"]["Conductor"]["points"][-1]["validation"] for checkpoint in (first, second)
    ]
    assert validations[0] != validations[1]


def test_long_silence_does_no_harm(tmp_path: Path) -> None:
    silent = np.concatenate([tones(1.5), np.zeros(40_000, np.float32), tones(1.5, 500.0)])
    for kind in KINDS:
        train(options(kind, make_dataset(tmp_path / kind, [silent]), tmp_path / kind / "run", steps=6))
        state = checkpoint_of(tmp_path / kind / "run")["state_dict"]
        assert all(torch.isfinite(value).all() for value in state.values())


def test_a_loss_that_is_no_number_stops_the_run(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timbrespace.training.schedule.PEAK_LEARNING_RATE", float("nan"))
    with pytest.raises(TrainingError, match="is no number at step"):
        train(options("continuous", dataset, tmp_path / "run"))


def test_a_step_that_was_not_taken_is_said(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forward = Objective.forward

    def broken_at_step_3(self: Objective, *inputs: Any) -> Losses:
        losses = forward(self, *inputs)
        self.calls = getattr(self, "calls", 0) + 1
        return replace(losses, total=losses.total * (float("nan") if self.calls == 4 else 1.0))

    monkeypatch.setattr(Objective, "forward", broken_at_step_3)
    train(options("continuous", dataset, tmp_path / "run", quiet=False))
    assert "1 step was not taken, since the gradient was no number" in capsys.readouterr().err


def test_full_disk_is_one_line(dataset: Path, tmp_path: Path) -> None:
    """The writer of TensorBoard has a thread of its own; its error comes out where the run can say it."""
    full = (
        "import errno, sys\n"
        "from tensorboard.summary.writer.record_writer import RecordWriter\n"
        "def write(self, data):\n"
        "    raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "RecordWriter.write = write\n"
        "from timbrespace.cli.app import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = run_python("-c", full, *arguments("continuous", dataset, tmp_path / "run", "--quiet"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "tensorboard: cannot be written: No space left on device; --resume" in done.stderr


def test_two_processes_train_one_model(dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = arguments("discrete", dataset, run, "--accelerator", "cpu", "--devices", "2")
    done = run_python("-m", "timbrespace", *command)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("training starts at step 0") == 1
    assert done.stderr.count("finished: ") == 1
    header = loaded(run).header
    assert header["training"]["processes"] == 2
    assert header["training"]["steps"] == STEPS
    assert len(list((run / "tensorboard").iterdir())) == 1
