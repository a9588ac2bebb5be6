"""The Lightning module: one objective, one optimiser, and draws that follow from the seed and the step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from timbrespace.dataset.crops import CropBatch, Crops
from timbrespace.training import quantiser
from timbrespace.training.objective import Objective
from timbrespace.training.schedule import PEAK_LEARNING_RATE

BETAS = (0.9, 0.99)
WEIGHT_DECAY = 0.01

Batch = tuple[int, Tensor, Tensor]  # step, audio [B, T], source [B]


def draw_seed(seed: int, *keys: int) -> int:
    """One number below 2^63 from the seed of a run and what is to be drawn: a step, a process."""
    state = np.random.SeedSequence([seed, *keys]).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(1))


class StepBatches(IterableDataset[Batch]):
    """Endless batches of `crops`, from that of step `first` on."""

    def __init__(self, crops: Crops, first: int) -> None:
        self._crops = crops
        self._first = first

    def __iter__(self) -> Iterator[Batch]:
        for step in itertools.count(self._first):
            yield step, *as_tensors(self._crops.batch(step))


class TrainingModule(lightning.LightningModule):
    """`progress` (share of the budget spent) and the learning rate are set from outside before each step."""

    source_level_db: Tensor
    source_half: Tensor

    def __init__(
        self, objective: Objective, source_level_db: Tensor, source_half: Sequence[int], seed: int
    ) -> None:
        """source_half: for every source, which half of the sources it is of, 0 or 1."""
        super().__init__()
        self.objective = objective
        self.register_buffer("source_level_db", source_level_db, persistent=False)
        self.register_buffer("source_half", torch.tensor(source_half), persistent=False)
        self.seed = seed
        self.progress = 0.0
        self._recent: list[dict[str, Tensor]] = []
        self._skipped = 0

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """One batch → the scalar to minimise. Every draw in it is a function of (seed, step, process)."""
        step, audio, source = batch
        assert step == self.global_step
        torch.manual_seed(draw_seed(self.seed, step, self.global_rank))
        losses = self.objective(audio, self.source_level_db[source], self._folds(source), self.progress)
        if self.global_rank == 0:  # the process that reports
            self._recent.append(losses.terms)
        return losses.total

    def _folds(self, source: Tensor) -> Tensor:
        """source [B] → which half of the sources it is of; with a single one, crops are dealt at random."""
        if not self.source_half.any():
            return torch.randint(2, source.shape, device=source.device)
        return self.source_half[source]

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW over everything that learns."""
        learning = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return torch.optim.AdamW(learning, lr=PEAK_LEARNING_RATE, betas=BETAS, weight_decay=WEIGHT_DECAY)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """A learner that had started must hang on the bottleneck before its weights can be loaded."""
        if quantiser.holds_learner(checkpoint["state_dict"]):
            quantiser.attach_learner(self.objective.model, self.trainer.world_size > 1)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """A step whose gradient is no number is not taken; a run in which that goes on is ended elsewhere."""
        gradients = [p.grad for p in self.parameters() if p.grad is not None]
        if gradients and not torch.isfinite(torch.stack([gradient.sum() for gradient in gradients]).sum()):
            self._skipped += 1
            for gradient in gradients:
                gradient.zero_()

    def take_skipped(self) -> int:
        """How many steps were not taken since the last call."""
        count, self._skipped = self._skipped, 0
        return count

    def take_losses(self) -> dict[str, float]:
        """Mean of each named loss over the steps since the last call; empty without any.

        One step without a number is left out; more of them make the mean no number either.
        """
        recent, self._recent = self._recent, []
        if not recent:
            return {}
        values = {name: torch.stack([terms[name] for terms in recent]) for name in recent[-1]}
        return {name: float(value.nanmean() if value.isnan().sum() == 1 else value.mean())
                for name, value in values.items()}  # fmt: skip

    @torch.no_grad()
    def validate(self, batches: list[tuple[Tensor, Tensor]]) -> float:
        """Mean of the objective without the adversary, every weight at full strength, always equal draws."""
        totals = []
        self.objective.eval()
        for index, (audio, source) in enumerate(batches):
            torch.manual_seed(draw_seed(self.seed, index))
            level_db = self.source_level_db[source.to(self.device)]
            fold = self._folds(source.to(self.device))
            losses = self.objective(audio.to(self.device), level_db, fold, 1.0)
            adversary = losses.terms.get("adversary", torch.zeros(()))
            totals.append(float(losses.total) - float(adversary))
        self.objective.train()
        return sum(totals) / len(totals)


def as_tensors(batch: CropBatch) -> tuple[Tensor, Tensor]:
    """audio float32 [B, T], source int64 [B]."""
    return torch.from_numpy(batch.audio), torch.from_numpy(batch.source)
