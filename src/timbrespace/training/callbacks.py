"""What happens around the steps: progress and learning rate before, validation, saving and stopping after.

One callback decides, so that the order is fixed: validate, keep the model, save the checkpoint, stop. The
first process decides for all, once a step.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightning
import torch
from torch import Tensor

from timbrespace.dataset.sample import Sample
from timbrespace.errors import TrainingError
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training import quantiser
from timbrespace.training.board import Board
from timbrespace.training.finish import model_from
from timbrespace.training.interrupts import Interrupts
from timbrespace.training.journal import FULL_STRENGTH, Journal, Point
from timbrespace.training.module import TrainingModule, draw_seed
from timbrespace.training.objective import QUANTISER_START
from timbrespace.training.reporter import Reporter, format_losses, format_seconds
from timbrespace.training.run_folder import RunFolder, cannot_write
from timbrespace.training.schedule import Clock, Schedule

CHECKPOINT_SECONDS = 30.0
FIRST_MODEL_SECONDS = 15.0
LOG_STEPS = 20
EXAMPLES = 10  # pictures and sounds over a budget

Keep = Callable[[TrainingModule, Journal, float], None]  # writes model.timbre; the last is progress


@dataclass(frozen=True)
class Decision:
    """What the first process wants after a step."""

    progress: float
    save: bool
    stop: bool


class Conductor(lightning.Callback):
    """Leads a run. Everything that is not the same on every process happens on the first one only.

    keep: writes `model.timbre` of the weights as they are. start_sample: what k-means sees. batch_frames:
    scored frames of a step, of all processes together.
    """

    def __init__(
        self,
        schedule: Schedule,
        folder: RunFolder,
        reporter: Reporter,
        interrupts: Interrupts,
        keep: Keep,
        validation: list[tuple[Tensor, Tensor]],
        start_sample: Sample,
        batch_frames: int,
        board: Board | None,
    ) -> None:
        self.schedule = schedule
        self.folder = folder
        self.reporter = reporter
        self.interrupts = interrupts
        self.keep = keep
        self.validation = validation
        self.start_sample = start_sample
        self.batch_frames = batch_frames
        self.board = board
        self.clock = Clock()
        self.journal = Journal()
        self._already_seconds = 0.0
        self._saved_at = 0.0
        self._losses: dict[str, float] = {}
        self._said_stalled = False
        self._sitting_from = 0.0
        self._settled_to = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Measured time, journal, and how far the codebook is settled; plain values."""
        return {
            "seconds": self.clock.elapsed_seconds(),
            "points": self.journal.state(),
            "stalled": self._said_stalled,
            "settled_to": self._settled_to,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Inverse of `state_dict`."""
        self._already_seconds = state_dict["seconds"]
        self._said_stalled = state_dict["stalled"]
        self._settled_to = state_dict["settled_to"]
        self.journal.restore(state_dict["points"])

    def on_train_start(self, trainer: lightning.Trainer, module: TrainingModule) -> None:  # type: ignore[override]
        """Begin to measure time, from what earlier sittings took."""
        self.interrupts.install()
        self.clock.start(self._already_seconds)
        self._saved_at = time.monotonic()
        seconds = _of_first(trainer, [self.clock.elapsed_seconds()])[0]
        module.progress = self.schedule.progress(trainer.global_step, seconds)
        self._sitting_from = module.progress

    def on_train_batch_start(self, trainer: lightning.Trainer, module: TrainingModule, *_: Any) -> None:  # type: ignore[override]
        """Learning rate and, when it is time, the codebook: its start, and its settling now and then."""
        rate = self.schedule.learning_rate(trainer.global_step, module.progress)
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = rate
        model = module.objective.model
        if model.config.kind != "discrete":
            return
        if model.bottleneck.learner is None and module.progress >= QUANTISER_START:
            torch.manual_seed(draw_seed(module.seed, trainer.global_step, trainer.global_rank, 1))
            shared = trainer.world_size > 1
            quantiser.start_learner(model, self.start_sample, self.batch_frames, shared)
        elif any(self._settled_to < place <= module.progress for place in quantiser.SETTLED_AT):
            quantiser.settle_learner(model, self.start_sample, self.batch_frames)
        self._settled_to = module.progress

    def on_train_batch_end(self, trainer: lightning.Trainer, module: TrainingModule, *_: Any) -> None:  # type: ignore[override]
        """Everything else, in its order."""
        before = module.progress
        seconds = self.clock.elapsed_seconds()
        after = max(before, self.schedule.progress(trainer.global_step, seconds))
        if trainer.is_global_zero:
            self._look(trainer, module, before, after)
        decision = self._decide(trainer, after)
        module.progress = decision.progress
        if decision.save:
            self._save(trainer)
        trainer.should_stop = decision.stop

    def _decide(self, trainer: lightning.Trainer, progress: float) -> Decision:
        stop = progress >= 1.0 or self.interrupts.received is not None
        save = stop or time.monotonic() - self._saved_at >= CHECKPOINT_SECONDS
        first = _of_first(trainer, [progress, float(save), float(stop)])
        return Decision(first[0], bool(first[1]), bool(first[2]))

    def _look(self, trainer: lightning.Trainer, module: TrainingModule, before: float, after: float) -> None:
        """Log, validate, keep the model, report. On the first process."""
        step = trainer.global_step
        due = self.schedule.validation_due(before, after)
        if due or step % LOG_STEPS == 0:
            self._log(step, module, trainer.optimizers[0].param_groups[0]["lr"])
        if due:
            self._validate(step, module, before, after)
        elif not self.folder.bundle.exists() and self._first_model_due():
            self.keep(module, self.journal, after)
        if self.reporter.due():
            self.reporter.moving(self._status(step, after))

    def _first_model_due(self) -> bool:
        return self.interrupts.received is not None or self.clock.elapsed_seconds() >= FIRST_MODEL_SECONDS

    def _log(self, step: int, module: TrainingModule, rate: float) -> None:
        self._losses = module.take_losses() or self._losses
        if skipped := module.take_skipped():
            steps = "1 step was" if skipped == 1 else f"{skipped} steps were"
            self.reporter.line(f"step {step}: {steps} not taken, since the gradient was no number")
        bad = [name for name, value in self._losses.items() if not math.isfinite(value)]
        if bad:
            raise TrainingError(
                f"{self.folder.path}: the loss '{bad[0]}' is no number at step {step}, the run cannot go on; "
                "train anew with another --seed"
            )
        if self.board is not None:
            self.board.write_numbers(step, {**self._losses, "learning_rate": rate}, "training")

    def _validate(self, step: int, module: TrainingModule, before: float, after: float) -> None:
        value = module.validate(self.validation)
        point = Point(step, self.clock.elapsed_seconds(), after, value, self._losses)
        if self.journal.add(point):
            self.keep(module, self.journal, after)
        if self.board is not None:
            self.board.write_numbers(step, {"total": value}, "validation")
            if math.floor(after * EXAMPLES) > math.floor(before * EXAMPLES):
                self.board.write_example(step, as_model(module))
        self.reporter.line(self._status(step, after))
        if after < 1.0 and self.journal.stalled and not self._said_stalled:
            self._said_stalled = True
            self.reporter.line(
                "it has stopped improving: the last quarter of the budget brought less than half a percent; "
                "Ctrl-C ends the run and the best model stays"
            )

    def _status(self, step: int, progress: float) -> str:
        sitting_seconds = max(1e-3, self.clock.elapsed_seconds() - self._already_seconds)
        rate = (progress - self._sitting_from) / sitting_seconds
        left = format_seconds(self.schedule.seconds_left(progress, rate))
        text = f"{100 * progress:3.0f} %  step {step}  {left} left  {format_losses(self._losses)}"
        if self.journal.points:
            best = self.journal.best
            text += f"  validation {self.journal.points[-1].validation:.4g}"
            text += f" (best {best.validation:.4g})" if best is not None and progress >= FULL_STRENGTH else ""
        return text

    def _save(self, trainer: lightning.Trainer) -> None:
        """Write the checkpoint beside the last one, then put it in its place."""
        path = self.folder.checkpoint
        temporary = path.with_name(".next.ckpt")
        try:
            trainer.save_checkpoint(temporary)
            if trainer.is_global_zero:
                os.replace(temporary, path)
        except OSError as error:
            raise cannot_write(path, error) from error
        self._saved_at = time.monotonic()


def as_model(module: TrainingModule) -> TimbreModel:
    """A model for use of the weights as they are, its latents not rotated."""
    model = module.objective.model
    return model_from(quantiser.model_state(model), model.config)


def _of_first(trainer: lightning.Trainer, values: list[float]) -> list[float]:
    """The values that the first process has, on every process."""
    if trainer.world_size == 1:
        return values
    tensor = torch.tensor(values, dtype=torch.float64, device=trainer.strategy.root_device)
    torch.distributed.broadcast(tensor, src=0)
    first: list[float] = tensor.tolist()
    return first
