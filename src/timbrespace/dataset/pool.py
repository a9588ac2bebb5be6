"""Run the jobs of `inspect.py` in several processes.

Plain processes that talk over pipes rather than a `multiprocessing` pool: they need nothing of the
program that calls, one that a broken file crashes costs that file and not the run, and none is left over
after Ctrl-C or kill -9.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import timbrespace
from timbrespace.dataset.inspect import Job, Outcome, prepare_file
from timbrespace.errors import DatasetError

_POLL_SECONDS = 0.5
_SINGLE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Shares = Callable[[Job, float], None]
_Event = tuple[Job, float, Outcome | Exception | None]


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_jobs(jobs: Sequence[Job], processes: int, shares: Shares) -> Iterator[tuple[Job, Outcome]]:
    """Outcomes as they come; `shares` hears of progress within a job.

    Raises DatasetError where a result cannot be written or a process is killed from outside.
    """
    if min(processes, len(jobs)) <= 1:
        yield from ((job, _prepare_here(job, shares)) for job in jobs)
        return
    waiting = deque(jobs)
    events: queue.Queue[_Event] = queue.Queue()
    helpers = [_Helper(waiting, events) for _ in range(min(processes, len(jobs)))]
    try:
        for helper in helpers:
            helper.start()
        done = 0
        while done < len(jobs):
            try:
                job, share, outcome = events.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(outcome, Exception):
                raise outcome
            if outcome is None:
                shares(job, share)
            else:
                done += 1
                yield job, outcome
    finally:
        waiting.clear()
        for helper in helpers:
            helper.stop()


def _prepare_here(job: Job, shares: Shares) -> Outcome:
    try:
        return prepare_file(job, lambda share: shares(job, share))
    except OSError as error:
        raise _cannot_write(job, error.strerror or str(error)) from error


class _Helper(threading.Thread):
    """One worker process and the thread that feeds it."""

    def __init__(self, waiting: deque[Job], events: queue.Queue[_Event]) -> None:
        super().__init__(daemon=True)
        self._waiting = waiting
        self._events = events
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self) -> None:
        """Feed the process until nothing waits, it is stopped, or it breaks."""
        while not self._stopped:
            try:
                job = self._waiting.popleft()
            except IndexError:
                return
            try:
                self._events.put((job, 1.0, self._prepare(job)))
            except Exception as error:
                self._events.put((job, 0.0, error))
                return

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._stopped = True
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        self.join()

    def _prepare(self, job: Job) -> Outcome:
        process = self._process = self._process or _start()
        if self._stopped:
            process.kill()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(asdict(job)) + "\n")
            process.stdin.flush()
        except OSError:
            return self._died(job)
        for line in process.stdout:
            message = json.loads(line)
            if "outcome" in message:
                return Outcome(**message["outcome"])
            if "error" in message:
                raise _cannot_write(job, message["error"])
            self._events.put((job, message["share"], None))
        return self._died(job)

    def _died(self, job: Job) -> Outcome:
        assert self._process is not None
        code = self._process.wait()
        self._process = None
        for leftover in (job.work, job.work + ".raw"):
            Path(leftover).unlink(missing_ok=True)
        if -code in (signal.SIGTERM, 9):
            raise DatasetError(
                f"{job.path}: its process was killed (out of memory?); run prepare again to go on"
            )
        return Outcome("damaged", f"the decoder crashes on it (exit code {code})")


def _start() -> subprocess.Popen[str]:
    package_folder = str(Path(timbrespace.__file__).resolve().parent.parent)
    inherited = os.environ.get("PYTHONPATH")
    path = package_folder + (os.pathsep + inherited if inherited else "")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "timbrespace.dataset.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # decoders grumble there about files we report on ourselves
        text=True,
        env={**os.environ, **_SINGLE_THREAD, "PYTHONPATH": path},
    )


def _cannot_write(job: Job, words: str) -> DatasetError:
    folder = Path(job.work).parent.parent
    return DatasetError(f"{folder}: cannot be written: {words}; nothing that was there has changed")
