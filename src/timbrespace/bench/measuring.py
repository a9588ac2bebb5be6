"""Everything `timbrespace bench` measures of a model, or of an exported one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.bench.blocks import (
    BLOCKS,
    BlockPlayer,
    BlockTimes,
    Playable,
    looped,
    samples_for,
    time_blocks,
)
from timbrespace.bench.exported import ExportedModel
from timbrespace.bench.machine import available_threads, one_thread, peak_memory_mib
from timbrespace.bench.offline import Speed, measure
from timbrespace.trial_sound import SIGNAL_SECONDS, trial_sound

if TYPE_CHECKING:
    from timbrespace.engine import Engine

Audio = NDArray[np.float32]
Told = Callable[[float, str], None]  # hears the share done, 0 to 1, and what is being measured

RUNS = 5
BUDGET = 0.5  # of the time a block lasts: the rest is the host's
OFFLINE_SHARE = 0.4  # of the work, about


@dataclass(frozen=True)
class Bench:
    """What was measured. Memory is that of the whole process, MiB; None where the system does not say.

    latency_samples: of the model itself, in blocks of a hop. one_thread, all_threads: offline, None for an
    exported model, as are size and loading time for one that is not. blocks: on one thread. budget: share
    of a block's time.
    """

    model_id: str
    kind: str
    sample_rate: int
    hop: int
    latency_samples: int
    seconds: float
    runs: int
    one_thread: Speed | None
    all_threads: Speed | None
    budget: float
    block_seconds: float
    recorded: bool
    blocks: tuple[BlockTimes, ...]
    memory_before_mib: float | None
    memory_peak_mib: float | None
    size_bytes: int | None
    load_seconds: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "latency_ms": 1000 * self.latency_samples / self.sample_rate}


def bench(
    model: Engine | ExportedModel,
    audio: Audio | None = None,
    *,
    runs: int = RUNS,
    blocks: Sequence[int] = BLOCKS,
    block_seconds: float = SIGNAL_SECONDS,
    budget: float = BUDGET,
    recorded: bool = False,
    progress: Told | None = None,
) -> Bench:
    """Measure `model` on `audio` [T] at its rate, `trial_sound` where there is none.

    blocks: sizes in samples; block_seconds: how much sound each size plays, `audio` over and over. budget:
    share of a block's time. recorded: block by block, play what is recorded of the model, as an exported one
    does anyway. The number of torch's threads is put back afterwards.
    """
    sound = trial_sound(model.sample_rate) if audio is None else audio
    tell = progress or (lambda share, note: None)
    before = peak_memory_mib()
    about = about_model(model)
    one, full = (None, None) if isinstance(model, ExportedModel) else _offline(model, sound, runs, tell)
    share = 0.0 if one is None else OFFLINE_SHARE
    times = []
    with one_thread():
        for number, block in enumerate(blocks):
            tell(share + (1 - share) * number / len(blocks), f"blocks of {block}")
            looping = looped(sound, samples_for(block_seconds, model.sample_rate, block, about.hop))
            times.append(time_blocks(playable(model, recorded), looping, block, about.hop, budget))
    tell(1.0, "")
    return Bench(
        **asdict(about), sample_rate=model.sample_rate, seconds=len(sound) / model.sample_rate, runs=runs,
        one_thread=one, all_threads=full, budget=budget, block_seconds=block_seconds, recorded=recorded,
        blocks=tuple(times), memory_before_mib=before, memory_peak_mib=peak_memory_mib(),
    )  # fmt: skip


@dataclass(frozen=True)
class About:
    """What is known of a model without measuring. The last two of an exported one."""

    model_id: str
    kind: str
    hop: int
    latency_samples: int
    size_bytes: int | None = None
    load_seconds: float | None = None


def about_model(model: Engine | ExportedModel) -> About:
    """As `About`."""
    if isinstance(model, ExportedModel):
        what = model.description
        return About(
            what.model_id, what.kind, what.hop, what.latency_samples, model.size_bytes, model.load_seconds
        )
    return About(model.model_id, model.kind, model.signal.hop, model.signal.latency_samples)


@dataclass(frozen=True)
class _Recorded:
    """A model whose streams play what is recorded of it."""

    engine: Engine

    @property
    def sample_rate(self) -> int:
        return self.engine.sample_rate

    def stream(self, block_samples: int) -> BlockPlayer:
        return self.engine.stream(block_samples, recorded=True)


def playable(model: Engine | ExportedModel, recorded: bool) -> Playable:
    """The model as blocks are to be played."""
    return _Recorded(model) if recorded and not isinstance(model, ExportedModel) else model


def _offline(engine: Engine, sound: Audio, runs: int, tell: Told) -> tuple[Speed, Speed]:
    """On one thread and on all."""
    every = available_threads()
    with one_thread():
        tell(0.0, "one thread")
        one = measure(engine, sound, 1, runs)
        tell(0.6 * OFFLINE_SHARE, f"{every} threads")
        return one, measure(engine, sound, every, runs) if every > 1 else one
