"""Between encoder and decoder: the controls at work on every frame, gliding so that nothing jumps."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from timbrespace.config import LOUDEST_PLAYED_DB, LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.live.controls import Settings
from timbrespace.live.plane import PlaneLoops

Samples = NDArray[np.float32]
Values = NDArray[np.float64]
Listener = Callable[[Samples, float], None]  # hears every frame that is played: z [D], loudness in dB

GLIDE_SECONDS = 0.03  # in which a control goes 63 % of its way
ARRIVED = 1e-4  # of a unit: from here it is there


class Glide:
    """Values [N] that follow where they are wanted, a share of the way each frame."""

    def __init__(self, values: Values, share: float) -> None:
        self.values = np.array(values, dtype=np.float64)
        self.share = share

    def step(self, wanted: Values) -> Values:
        """The values of the next frame."""
        self.values = self.values + self.share * (wanted - self.values)
        self.values = np.where(np.abs(wanted - self.values) < ARRIVED, wanted, self.values)
        return self.values


class Hold:
    """Values that stay where they are while held, and glide back to what goes by when let go."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.held = False
        self._amount = 0.0
        self._value: Values = np.zeros(0)

    def step(self, now: Values, held: bool) -> Values:
        """now [N] → what holds instead."""
        if held and not self.held:
            self._value, self._amount = self._mixed(now), 1.0
        elif not held:
            self._amount = 0.0 if self._amount < ARRIVED else self._amount * (1.0 - self.share)
        self.held = held
        return self._mixed(now)

    def take_over(self, other: Hold) -> None:
        """Hold what another holds."""
        self.held, self._amount, self._value = other.held, other._amount, other._value

    def _mixed(self, now: Values) -> Values:
        if self._amount == 0.0:
            return now
        return self._amount * self._value + (1.0 - self._amount) * now


class Shaper:
    """What a stream calls on its new frames. A model's own ranges bound its biases.

    Freeze, then the plane, then z · scale + bias; loudness likewise, then its offset, up to what a
    stream plays. With every control at its default the frames pass as they are.
    """

    def __init__(
        self,
        settings: Settings,
        signal: SignalConfig,
        reach: Values,
        plane: PlaneLoops | None = None,
    ) -> None:
        self.settings = settings
        self.signal = signal
        self.reach = reach
        self.plane = plane
        self.listener: Listener | None = None
        self.reset()

    def reset(self) -> None:
        """Every control where it is wanted, at once; nothing held; the plane's sounds at their start."""
        share = 1.0 - math.exp(-1.0 / (self.signal.frame_rate_hz * GLIDE_SECONDS))
        self._heard = 0  # frames
        self._head = 0  # frame of the plane's sounds
        self._scale = Glide(self._wanted_scale(), share)
        self._bias = Glide(self._wanted_bias(), share)
        self._glides = {
            name: Glide(self.settings.of(name), share)
            for name in ("loudness/offset", "aperiodicity", "plane", "plane/amount", "plane/loudness")
        }
        self._latents, self._loudness = Hold(share), Hold(share)

    @property
    def aperiodicity(self) -> float:
        """The factor on the noise part, as far as it has glided by now."""
        return float(self._glides["aperiodicity"].values[0])

    def take_over(self, other: Shaper) -> None:
        """Begin where another model's stands: the plane's sounds at that moment, the same loudness held."""
        self.reset()
        self._head = round(other._head * self.signal.frame_rate_hz / other.signal.frame_rate_hz)
        for name, glide in self._glides.items():
            glide.values = other._glides[name].values.copy()
        self._loudness.take_over(other._loudness)

    def __call__(self, z: Samples, loudness_db: Samples) -> tuple[Samples, Samples]:
        """z [L, D], loudness_db [L] → the same shapes."""
        for frame in range(len(z)):
            z[frame], loudness_db[frame] = self._frame(z[frame], float(loudness_db[frame]))
            if self.listener is not None:
                self.listener(z[frame].copy(), float(loudness_db[frame]))
        return z, loudness_db

    def _frame(self, z: Samples, loudness_db: float) -> tuple[Values, float]:
        settings = self.settings
        self._heard += 1
        # the first frames after the start lie partly before it; they are not worth holding
        whole = self._heard * self.signal.hop > self.signal.n_fft
        frozen = whole and settings.of("freeze")[0] > 0.0
        silent_above = np.array([max(loudness_db, LOUDNESS_FLOOR_DB)])
        latents = self._latents.step(z.astype(np.float64), frozen)
        level_frozen = settings.of("loudness/freeze")[0] > 0.0 and (whole or self._loudness.held)
        level = float(self._loudness.step(silent_above, level_frozen)[0])
        if self.plane is not None:
            latents, level = self._on_plane(self.plane, latents, level)
            self._head += 0 if frozen else 1
        latents = latents * self._scale.step(self._wanted_scale()) + self._bias.step(self._wanted_bias())
        self._glides["aperiodicity"].step(settings.of("aperiodicity"))
        offset = self._glides["loudness/offset"].step(settings.of("loudness/offset"))[0]
        return latents, min(level + offset, LOUDEST_PLAYED_DB) if level > LOUDNESS_FLOOR_DB else level

    def _on_plane(self, plane: PlaneLoops, latents: Values, level: float) -> tuple[Values, float]:
        place, amount, loud = (
            self._glides[name].step(self.settings.of(name))
            for name in ("plane", "plane/amount", "plane/loudness")
        )
        there, level_there = plane.at(self._head, place)
        return latents + amount[0] * (there - latents), level + loud[0] * (level_there - level)

    def _wanted_scale(self) -> Values:
        return self.settings.scale[: len(self.reach)]

    def _wanted_bias(self) -> Values:
        return np.clip(self.settings.bias[: len(self.reach)], -self.reach, self.reach)
