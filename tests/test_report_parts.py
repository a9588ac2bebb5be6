"""The parts of a report on their own: markup, ticks, pictures, shortened names, colours."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import RATE
from PIL import Image

from timbrespace.figures import octave_place
from timbrespace.report import Sound, write_report
from timbrespace.report.listening import SOUND_BYTES, Pair, fit
from timbrespace.report.page import element, number
from timbrespace.report.plots import loudest_db, spectrogram, ticks
from timbrespace.report.png import palette_png
from timbrespace.report.report import _shortener


def test_loud_noise_is_cut_to_fit() -> None:
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1, 1, 10 * 96_000).astype(np.float32)
    pair = Pair("noise", noise, noise[::-1].copy(), 96_000, 10.0, {})
    fitted = fit([pair, pair])
    assert 0.3 < len(fitted[0].original) / len(noise) < SOUND_BYTES / (4 * 10 * 96_000)
    assert len(fitted[0].original) == len(fitted[0].again)
    assert len(fit([Pair("short", noise[:100], noise[:100], 96_000, 0.1, {})])[0].original) == 100


def test_building_blocks() -> None:
    assert element("p", "<&>", class_='a"b', hidden=True, lang=None) == (
        '<p class="a&quot;b" hidden>&lt;&amp;&gt;</p>'
    )
    assert "\\udcff" in element("p", "bytes \udcff")
    assert "\0" not in element("p", "a\0b")
    assert number(float("nan")) == number(None)
    assert number(np.float64(-0.25), 1) == '<data value="-0.25">−0.2</data>'
    assert [tick.label for tick in ticks(0, 10)] == ["0", "2", "4", "6", "8", "10"]
    assert [tick.place for tick in ticks(0, 1, 2)] == [0, 0.5, 1]
    assert [tick.label for tick in ticks(3, 3)] == ["3"]


def test_pictures_are_pngs() -> None:
    pixels = np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8)
    palette = np.array([[0, 0, 0], [10, 20, 30], [255, 0, 9]], dtype=np.uint8)
    with Image.open(io.BytesIO(palette_png(pixels, palette))) as image:
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), palette[pixels])


def test_a_tone_is_bright_at_its_place() -> None:
    time = np.arange(RATE) / RATE
    sound = Sound("tone", (0.5 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32), RATE)
    markup = spectrogram(sound, loudest_db([sound]))
    data = base64.b64decode(re.findall('src="data:image/png;base64,([^"]*)"', markup)[0])
    with Image.open(io.BytesIO(data)) as image:
        brightness = np.asarray(image.convert("L"), dtype=float)[:, 10]
    from_below = 1 - np.flatnonzero(brightness == brightness.max()).mean() / (len(brightness) - 1)
    assert from_below == pytest.approx(octave_place(1000, RATE), abs=0.01)
    assert f'<span style="bottom:{100 * octave_place(1000, RATE):.2f}%">1 k</span>' in markup


def test_paths_lose_what_they_share() -> None:
    shorten = _shortener(["a/b.wav", "a/c/d.wav"])
    assert [shorten(text) for text in ("a/b.wav", "a/c/d.wav: cut", "data/x")] == [
        "b.wav",
        "c/d.wav: cut",
        "data/x",
    ]
    assert _shortener(["b.wav"])("b.wav") == "b.wav"
    assert _shortener(["/x/b.wav", "b.wav"])("/x/b.wav") == "/x/b.wav"


def test_colours_stand_apart() -> None:
    """Text of every colour on paper and cards, in light, dark and print: 4.5 to 1 (WCAG 2, AA)."""
    style = (Path(write_report.__code__.co_filename).parent / "style.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.S)
    ]
    assert len(themes) == 3
    for theme in themes:
        for ground in ("paper", "card"):
            for text in ("ink", "muted", "accent", "second", "best"):
                high, low = sorted((luminance(theme[ground]), luminance(theme[text])), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (theme, ground, text)


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = np.array([int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
