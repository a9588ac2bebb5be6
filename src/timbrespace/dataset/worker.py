"""A process that prepares files: one job a line on stdin, progress and outcome as lines on stdout.

Ends as soon as stdin closes, so that no worker outlives the command, however that ended.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time

from timbrespace.dataset.inspect import Job, prepare_file

_REPORT_SECONDS = 0.3


def main() -> None:
    """Work until stdin closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to handle
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    while True:
        _answer(_work(Job(**json.loads(lines.get()))))


def _listen(lines: queue.Queue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _work(job: Job) -> dict[str, object]:
    last = time.monotonic()

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last > _REPORT_SECONDS:
            last = time.monotonic()
            _answer({"share": share})

    try:
        return {"outcome": prepare_file(job, report).to_dict()}
    except OSError as error:
        return {"error": error.strerror or str(error)}


def _answer(message: dict[str, object]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
