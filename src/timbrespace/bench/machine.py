"""The machine and the process: cores, threads, memory, rounds of Python's garbage collector."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import torch


def available_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_mib() -> float | None:
    """Largest memory this process has held so far, MiB; None on systems without `resource`."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


@contextmanager
def one_thread() -> Iterator[None]:
    """torch on one thread; the number it had is put back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class CollectorWatch:
    """Counts rounds of the garbage collector while it is entered, and notes the longest.

    rounds: how many. longest_ms: 0 where there was none.
    """

    def __init__(self) -> None:
        self.rounds = 0
        self.longest_ms = 0.0
        self._started = 0.0

    def __enter__(self) -> CollectorWatch:
        gc.callbacks.append(self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.callbacks.remove(self._hear)

    def _hear(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._started = time.perf_counter()
        else:
            self.rounds += 1
            self.longest_ms = max(self.longest_ms, 1000 * (time.perf_counter() - self._started))
