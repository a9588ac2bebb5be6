"""Latent series: exact in .npz, editable in .csv, and no file can do harm."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timbrespace.errors import SeriesError, TimbrespaceError
from timbrespace.latents import LatentSeries

RATE = 44_100 / 512


def make_series(frames: int = 40, latents: int = 3, codes: bool = False) -> LatentSeries:
    rng = np.random.default_rng(1)
    return LatentSeries(
        z=rng.standard_normal((frames, latents)).astype(np.float32),
        loudness_db=rng.uniform(-60, -10, frames).astype(np.float32),
        frame_rate_hz=RATE,
        model_id="0123456789abcdef",
        codes=rng.integers(0, 7, frames).astype(np.int32) if codes else None,
        length_samples=max(0, frames * 512 - 17),
    )


def assert_equal(a: LatentSeries, b: LatentSeries) -> None:
    assert np.array_equal(a.z, b.z)
    assert np.array_equal(a.loudness_db, b.loudness_db)
    assert (a.codes is None) == (b.codes is None)
    assert a.codes is None or np.array_equal(a.codes, b.codes)
    assert (a.frame_rate_hz, a.model_id) == (b.frame_rate_hz, b.model_id)


@pytest.mark.parametrize("codes", [False, True])
@pytest.mark.parametrize("frames", [0, 1, 40])
def test_npz_is_exact_and_deterministic(tmp_path: Path, codes: bool, frames: int) -> None:
    series = LatentSeries(
        **{**make_series(frames, codes=codes).__dict__, "length_samples": None if frames == 1 else 7}
    )
    series.save(tmp_path / "a.npz")
    series.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    loaded = LatentSeries.load(tmp_path / "a.npz")
    assert_equal(series, loaded)
    assert loaded.length_samples == series.length_samples


def test_fields_are_those_of_the_design(tmp_path: Path) -> None:
    make_series(codes=True).save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as data:
        assert (data["z"].dtype, data["z"].shape) == (np.float32, (40, 3))
        assert (data["loudness_db"].dtype, data["codes"].dtype) == (np.float32, np.int32)
        assert float(data["frame_rate_hz"]) == RATE
        assert str(data["model_id"]) == "0123456789abcdef"


def test_series_made_by_hand_with_numpy_loads(tmp_path: Path) -> None:
    z = np.asfortranarray(np.arange(6.0).reshape(3, 2))
    np.savez_compressed(
        tmp_path / "a.npz", z=z, loudness_db=np.zeros(3), frame_rate_hz=86, model_id="x", extra=[1]
    )
    loaded = LatentSeries.load(tmp_path / "a.npz")
    assert loaded.z.dtype == np.float32
    assert np.array_equal(loaded.z, z)
    assert loaded.length_samples is None


def test_csv_round_trip_continuous(tmp_path: Path) -> None:
    series = make_series()
    series.to_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == "seconds,loudness_db,z0,z1,z2"
    loaded = LatentSeries.from_csv(tmp_path / "a.csv", frame_rate_hz=RATE, model_id=series.model_id)
    assert_equal(series, loaded)


def test_csv_round_trip_discrete(tmp_path: Path) -> None:
    codebook = np.random.default_rng(0).standard_normal((7, 3)).astype(np.float32)
    series = make_series(codes=True)
    series.to_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == "seconds,loudness_db,code"
    loaded = LatentSeries.from_csv(
        tmp_path / "a.csv", frame_rate_hz=RATE, model_id=series.model_id, codebook=codebook
    )
    assert loaded.codes is not None
    assert series.codes is not None
    assert np.array_equal(loaded.codes, series.codes)
    assert np.array_equal(loaded.z, codebook[series.codes])


def test_sparse_rows_are_breakpoints(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("seconds,loudness_db,z0\n0.2,-20,0\n1.0,-40,8\n")
    series = LatentSeries.from_csv(path, frame_rate_hz=10, model_id="x")
    assert np.allclose(series.z[:, 0], [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], atol=1e-5)
    assert np.allclose(series.loudness_db[[0, 6, 10]], [-20, -30, -40])
    path.write_text("seconds,loudness_db,code\n0,-20,3\n0.3,-20,5\n0.5,-20,1\n")
    held = LatentSeries.from_csv(path, frame_rate_hz=10, model_id="x", codebook=np.zeros((7, 1), np.float32))
    assert held.codes is not None
    assert held.codes.tolist() == [3, 3, 3, 5, 5, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seconds,z0\n0,1\n", "no column 'loudness_db'"),
        ("seconds,loudness_db,z1\n0,-20,1\n", "expected z0,z1"),
        ("seconds,loudness_db\n0,-20\n", "expected z0,z1"),
        ("seconds,loudness_db,code\n0,-20,1\n", "a continuous model has no codes"),
        ("seconds,loudness_db,z0\n0,-20,1\n1e9,-20,1\n", "too long"),
        ("seconds,loudness_db,z0\n0,-20,1e99\n", "row 2: z0 is 1e99; that is too large"),
    ],
)
def test_csv_that_does_not_fit(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(SeriesError, match=message):
        LatentSeries.from_csv(tmp_path / "a.csv", frame_rate_hz=RATE, model_id="x")


@pytest.mark.parametrize("code", ["7", "-1", "1.5"])
def test_csv_code_out_of_range(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.csv").write_text(f"seconds,loudness_db,code\n0,-20,1\n1,-20,{code}\n")
    with pytest.raises(SeriesError, match=f"row 3: the code is {code}; .* 0 to 6"):
        LatentSeries.from_csv(
            tmp_path / "a.csv", frame_rate_hz=1, model_id="x", codebook=np.zeros((7, 1), np.float32)
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"z": np.zeros(4)}, "2 dimensions"),
        ({"z": np.zeros((4, 0))}, "0 dimensions"),
        ({"z": np.full((4, 2), np.nan)}, "z is nan at frame 0"),
        ({"z": np.array([["a"]])}, "not numbers"),
        ({"loudness_db": np.zeros(5)}, "loudness_db has 5 frames and z 4"),
        ({"codes": np.zeros(3, int)}, "codes has 3 frames and z 4"),
        ({"codes": np.zeros(4)}, "whole numbers"),
        ({"codes": np.full(4, -1)}, "negative"),
        ({"frame_rate_hz": 0.0}, "frame_rate_hz is 0"),
        ({"frame_rate_hz": float("nan")}, "frame_rate_hz is nan"),
        ({"length_samples": -1}, "length_samples is -1"),
    ],
)
def test_values_that_do_not_fit(change: dict, message: str) -> None:
    good = {"z": np.zeros((4, 2)), "loudness_db": np.zeros(4), "frame_rate_hz": RATE, "model_id": "x"}
    with pytest.raises(SeriesError, match=message):
        LatentSeries(**{**good, **change})


def test_pickled_arrays_are_refused_and_not_run(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "harm",))

    harm = np.array([Harm()], dtype=object)
    np.savez(tmp_path / "a.npz", z=harm, loudness_db=np.zeros(1), frame_rate_hz=1.0, model_id="x")
    with pytest.raises(SeriesError, match=r"a\.npz: damaged: z\.npy holds object"):
        LatentSeries.load(tmp_path / "a.npz")
    assert not (tmp_path / "harm").exists()


def test_declared_size_is_checked_before_memory_is_taken(tmp_path: Path) -> None:
    header = io.BytesIO()
    huge = {"descr": "<f4", "fortran_order": False, "shape": (2**40, 16)}
    np.lib.format.write_array_header_1_0(header, huge)
    for name, data in (("huge", b""), ("short", b"\0" * 8)):
        with zipfile.ZipFile(tmp_path / f"{name}.npz", "w") as archive:
            small = header.getvalue().replace(b"(1099511627776, 16)", b"(1, 16)            ")
            archive.writestr("z.npy", (header.getvalue() if name == "huge" else small) + data)
    with pytest.raises(SeriesError, match="too much"):
        LatentSeries.load(tmp_path / "huge.npz")
    with pytest.raises(SeriesError, match="declares 64 bytes and holds 8"):
        LatentSeries.load(tmp_path / "short.npz")


def test_not_a_series(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"RIFF....WAVE")
    np.savez(tmp_path / "b.npz", weights=np.zeros(3))
    for path, message in (
        (tmp_path / "a.npz", "not an .npz file"),
        (tmp_path / "b.npz", "it has no z, loudness_db"),
        (tmp_path / "c.npz", "no such file"),
        (tmp_path, "a folder"),
    ):
        with pytest.raises(SeriesError, match=message):
            LatentSeries.load(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_give_an_error_or_a_valid_series(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.npz"
    make_series().save(path, force=True)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        LatentSeries.load(path)
    except TimbrespaceError as error:
        assert "\n" not in str(error)


def test_reading_between_frames() -> None:
    series = LatentSeries(
        np.array([[0.0, 4.0], [1.0, 2.0], [3.0, 0.0]]), np.array([-10.0, -20.0, -40.0]), 86.0, "m"
    )
    read = series.at([-1.0, 0.5, 1.0, 1.25, 9.0])
    assert read.z[:, 0].tolist() == [0.0, 0.5, 1.0, 1.5, 3.0]
    assert read.z[:, 1].tolist() == [4.0, 3.0, 2.0, 1.5, 0.0]
    assert read.loudness_db.tolist() == [-10.0, -15.0, -20.0, -25.0, -40.0]


def test_codes_between_frames_are_the_nearest() -> None:
    series = LatentSeries(np.array([[0.0], [1.0]]), np.array([-10.0, -20.0]), 86.0, "m", np.array([7, 9]))
    read = series.at([0.4, 0.6])
    assert read.codes is not None
    assert read.codes.tolist() == [7, 9]
    assert read.z[:, 0].tolist() == [0.0, 1.0]
