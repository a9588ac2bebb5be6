"""Targets: shapes with known values at known times, drawn curves, and what is no target."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from timbrespace.codebook.targets import Target, file_of, make_target, steady_level
from timbrespace.config import PRESETS
from timbrespace.errors import SeriesError, TimbrespaceError, UsageError


def shape(text: str, name: str = "centroid", **options: float) -> Target:
    return make_target(name, text, **{"low": 500.0, "high": 2000.0, "seconds": 8.0, **options})


def values(target: Target, *seconds: float) -> list[float]:
    return target.at(np.array(seconds)).tolist()


def test_a_sine_begins_in_the_middle_and_rises() -> None:
    target = shape("sine", period=4.0)
    assert values(target, 0, 1, 2, 3, 4, 5) == pytest.approx([1250, 2000, 1250, 500, 1250, 2000])
    assert target.seconds is None
    assert target.label == "sine 500 Hz to 2000 Hz"
    assert values(shape("sine", period=1.0), 0.25, 0.75) == pytest.approx([2000, 500])


def test_a_ramp_goes_straight_and_stays() -> None:
    assert values(shape("ramp"), -1, 0, 2, 4, 8, 9) == pytest.approx([500, 500, 875, 1250, 2000, 2000])


def test_exp_goes_by_equal_ratios_also_of_what_is_no_frequency() -> None:
    assert values(shape("exp"), 0, 4, 8) == pytest.approx([500, 1000, 2000])
    flatness = shape("exp", "flatness", low=0.001, high=0.1)
    assert values(flatness, 0, 4, 8) == pytest.approx([0.001, 0.01, 0.1])


def test_eight_steps_from_low_to_high() -> None:
    middles = np.arange(8) + 0.5
    heard = shape("steps").at(middles)
    assert heard == pytest.approx(500.0 * 4.0 ** (np.arange(8) / 7))
    assert len(np.unique(shape("steps").at(np.linspace(0, 8, 1001)).round(6))) == 8
    assert values(shape("steps"), 8, 100) == pytest.approx([2000, 2000])


@pytest.mark.parametrize("text", ["sine", "ramp", "exp", "steps"])
def test_equal_ends_are_a_constant(text: str) -> None:
    assert values(shape(text, low=700.0, high=700.0), 0, 3.3, 8) == pytest.approx([700.0] * 3)


def test_a_number_is_held() -> None:
    assert values(shape("440", "f0"), 0, 100) == [440, 440]
    assert values(shape("1e3"), 0) == [1000]
    assert shape("440", "f0").label == "440 Hz"


@pytest.mark.parametrize("column", ["centroid", "centroid_hz"])
def test_a_file_is_read_linearly_and_held_beyond_its_ends(tmp_path: Path, column: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(f"seconds,{column}\n1,500\n2,1500\n4,1000\n")
    target = shape(str(path))
    assert values(target, 0, 1, 1.5, 3, 4, 9) == pytest.approx([500, 500, 1000, 1250, 1000, 1000])
    assert target.seconds == 4.0
    assert target.label == "curve.csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seconds,centroid\n0,500\n1,high\n", "row 3: centroid is 'high'; it must be a number"),
        ("seconds,centroid\n0,500\n2,600\n1,700\n", "row 4: seconds is 1 after 2; it must increase"),
        ("seconds,centroid\n0,500\n1,nan\n", "row 3: centroid is nan; it must be a finite number"),
        ("seconds,centroid\n0,500\n1\n", "row 3 has 1 values; the first line names 2"),
        (
            "seconds,bandwidth\n0,500\n",
            "the columns are seconds,bandwidth; this target needs seconds,centroid",
        ),
        ("seconds,centroid,f0\n0,500,3\n", "the columns are seconds,centroid,f0; this target needs"),
        ("seconds\n0\n", "the columns are seconds; this target needs"),
        ("0,500\n1,600\n", "the first column is '0'; it must be named 'seconds'"),
        ("seconds;centroid\n0;500\n", "must be separated by commas"),
        ("seconds,centroid\n", "there is no row below the column names"),
        ("", "empty; the first line must name the columns"),
        ("seconds,centroid\n0,500\n1.5,-20\n", "row 3: centroid is -20; it must be 1 to 96000 Hz"),
        ("seconds,centroid_hz\n0,0\n", "row 2: centroid_hz is 0; it must be 1 to 96000 Hz"),
    ],
)
def test_a_wrong_file_is_one_line_that_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(text)
    with pytest.raises(SeriesError) as caught:
        shape(str(path))
    assert f"{path}: " in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_and_folders_are_no_targets(tmp_path: Path) -> None:
    (tmp_path / "sound.csv").write_bytes(b"RIFF\xff\xfe\x00\x00")
    for path in (tmp_path / "sound.csv", tmp_path / "none.csv", tmp_path):
        with pytest.raises(TimbrespaceError, match=str(path)):
            shape(str(path))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("triangle", {}, "target 'triangle'; it must be sine, ramp, exp, steps, a number or a CSV file"),
        ("nan", {}, "target 'nan'; a number must be finite"),
        ("-inf", {}, "target '-inf'; a number must be finite"),
        ("-5", {}, "target '-5' for centroid; it must be 1 to 96000 Hz"),
        ("0", {}, "target '0' for centroid; it must be 1 to 96000 Hz"),
        ("sine", {"low": 3000.0}, "--low is 3000 and --high 2000 for centroid; low comes first"),
        ("ramp", {"low": 0.0}, "--low is 0 for centroid; it must be 1 to 96000 Hz"),
        ("exp", {"low": float("nan")}, "--low is nan for centroid"),
        ("steps", {"high": float("inf")}, "--high is inf for centroid"),
        ("sine", {"period": 0.0}, "the period is 0 seconds; it must be above 0"),
        ("sine", {"period": -1.0}, "the period is -1 seconds"),
        ("sine", {"period": float("nan")}, "the period is nan seconds"),
    ],
)
def test_what_makes_no_sense(text: str, options: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        shape(text, **options)
    assert message in str(caught.value)


def test_an_unknown_descriptor_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no descriptor 'pitch'; there are centroid, bandwidth, rolloff"):
        shape("sine", "pitch")


def test_which_targets_are_files() -> None:
    assert file_of("curve.csv") == Path("curve.csv")
    assert file_of("curve.txt") == Path("curve.txt")
    assert [file_of(text) for text in ("sine", "steps", "440", "1e3")] == [None] * 4


@pytest.mark.parametrize("samples", [100_000, 3000, 2048, 500, 1])
def test_a_steady_level_begins_and_ends_in_silence(samples: int) -> None:
    signal = PRESETS["standard"].signal
    level = steady_level(-20.0, signal, samples)
    place = signal.centre_seconds(len(level)) * signal.sample_rate
    assert len(level) == signal.frames_of(samples)
    assert set(level) <= {-20.0, -100.0}
    assert level[0] == level[-1] == -100.0
    margin = min(signal.n_fft, samples) / 4
    assert np.array_equal(level == -20.0, (place >= margin) & (place <= samples - margin))
