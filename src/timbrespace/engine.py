"""A loaded model at work: encode, decode, convert, stream.

Offline and streaming take the same steps through the same modules, a bounded number of frames at a
time, so memory does not grow with the sound.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timbrespace.audio import resample
from timbrespace.bundle import Bundle, fit, load_bundle
from timbrespace.config import LOUDNESS_FLOOR_DB, ModelConfig, SignalConfig
from timbrespace.conversion import keeps_pitch, shape_loudness
from timbrespace.conversion import transpose as transpose_sound
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.latents.fitting import check_fits
from timbrespace.model.glide import Glide
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.pitch_keeping import PitchKeeper
from timbrespace.playback import Playback
from timbrespace.progress import Tell, parts_of, tell
from timbrespace.steps import Recorded
from timbrespace.stream import Change, Stream

Samples = NDArray[np.float32]
LoudnessChoice = str | NDArray[np.floating]  # keep, flat, match, or a curve in dB

BLOCK_FRAMES = 128  # frames a call: enough for quick matrix products, few enough to stay in the cache


def load(path: str | Path, *, threads: int | None = None) -> Engine:
    """Open a `.timbre` file. Raises BundleError where it cannot be used.

    threads: for the whole process, as torch counts them; None leaves it as it is.
    """
    if threads is not None:
        if threads < 1:
            raise UsageError(f"threads is {threads}; it must be 1 or more")
        torch.set_num_threads(threads)
    return Engine(load_bundle(path), path)


class Engine:
    """A trained model and its verbs. Sound is float32, [T] or [C, T]; channels are independent."""

    def __init__(self, bundle: Bundle, path: str | Path = "model") -> None:
        self.header: dict[str, Any] = bundle.header
        self.config: ModelConfig = bundle.config
        self.model_id: str = bundle.model_id
        self.model = TimbreModel(self.config).eval().requires_grad_(False)
        fit(self.model, bundle, path)
        self._pitch_keeper = PitchKeeper(self.model, self.header)
        self._recorded: Recorded | None = None
        self._recording = threading.Lock()

    @property
    def kind(self) -> str:
        """'continuous' or 'discrete'."""
        return self.config.kind

    @property
    def signal(self) -> SignalConfig:
        """Sample rate, transform and hop."""
        return self.config.signal

    @property
    def sample_rate(self) -> int:
        """Hz; other rates are resampled on the way in and out."""
        return self.signal.sample_rate

    @property
    def codebook(self) -> NDArray[np.float32] | None:
        """The codes' vectors [K, D]; None for a continuous model."""
        vectors: Tensor = self.model.rotation(self.model.bottleneck.codebook)
        return vectors.numpy().copy() if len(vectors) else None

    @torch.inference_mode()
    def encode(self, audio: Samples, sample_rate: int, *, progress: Tell | None = None) -> Any:
        """[T] → `LatentSeries`; [C, T] → a list of them, one a channel. `progress` hears the share done."""
        audio = np.asarray(audio, dtype=np.float32)
        if audio.ndim == 2:
            parts = parts_of(progress, len(audio))
            return [
                self.encode(channel, sample_rate, progress=part)
                for channel, part in zip(audio, parts, strict=True)
            ]
        samples = resample(audio, sample_rate, self.sample_rate)
        frames = (len(samples) + self.signal.n_fft) / self.signal.hop
        blocks = []
        for block in self._encode_blocks(samples):
            blocks.append(block)
            tell(progress, len(blocks) * BLOCK_FRAMES / frames)
        z = torch.cat([block for block, _ in blocks])
        loudness_db = torch.cat([level for _, level in blocks])
        return self._series(z, loudness_db, len(samples))

    @torch.inference_mode()
    def decode(
        self,
        series: LatentSeries,
        *,
        sample_rate: int | None = None,
        seed: int = 0,
        glide_frames: int | None = None,
        tuning: Samples | None = None,
        progress: Tell | None = None,
    ) -> Samples:
        """Series → sound [T] at `sample_rate` (the model's where None). `progress` hears the share done.

        glide_frames: frames over which one glides into the next, 1 not at all; the model's own where None.
        tuning: ratios [L], close to 1, by which the decoded partials are moved; None leaves them.
        T is the length the series remembers, else whole frames. Raises SeriesError where the series
        does not fit this model, or remembers more samples than its frames make; UsageError where
        glide_frames is less than 1.
        """
        if glide_frames is not None and glide_frames < 1:
            raise UsageError(f"glide_frames is {glide_frames}; it must be 1 or more")
        z, loudness_db = self._tensors(series)
        most = len(series) * self.signal.hop
        length = series.length_samples if series.length_samples is not None else most
        if length > most:
            raise SeriesError(f"length_samples is {length}; {len(series)} frames make {most} at most")
        blocks = []
        glide = None if glide_frames is None else Glide.across(glide_frames)
        for block in self._decode_blocks(z, loudness_db, seed, glide, tuning):
            blocks.append(block.numpy())
            tell(progress, len(blocks) * BLOCK_FRAMES / len(z))
        latency = self.signal.latency_samples
        samples = np.concatenate(blocks)
        samples = samples[latency : latency + length]
        samples = np.pad(samples, (0, max(0, length - len(samples))))
        return resample(samples, self.sample_rate, sample_rate or self.sample_rate)

    def convert(
        self,
        audio: Samples,
        sample_rate: int,
        *,
        loudness: LoudnessChoice = "keep",
        pitch: str = "keep",
        transpose: float = 0.0,
        gain_db: float = 0.0,
        output_rate: int | None = None,
        seed: int = 0,
        progress: Tell | None = None,
    ) -> Samples:
        """Play a sound through the model: same shape, same length, sample for sample in place.

        loudness: 'keep', 'flat', 'match' or a curve in dB, one value a frame, as `shape_loudness`.
        pitch: 'keep' plays the source's wherever the model has it, in the nearest octave where it has not,
        as `PitchKeeper`; 'model' leaves it to the model, which may hear an unfamiliar one as another.
        transpose: semitones, applied to the input. gain_db: added to the loudness.
        output_rate: Hz; the input's where None. progress: hears the share done.
        """
        audio = np.asarray(audio, dtype=np.float32)
        if audio.ndim == 2:
            options: dict[str, Any] = {
                "loudness": loudness, "pitch": pitch, "transpose": transpose, "gain_db": gain_db,
                "output_rate": output_rate, "seed": seed,
            }  # fmt: skip
            parts = zip(audio, parts_of(progress, len(audio)), strict=True)
            return np.stack([self.convert(c, sample_rate, progress=part, **options) for c, part in parts])
        keeps = keeps_pitch(pitch)
        rate = output_rate or sample_rate
        length = round(len(audio) * rate / sample_rate)
        source = resample(transpose_sound(audio, sample_rate, transpose), sample_rate, self.sample_rate)
        first, second, third = parts_of(progress, 3)
        series: LatentSeries = self.encode(source, self.sample_rate, progress=first)
        quantiles = (self.header.get("latent") or {}).get("loudness_quantiles_db")
        chosen = shape_loudness(series.loudness_db, loudness, model_loudness_db=quantiles)
        chosen = np.where(chosen > LOUDNESS_FLOOR_DB, chosen + gain_db, chosen).astype(np.float32)
        kept = self._pitch_keeper.keep(source, series.z, chosen, second) if keeps else None
        z, tuning = kept or (series.z, None)
        played = LatentSeries(z, chosen, series.frame_rate_hz, self.model_id, None, series.length_samples)
        output = self.decode(played, sample_rate=rate, seed=seed, tuning=tuning, progress=third)[:length]
        return np.pad(output, (0, length - len(output)))

    def stream(
        self,
        block_samples: int | None = None,
        *,
        sample_rate: float | None = None,
        seed: int = 0,
        change: Change | None = None,
        recorded: bool = False,
    ) -> Stream:
        """Encoder and decoder in a row for blocks of one channel as they come; arguments as of `Stream`.

        recorded: play what is recorded of the model, in half the time a frame.
        """
        return Stream(
            self.model,
            block_samples,
            sample_rate=sample_rate,
            seed=seed,
            change=change,
            recorded=self.recorded if recorded else None,
        )

    def playback(self, *, seed: int = 0, recorded: bool = True, glide_frames: int | None = None) -> Playback:
        """The decoder alone, for frames as they come; arguments as of `stream` and `decode`."""
        played = self.recorded if recorded and glide_frames is None else None
        return Playback(self.model, seed=seed, recorded=played, glide_frames=glide_frames)

    @property
    def recorded(self) -> Recorded:
        """What is recorded of the model for streams; made when first asked for, in about two seconds."""
        with self._recording:  # whoever asks meanwhile waits for it
            if self._recorded is None:
                self._recorded = Recorded.of(self.model)
            return self._recorded

    @torch.inference_mode()
    def prior_series(self, count: int, loudness_db: float, seed: int = 0) -> LatentSeries:
        """`count` independent frames drawn from the prior: N(0, 1), or equally likely codes."""
        latents = self.model.bottleneck.draw(count, torch.Generator().manual_seed(seed))
        return self._series(self.model.rotation(latents), torch.full((count,), loudness_db), None)

    @torch.inference_mode()
    def decode_magnitudes(self, series: LatentSeries) -> NDArray[np.float32]:
        """Decoded magnitudes [L, F], linear, each frame at a K-weighted level of 0 dBFS, on its own."""
        z, loudness_db = self._tensors(series)
        parts = []
        for start in range(0, len(z), BLOCK_FRAMES):
            block, level = (
                z[start : start + BLOCK_FRAMES, None],
                loudness_db[start : start + BLOCK_FRAMES, None],
            )
            context = self.model.decoder.initial_state(len(block))
            parts.append(torch.exp(self.model.magnitudes(block, level, context)[0][:, 0]))
        return torch.cat(parts).numpy()

    @torch.inference_mode()
    def frame_magnitudes(self, audio: Samples, sample_rate: int) -> tuple[NDArray[np.float32], Samples]:
        """Magnitudes [L, F] of a sound's frames, each at a level of 0 dBFS, and their loudness_db [L]."""
        samples = resample(np.asarray(audio, dtype=np.float32), sample_rate, self.sample_rate)
        tail, magnitudes, levels = self.model.analysis.initial_state(1), [], []
        for block in self._sound_blocks(samples):
            spectra, tail = self.model.analysis(block, tail)
            frames = self.model.features(spectra)
            magnitudes.append(torch.exp(frames.log_magnitude[0]))
            levels.append(frames.loudness_db[0])
        return torch.cat(magnitudes).numpy(), torch.cat(levels).numpy()

    def check_fits(self, series: LatentSeries) -> None:
        """Raise SeriesError where a series has not the dimensions or the frame rate of this model."""
        check_fits(series, self.config.latents, self.signal.frame_rate_hz, self.model_id)

    @torch.inference_mode()
    def requantise(self, series: LatentSeries) -> LatentSeries:
        """z moved to the nearest codes, with `codes`: what `decode` plays. Continuous: the series itself.

        Raises SeriesError where the series does not fit this model.
        """
        if self.codebook is None:
            self.check_fits(series)
            return series
        z, loudness_db = self._tensors(series)
        return self._series(z, loudness_db, series.length_samples)

    def _sound_blocks(self, samples: Samples) -> Iterator[Tensor]:
        """Sound in blocks [1, l·hop], followed by silence until every frame with a sample in it is whole."""
        hop = self.signal.hop
        frames = self.signal.frames_of(len(samples))
        for start in range(0, frames, BLOCK_FRAMES):
            count = min(BLOCK_FRAMES, frames - start)
            block = torch.zeros(1, count * hop)
            piece = torch.from_numpy(samples[start * hop : (start + count) * hop])
            block[0, : len(piece)] = piece
            yield block

    def _encode_blocks(self, samples: Samples) -> Iterator[tuple[Tensor, Tensor]]:
        state = self.model.initial_encoder_state(1)
        for block in self._sound_blocks(samples):
            z, loudness_db, state = self.model.encode(block, state)
            yield z[0], loudness_db[0]

    def _decode_blocks(
        self, z: Tensor, loudness_db: Tensor, seed: int, glide: Glide | None, tuning: Samples | None
    ) -> Iterator[Tensor]:
        """Sound of all frames and of the silent ones that push the last of it out."""
        flush = self.signal.n_fft // self.signal.hop
        z = torch.cat([z, z[-1:].expand(flush, -1)])
        loudness_db = torch.cat([loudness_db, torch.full((flush,), LOUDNESS_FLOOR_DB)])
        ratio = None if tuning is None else torch.from_numpy(np.pad(tuning, (0, flush), mode="edge"))[None]
        state = self.model.initial_decoder_state(1, glide)
        for start in range(0, len(z), BLOCK_FRAMES):
            part = slice(start, start + BLOCK_FRAMES)
            moved = None if ratio is None else ratio[:, part]
            audio, state = self.model.decode(
                z[None, part], loudness_db[None, part], state, seed, glide, moved
            )
            yield audio[0]

    def _series(self, z: Tensor, loudness_db: Tensor, length: int | None) -> LatentSeries:
        indices = self.model.bottleneck.codes(self.model.rotation.back(z))
        codes = None if indices is None else indices.numpy().astype(np.int32)
        rate = self.signal.frame_rate_hz
        return LatentSeries(z.numpy(), loudness_db.numpy(), rate, self.model_id, codes, length)

    def _tensors(self, series: LatentSeries) -> tuple[Tensor, Tensor]:
        """z [L, D] (a discrete model quantises it again) and loudness_db [L], checked against the model."""
        self.check_fits(series)
        if len(series) == 0:
            raise SeriesError("the series has no frames")
        z = self.model.settled(torch.from_numpy(np.array(series.z)))
        return z, torch.from_numpy(np.array(series.loudness_db))
