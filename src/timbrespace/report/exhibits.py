"""The parts of a page that show what a model can play: its map, traverses, followed targets, dimensions."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PIL import Image

from timbrespace import figures_codebook, figures_dimensions
from timbrespace.codebook import DescriptorTable
from timbrespace.codebook.coverage import coverage
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.dimensions import Dimension, describe_dimensions
from timbrespace.directions import fit_directions
from timbrespace.directions.measured import amount_text
from timbrespace.report.page import Section
from timbrespace.report.plots import Picture, Sound
from timbrespace.report.sections import Value, dimension_section, exhibit_section

if TYPE_CHECKING:
    from timbrespace.creative_evaluation import Exhibit
    from timbrespace.engine import Engine
    from timbrespace.evaluate import Evaluation

MAPPED = ("centroid", "bandwidth", "f0")
HEARD = ("centroid", "f0")  # of what is traversed and followed: a page is to be sent
COLOURS = 160  # of a picture; more only make it larger
ABOUT_MAP = (
    "Everything this model can play, one dot a sound, on the two axes along which the sounds differ most, "
    "coloured by what is heard; then how many sounds have what value. Where it is thin, no sound fills a gap."
)
ABOUT_TRAVERSE = (
    "All of these sounds in the order of one descriptor. A rank correlation of 1 means that it only rises."
)
ABOUT_FOLLOWING = (
    "A sine drawn over the middle eight tenths of the sounds, four seconds a period, and what is measured on "
    "the sound that follows it."
)
ABOUT_DIRECTIONS = (
    "Moving a sound along a descriptor, as transform --along does: what one standard deviation asked for "
    "achieves, and by how many standard deviations the other descriptors move with it."
)


def exhibits(engine: Engine, evaluation: Evaluation) -> list[Section]:
    """Sections on the descriptor table; none where the model has none."""
    creative = evaluation.creative
    if creative is None or creative.table is None:
        return []
    table = creative.table
    rate = engine.sample_rate
    sections = [_map_section(engine, table)]
    for identity, title, text, shown in (
        ("traverse", "Traverses", ABOUT_TRAVERSE, creative.traverses),
        ("following", "Following a descriptor", ABOUT_FOLLOWING, creative.followed),
    ):
        pictures = [_picture(_drawing(one, rate), one.title) for one in shown]
        sounds = [Sound(one.title, one.sound, rate) for one in shown if one.name in HEARD]
        names = ("traverse_spearman",) if identity == "traverse" else _FOLLOWING
        figures: dict[str, Any] = {name: creative.scores[name] for name in names if name in creative.scores}
        sections.append(exhibit_section(title, text, pictures, sounds, figures, identity=identity))
    if engine.kind == "continuous":
        sections.append(_direction_section(engine, table))
    return sections


def dimensions(engine: Engine, evaluation: Evaluation, latent: Mapping[str, Any]) -> Section | None:
    """What every dimension does; None for a discrete model, or one without a table."""
    table = evaluation.creative.table if evaluation.creative is not None else None
    if engine.kind != "continuous" or table is None:
        return None
    found = describe_dimensions(engine, table)
    names = ["dimension", *DESCRIPTORS, "loudness", "moving it"]
    title = f"What the dimensions of model {engine.model_id} do"
    picture = _picture(lambda path: figures_dimensions.save_dimensions(path, found, title), title)
    fit = evaluation.latent.prior_fit_per_dimension
    return dimension_section(latent, fit, names=names, rows=[_row(one) for one in found], pictures=[picture])


_FOLLOWING = ("follow_spearman", "follow_median_error", "follow_reached")


def _row(one: Dimension) -> dict[str, str | float]:
    """Rank correlations with the descriptors over the data, and what moving the dimension does."""
    correlations = {name: f"{value:.2f}" for name, value in one.correlations.items()}
    return {"dimension": f"z{one.index}", **correlations, "moving it": one.name}


def _map_section(engine: Engine, table: DescriptorTable) -> Section:
    columns = {name: table.column(name) for name in MAPPED}
    what = f"{len(table)} {'codes' if table.codes else 'frames of the data'}"
    title = f"{what} of model {engine.model_id}"
    pictures = [
        _picture(lambda path: figures_codebook.save_map(path, table.z, columns, title), f"map of {what}"),
        _picture(
            lambda path: figures_codebook.save_histogram(path, columns, table.count, title),
            f"histograms of {what}",
        ),
    ]
    reach = {name: found.describe() for name in DESCRIPTORS if (found := coverage(table, name)) is not None}
    return exhibit_section("What it can play", ABOUT_MAP, pictures, table=reach, identity="map")


def _direction_section(engine: Engine, table: DescriptorTable) -> Section:
    moved = fit_directions(table, engine).measured
    rows: dict[str, dict[str, Value]] = {
        name: {
            "+1 is": amount_text(name, one.deviation),
            "achieved": round(one.achieved, 3),
            **{f"moves {other} by": one.leaks.get(other) for other in moved},
        }
        for name, one in moved.items()
    }
    return exhibit_section("Moving along descriptors", ABOUT_DIRECTIONS, table=rows, identity="directions")


def _drawing(one: Exhibit, sample_rate: int) -> Callable[[Path], None]:
    curves = {one.name: one.curves}
    return lambda path: figures_codebook.save_curves(path, one.sound, curves, sample_rate, one.title)


def _picture(draw: Callable[[Path], None], alt: str) -> Picture:
    """What `draw` writes to a path, in memory and with few colours."""
    buffer = io.BytesIO()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        draw(path)
        with Image.open(path) as image:
            image.convert("RGB").quantize(COLOURS).save(buffer, "PNG", optimize=True)
    return Picture(buffer.getvalue(), alt)
