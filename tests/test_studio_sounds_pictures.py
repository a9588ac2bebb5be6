"""Waveforms and spectrograms as the page draws them: right at every zoom, and lazily read."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient
from studio_sounds_help import RATE, app_of, new_session, sine, small_studio, unpacked

from timbrespace.errors import UsageError
from timbrespace.octaves import OctaveBands
from timbrespace.studio import peaks, pictures, sounds
from timbrespace.studio.session import Session

NOISE = np.random.default_rng(3).normal(0, 0.2, 3_000_017).astype(np.float32)


class Reader:
    """Reads of an array, with how much was read."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self.samples, self.read = samples, 0

    def __call__(self, first: int, last: int) -> NDArray[np.float32]:
        assert 0 <= first <= last <= len(self.samples)
        self.read += last - first
        return self.samples[first:last]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = new_session(tmp_path)
    yield made
    made.close()


def test_the_pyramid_is_the_same_however_the_sound_comes() -> None:
    builder = peaks.PeakBuilder()
    for start in range(0, len(NOISE), 65_537):
        builder.add(NOISE[start : start + 65_537])
    whole = peaks.pyramid_of(NOISE)
    assert np.array_equal(builder.finish(), whole)
    assert len(whole) == peaks.length_of_pyramid(len(NOISE))
    full = np.clip(NOISE, -1, 1) * 32_767
    assert whole[0].tolist() == [round(full[:256].min()), round(full[:256].max())]
    top = -(-len(NOISE) // 65_536)
    assert whole[-top].tolist() == [round(full[:65_536].min()), round(full[:65_536].max())]
    assert whole[-1].tolist() == pytest.approx([full[-50_897:].min(), full[-50_897:].max()], abs=1)


@pytest.mark.parametrize(("start", "end"), [(0.0, None), (100.5, 350.0), (3.0, 200.0), (10.0, 10.9)])
def test_a_column_holds_the_extremes_of_its_samples(start: float, end: float | None) -> None:
    read = Reader(NOISE)
    header, arrays = unpacked(
        peaks.draw(read, len(NOISE), RATE, start=start, end=end, columns=100, pyramid=peaks.pyramid_of(NOISE))
    )
    first, last = round(header["start"] * RATE), round(header["end"] * RATE)
    assert (first, last) == (start * RATE, len(NOISE) if end is None else end * RATE)
    edges = first + (last - first) * np.arange(101) // 100
    step = (last - first) // 100
    reach = step // 4 if step >= 1024 else 0  # a bin belongs to one column whole
    for column in (0, 1, 50, 98, 99):
        wide = NOISE[max(0, edges[column] - reach) : edges[column + 1] + reach] * 32_767
        narrow = NOISE[edges[column] + reach : edges[column + 1] - reach] * 32_767
        assert wide.min() - 1 <= arrays["low"][column] <= narrow.min() + 1
        assert narrow.max() - 1 <= arrays["high"][column] <= wide.max() + 1
    assert read.read <= 102_400  # the samples themselves only where there are few


def test_what_is_beyond_full_scale_is_cut_off_and_silence_is_flat() -> None:
    square = np.repeat(np.array([2.0, -3.0, 0.0], np.float32), 1000)
    _, arrays = unpacked(peaks.draw(Reader(square), 3000, RATE, columns=3))
    assert arrays["low"].tolist() == [32_767, -32_767, 0]
    assert arrays["high"].tolist() == [32_767, -32_767, 0]


def test_with_fewer_samples_than_columns_the_samples_come_themselves() -> None:
    header, arrays = unpacked(peaks.draw(Reader(NOISE), len(NOISE), RATE, start=1.0, end=1.01, columns=80))
    assert np.array_equal(arrays["samples"], NOISE[8000:8080])
    assert (header["start"], header["end"], header["sample_rate"]) == (1.0, 1.01, RATE)


@pytest.mark.parametrize(("start", "end"), [(5.0, 5.0), (6.0, 5.0), (1000.0, None), (-1.0, 5.0)])
def test_where_there_is_nothing_nothing_is_drawn(start: float, end: float | None) -> None:
    with pytest.raises(UsageError, match=f"from {start:g} s .* of a sound of 375"):
        peaks.draw(Reader(NOISE), len(NOISE), RATE, start=start, end=end)


def band_of(hz: float, header: pictures.Header) -> float:
    octaves = np.log2(header["high_hz"] / header["low_hz"])
    return float((pictures.BANDS - 1) * np.log2(hz / header["low_hz"]) / octaves)


@pytest.mark.parametrize("rate", [8000, 44_100, 192_000])
@pytest.mark.parametrize("hz", [55.0, 440.0, 3000.0])
def test_a_sine_is_a_line_at_its_frequency_and_level(rate: int, hz: float) -> None:
    wave = np.sin(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32)
    image, header = pictures.spectrogram(wave, rate, 50)
    assert image.shape == (50, pictures.BANDS)
    middle = image[10:40]
    assert np.abs(middle.argmax(axis=1) - band_of(hz, header)).max() <= 5 if hz > 100 else 12
    assert middle.max(axis=1).min() >= 245
    assert -2.0 < header["top_db"] <= 0.0
    assert header["floor_db"] == header["top_db"] - 80.0
    assert (header["start"], header["end"], header["high_hz"]) == (0.0, 1.0, rate / 2)


def test_bands_read_the_level_of_what_lies_in_them() -> None:
    n_fft, rate = 2048, 44_100
    tone_hz = 100 * rate / n_fft
    window = (0.1 * np.sin(2 * np.pi * tone_hz * np.arange(n_fft) / rate)).astype(np.float32)
    bands = OctaveBands(rate, n_fft, 200, 40.0, 30_000.0)
    levels = bands.levels_db(window[None])[0]
    near = int(np.argmin(np.abs(bands.centres_hz - tone_hz)))
    assert levels[near] == pytest.approx(-20.0, abs=0.1)
    assert levels[bands.centres_hz > rate / 2] == pytest.approx(-200.0)
    assert levels[bands.centres_hz > 3000].max() < -80.0


def test_where_a_sound_begins_its_picture_begins() -> None:
    wave = np.concatenate([np.zeros(RATE, np.float32), sine(1.0)])
    image, _ = pictures.spectrogram(wave, RATE, 200)
    loudest = image.max(axis=1)
    assert loudest[:97].max() == 0
    assert loudest[103:197].min() > 230


def test_zooming_in_keeps_the_brightness_and_silence_dark() -> None:
    wave = np.concatenate([sine(1.0), np.full(RATE, 1e-6, np.float32)])
    wave[RATE:] *= np.random.default_rng(0).choice([-1, 1], RATE)
    loud, a = pictures.spectrogram_of(Reader(wave), 2 * RATE, RATE, 20, start=0.2, end=0.8, peak=0.5)
    quiet, b = pictures.spectrogram_of(Reader(wave), 2 * RATE, RATE, 20, start=1.2, end=1.8, peak=0.5)
    assert loud.max() >= 245
    assert quiet.max() == 0
    assert a["top_db"] - b["top_db"] <= pictures.QUIETEST_TOP_DB


@pytest.mark.parametrize("samples", [1, 7, 400])
def test_a_very_short_sound_has_a_picture(samples: int) -> None:
    image, header = pictures.spectrogram(np.zeros(samples, np.float32), RATE, 30)
    assert image.max() == 0
    assert header["end"] == samples / RATE


def test_of_a_long_sound_only_some_is_read() -> None:
    read = Reader(np.zeros(2**26, np.float32))  # more than two hours
    pictures.spectrogram_of(read, len(read.samples), RATE, 40)
    assert read.read <= 40 * pictures.WINDOWS_A_LONG_COLUMN * 512


def test_the_page_gets_both_as_packets(session: Session) -> None:
    page = TestClient(app_of(small_studio(session)))
    sound = sounds.store(session, [sine(2.0)], RATE, "tone", "result")
    place = f"/api/sounds/{sound.id}"
    answer = page.get(f"{place}/peaks", params={"start": 0.5, "end": 1.5, "columns": 40})
    header, arrays = unpacked(answer.content)
    assert "immutable" in answer.headers["cache-control"]
    assert arrays["high"] == pytest.approx(np.full(40, 16_383), abs=200)
    query = {"columns": 60, "model": "low"}
    header, arrays = unpacked(page.get(f"{place}/spectrogram", params=query).content)
    assert arrays["image"].shape == (60, pictures.BANDS)
    assert header["high_hz"] == 2000.0
    assert page.get(f"{place}/spectrogram", params={"model": "none"}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [{"columns": 0}, {"columns": 99_999}, {"start": -1}, {"start": "nan"}, {"end": "inf"}, {"start": 3}],
    ids=str,
)
def test_questions_that_make_no_sense_are_refused(session: Session, query: dict[str, str]) -> None:
    page = TestClient(app_of(small_studio(session)))
    sound = sounds.store(session, [sine(2.0)], RATE, "tone", "result")
    for what in ("peaks", "spectrogram"):
        assert page.get(f"/api/sounds/{sound.id}/{what}", params=query).status_code == 422


def test_peaks_that_are_gone_are_made_again(session: Session) -> None:
    sound = sounds.store(session, [NOISE], RATE, "noise", "result")
    before = np.array(sounds.pyramid(session, sound))
    for spoil in (b"", b"\x93NUMPY broken"):
        sounds.peaks_path(session, sound).write_bytes(spoil)
        assert np.array_equal(sounds.pyramid(session, sound), before)
    sounds.peaks_path(session, sound).unlink()
    assert np.array_equal(sounds.pyramid(session, sound), before)
    assert np.array_equal(np.load(sounds.peaks_path(session, sound)), before)
