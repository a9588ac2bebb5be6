"""Around Lightning: which process this is, and silence."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.utils.deterministic


def global_rank(devices: int) -> int:
    """Number of this process among all, as Lightning or the cluster says; 0 alone. devices: per node."""
    if "RANK" in os.environ:
        return int(os.environ["RANK"])
    node = int(os.environ.get("NODE_RANK", os.environ.get("GROUP_RANK", "0")))
    return node * devices + int(os.environ.get("LOCAL_RANK", "0"))


def is_first_process() -> bool:
    """Whether this process is the one that writes."""
    names = ("RANK", "NODE_RANK", "GROUP_RANK", "LOCAL_RANK", "SLURM_PROCID")
    return all(os.environ.get(name, "0") == "0" for name in names)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Without Lightning's remarks, and with torch's switch for determinism as it was afterwards."""
    names = ("lightning.pytorch", "lightning.fabric", "lightning")
    before = {name: logging.getLogger(name).level for name in names}
    switch: Any = torch.utils.deterministic  # its attribute is set at run time
    deterministic = torch.are_deterministic_algorithms_enabled()
    fill = switch.fill_uninitialized_memory
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            logging.getLogger(name).setLevel(logging.ERROR)
        switch.fill_uninitialized_memory = False  # costs time, and nothing is left unset
        try:
            with quiet_board_thread():
                yield
        finally:
            torch.use_deterministic_algorithms(deterministic)
            switch.fill_uninitialized_memory = fill
            for name, level in before.items():
                logging.getLogger(name).setLevel(level)


@contextmanager
def quiet_board_thread() -> Iterator[None]:
    """Without the traceback of the thread that writes for TensorBoard: whoever writes next gets its error."""
    before = threading.excepthook

    def hook(arguments: threading.ExceptHookArgs) -> None:
        of_board = type(arguments.thread).__module__.startswith("tensorboard")
        if not (of_board and isinstance(arguments.exc_value, OSError)):
            before(arguments)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before
