"""What the patches of one exported model have in common: its file, its channels, their ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.controls import LOUDNESS
from timbrespace.export.description import Description

LONGEST_SECONDS = 120  # of a recorded series
PD_BLOCK = 64  # samples that Pd computes at once


def in_pd_samples(description: Description) -> int:
    """From sound to sound in Pd, on its audio thread: `ts.convert~`, or `ts.encoder~` and `ts.decoder~`.

    `nn~` collects a frame before it computes, of which Pd's own block of 64 samples is there already.
    """
    return description.latency_samples + description.hop - PD_BLOCK


@dataclass(frozen=True)
class Instrument:
    """An exported model as patches see it. file: the name of its .ts file, in the patches' folder."""

    description: Description
    file: str

    @property
    def latents(self) -> list[str]:
        """`z0`, `z1`, …"""
        return [f"z{number}" for number in range(self.description.latents)]

    @property
    def channels(self) -> list[str]:
        """Of a series, in the order of its cables: the latents, then loudness."""
        return [*self.latents, LOUDNESS]

    @property
    def frame_ms(self) -> float:
        return 1000.0 * self.description.hop / self.description.sample_rate

    @property
    def frame_rate_hz(self) -> float:
        return self.description.sample_rate / self.description.hop

    @property
    def longest_frames(self) -> int:
        """Room in a recorded series."""
        return math.ceil(LONGEST_SECONDS * self.frame_rate_hz)

    @property
    def latency_ms(self) -> float:
        return 1000.0 * self.description.latency_samples / self.description.sample_rate

    @property
    def in_pd_ms(self) -> float:
        """What `in_pd_samples` says, in ms."""
        return 1000.0 * in_pd_samples(self.description) / self.description.sample_rate

    @property
    def loudness_range_db(self) -> tuple[float, float]:
        """Of the data; never below the floor, where a sound is silent."""
        low, high = self.description.loudness_range_db
        return max(low, LOUDNESS_FLOOR_DB), max(high, LOUDNESS_FLOOR_DB)

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """Least and most over the model's data by channel."""
        found = {item.name: (item.low, item.high) for item in self.description.latent_ranges}
        return {**found, LOUDNESS: self.loudness_range_db}

    def object(self, method: str) -> str:
        """The text of the `nn~` that runs a method on the audio thread."""
        return f"nn~ {self.file} {method} 0"

    def range_text(self, channel: str) -> str:
        """`z0  -2.9 … 3.3`, as sliders and numbers are labelled."""
        low, high = self.ranges[channel]
        if channel == LOUDNESS:
            return f"{channel}  {low:.0f} … {high:.0f} dB"
        unused = "" if self._active(channel) else " unused"
        return f"{channel}  {low:.2f} … {high:.2f}{unused}"

    def _active(self, channel: str) -> bool:
        """Whether the decoder heeds a latent."""
        return any(item.active for item in self.description.latent_ranges if item.name == channel)
