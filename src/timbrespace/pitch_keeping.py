"""Latents of a converted sound chosen and tuned so that the model plays the pitch of its source.

An encoder that has only heard a saxophone's semitones hears a voice as something in between, frame by frame
something else. What it says of the timbre is worth keeping, what it says of the pitch is not: where the
decoded frame has another pitch than the source, the frame is replaced by the nearest one, of all that the
model can play, that has it. What is left, up to a semitone, is made good by moving the decoded partials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.config import LOUDNESS_FLOOR_DB, SignalConfig
from timbrespace.features import DB_PER_BAND_UNIT
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.partials import frame_pitch, refined_pitch
from timbrespace.pitch import F0_HOP, track_pitch

Values = NDArray[np.float64]
Latents = NDArray[np.float32]
Tell = Callable[[float], None]

DRAWS = 8192  # from the prior of a continuous model: they fill pitches between those of its data
BLOCK_FRAMES = 512  # decoded, or looked at, at a time
PIECE_FRAMES, OVERLAP_FRAMES = 4096, 64  # of the pitch tracker, so that memory does not grow with the sound

PITCHED = 0.35  # clarity above which a sound of the model counts as pitched
FEWEST_PITCHED = 0.15  # share of a model's sounds; of a model of noises no pitch is asked
# Of the model's usual clarity: has the pitch; is chosen; has one at all.
CLEAR, CLEAREST, HINT = 0.6, 0.85, 0.35
RANGE_PERCENTILES = (1.0, 99.0)
MARGIN_CENTS = 100.0  # beyond either end of the range that still count as inside
SAME_CENTS = 50.0
ALIKE_DB = 8.0  # a frame that is played so nearly as it was is left alone; a sound, if half of its frames are
LOUD_DB = 30.0  # below the loudest frame; what is softer does not say whether a sound is the model's own
REACH_CENTS = 100.0  # how far the pitch of a chosen sound may lie from the source's
DRAWN_CENTS = 50.0  # so much nearer a draw from the prior must lie than a sound of the data
CENTS_PER_DEVIATION = 30.0  # so many cents off are as bad as one standard deviation of the latents
TUNED_CENTS = 120.0  # partials are moved no further
IN_TUNE_CENTS = 8.0  # partials are not moved for less
PURE_CENTS, PURE_FROM_HZ = 10.0, 200.0  # partials of one note, not two, agree so far; of lower ones less
AGREEING_CENTS, NEAR_CENTS = 40.0, 100.0  # a refined pitch is believed where partials agree, and it is near


class Kept(NamedTuple):
    """z float32 [L, D] to be played, and the ratio float32 [L] by which decoded partials are moved."""

    z: Latents
    tuning: NDArray[np.float32]


class Heard(NamedTuple):
    """Frames of a sound: pitch in Hz, and whether there is one, [L] each."""

    f0_hz: Values
    voiced: NDArray[np.bool_]


class Decoded(NamedTuple):
    """Frames as they are decoded on their own: pitch in Hz, its clarity, and how far the partials are from
    agreeing, in cents, [L] each; and what an encoder would hear, [L, M]."""

    f0_hz: Values
    clarity: Values
    spread: Values
    bands: Tensor


@dataclass(frozen=True)
class Repertoire:
    """Pitched sounds of a model: z float32 [K, D], f0_hz and clarity [K]; drawn: bool [K], of the prior.

    Clarity differs from model to model; `usual` is what a good tone of this one has.
    """

    z: Latents
    f0_hz: Values
    clarity: Values
    drawn: NDArray[np.bool_]

    @property
    def usual(self) -> float:
        """The upper quartile of the clarity."""
        return float(np.percentile(self.clarity, 75.0))

    @property
    def range_hz(self) -> tuple[float, float]:
        """Lowest and highest pitch, but for the odd one."""
        low, high = np.percentile(self.f0_hz, RANGE_PERCENTILES)
        return float(low), float(high)

    def inside(self, f0_hz: Values) -> Values:
        """Pitches outside the range moved into it by whole octaves; NaN where no octave lies inside."""
        low, high = np.array(self.range_hz) * 2.0 ** (np.array([-1.0, 1.0]) * MARGIN_CENTS / 1200.0)
        up = np.ceil(np.log2(low / np.minimum(f0_hz, low)))
        down = np.ceil(np.log2(np.maximum(f0_hz, high) / high))
        moved = f0_hz * 2.0 ** (up - down)
        return np.where((moved >= low) & (moved <= high), moved, np.nan)

    def nearest(self, z: Latents, f0_hz: float) -> Latents | None:
        """Of the clear sounds with about that pitch the one most like z [D]; None where there is none."""
        cents = 1200.0 * np.log2(self.f0_hz / f0_hz)
        near = np.flatnonzero(np.abs(cents) <= REACH_CENTS)
        if len(near) == 0:
            return None
        near = near[self.clarity[near] >= CLEAREST * np.percentile(self.clarity[near], 90.0)]
        away = np.abs(cents[near]) + DRAWN_CENTS * self.drawn[near]
        cost = np.square(self.z[near] - z).mean(axis=1) + np.square(away / CENTS_PER_DEVIATION)
        return np.asarray(self.z[near[cost.argmin()]])


class PitchKeeper:
    """Keeps the pitch of what a model plays. What the model can play is found out when first needed."""

    def __init__(self, model: TimbreModel, header: Mapping[str, Any]) -> None:
        self.model = model
        self.header = header
        self._repertoire: list[Repertoire | None] = []

    def keep(
        self, samples: NDArray[np.float32], z: Latents, loudness_db: NDArray[np.float32],
        progress: Tell | None = None,
    ) -> Kept:  # fmt: skip
        """Latents and tuning with which the model plays a source's pitch.

        samples [T] at the model's rate; z [L, D] and loudness_db [L], as they would be played otherwise.
        Unpitched frames of the source stay as they are unless the model gives them a pitch: then they get
        that of the nearest pitched frame. Where a pitch lies outside the model's range and the model does
        not play it all the same, the nearest octave inside is played. A sound that the model plays nearly as
        it was, one of its own kind, is left as it is.
        """
        untuned = Kept(z, np.ones(len(z), np.float32))
        decoded = self._decoded(z, loudness_db)
        away_db = _distance_db(decoded.bands, heard_bands(self.model, samples, len(z)))
        if np.median(away_db[loudness_db >= loudness_db.max() - LOUD_DB]) < ALIKE_DB:
            return untuned
        source = heard_frames(self.model, samples, len(z), progress)
        repertoire = self.repertoire if source.voiced.any() else None
        if repertoire is None:
            return untuned
        held_hz = source.f0_hz[nearest_true(source.voiced)]
        in_tune = (_cents(decoded.f0_hz, held_hz) <= SAME_CENTS) & (
            decoded.clarity > CLEAR * repertoire.usual
        )
        fits = (away_db < ALIKE_DB) | in_tune
        wanted_hz = np.where(fits, held_hz, repertoire.inside(held_hz))
        asked = source.voiced | (decoded.clarity > HINT * repertoire.usual)
        asked &= loudness_db > LOUDNESS_FLOOR_DB
        chosen = z.copy()
        for frame in np.flatnonzero(asked & ~fits & np.isfinite(wanted_hz)):
            found = repertoire.nearest(z[frame], wanted_hz[frame])
            chosen[frame] = z[frame] if found is None else found
        decoded = self._decoded(chosen, loudness_db)
        cents = _cents(decoded.f0_hz, wanted_hz)
        tuned = (cents > IN_TUNE_CENTS) & (cents <= TUNED_CENTS) & (decoded.clarity > HINT * repertoire.usual)
        return Kept(chosen, np.where(tuned, wanted_hz / decoded.f0_hz, 1.0).astype(np.float32))

    @property
    def repertoire(self) -> Repertoire | None:
        """Codes, or described frames and draws from the prior, that have a pitch; None where too few have."""
        if not self._repertoire:
            z, loudness_db, described = self._sounds()
            f0_hz, clarity, spread, _ = self._decoded(z, loudness_db)
            pitched = (clarity > PITCHED) & (spread < PURE_CENTS * np.maximum(1.0, PURE_FROM_HZ / f0_hz))
            enough = pitched.mean() >= FEWEST_PITCHED
            drawn = np.arange(len(z)) >= described
            found = Repertoire(z[pitched], f0_hz[pitched], clarity[pitched], drawn[pitched])
            self._repertoire.append(found if enough else None)
        return self._repertoire[0]

    def _sounds(self) -> tuple[Latents, NDArray[np.float32], int]:
        """Latents [K, D] of sounds that the model plays, each with a loudness at which it does, dBFS [K]; and
        how many of them, the first ones, are not drawn from the prior."""
        latent, described = self.header.get("latent") or {}, self.header.get("codes") or {}
        codes: Tensor = self.model.rotation(self.model.bottleneck.codebook)
        levels = np.asarray(latent.get("loudness_quantiles_db") or [-20.0], np.float32)
        if len(codes):
            return codes.numpy().copy(), np.full(len(codes), np.median(levels), np.float32), len(codes)
        drawn = self.model.rotation(
            self.model.bottleneck.draw(DRAWS, torch.Generator().manual_seed(0))
        ).numpy()
        drawn_db = np.random.default_rng(0).choice(levels, DRAWS)
        if "z" not in described:
            return drawn, drawn_db, 0
        z, loudness_db = (np.asarray(described[name], np.float32) for name in ("z", "loudness_db"))
        return np.concatenate([z, drawn]), np.concatenate([loudness_db, drawn_db]), len(z)

    @torch.inference_mode()
    def _decoded(self, z: Latents, loudness_db: NDArray[np.float32]) -> Decoded:
        model, signal, measured, bands = self.model, self.model.config.signal, [], []
        for start in range(0, len(z), BLOCK_FRAMES):
            block = torch.from_numpy(z[start : start + BLOCK_FRAMES, None])
            level = torch.from_numpy(loudness_db[start : start + BLOCK_FRAMES, None])
            latents = model.rotation(model.bottleneck.nearest(model.rotation.back(block)))
            log_magnitude = model.magnitudes(latents, level, model.decoder.initial_state(len(block)))[0]
            magnitude = torch.exp(log_magnitude[:, 0])
            f0_hz, clarity = frame_pitch(magnitude, signal)
            measured.append(torch.stack([f0_hz, clarity, refined_pitch(magnitude, f0_hz, signal)[1]]))
            bands.append(model.features.heard(magnitude[None].to(torch.complex64))[0][0])
        f0, clear, spread = torch.cat(measured, dim=1).numpy()
        return Decoded(f0, clear, spread, torch.cat(bands))


@torch.inference_mode()
def heard_frames(
    model: TimbreModel, samples: NDArray[np.float32], frames: int, progress: Tell | None = None
) -> Heard:
    """The first frames of a sound [T] at the model's rate.

    Pitch is tracked over windows longer than a frame; where the partials of the frame agree, it is theirs.
    """
    signal = model.config.signal
    f0_hz, voiced = _tracked(samples, signal, frames, progress)
    for part, spectra in _spectra(model, samples, frames):
        near = torch.from_numpy(f0_hz[part])
        refined, spread = (x.numpy() for x in refined_pitch(spectra[0].abs(), near, signal))
        believed = voiced[part] & (spread < AGREEING_CENTS) & (_cents(refined, f0_hz[part]) < NEAR_CENTS)
        f0_hz[part] = np.where(believed, refined, f0_hz[part])
    return Heard(f0_hz, voiced)


@torch.inference_mode()
def heard_bands(model: TimbreModel, samples: NDArray[np.float32], frames: int) -> Tensor:
    """What an encoder hears in the first frames of a sound [T] at the model's rate, [L, M]."""
    return torch.cat([model.features.heard(spectra)[0][0] for _, spectra in _spectra(model, samples, frames)])


