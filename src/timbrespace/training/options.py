"""What a training run is asked to do, checked before anything heavy is imported."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from timbrespace.config import KINDS, Kind, ModelConfig, preset
from timbrespace.errors import UsageError

DEFAULT_MINUTES = 10.0
LEAST_MINUTES = 0.01  # of time in which there is at least a step
MAX_MINUTES = 60.0 * 24 * 30
ACCELERATORS = ("auto", "cpu", "gpu", "cuda", "mps")


@dataclass(frozen=True)
class TrainOptions:
    """One run. `None` for latents, codes or adversary means the preset's, or training's, own value.

    kind: continuous or discrete. dataset, run: folders. minutes, steps: the budget, one of the two
    (neither: ten minutes). adversary: its weight, 0 turns it off; continuous only. codes: discrete
    only. resume: go on with what is in `run`. nodes, devices: Lightning's; devices are per node.
    Raises UsageError (ConfigError for the model's numbers) naming the option and its value.
    """

    kind: Kind
    dataset: Path
    run: Path
    preset: str = "standard"
    minutes: float | None = None
    steps: int | None = None
    latents: int | None = None
    codes: int | None = None
    adversary: float | None = None
    seed: int = 0
    resume: bool = False
    accelerator: str = "auto"
    devices: int = 1
    nodes: int = 1
    quiet: bool = False

    def __post_init__(self) -> None:
        _check(self.kind in KINDS, f"the kind is '{self.kind}'; it must be {' or '.join(KINDS)}")
        both = self.minutes is not None and self.steps is not None
        _check(not both, "--minutes and --steps exclude each other; give one")
        if self.minutes is None and self.steps is None:
            object.__setattr__(self, "minutes", DEFAULT_MINUTES)
        if self.minutes is not None:
            within = math.isfinite(self.minutes) and LEAST_MINUTES <= self.minutes <= MAX_MINUTES
            _check(within, f"--minutes is {self.minutes:g}; it must be {LEAST_MINUTES:g} to {MAX_MINUTES:g}")
        _check(self.steps is None or self.steps >= 1, f"--steps is {self.steps}; it must be at least 1")
        _check(0 <= self.seed < 2**63, f"--seed is {self.seed}; it must be 0 to 2^63 - 1")
        names = ", ".join(ACCELERATORS)
        _check(self.accelerator in ACCELERATORS, f"--accelerator is '{self.accelerator}'; one of {names}")
        _check(self.devices >= 1, f"--devices is {self.devices}; it must be at least 1")
        _check(self.nodes >= 1, f"--nodes is {self.nodes}; it must be at least 1")
        self._check_model()

    def _check_model(self) -> None:
        if self.adversary is not None:
            _check(self.kind == "continuous", "--adversary is for the continuous model only")
            within = math.isfinite(self.adversary) and 0 <= self.adversary <= 1000
            _check(within, f"--adversary is {self.adversary:g}; it must be 0 to 1000")
        _check(self.codes is None or self.kind == "discrete", "--codes is for the discrete model only")
        self.model_config(preset(self.preset).signal.sample_rate)

    def model_config(self, sample_rate: int) -> ModelConfig:
        """The model to build for a data set at `sample_rate` Hz. Raises ConfigError."""
        chosen = replace(preset(self.preset), kind=self.kind)
        if self.latents is not None:
            chosen = replace(chosen, latents=self.latents)
        if self.codes is not None:
            chosen = replace(chosen, codes=self.codes)
        return chosen.with_signal(sample_rate=sample_rate)


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise UsageError(message)
