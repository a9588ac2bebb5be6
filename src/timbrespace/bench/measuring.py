"""Everything `timbrespace bench` measures of a model, or of an exported one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from timbrespace.bench.blocks import BLOCKS, BlockTimes, looped, samples_for, time_blocks
from timbrespace.bench.exported import ExportedModel
from timbrespace.bench.machine import available_threads, peak_memory_mib
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
    blocks: tuple[BlockTimes, ...]
    memory_before_mib: float | None
    memory_peak_mib: float | None
    size_bytes: int | None = None
    load_seconds: float | None = None

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
    progress: Told | None = None,
) -> Bench:
    """Measure `model` on `audio` [T] at its rate, `trial_sound` where there is none.

    blocks: sizes in samples; block_seconds: how much sound each size plays, `audio` over and over. budget:
    share of a block's time. The number of torch's threads is put back afterwards.
    """
    sound = trial_sound(model.sample_rate) if audio is None else audio
    tell = progress or (lambda share, note: None)
    before = peak_memory_mib()
    one = full = None
    if isinstance(model, ExportedModel):
        about, share = model.description, 0.0
        hop, latency = about.hop, about.latency_samples
        size, load_seconds = model.size_bytes, model.load_seconds
        model_id, kind = about.model_id, about.kind
    else:
        hop, latency = model.signal.hop, model.signal.latency_samples
        size, load_seconds, share = None, None, OFFLINE_SHARE
        model_id, kind = model.model_id, model.kind
        one, full = _offline(model, sound, runs, tell)
    times = []
    with one_thread():
        for number, block in enumerate(blocks):
            tell(share + (1 - share) * number / len(blocks), f"blocks of {block}")
            samples = samples_for(block_seconds, model.sample_rate, block, hop)
            times.append(time_blocks(model, looped(sound, samples), block, hop, budget))
    tell(1.0, "")
    return Bench(
        model_id, kind, model.sample_rate, hop, latency, len(sound) / model.sample_rate, runs, one, full,
        budget, block_seconds, tuple(times), before, peak_memory_mib(), size, load_seconds,
    )  # fmt: skip


def _offline(engine: Engine, sound: Audio, runs: int, tell: Told) -> tuple[Speed, Speed]:
    """On one thread and on all."""
    every = available_threads()
    with one_thread():
        tell(0.0, "one thread")
        one = measure(engine, sound, 1, runs)
        tell(0.6 * OFFLINE_SHARE, f"{every} threads")
        return one, measure(engine, sound, every, runs) if every > 1 else one


@contextmanager
def one_thread() -> Iterator[None]:
    """torch on one thread; the number it had is put back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
