"""Pictures are written whole, in the size they should have, and the same each time."""

from pathlib import Path

import numpy as np
from PIL import Image

from timbrespace import figures
from timbrespace.latents import LatentSeries

RATE = 16_000


def check_picture(path: Path) -> None:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    assert pixels.shape[1] > 800
    assert pixels.std() > 5  # something is drawn


def test_spectrograms_show_a_sine_at_its_frequency(tmp_path: Path) -> None:
    sine = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    level = figures.spectrogram_db(sine)
    assert abs(level[:, 10].argmax() * RATE / figures.N_FFT - 1000) < RATE / figures.N_FFT
    sounds = [("sine", sine), ("short", sine[:100]), ("silence", 0 * sine)]
    for name in ("a.png", "b.png"):
        figures.save_spectrograms(tmp_path / name, sounds, RATE)
    check_picture(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_latent_curves_and_code_use(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    series = LatentSeries(rng.standard_normal((50, 3)), np.full(50, -20.0), 86.0, "x", rng.integers(0, 9, 50))
    assert series.codes is not None
    figures.save_latent_curves(tmp_path / "latents.png", series, "curves")
    figures.save_code_use(tmp_path / "codes.png", series.codes, 32, "codes")
    check_picture(tmp_path / "latents.png")
    check_picture(tmp_path / "codes.png")
