"""A training run from its options to `RUN/model.timbre`."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch.utils.data import DataLoader

from timbrespace.bundle import load_bundle, save_bundle
from timbrespace.config import ModelConfig
from timbrespace.dataset.crops import Crops
from timbrespace.dataset.sample import Sample
from timbrespace.dataset.split import Region, describe_split, halves
from timbrespace.dataset.store import Dataset
from timbrespace.errors import TrainingError, UsageError
from timbrespace.training.board import Board, find_example
from timbrespace.training.callbacks import Conductor
from timbrespace.training.finish import bundle_of, described, fit_latents, model_from
from timbrespace.training.interrupts import Interrupts
from timbrespace.training.journal import Journal
from timbrespace.training.losses import LossWeights
from timbrespace.training.module import StepBatches, TrainingModule, as_tensors, draw_seed
from timbrespace.training.objective import Objective
from timbrespace.training.options import TrainOptions
from timbrespace.training.process import global_rank, is_first_process, quiet_lightning
from timbrespace.training.quantiser import START_FRAMES, affordable_codes, model_state
from timbrespace.training.reporter import Reporter
from timbrespace.training.run_folder import RunFolder, request_of
from timbrespace.training.schedule import Schedule
from timbrespace.training.statistics import measure, source_levels

BATCH = 256  # crops a step, of all processes together
CROP_FRAMES = 1  # scored frames of a crop: neighbouring frames say much the same, so each crop has one
CLIP_NORM = 5.0
VALIDATION_BATCHES = 4
GLANCE_FRAMES = 4_000  # for the rotation of a model kept on the way
FINISH_FRAMES = 30_000  # for that of the finished one
NAMES = 50  # held-out recordings that a bundle names at most


@dataclass(frozen=True)
class Material:
    """What a run learns from."""

    dataset: Dataset
    train: tuple[Region, ...]
    validation: tuple[Region, ...]
    split: str
    config: ModelConfig


def train(options: TrainOptions) -> Path:
    """Train, go on training, or do nothing where the run is finished. Returns the path of `model.timbre`.

    Raises DatasetError, TrainingError, UsageError; KeyboardInterrupt or SystemExit(143) after a signal, when
    everything is saved.
    """
    folder = RunFolder(options.run)
    first = is_first_process()
    reporter = Reporter(folder.log, quiet=options.quiet, active=first)
    material = _gather(options)
    with Interrupts() as interrupts, quiet_lightning():
        trainer = _trainer(options)
        if first:
            request = request_of(options, material.dataset, material.config)
            if folder.claim(request, resume=options.resume):
                reporter.line(f"{folder.path}: finished already; nothing to do")
                return folder.bundle
            folder.checkpoint.parent.mkdir(exist_ok=True)
        with folder.held() if first else nullcontext():
            _Run(options, folder, reporter, interrupts, material).go(trainer)
    return folder.bundle


class _Run:
    """One sitting."""

    def __init__(
        self,
        options: TrainOptions,
        folder: RunFolder,
        reporter: Reporter,
        interrupts: Interrupts,
        material: Material,
    ) -> None:
        self.options = options
        self.folder = folder
        self.reporter = reporter
        self.interrupts = interrupts
        self.material = material
        self.schedule = Schedule(options.steps, None if options.minutes is None else 60.0 * options.minutes)
        self.processes = options.devices * options.nodes

    def go(self, trainer: lightning.Trainer) -> None:
        """Train up to the end of the budget or a signal, then finish."""
        checkpoint = self.folder.read_checkpoint()
        start = 0 if checkpoint is None else int(checkpoint["global_step"])
        module, crops = self._build()
        conductor = self._conductor(module, start)
        trainer.callbacks.append(conductor)  # type: ignore[attr-defined]
        self.reporter.line(f"{self.folder.path}: training starts at step {start}")
        self.reporter.line(f"{self.material.config.kind} model, {self._describe()}")
        self.interrupts.patient = True
        if checkpoint is None or not self._spent(checkpoint, conductor):
            loader = DataLoader(StepBatches(crops, start), batch_size=None)
            path = None if checkpoint is None else self.folder.checkpoint
            _fit(trainer, module, loader, path, self.interrupts)
        if not trainer.is_global_zero:
            return
        if conductor.board is not None:
            conductor.board.close()
        self._leave_on_signal(trainer.global_step)
        self.interrupts.patient = False
        self._finish(conductor)

    def _build(self) -> tuple[TrainingModule, Crops]:
        options, material = self.options, self.material
        weights = LossWeights() if options.adversary is None else LossWeights(adversary=options.adversary)
        measured = measure(material.dataset, material.train, material.config.signal)
        torch.manual_seed(draw_seed(options.seed))
        objective = Objective(material.config, weights, measured, CROP_FRAMES)
        share = -(-BATCH // self.processes)
        half = halves(material.dataset.sources, material.train)
        module = TrainingModule(objective, source_levels(material.dataset), half, options.seed)
        seed = draw_seed(options.seed, global_rank(options.devices))
        return module, Crops(
            material.dataset,
            material.train,
            objective.crop_samples,
            share,
            seed,
            margin_samples=objective.transposition.margin + material.config.signal.n_fft,
        )

    def _conductor(self, module: TrainingModule, start: int) -> Conductor:
        material = self.material
        samples, margin = module.objective.crop_samples, module.objective.transposition.margin
        held_out = Crops(material.dataset, material.validation, samples, BATCH, margin_samples=margin)
        batches = [as_tensors(held_out.batch(index)) for index in range(VALIDATION_BATCHES)]
        board = None
        if is_first_process():
            example = find_example(material.dataset, material.validation)
            board = Board(self.folder.board, start, example, material.config.signal.sample_rate)
        sample = self._sample(module.objective.context, START_FRAMES)
        return Conductor(
            self.schedule, self.folder, self.reporter, self.interrupts, self._keep, batches, sample,
            BATCH * CROP_FRAMES, board,
        )  # fmt: skip

    def _sample(self, context: int, frames: int) -> Sample:
        material = self.material
        return Sample(material.dataset, material.train, material.config.signal, context, frames)

    def _spent(self, checkpoint: dict[str, Any], conductor: Conductor) -> bool:
        """Whether the budget is spent and only the end is missing; then restores the conductor."""
        state = checkpoint["callbacks"][conductor.state_key]
        if self.schedule.progress(int(checkpoint["global_step"]), state["seconds"]) < 1.0:
            return False
        conductor.load_state_dict(state)
        return True

    def _leave_on_signal(self, step: int) -> None:
        if self.interrupts.received is None:
            return
        model = f", the model so far in {self.folder.bundle}" if self.folder.bundle.exists() else ""
        self.reporter.line(f"stopped: saved step {step}{model}; the same command with --resume goes on")
        self.interrupts.leave()

    def _keep(self, module: TrainingModule, journal: Journal, progress: float) -> None:
        """Write `model.timbre` of the weights as they are."""
        model = model_from(model_state(module.objective.model), self.material.config)
        self._write(model, self._sample(module.objective.context, GLANCE_FRAMES), journal, progress)

    def _finish(self, conductor: Conductor) -> None:
        """Fit the kept model's latents to more of the data set and write it once more."""
        kept = load_bundle(self.folder.bundle)
        model = model_from(kept.tensors, self.material.config)
        context = model.encoder.stack.context_frames
        if not kept.header["training"].get("finished"):  # or codes would be settled twice
            self._write(model, self._sample(context, FINISH_FRAMES), conductor.journal, 1.0, finished=True)
        self.folder.finish()
        best = conductor.journal.best
        score = f", validation {best.validation:.4g} at step {best.step}" if best is not None else ""
        self.reporter.line(f"finished: {self.folder.bundle}{score}")

    def _write(
        self, model: Any, sample: Sample, journal: Journal, progress: float, finished: bool = False
    ) -> None:
        latent = fit_latents(model, sample, settle=finished)
        history = self._history(journal, progress, finished)
        bundle = bundle_of(model, latent, self.material.dataset.summary(), history)
        if finished:
            self.reporter.line("describing what the model can play")
            bundle = described(bundle, self.material.dataset, self.material.train)
        save_bundle(self.folder.bundle, bundle, force=True)

    def _history(self, journal: Journal, progress: float, finished: bool) -> dict[str, Any]:
        """The bundle's `training`."""
        last, best = (journal.points[-1] if journal.points else None), journal.best
        options, material = self.options, self.material
        held = [Path(material.dataset.sources[region.source].path).name for region in material.validation]
        return {
            "steps": last.step if last else 0,
            "minutes": last.seconds / 60 if last else 0.0,
            "progress": progress,
            "finished": finished,
            "best_step": best.step if best else None,
            "best_validation": best.validation if best else None,
            "stopped_improving": journal.stalled,
            "budget": {"steps": options.steps, "minutes": options.minutes},
            "seed": options.seed,
            "preset": options.preset,
            "processes": self.processes,
            "validation": {"split": material.split, "held_out": held[:NAMES]},
            "points": journal.summary(),
        }

    def _describe(self) -> str:
        seconds = sum(region.length for region in self.material.train) / self.material.dataset.sample_rate
        config = self.material.config
        requested = self.options.model_config(config.signal.sample_rate).codes
        few = config.kind == "discrete" and config.codes < requested
        codes = f", {config.codes} codes instead of {requested}: they need more material" if few else ""
        return f"{seconds:.1f} s to learn from, {self.material.split}{codes}"


