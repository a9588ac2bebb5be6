"""Pictures and sounds inside the page, and axes around pictures.

Axes are text of the page around a picture without any: readable at every width, in light and in dark,
and the picture is small. Curves are drawn as SVG, in the page's own colours.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from matplotlib import colormaps
from numpy.typing import NDArray

from timbrespace import figures
from timbrespace.errors import TimbrespaceError
from timbrespace.report.page import Html, element, join
from timbrespace.report.png import palette_png

Samples = NDArray[np.float32]

SHADES = 64  # colours of a spectrogram; more only make the page larger
CURVE_MARGIN = 0.06  # of a curve's height, above and below
TICKS_HZ = (100, 300, 1000, 3000, 10_000)
TIDY = (1.0, 2.0, 2.5, 5.0, 10.0)  # times a power of ten: steps that read well


@dataclass(frozen=True)
class Picture:
    """A PNG, in a file or in memory, and what it shows, in words."""

    data: Path | bytes
    alt: str


@dataclass(frozen=True)
class Sound:
    """Samples [T], full scale ±1, and a title."""

    title: str
    samples: Samples
    sample_rate: int


@dataclass(frozen=True)
class Tick:
    """A label on an axis at `place`, 0 to 1."""

    place: float
    label: str


def show(picture: Picture | Path | bytes, otherwise: str) -> Html:
    """A whole picture, wide on narrow screens; `otherwise` says what it shows where it does not."""
    if not isinstance(picture, Picture):
        picture = Picture(picture, otherwise)
    data = picture.data if isinstance(picture.data, bytes) else _read(picture.data)
    image = element("img", src=_data_uri("image/png", data), alt=picture.alt, class_="whole")
    return element("div", image, class_="scroll", role="region", tabindex=0, aria_label=picture.alt)


def flac(samples: Samples, sample_rate: int) -> bytes:
    """Samples [T] as 16-bit FLAC, which every browser plays; beyond full scale they are cut off."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1.0, 1.0), sample_rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def player(sound: Sound) -> Html:
    """A player that needs no script."""
    source = _data_uri("audio/flac", flac(sound.samples, sound.sample_rate))
    return element("audio", controls=True, preload="auto", src=source, aria_label=sound.title)


def spectrogram(sound: Sound, top_db: float) -> Html:
    """A spectrogram in octaves over seconds, colours from `top_db` downwards."""
    levels = figures.octave_spectrogram_db(sound.samples, sound.sample_rate)
    share = 1.0 + (levels[::-1] - top_db) / figures.RANGE_DB
    shades = np.round(np.clip(share, 0.0, 1.0) * (SHADES - 1)).astype(np.uint8)
    palette = np.asarray(colormaps["magma"](np.linspace(0, 1, SHADES), bytes=True), dtype=np.uint8)
    source = _data_uri("image/png", palette_png(shades, palette[:, :3]))
    seconds = len(sound.samples) / sound.sample_rate
    image = element("img", src=source, alt=f"Spectrogram of {sound.title}, {seconds:.1f} seconds")
    places = [(hz, figures.octave_place(hz, sound.sample_rate)) for hz in TICKS_HZ]
    rows = [Tick(place, f"{hz // 1000} k" if hz >= 1000 else str(hz)) for hz, place in places if place < 1]
    return axes(image, ticks(0, seconds), rows, "seconds", "Hz")


def loudest_db(sounds: Sequence[Sound]) -> float:
    """The level of the loudest bin in any of the spectrograms, in dB: the top of their common scale."""
    levels = (figures.octave_spectrogram_db(sound.samples, sound.sample_rate) for sound in sounds)
    return max(float(level.max()) for level in levels)


def curves(
    x: Sequence[float],
    lines: Sequence[tuple[str, str, Sequence[float]]],
    alt: str,
    axis_titles: tuple[str, str],
    mark: tuple[float, float, str] | None = None,
) -> Html:
    """Lines (class, title, values) over x from 0 on, a legend above.

    mark: a point to point out: x, y, words.
    """
    values = [value for _, _, line in lines for value in line] + ([mark[1]] if mark else [])
    margin = CURVE_MARGIN * (max(values) - min(values) or 1.0)
    low, high = min(values) - margin, max(values) + margin
    left, right = min(0.0, *x), max(x)
    drawn = []
    for name, _, line in lines:
        places = [(_place(a, left, right), 1 - _place(b, low, high)) for a, b in zip(x, line, strict=True)]
        points = " ".join(f"{1000 * across:.1f},{1000 * down:.1f}" for across, down in places)
        drawn.append(element("polyline", points=points, class_=name))
    box = {"viewBox": "0 0 1000 1000", "preserveAspectRatio": "none"}
    content = [element("svg", *drawn, role="img", aria_label=alt, **box)]
    keys = [element("li", title, class_=name) for name, title, _ in lines]
    if mark:
        across, up = 100 * _place(mark[0], left, right), 100 * _place(mark[1], low, high)
        where = f"left:{across:.2f}%;bottom:{up:.2f}%"
        content.append(element("span", class_="mark", style=where))
        keys.append(element("li", mark[2], class_="best"))
    legend = element("ul", *keys, class_="legend") if len(keys) > 1 else ""
    plot = axes(join(content), ticks(left, right), ticks(low, high, 4), *axis_titles)
    return element("div", legend, plot, class_="curves")


def axes(content: str, x: Sequence[Tick], y: Sequence[Tick], x_title: str, y_title: str) -> Html:
    """A picture with labels below and at its left; they are hidden from screen readers."""
    below = [element("span", tick.label, style=f"left:{100 * tick.place:.2f}%") for tick in x]
    beside = [element("span", tick.label, style=f"bottom:{100 * tick.place:.2f}%") for tick in y]
    lines = [element("i", style=f"bottom:{100 * tick.place:.2f}%") for tick in y]
    return element(
        "div",
        element("div", y_title, class_="y-title", aria_hidden="true"),
        element("div", *beside, class_="y", aria_hidden="true"),
        element("div", element("div", *lines, class_="grid", aria_hidden="true"), content, class_="area"),
        element("div", *below, class_="x", aria_hidden="true"),
        element("div", x_title, class_="x-title", aria_hidden="true"),
        class_="plot",
    )


def ticks(start: float, end: float, about: int = 5) -> list[Tick]:
    """Tidy numbers between `start` and `end`, `about` so many, and where they stand, 0 to 1."""
    if not end > start:
        return [Tick(0.5, f"{start:g}")]
    rough = (end - start) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in TIDY if factor * power >= rough * 0.999)
    first, last = math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9)
    return [Tick((n * step - start) / (end - start), f"{n * step:.10g}") for n in range(first, last + 1)]


def _place(value: float, start: float, end: float) -> float:
    """Where a value stands between two others, 0 to 1."""
    return (value - start) / (end - start) if end > start else 0.5


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TimbrespaceError(f"{path}: cannot be read: {error.strerror or error}") from error


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
