"""What `nn~` does with an exported file, as measured: rings, ratios, held outputs, delays, attributes.

An object owns one ring of B samples a channel. A call brings one block and takes one block. When the ring
is full the method runs once over it; an input at ratio R is read at the last sample of each block of R, an
output at ratio R is held over R samples. Without a thread the outcome sounds from the same call on, so an
object adds B - block samples; with one, from the call that fills the ring the next time: 2 B - block. The
thread itself is not needed for that: here its work is done at once and kept, so that tests repeat.

Two objects in a row, audio at ratio H between them, add 2 B - block - H (no thread) or 4 B - block - H.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

Block = NDArray[np.float32]
RING_SAMPLES = 4096  # of a method with one channel at ratio 1 on both sides, until it is told `bufsize`
TYPES = {1: int, 2: float}  # the codes of attributes that have one number; the only ones we export


class HostError(Exception):
    """What `nn~` would print to the console."""


class Host:
    """One object `nn~ FILE METHOD BUFFER`.

    buffer: 0 computes in the audio call with a ring as long as the file's largest ratio; else threaded,
    with a ring of the next power of two, no shorter than that. Raises HostError where the file is not a
    module of the contract, or lacks the method.
    """

    def __init__(self, path: Path | str, method: str = "forward", buffer: int = 0) -> None:
        self.path, self.method = Path(path), method
        self.enabled = True
        self.error = ""  # of the last failed call
        self._load()
        self.threaded = buffer > 0
        plain = self.in_channels == self.out_channels == 1 and self.in_ratio == self.out_ratio == 1
        self._set_ring(RING_SAMPLES if plain and not buffer else buffer)

    def _load(self) -> None:
        try:
            self.module = torch.jit.load(str(self.path))
            self.module.eval()
            names = list(self.module.get_methods())
            ratios = [self._params(name)[side] for name in names for side in (1, 3)]
        except (RuntimeError, ValueError, AttributeError) as error:
            raise HostError(f"{self.path}: not an exported model ({_first_line(error)})") from None
        if self.method not in names:
            raise HostError(f"{self.path}: no method {self.method!r}; there are {', '.join(names)}")
        self.in_channels, self.in_ratio, self.out_channels, self.out_ratio = self._params(self.method)
        self.max_ratio = max(ratios)

    def _params(self, method: str) -> list[int]:
        values = [int(value) for value in getattr(self.module, f"{method}_params")]
        if len(values) != 4 or any(value < 1 or value & (value - 1) for value in values[1::2]):
            raise ValueError(f"{method}_params are {values}")
        return values

    def _set_ring(self, samples: int) -> None:
        self.ring_samples = max(self.max_ratio, _power_of_two_above(samples))
        self._input = np.zeros((self.in_channels, self.ring_samples), np.float32)
        self._sounding = np.zeros((self.out_channels, self.ring_samples), np.float32)
        self._waiting = self._sounding.copy()
        self._filled = self._read = 0

    def process(self, block: Block) -> Block:
        """[in_channels, T] → [out_channels, T]; T divides the ring, as the host's own block does."""
        samples = block.shape[-1]
        if block.shape[0] != self.in_channels or self.ring_samples % samples:
            raise HostError(f"a block of {block.shape} for {self.in_channels} x {self.ring_samples}")
        if not self.enabled:
            return np.zeros((self.out_channels, samples), np.float32)
        self._input[:, self._filled : self._filled + samples] = block
        self._filled += samples
        if self._filled == self.ring_samples:
            self._filled = self._read = 0
            outcome = self._compute()
            self._sounding = self._waiting if self.threaded else outcome
            self._waiting = outcome
        output = self._sounding[:, self._read : self._read + samples].copy()
        self._read += samples
        return output

    @torch.inference_mode()
    def _compute(self) -> Block:
        """One run of the method over the full ring [out_channels, B]; silence where it fails."""
        silence = np.zeros((self.out_channels, self.ring_samples), np.float32)
        read = self._input[:, self.in_ratio - 1 :: self.in_ratio].copy()
        try:
            result = getattr(self.module, self.method)(torch.from_numpy(read)[None])
        except (RuntimeError, torch.jit.Error) as error:
            self.error = _first_line(error)
            return silence
        if tuple(result.shape) != (1, self.out_channels, self.ring_samples // self.out_ratio):
            self.error = f"{self.method} returned {tuple(result.shape)}"
            return silence
        return result[0].float().numpy().repeat(self.out_ratio, axis=1)

    def set(self, name: str, *values: float) -> None:
        """The message `set NAME VALUE`. Raises HostError where there is no such attribute, or more values."""
        if name not in self.module.get_attributes():
            raise HostError(f"no attribute {name!r}; there are {', '.join(self.module.get_attributes())}")
        codes = [int(code) for code in getattr(self.module, f"{name}_params")]
        if len(codes) != 1 or len(values) != 1 or codes[0] not in TYPES:
            raise HostError(f"attribute {name!r} takes {len(codes)} number, not {len(values)}")
        if getattr(self.module, f"set_{name}")(TYPES[codes[0]](values[0])) != 0:
            raise HostError(f"attribute {name!r} does not take {values[0]}")

    def get(self, name: str) -> float:
        """The value of an attribute."""
        return float(getattr(self.module, f"get_{name}")())

    def enable(self, on: bool) -> None:
        """Off: silence, and the ring stands still."""
        self.enabled = on

    def reload(self) -> None:
        """The file again, as new: attributes and state back to the beginning, the ring empty."""
        channels = self.in_channels, self.out_channels
        self._load()
        if channels != (self.in_channels, self.out_channels):
            raise HostError(f"{self.path}: other channels than before; make the object anew")
        self._set_ring(self.ring_samples)

    def bufsize(self, samples: int) -> None:
        """Another ring, empty."""
        self._set_ring(samples)


def _power_of_two_above(samples: int) -> int:
    return 1 << max(0, samples - 1).bit_length()


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
