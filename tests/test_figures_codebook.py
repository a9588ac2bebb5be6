"""Pictures of a table and of a followed target, also where there is little to draw."""

from __future__ import annotations

from pathlib import Path

import codebook_help
import numpy as np
import pytest
from matplotlib.image import imread

from timbrespace.errors import TimbrespaceError
from timbrespace.figures_codebook import save_curves, save_histogram, save_map
from timbrespace.latents.axes import principal_axes

RATE = codebook_help.SIGNAL.sample_rate


def test_principal_axes_of_a_tilted_ellipse() -> None:
    """Long along (3, 4)/5, short across; told apart by their spread."""
    rng = np.random.default_rng(0)
    along, across = 10.0 * rng.standard_normal(500), rng.standard_normal(500)
    z = np.outer(along, [0.6, 0.8, 0.0]) + np.outer(across, [0.8, -0.6, 0.0]) + 7.0
    places = principal_axes(z.astype(np.float32))
    assert places.shape == (500, 2)
    assert abs(np.corrcoef(places[:, 0], along)[0, 1]) > 0.999
    assert abs(np.corrcoef(places[:, 1], across)[0, 1]) > 0.999
    assert places.mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-4)
    assert np.allclose(principal_axes(z[::-1].astype(np.float32)), places[::-1], atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 4), (2, 4), (5, 1), (1, 1)])
def test_few_sounds_or_dimensions_have_two_axes_too(shape: tuple[int, int]) -> None:
    places = principal_axes(np.random.default_rng(1).standard_normal(shape).astype(np.float32))
    assert places.shape == (shape[0], 2)
    assert np.isfinite(places).all()


@pytest.mark.parametrize(
    "pitches",
    [[np.nan] * 3, [220.0] * 3, [220.0, np.nan, np.nan], [110.0, 220.0, np.nan]],
    ids=["none", "all alike", "one", "some"],
)
def test_maps_and_histograms_of_what_is_there(tmp_path: Path, pitches: list[float]) -> None:
    table = codebook_help.table([500.0, 600.0, 700.0])
    columns = {"centroid": table.column("centroid"), "f0": np.array(pitches)}
    for name in ("a", "b"):
        save_map(tmp_path / f"map-{name}.png", table.z, columns, "map")
        save_histogram(tmp_path / f"histogram-{name}.png", columns, table.count, "histogram")
    for name in ("map", "histogram"):
        assert imread(tmp_path / f"{name}-a.png").std() > 0.0
        assert (tmp_path / f"{name}-a.png").read_bytes() == (tmp_path / f"{name}-b.png").read_bytes()
    with pytest.raises(TimbrespaceError, match=r"exists already"):
        save_map(tmp_path / "map-a.png", table.z, columns, "map")


@pytest.mark.parametrize("samples", [8, 700, 8000])
def test_curves_over_short_and_silent_sounds(tmp_path: Path, samples: int) -> None:
    frames = samples // 512 + 1
    curves = {
        name: {"target": np.full(frames, 0.5), "measured": np.full(frames, np.nan)}
        for name in ("centroid", "f0", "flatness")
    }
    save_curves(tmp_path / "curves.png", np.zeros(samples, np.float32), curves, RATE, "silence")
    assert imread(tmp_path / "curves.png").std() > 0.0
