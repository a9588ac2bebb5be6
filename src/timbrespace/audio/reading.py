"""A sound file as one array."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from timbrespace.audio.blocks import BlockReader, UnusableAudio, quiet_decoders
from timbrespace.audio.channels import Channel, select_channel


@dataclass(frozen=True)
class Audio:
    """A sound.

    samples: float32 [C, T], full scale ±1. sample_rate: Hz. frames_missing: how many frames the file
    promises and does not hold. truncation: the same in words, also where the number is not known; "".
    """

    samples: NDArray[np.float32]
    sample_rate: int
    path: Path
    frames_missing: int = 0
    truncation: str = ""

    @property
    def seconds(self) -> float:
        """Length."""
        return self.samples.shape[1] / self.sample_rate


def read_audio(path: str | Path, *, channel: Channel = "all") -> Audio:
    """Read a whole file in any format libsndfile knows.

    channel: "all", "mix" (the mean of all), "left", "right" or a number from 1; all but "all" give C = 1.
    Of a truncated file what decodes is returned. Raises UnusableAudio (an AudioError) where the file is
    unreadable, not audio, empty, damaged, lacks the channel, or holds a sample that is not a number.
    """
    blocks = []
    with quiet_decoders(), BlockReader(path) as reader:
        for block in reader:
            blocks.append(block if channel == "all" else select_channel(block, channel, path)[:, None])
    samples = np.ascontiguousarray(np.concatenate(blocks).T)
    check_finite(samples.T, 0, reader.sample_rate, path)
    return Audio(samples, reader.sample_rate, reader.path, reader.frames_missing, reader.truncation)


def without_offset(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """samples [..., T] less their mean over T, as `prepare` leaves recordings."""
    mean = samples.mean(axis=-1, dtype=np.float64, keepdims=True)
    return np.asarray(samples - mean.astype(np.float32))


def check_finite(block: NDArray[np.float32], start: int, sample_rate: int, path: str | Path) -> None:
    """Raise UnusableAudio naming the first sample of block [T] or [T, C] that is NaN or infinite.

    start: position of the block in the file, samples.
    """
    finite = np.isfinite(block)
    if finite.all():
        return
    rows = finite if finite.ndim == 1 else finite.all(axis=1)
    row = int(np.argmin(rows))
    where = start + row
    value = block[row] if block.ndim == 1 else block[row][~finite[row]][0]
    detail = f"sample {where} ({where / sample_rate:.3f} s) is {value}"
    raise UnusableAudio(path, "not a number", detail)
