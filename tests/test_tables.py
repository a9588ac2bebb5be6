"""CSV that people edit by hand: what is wrong is named by row and value."""

from pathlib import Path

import numpy as np
import pytest

from timbrespace import tables
from timbrespace.errors import SeriesError


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_columns_with_blank_lines_spaces_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffseconds, loudness_db\n0, -20\n\n1.5,-30\n\n")
    seconds, level = tables.read_curve(path, "loudness_db")
    assert np.array_equal(seconds, [0, 1.5])
    assert np.array_equal(level, [-20, -30])


def test_format_and_read_are_inverse(tmp_path: Path) -> None:
    text = tables.format_table({"seconds": ["0", "1"], "x": ["0.25", "-3"]})
    assert text == "seconds,x\n0,0.25\n1,-3\n"
    assert tables.read_table(write(tmp_path, text))["x"].tolist() == [0.25, -3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("seconds,a\n", "no row"),
        ("time,a\n0,1\n", "first column is 'time'"),
        ("seconds,a,a\n0,1,1\n", "two columns named 'a'"),
        ("seconds;a\n0;1\n", "separated by commas"),
        ("seconds,a\n0,1\n1,loud\n", "row 3: a is 'loud'"),
        ("seconds,a\n0,1\n1,\n", "row 3: a is ''"),
        ("seconds,a\n0,nan\n", "row 2: a is nan"),
        ("seconds,a\n0,inf\n", "row 2: a is inf"),
        ("seconds,a\n0,1,2\n", "row 2 has 3 values"),
        ("seconds,a\n0,1\n\n2,1\n1,1\n", "row 5: seconds is 1 after 2"),
        ("seconds,a\n0,1\n0,1\n", "must increase"),
        ("seconds,a\n-1,1\n", "time starts at 0"),
        ('seconds,a\n0,"1\n', "row"),
        ("seconds,a\n0,\0\n", "not a text file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SeriesError, match=message) as caught:
        tables.read_table(write(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_binary_missing_and_wrong_columns(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"RIFF\xff\xfe\x00")
    with pytest.raises(SeriesError, match="not a text file"):
        tables.read_table(tmp_path / "b.csv")
    with pytest.raises(SeriesError, match="no such file"):
        tables.read_table(tmp_path / "none.csv")
    with pytest.raises(SeriesError, match="needs seconds,loudness_db"):
        tables.read_curve(write(tmp_path, "seconds,x\n0,1\n"), "loudness_db")
