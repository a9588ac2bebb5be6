"""Which of a file's channels to use: all, their mean, or one of them, counted from 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from timbrespace.audio.blocks import UnusableAudio
from timbrespace.errors import UsageError

Channel = str | int  # "all", "mix" (the mean), "left" (1), "right" (2), or a number from 1


def parse_channel(text: str, *, allow_all: bool = False) -> Channel:
    """`text` as a channel. Raises UsageError with what there is to choose from."""
    word = text.strip().lower()
    if word in ("mix", "left", "right") or (allow_all and word == "all"):
        return word
    if word.isdecimal() and int(word) >= 1:
        return int(word)
    choices = f"{'all, ' if allow_all else ''}mix, left, right or a number from 1"
    raise UsageError(f"channel is '{text}'; it must be {choices}")


def select_channel(block: NDArray[np.float32], channel: Channel, path: str | Path) -> NDArray[np.float32]:
    """block [T, C] → the wanted channel [T]; "all" is the caller's own matter.

    Raises UnusableAudio naming `path` where there is no such channel.
    """
    channels = block.shape[1]
    if channel == "mix":
        return _mean(block)
    number = {"left": 1, "right": 2}.get(str(channel)) or int(channel)
    if not 1 <= number <= channels:
        has = "1 channel" if channels == 1 else f"{channels} channels"
        raise UnusableAudio(path, "no such channel", f"'{channel}' asked for, the file has {has}")
    return block[:, number - 1]


def _mean(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """Column by column: numpy's mean over so short an axis takes several times as long."""
    if block.shape[1] == 1:
        return block[:, 0]
    total = block[:, 0] + block[:, 1]
    for column in range(2, block.shape[1]):
        total += block[:, column]
    mean: NDArray[np.float32] = total / np.float32(block.shape[1])
    return mean
