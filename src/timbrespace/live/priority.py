"""Threads that make sound come before others, where the system allows it."""

from __future__ import annotations

import os
from contextlib import suppress

COMPUTING_PRIORITY, CALLBACK_PRIORITY = 10, 20  # of 1 to 99; the system's own sound servers have more


def hurry(priority: int) -> None:
    """Ask Linux to run the calling thread before others; where that is not allowed, all stays as it is.

    Elsewhere PortAudio's own thread has such a priority already.
    """
    if hasattr(os, "sched_setscheduler"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
