"""TensorBoard: losses, and what the model makes of a held-out sound, to see and to hear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from matplotlib import colormaps
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from timbrespace.dataset.split import Region
from timbrespace.dataset.store import Dataset
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.training.run_folder import cannot_write

EXAMPLE_SECONDS = 3.0
PICTURE_RANGE_DB = 80.0
N_FFT, HOP = 2048, 512
GAP_PIXELS = 4  # between the two spectrograms


class Board:
    """Event files in `folder`. start_step: what an interrupted sitting wrote from there on is dropped.

    Raises TrainingError where nothing can be written.
    """

    def __init__(self, folder: Path, start_step: int, example: Tensor, sample_rate: int) -> None:
        self._folder = folder
        with self._writing():
            self._writer = SummaryWriter(str(folder), purge_step=start_step)
        self._example = example
        self._sample_rate = sample_rate

    def write_numbers(self, step: int, numbers: dict[str, float], group: str) -> None:
        """One curve a number, named `group/name`."""
        with self._writing():
            for name, value in numbers.items():
                self._writer.add_scalar(f"{group}/{name}", value, step)

    @torch.no_grad()
    def write_example(self, step: int, model: TimbreModel) -> None:
        """The held-out example through `model`: picture (target above, decoded below) and sound."""
        decoded = resynthesise(model, self._example)
        with self._writing():
            self._writer.add_image("example", compare(self._example, decoded), step, dataformats="HWC")
            for name, audio in (("target", self._example), ("decoded", decoded)):
                self._writer.add_audio(f"example/{name}", audio.clamp(-1.0, 1.0), step, self._sample_rate)

    def close(self) -> None:
        """Write what is still held back."""
        with self._writing():
            self._writer.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A full disk is one error that names the folder."""
        try:
            yield
        except OSError as error:
            raise cannot_write(self._folder, error) from error


def find_example(dataset: Dataset, regions: Sequence[Region]) -> Tensor:
    """The beginning of the longest region, up to three seconds: float32 [T]."""
    region = max(regions, key=lambda region: region.length)
    samples = np.zeros(min(region.length, round(EXAMPLE_SECONDS * dataset.sample_rate)), dtype=np.float32)
    dataset.read(region.start, samples)
    return torch.from_numpy(samples)


def resynthesise(model: TimbreModel, audio: Tensor) -> Tensor:
    """audio [T] → what the model makes of it, [T], in place."""
    signal = model.config.signal
    length = -(-(len(audio) + signal.latency_samples) // signal.hop) * signal.hop
    padded = torch.nn.functional.pad(audio, (0, length - len(audio)))[None]
    z, loudness_db, _ = model.encode(padded, model.initial_encoder_state(1))
    decoded, _ = model.decode(z, loudness_db, model.initial_decoder_state(1))
    return decoded[0, signal.latency_samples :][: len(audio)]


def compare(target: Tensor, decoded: Tensor) -> NDArray[np.uint8]:
    """Spectrograms on one scale, target above, low frequencies at the bottom of each: uint8 [H, W, 3]."""
    window = torch.hann_window(N_FFT)
    levels = []
    for audio in (target, decoded):
        padded = torch.nn.functional.pad(audio, (0, max(0, N_FFT - len(audio))))
        magnitude = torch.stft(padded, N_FFT, HOP, window=window, center=False, return_complex=True).abs()
        levels.append(20.0 * torch.log10(magnitude + 1e-9))
    top = float(levels[0].max())
    gap = torch.full((GAP_PIXELS, levels[0].shape[1]), top)
    picture = torch.cat([levels[0].flip(0), gap, levels[1].flip(0)])
    shade = ((picture - top) / PICTURE_RANGE_DB + 1.0).clamp(0.0, 1.0).numpy()
    return (colormaps["magma"](shade)[..., :3] * 255).astype(np.uint8)
