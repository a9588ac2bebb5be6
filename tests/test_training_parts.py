"""The parts of a run that need no run: schedule, journal, sample, folder, statistics, codebook."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from training_help import RATE, TINY, make_dataset, material_of, tones

from timbrespace.config import Kind
from timbrespace.dataset.sample import Sample
from timbrespace.dataset.split import Region
from timbrespace.dataset.store import Dataset
from timbrespace.errors import TrainingError
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training import quantiser
from timbrespace.training.finish import fit_latents
from timbrespace.training.journal import Journal, Point
from timbrespace.training.losses import LossWeights
from timbrespace.training.module import TrainingModule, draw_seed
from timbrespace.training.objective import Objective
from timbrespace.training.run_folder import RunFolder
from timbrespace.training.schedule import PEAK_LEARNING_RATE, Schedule
from timbrespace.training.statistics import measure


def test_progress_in_steps_ignores_time_and_in_minutes_ignores_steps() -> None:
    steps, minutes = Schedule(200, None), Schedule(None, 60.0)
    assert steps.progress(50, 1e9) == 0.25
    assert minutes.progress(10**9, 15.0) == 0.25
    assert steps.progress(300, 0.0) == minutes.progress(0, 90.0) == 1.0


def test_learning_rate_warms_up_and_falls_to_a_fiftieth_of_its_peak() -> None:
    schedule = Schedule(1000, None)
    rates = [schedule.learning_rate(step, step / 1000) for step in range(1001)]
    assert rates[0] == pytest.approx(PEAK_LEARNING_RATE / 50, rel=1e-3)
    assert max(rates) == rates[49]
    assert all(a >= b for a, b in itertools.pairwise(rates[49:]))
    assert rates[-1] == pytest.approx(0.02 * PEAK_LEARNING_RATE)


@pytest.mark.parametrize("steps", [1, 2, 7, 100, 1500, 100_000])
def test_validations_are_neither_crowded_nor_rare_and_one_is_at_the_end(steps: int) -> None:
    schedule = Schedule(steps, None)
    due = [n for n in range(1, steps + 1) if schedule.validation_due((n - 1) / steps, n / steps)]
    gaps = np.diff([0, *due])
    assert due[-1] == steps
    assert gaps.max() <= 501
    assert len(due) <= max(3, steps / 19)


def test_a_short_budget_in_time_is_not_spent_on_validations() -> None:
    schedule = Schedule(None, 20.0)
    moments = np.linspace(0.0, 1.0, 1001)
    due = [b for a, b in itertools.pairwise(moments) if schedule.validation_due(a, b)]
    assert len(due) == 3


def points(values: Sequence[float]) -> list[Point]:
    last = len(values)
    return [Point(n, float(n), n / last, value, {}) for n, value in enumerate(values, start=1)]


def test_the_latest_weights_are_kept_until_full_strength_then_the_best() -> None:
    journal = Journal()
    kept = [journal.add(point) for point in points([1.0, 2.0, 9.0, 8.0, 8.5, 7.0, 7.0, 7.2, 6.9, 7.1])]
    assert kept == [True, True, True, True, False, True, False, False, True, False]
    assert journal.best is not None
    assert journal.best.validation == 6.9


def test_a_run_has_stalled_when_its_last_quarter_brought_nothing() -> None:
    falling, flat = Journal(), Journal()
    for point in points(np.linspace(20.0, 10.0, 20).tolist()):
        falling.add(point)
    for point in points([*np.linspace(20.0, 10.0, 12).tolist(), *[9.98] * 8]):
        flat.add(point)
    assert not falling.stalled
    assert flat.stalled


def test_a_journal_survives_its_state() -> None:
    journal, copy = Journal(points([3.0, 2.0, 1.0])), Journal()
    copy.restore(journal.state())
    assert copy == journal
    assert [entry["step"] for entry in copy.summary()] == [1, 2, 3]


def test_draws_follow_from_seed_and_keys() -> None:
    seeds = {draw_seed(seed, step, rank) for seed in range(3) for step in range(20) for rank in range(3)}
    assert len(seeds) == 180
    assert draw_seed(4, 5, 6) == draw_seed(4, 5, 6)
    assert all(0 <= seed < 2**63 for seed in seeds)


class FakeDataset:
    """Sample n of the signal has the value n."""

    sources = (SimpleNamespace(level_db=0.0),) * 2

    def read(self, start: int, out: NDArray[np.float32]) -> None:
        out[:] = np.arange(start, start + len(out))


def test_a_sample_that_fits_is_everything_once() -> None:
    regions = (Region(0, 0, 40_000), Region(1, 50_000, 100))
    heard = []
    for piece in Sample(FakeDataset(), regions, TINY.signal, 3, 10_000):  # type: ignore[arg-type]
        heard.append(piece.audio[0, piece.lead * TINY.signal.hop :])
    whole = torch.cat(heard)
    expected = torch.cat([torch.arange(0, 40_000), torch.arange(50_000, 50_100)]).float()
    assert torch.equal(whole[whole > 0], expected[expected > 0])


def test_a_sample_is_bounded_and_stays_in_its_region() -> None:
    regions = (Region(0, 10_000, 5_000_000),)
    pieces = list(Sample(FakeDataset(), regions, TINY.signal, 3, 1_280))  # type: ignore[arg-type]
    assert len(pieces) == 10
    assert min(float(piece.audio[piece.audio > 0].min()) for piece in pieces) == 10_000
    assert pieces[0].lead == 0
    assert pieces[1].lead == 3 + TINY.signal.n_fft // TINY.signal.hop
    assert float(pieces[-1].audio.max()) == 5_009_999


def test_material_of_a_tone_lies_where_its_level_is(tmp_path: Path) -> None:
    dataset = Dataset.open(make_dataset(tmp_path, [0.5 * tones(3.0), np.zeros(8000, np.float32) + 1e-5]))
    learn, _ = dataset.split()
    material = measure(dataset, learn, TINY.signal)
    assert len(material.mean_log_magnitude) == TINY.signal.bins
    assert all(
        a <= b
        for a, b in zip(material.loudness_quantiles_db, material.loudness_quantiles_db[1:], strict=False)
    )
    assert material.loudness_quantiles_db[-1] == pytest.approx(material.loudest_db, abs=1.0)
    assert material.loudness_quantiles_db[0] > material.loudest_db - 60.0
    assert np.argmax(material.mean_log_magnitude) == pytest.approx(300 / 16_000 * 512, abs=1.0)


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_silence_gives_finite_losses_and_gradients(kind: Kind) -> None:
    config = replace(TINY, kind=kind)
    objective = Objective(config, LossWeights(), material_of(config), frames=8)
    audio = torch.zeros(4, objective.crop_samples)
    losses = objective(audio, torch.full((4,), -20.0), torch.arange(4) % 2, 1.0)
    losses.total.backward()
    assert all(torch.isfinite(value) for value in losses.terms.values())
    gradients = [p.grad for p in objective.parameters() if p.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_codes_are_as_many_as_the_material_can_fill() -> None:
    assert quantiser.affordable_codes(1024, 80_000) == 1024
    assert quantiser.affordable_codes(1024, 800) == 100
    assert quantiser.affordable_codes(1024, 3) == 2


def test_codes_settle_in_the_middle_of_what_they_stand_for() -> None:
    """Four heaps, and four codes of which two lie far from everything: one code a heap, each in its mean."""
    generator = torch.Generator().manual_seed(0)
    middles = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    sizes = (400, 300, 200, 100)
    heaps = [
        middle + 0.1 * torch.randn(size, 2, generator=generator)
        for middle, size in zip(middles, sizes, strict=True)
    ]
    codes = torch.tensor([[1.0, 1.0], [9.0, 9.0], [500.0, 0.0], [0.0, -500.0]])
    settled, share = quantiser.settled_codebook(codes, torch.cat(heaps))
    order = torch.cdist(middles, settled).argmin(dim=1)
    assert sorted(order.tolist()) == [0, 1, 2, 3]
    torch.testing.assert_close(settled[order], torch.stack([heap.mean(dim=0) for heap in heaps]))
    assert share[order].tolist() == pytest.approx([0.4, 0.3, 0.2, 0.1])
    again, _ = quantiser.settled_codebook(settled, torch.cat(heaps))
    torch.testing.assert_close(again, settled)


def test_codes_settle_where_there_are_fewer_frames_than_codes() -> None:
    hidden = torch.randn(3, 2, generator=torch.Generator().manual_seed(1))
    codes, share = quantiser.settled_codebook(torch.zeros(8, 2), hidden)
    assert torch.cdist(hidden, codes).min(dim=1).values.max() < 1e-3
    assert float(share.sum()) == pytest.approx(1.0)


def test_pauses_are_not_heard(tmp_path: Path) -> None:
    pause = np.zeros(RATE, np.float32)
    soft = np.concatenate([0.3 * tones(1.0), pause, 0.3 * tones(1.0)])
    dataset = Dataset.open(make_dataset(tmp_path, [0.5 * tones(3.0), soft]))
    both = [Region(index, source.start, source.length) for index, source in enumerate(dataset.sources)]
    heard = []
    for region in both:
        sample = Sample(dataset, [region], TINY.signal, 0, 1000)
        heard.append(quantiser.hidden_frames(TimbreModel(TINY), sample)[2].float().mean())
    assert heard[0] > 0.95
    assert 0.6 < heard[1] < 0.8


def test_the_learner_starts_with_every_code_in_use_and_gives_its_codebook(tmp_path: Path) -> None:
    dataset = Dataset.open(make_dataset(tmp_path, [tones(4.0, 200.0), tones(4.0, 500.0)]))
    torch.manual_seed(0)
    model = TimbreModel(replace(TINY, kind="discrete", codes=16))
    sample = Sample(dataset, dataset.split()[0], TINY.signal, 2, 1000)
    quantiser.start_learner(model, sample, 256, shared=False)
    state = quantiser.model_state(model)
    hidden, _, _ = quantiser.hidden_frames(model, sample)
    model.bottleneck.codebook.copy_(state["bottleneck.codebook"])
    assert set(state) == set(TimbreModel(model.config).state_dict())
    assert len(torch.unique(model.bottleneck.codes(hidden[None]))) >= 14
    latents, indices, _ = model.bottleneck.learner.eval()(hidden[None])
    assert torch.equal(indices, model.bottleneck.codes(hidden[None]))
    torch.testing.assert_close(latents, model.bottleneck.settle(hidden[None]))


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_latents_are_described_after_rotation(tmp_path: Path, kind: Kind) -> None:
    dataset = Dataset.open(make_dataset(tmp_path, [tones(4.0, 200.0), tones(4.0, 500.0)]))
    torch.manual_seed(0)
    model = TimbreModel(replace(TINY, kind=kind))
    latent = fit_latents(model, Sample(dataset, dataset.split()[0], TINY.signal, 2, 1000))
    active = np.array(latent["active"])
    assert np.allclose(np.array(latent["mean"])[active], 0.0, atol=1e-3)
    assert np.allclose(np.array(latent["std"])[active], 1.0, atol=0.02)
    rows = np.array([latent["min"], *latent["percentiles"].values(), latent["max"]])
    assert (np.diff(rows, axis=0) >= 0.0).all()
    assert list(latent["percentiles"]) == ["1", "5", "25", "50", "75", "95", "99"]
    if kind == "discrete":
        assert sum(latent["codes"]["counts"]) == latent["frames"]
        assert latent["codes"]["used"] >= latent["codes"]["perplexity"] > 1.0


REQUEST = {"kind": "continuous", "steps": 20, "minutes": None, "dataset": "abc", "config": {"width": 32}}


def test_a_run_folder_is_claimed_once(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    assert folder.claim(REQUEST, resume=False) is False
    with pytest.raises(TrainingError, match=r"run: holds a run; give --resume"):
        folder.claim(REQUEST, resume=False)
    assert folder.claim(REQUEST, resume=True) is False
    folder.finish()
    assert folder.claim(REQUEST, resume=True) is True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": 30}, "was started with steps 20, not 30"),
        ({"steps": None, "minutes": 2.0}, "with steps 20, not not given|with minutes not given, not 2.0"),
        ({"dataset": "abd"}, "another data set"),
        ({"config": {"width": 64}}, "other presets"),
    ],
)
def test_another_request_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.claim(REQUEST, resume=False)
    with pytest.raises(TrainingError, match=message):
        folder.claim({**REQUEST, **change}, resume=True)


def test_only_one_process_trains_in_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    folder = RunFolder(tmp_path)
    with folder.held(), pytest.raises(TrainingError, match="another process is training here"), folder.held():
        pass
    with folder.held():
        pass


@pytest.mark.parametrize("resume", [True, False])
def test_a_folder_that_is_no_run_is_left_alone(tmp_path: Path, resume: bool) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(TrainingError, match="is not a training run"):
        RunFolder(tmp_path).claim(REQUEST, resume=resume)
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\x80\x04\x95"])
def test_a_broken_checkpoint_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    folder = RunFolder(tmp_path)
    folder.checkpoint.parent.mkdir()
    folder.checkpoint.write_bytes(content)
    with pytest.raises(TrainingError, match=r"last.ckpt: cannot be read .*to start over"):
        folder.read_checkpoint()


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.checkpoint.parent.mkdir()
    torch.save({"global_step": 1, "evil": Path}, folder.checkpoint)
    with pytest.raises(TrainingError, match="cannot be read"):
        folder.read_checkpoint()


def test_a_step_without_a_number_leaves_the_weights_as_they_are() -> None:
    layer = torch.nn.Linear(2, 1)
    module = TrainingModule(torch.nn.Module(), torch.zeros(1), [0], seed=0)
    module.layer = layer
    layer.weight.grad, layer.bias.grad = torch.tensor([[float("nan"), 1.0]]), torch.ones(1)
    module.on_before_optimizer_step(torch.optim.SGD(layer.parameters(), lr=1.0))
    assert torch.equal(layer.weight.grad, torch.zeros(1, 2))
    assert torch.equal(layer.bias.grad, torch.zeros(1))
    layer.weight.grad.fill_(2.0)
    module.on_before_optimizer_step(torch.optim.SGD(layer.parameters(), lr=1.0))
    assert torch.equal(layer.weight.grad, torch.full((1, 2), 2.0))
    assert [module.take_skipped(), module.take_skipped()] == [1, 0]