def _gather(options: TrainOptions) -> Material:
    dataset = Dataset.open(options.dataset)
    learn, validation = dataset.split()
    split = describe_split(dataset.sources, dataset.sample_rate)
    if not validation:
        validation, split = learn, "nothing is held out: there is too little material"
    config = options.model_config(dataset.sample_rate)
    frames = sum(region.length for region in learn) // config.signal.hop
    if frames < 1:
        raise TrainingError(f"{options.dataset}: less than one frame to learn from; add recordings")
    if config.kind == "discrete":
        config = replace(config, codes=affordable_codes(config.codes, frames))
    return Material(dataset, learn, validation, split, config)


def _trainer(options: TrainOptions) -> lightning.Trainer:
    """Raises UsageError where the devices asked for are not here."""
    strategy = "ddp" if options.devices * options.nodes > 1 else "auto"
    try:
        return lightning.Trainer(
            accelerator=options.accelerator, devices=options.devices, num_nodes=options.nodes,
            strategy=strategy, max_epochs=-1, gradient_clip_val=CLIP_NORM, deterministic="warn",
            default_root_dir=options.run, use_distributed_sampler=False, logger=False,
            enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
            num_sanity_val_steps=0,
        )  # fmt: skip
    except (MisconfigurationException, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        asked = f"--accelerator {options.accelerator} --devices {options.devices} --nodes {options.nodes}"
        raise UsageError(f"{asked}: not here: {reason}") from error


def _fit(
    trainer: lightning.Trainer,
    module: TrainingModule,
    loader: Any,
    checkpoint: Path | None,
    interrupts: Interrupts,
) -> None:
    try:
        trainer.fit(module, loader, ckpt_path=checkpoint, weights_only=True)
    except SIGTERMException:  # came in the moment before the first step
        interrupts.leave()