def _spectra(model: TimbreModel, samples: NDArray[np.float32], frames: int) -> Iterator[tuple[slice, Tensor]]:
    """Frames in blocks: which, and their spectra [1, l, F]; silence follows the sound."""
    hop = model.config.signal.hop
    padded = np.pad(samples, (0, max(0, frames * hop - len(samples))))
    tail = model.analysis.initial_state(1)
    for start in range(0, frames, BLOCK_FRAMES):
        part = slice(start, min(start + BLOCK_FRAMES, frames))
        sound = torch.from_numpy(padded[part.start * hop : part.stop * hop].copy())
        spectra, tail = model.analysis(sound[None], tail)
        yield part, spectra


def nearest_true(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each place of mask [L] that of the nearest True, the earlier of two; there must be one."""
    true, place = np.flatnonzero(mask), np.arange(len(mask))
    following = np.searchsorted(true, place).clip(0, len(true) - 1)
    before, after = true[(following - 1).clip(0)], true[following]
    return np.where(np.abs(place - before) <= np.abs(after - place), before, after)


def _tracked(
    samples: NDArray[np.float32], signal: SignalConfig, frames: int, progress: Tell | None
) -> tuple[Values, NDArray[np.bool_]]:
    """Pitch and voicing of the tracker's frame nearest to the middle of each frame of the model, [L]."""
    pitches, voicings = [], []
    total = len(samples) // F0_HOP + 1
    for start in range(0, total, PIECE_FRAMES):
        lead = min(start, OVERLAP_FRAMES)
        stop = min(start + PIECE_FRAMES, total)
        piece = samples[(start - lead) * F0_HOP : (stop + OVERLAP_FRAMES) * F0_HOP]
        track = track_pitch(piece, signal.sample_rate)
        pitches.append(track.f0_hz[lead : lead + stop - start])
        voicings.append(track.voiced[lead : lead + stop - start])
        if progress is not None:
            progress(stop / total)
    place = np.round(signal.centre_seconds(frames) * (signal.sample_rate / F0_HOP)).astype(int)
    inside = (place >= 0) & (place < total)
    place = place.clip(0, total - 1)
    return np.concatenate(pitches)[place], np.concatenate(voicings)[place] & inside


def _cents(one_hz: Values, other_hz: Values) -> Values:
    """How far two pitches are apart, never negative; NaN where one is."""
    return np.asarray(np.abs(1200.0 * np.log2(one_hz / other_hz)))


def _distance_db(one: Tensor, other: Tensor) -> Values:
    """RMS difference of two [L, M] of what an encoder hears, in dB, [L]."""
    return np.asarray(DB_PER_BAND_UNIT * (one - other).square().mean(dim=1).sqrt().numpy())
